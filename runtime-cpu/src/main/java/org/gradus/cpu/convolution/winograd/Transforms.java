package org.gradus.cpu.convolution.winograd;

/**
 * The transforms of minimal filtering F(2×2, 3×3) (Lavin and Gray, 2015): 16 products instead of 36
 * for each 2 by 2 of the output.
 *
 * <pre>
 * input     rows [d0 - d2, d1 + d2, d2 - d1, d1 - d3], then columns likewise
 * gradient  of the output: columns [y0, y0 + y1, y0 - y1, -y1], then rows likewise
 * output    columns [m0 + m1 + m2, m1 - m2 - m3], then rows likewise
 * </pre>
 *
 * <p>Element {@code [row][column]} of a transformed tile is point {@code 4 * row + column}. A
 * product for the output takes tiles of a channel that are neighbours in memory; one for the
 * gradient of the filters sums over tiles, and takes channels that are.
 */
class Transforms {
    /** The elements of a transformed tile. */
    static final int POINTS = 16;

    /** The rows and columns of a transformed tile. */
    static final int SIDE = 4;

    /** Tiles are transformed along columns so many at a time. */
    static final int GROUP = 16;

    /**
     * Elements to leave free between points: without them large powers of two would separate a
     * tile's points, which would then drive each other out of the first-level cache.
     */
    static final int GAP = 16;

    /** Elements after the last tile that may be read or written, though they do not count. */
    static final int SLACK = 2 * GROUP + SIDE;

    /**
     * Transforms one row of some neighbouring input tiles.
     *
     * @param row the row, in which tiles are 2 apart
     * @param from where the first tile begins
     * @param planes receives four planes, twice
     * @param to where the first tile's element of the first plane lies
     * @param again where it lies the other time; may be the same place
     * @param plane the distance between planes
     */
    void inputRow(float[] row, int from, int tiles, float[] planes, int to, int again, int plane) {
        for (int t = 0; t < tiles; t++) {
            float d0 = row[from + 2 * t];
            float d1 = row[from + 2 * t + 1];
            float d2 = row[from + 2 * t + 2];
            float d3 = row[from + 2 * t + 3];
            planes[to + t] = d0 - d2;
            planes[to + plane + t] = d1 + d2;
            planes[to + 2 * plane + t] = d2 - d1;
            planes[to + 3 * plane + t] = d1 - d3;
        }
        for (int i = 0; i < SIDE; i++) {
            System.arraycopy(planes, to + i * plane, planes, again + i * plane, tiles);
        }
    }

    /**
     * Transforms the columns of {@value #GROUP} input tiles.
     *
     * @param planes for each of the four rows, four planes
     * @param from where the first tile's element of the first plane lies
     * @param to where the first tile's first point goes
     * @param point the distance between points
     */
    void inputColumns(float[] planes, int from, int plane, float[] target, int to, int point) {
        for (int x = 0; x < SIDE; x++) {
            for (int t = 0; t < GROUP; t++) {
                int at = from + x * plane + t;
                float w0 = planes[at];
                float w1 = planes[at + SIDE * plane];
                float w2 = planes[at + 2 * SIDE * plane];
                float w3 = planes[at + 3 * SIDE * plane];
                int v = to + x * point + t;
                target[v] = w0 - w2;
                target[v + SIDE * point] = w1 + w2;
                target[v + 2 * SIDE * point] = w2 - w1;
                target[v + 3 * SIDE * point] = w1 - w3;
            }
        }
    }

    /**
     * Transforms neighbouring input tiles whose channels are neighbours in memory.
     *
     * @param pixels rows of pixels of {@code width} channels each
     * @param rows where the four rows of the first tile begin
     * @param target receives, for each point, {@code width} channels of each tile
     * @param to where the first tile's first point goes
     * @param point the distance between points
     */
    void input(
            float[] pixels, int[] rows, int width, int tiles, float[] target, int to, int point) {
        float[] w = new float[POINTS];
        for (int i = 0; i < tiles * width; i++) {
            int pixel = i / width * 2 * width + i % width;
            for (int y = 0; y < SIDE; y++) {
                int at = rows[y] + pixel;
                float d0 = pixels[at];
                float d1 = pixels[at + width];
                float d2 = pixels[at + 2 * width];
                float d3 = pixels[at + 3 * width];
                w[SIDE * y] = d0 - d2;
                w[SIDE * y + 1] = d1 + d2;
                w[SIDE * y + 2] = d2 - d1;
                w[SIDE * y + 3] = d1 - d3;
            }
            for (int x = 0; x < SIDE; x++) {
                int v = to + x * point + i;
                target[v] = w[x] - w[x + 8];
                target[v + SIDE * point] = w[x + 4] + w[x + 8];
                target[v + 2 * SIDE * point] = w[x + 8] - w[x + 4];
                target[v + 3 * SIDE * point] = w[x + 4] - w[x + 12];
            }
        }
    }

