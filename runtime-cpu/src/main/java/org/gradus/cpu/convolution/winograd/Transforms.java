package org.gradus.cpu.convolution.winograd;

/**
 * The transforms of minimal filtering F(2×2, 3×3) (Lavin and Gray, 2015): 16 products instead of 36
 * for each 2 by 2 of the output. First along rows, then along columns:
 *
 * <pre>
 * input     rows [d0 - d2, d1 + d2, d2 - d1, d1 - d3], columns likewise
 * gradient  of the output: rows [y0, y0 + y1, y0 - y1, -y1], columns likewise
 * output    columns [m0 + m1 + m2, m1 - m2 - m3], rows likewise
 * </pre>
 *
 * <p>Element {@code [row][column]} of a transformed tile is point {@code 4 * row + column}.
 * Neighbouring tiles are neighbours in memory everywhere, so that vectors take several at once.
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
     * @param planes receives four planes
     * @param to where the first tile's element of the first plane lies
     * @param plane the distance between planes
     */
    void inputRow(float[] row, int from, int tiles, float[] planes, int to, int plane) {
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

    /** Transforms one row of the output's gradient, as {@link #inputRow} does one of the input. */
    void gradientRow(float[] row, int from, int tiles, float[] planes, int to, int plane) {
        for (int t = 0; t < tiles; t++) {
            float y0 = row[from + 2 * t];
            float y1 = row[from + 2 * t + 1];
            planes[to + t] = y0;
            planes[to + plane + t] = y0 + y1;
            planes[to + 2 * plane + t] = y0 - y1;
            planes[to + 3 * plane + t] = -y1;
        }
    }

    /** Transforms the columns of {@value #GROUP} tiles of the output's gradient, of two rows. */
    void gradientColumns(float[] planes, int from, int plane, float[] target, int to, int point) {
        for (int x = 0; x < SIDE; x++) {
            for (int t = 0; t < GROUP; t++) {
                int at = from + x * plane + t;
                float w0 = planes[at];
                float w1 = planes[at + SIDE * plane];
                int v = to + x * point + t;
                target[v] = w0;
                target[v + SIDE * point] = w0 + w1;
                target[v + 2 * SIDE * point] = w0 - w1;
                target[v + 3 * SIDE * point] = -w1;
            }
        }
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
