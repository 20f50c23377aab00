package org.gradus.cpu.attention;

import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.pointwise.FloatMath;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.cpu.vector.Warming;

/**
 * What is done to tiles of 16 columns, element {@code [row][column]} at {@code row * 16 + column},
 * in plain Java. Each array comes with the place where the tile, or a row of it, begins.
 */
class TileLanes {
    static final int WIDTH = MicroKernel.WIDTH;

    /** The widest vectors that a row of a tile consists of. */
    private static final int WIDEST_BITS = WIDTH * Float.SIZE;

    private static final int SMALLEST_BITS = 128;

    private static final TileLanes PLAIN = new TileLanes();

    private static final Warming<TileLanes> WARMING =
            new Warming<>(
                    PLAIN, SMALLEST_BITS, () -> new VectorTileLanes(), new LaneExercise()::of);

    TileLanes() {}

    /** Returns the operations that are fastest now. */
    static TileLanes best() {
        return VectorProvider.bits() <= WIDEST_BITS ? WARMING.best() : PLAIN;
    }

    /**
     * Returns the exponential of {@code x - shift}, where a shift of negative infinity counts as 0.
     */
    private static float exp(float x, float shift) {
        float distance = shift == Float.NEGATIVE_INFINITY ? x : x - shift;
        return FloatMath.normalExp(distance);
    }

    /**
     * Replaces scores by {@code exp(x - maximum)}, where each column's maximum is that of this tile
     * and of all before. Where a column has shown nothing but negative infinity, all become 0.
     *
     * @param maxima of each column so far, raised here
     * @param totals of each column's exponentials so far, added to here
     * @param factors set to what sums of tiles before must be multiplied by
     * @return whether any factor is not 1
     */
    boolean softmax(
            float[] tile, int at, int rows, float[] maxima, float[] totals, float[] factors) {
        System.arraycopy(maxima, 0, factors, 0, WIDTH);
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                float score = tile[at + row * WIDTH + lane];
                maxima[lane] = score > maxima[lane] ? score : maxima[lane];
            }
        }
        boolean changed = rescale(maxima, totals, factors);
        for (int lane = 0; lane < WIDTH; lane++) {
            float total = 0;
            for (int row = 0; row < rows; row++) {
                int i = at + row * WIDTH + lane;
                tile[i] = exp(tile[i], maxima[lane]);
                total += tile[i];
            }
            totals[lane] += total;
        }
        return changed;
    }

    /**
     * Scales totals down for larger maxima.
     *
     * @param factors the maxima before; becomes what sums must be multiplied by
     * @return whether any factor is not 1
     */
    static boolean rescale(float[] maxima, float[] totals, float[] factors) {
        boolean changed = false;
        for (int lane = 0; lane < WIDTH; lane++) {
            float before = factors[lane];
            float factor = before == maxima[lane] ? 1 : exp(before, maxima[lane]);
            totals[lane] *= factor;
            factors[lane] = factor;
            changed |= factor != 1;
        }
        return changed;
    }

    /**
     * Ends a softmax: sets for each column the factor of its sums, and the logarithm of the sum of
     * its scores' exponentials; 0 and negative infinity where nothing was seen.
     */
    void finish(float[] maxima, float[] totals, float[] factors, float[] logSums) {
        for (int lane = 0; lane < WIDTH; lane++) {
            factors[lane] = totals[lane] == 0 ? 0 : 1 / totals[lane];
            logSums[lane] = maxima[lane] + FloatMath.log(totals[lane]);
        }
    }

    /** Multiplies each column by its factor. */
    void scale(float[] tile, int at, int rows, float[] factors) {
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                tile[at + row * WIDTH + lane] *= factors[lane];
            }
        }
    }

    /** Multiplies neighbouring numbers by a factor. */
    void scale(float[] numbers, int at, int count, float factor) {
        for (int i = at; i < at + count; i++) {
            numbers[i] *= factor;
        }
    }

    /**
     * Replaces scores {@code p} by probabilities {@code exp(p - logSum)}, and their gradients
     * {@code g} by those of the scores, {@code p * (g - delta)}; log-sums and deltas are by column.
     */
    void scoreGradients(
            float[] p, float[] g, int at, int rows, float[] logSums, float[] deltas, int from) {
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                int i = at + row * WIDTH + lane;
                p[i] = exp(p[i], logSums[from + lane]);
                g[i] = p[i] * (g[i] - deltas[from + lane]);
            }
        }
    }

    /** Copies rows of 16 numbers to places that lie {@code stride} apart. */
    void copyRows(float[] rows, int at, int count, float[] target, int to, int stride) {
        for (int row = 0; row < count; row++) {
            System.arraycopy(rows, at + row * WIDTH, target, to + row * stride, WIDTH);
        }
    }

    /** Adds a tile to another. */
    void add(float[] more, int moreAt, float[] tile, int at, int rows) {
        for (int i = 0; i < rows * WIDTH; i++) {
            tile[at + i] += more[moreAt + i];
        }
    }

    /**
     * Adds the product of a tile and a panel {@code [16][16]} to sums: to row {@code r} of these,
     * in the order of {@code k}, element {@code [r][k]} of the tile times row {@code k} of the
     * panel.
     */
    void addProducts(
            float[] tile, int at, int rows, float[] panel, int panelAt, float[] sums, int sumsAt) {
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                float sum = sums[sumsAt + row * WIDTH + lane];
                for (int k = 0; k < WIDTH; k++) {
                    float factor = tile[at + row * WIDTH + k];
                    sum = Math.fma(factor, panel[panelAt + k * WIDTH + lane], sum);
                }
                sums[sumsAt + row * WIDTH + lane] = sum;
            }
        }
    }

    /** Adds a number to each row, from numbers that lie {@code stride} apart. */
    void addToRows(float[] numbers, int from, int stride, float[] tile, int at, int rows) {
        for (int row = 0; row < rows; row++) {
            float number = numbers[from + row * stride];
            for (int lane = 0; lane < WIDTH; lane++) {
                tile[at + row * WIDTH + lane] += number;
            }
        }
    }

    /**
     * Writes negative infinity where a key comes too late: in row {@code r} to the columns before
     * {@code r + first}.
     */
    void hide(float[] tile, int at, int rows, int first) {
        for (int row = Math.max(0, 1 - first); row < rows; row++) {
            int end = at + row * WIDTH + Math.min(WIDTH, row + first);
            for (int i = at + row * WIDTH; i < end; i++) {
                tile[i] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