    /** Transforms tiles of the output's gradient, of two rows, as {@link #input} does. */
    void gradient(
            float[] pixels, int[] rows, int width, int tiles, float[] target, int to, int point) {
        for (int i = 0; i < tiles * width; i++) {
            int pixel = i / width * 2 * width + i % width;
            float y00 = pixels[rows[0] + pixel];
            float y01 = pixels[rows[0] + pixel + width];
            float y10 = pixels[rows[1] + pixel];
            float y11 = pixels[rows[1] + pixel + width];
            int v = to + i;
            storeGradient(y00, y01, target, v, point);
            storeGradient(y00 + y10, y01 + y11, target, v + SIDE * point, point);
            storeGradient(y00 - y10, y01 - y11, target, v + 2 * SIDE * point, point);
            storeGradient(-y10, -y11, target, v + 3 * SIDE * point, point);
        }
    }

    private static void storeGradient(float y0, float y1, float[] target, int to, int point) {
        target[to] = y0;
        target[to + point] = y0 + y1;
        target[to + 2 * point] = y0 - y1;
        target[to + 3 * point] = -y1;
    }

    /**
     * Transforms filters of 3 by 3, {@code G g G'} with {@code G} = [[1, 0, 0], [½, ½, ½], [½, -½,
     * ½], [0, 0, 1]].
     *
     * @param elements {@code [filters, 9, width]}: {@code width} filters side by side each time
     * @param from where they begin
     * @param step from one element of a filter to the next: {@code width}, or {@code -width} to
     *     turn filters by 180 degrees
     * @param filters how many times
     * @param target receives, for each point, {@code [filters, width]}
     * @param point the distance between points
     */
    void filters(
            float[] elements,
            int from,
            int step,
            int width,
            int filters,
            float[] target,
            int to,
            int point) {
        int first = step > 0 ? from : from + (1 - Filters.TAPS) * step;
        for (int i = 0; i < filters * width; i++) {
            int at = first + i / width * Filters.TAPS * width + i % width;
            float g00 = elements[at];
            float g01 = elements[at + step];
            float g02 = elements[at + 2 * step];
            float g10 = elements[at + 3 * step];
            float g11 = elements[at + 4 * step];
            float g12 = elements[at + 5 * step];
            float g20 = elements[at + 6 * step];
            float g21 = elements[at + 7 * step];
            float g22 = elements[at + 8 * step];
            float sum0 = g00 + g20;
            float sum1 = g01 + g21;
            float sum2 = g02 + g22;
            int row = SIDE * point;
            storeFilter(g00, g01, g02, target, to + i, point);
            storeFilter(
                    0.5f * (sum0 + g10),
                    0.5f * (sum1 + g11),
                    0.5f * (sum2 + g12),
                    target,
                    to + row + i,
                    point);
            storeFilter(
                    0.5f * (sum0 - g10),
                    0.5f * (sum1 - g11),
                    0.5f * (sum2 - g12),
                    target,
                    to + 2 * row + i,
                    point);
            storeFilter(g20, g21, g22, target, to + 3 * row + i, point);
        }
    }

    private static void storeFilter(
            float g0, float g1, float g2, float[] target, int to, int point) {
        float sum = g0 + g2;
        target[to] = g0;
        target[to + point] = 0.5f * (sum + g1);
        target[to + 2 * point] = 0.5f * (sum - g1);
        target[to + 3 * point] = g2;
    }

    /**
     * Transforms products back, {@value #GROUP} tiles, to two rows of the output.
     *
     * @param from where the first tile's first point lies
     * @param point the distance between points
     * @param bias is added to all
     * @param rows receives the rows of all tiles, side by side
     * @param upper where the first tile's upper row begins
     * @param lower where its lower row begins
     */
    void output(
            float[] products, int from, int point, float bias, float[] rows, int upper, int lower) {
        for (int t = 0; t < GROUP; t++) {
            int at = from + t;
            float top0 = top(products, at, point);
            float low0 = low(products, at, point);
            float top1 = top(products, at + point, point);
            float low1 = low(products, at + point, point);
            float top2 = top(products, at + 2 * point, point);
            float low2 = low(products, at + 2 * point, point);
            float top3 = top(products, at + 3 * point, point);
            float low3 = low(products, at + 3 * point, point);
            rows[upper + 2 * t] = top0 + top1 + top2 + bias;
            rows[upper + 2 * t + 1] = top1 - top2 - top3 + bias;
            rows[lower + 2 * t] = low0 + low1 + low2 + bias;
            rows[lower + 2 * t + 1] = low1 - low2 - low3 + bias;
        }
    }

    private static float top(float[] products, int at, int point) {
        return products[at] + products[at + SIDE * point] + products[at + 2 * SIDE * point];
    }

    private static float low(float[] products, int at, int point) {
        return products[at + SIDE * point]
                - products[at + 2 * SIDE * point]
                - products[at + 3 * SIDE * point];
    }
}
