package org.gradus.cpu.attention;

import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.pointwise.FloatMath;
import org.gradus.cpu.vector.VectorProvider;

/**
 * What is done to tiles of 16 columns, element {@code [row][column]} at {@code row * 16 + column},
 * in plain Java. Each array comes with the place where the tile, or a row of it, begins.
 */
class TileLanes {
    static final int WIDTH = MicroKernel.WIDTH;

    /** The widest vectors that a row of a tile consists of. */
    private static final int WIDEST_BITS = WIDTH * Float.SIZE;

    TileLanes() {}

    /** Returns the operations for this JVM. */
    static TileLanes create() {
        return VectorProvider.available() && VectorProvider.bits() <= WIDEST_BITS
                ? new VectorTileLanes()
                : new TileLanes();
    }

    /** Raises each column's maximum to the largest of the column. */
    void maxima(float[] tile, int at, int rows, float[] maxima) {
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                maxima[lane] = Math.max(maxima[lane], tile[at + row * WIDTH + lane]);
            }
        }
    }

    /** Replaces {@code x} by {@code exp(x - shift)}, and adds each column to its sum. */
    void exponentials(float[] tile, int at, int rows, float[] shifts, int shiftsAt, float[] sums) {
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                int i = at + row * WIDTH + lane;
                float e = FloatMath.exp(tile[i] - shifts[shiftsAt + lane]);
                tile[i] = e;
                sums[lane] += e;
            }
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

    /** Replaces {@code g} by {@code p * (g - shift)}, with a shift for each column. */
    void scoreGradients(float[] p, float[] g, int at, int rows, float[] shifts, int shiftsAt) {
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                int i = at + row * WIDTH + lane;
                g[i] = p[i] * (g[i] - shifts[shiftsAt + lane]);
            }
        }
    }

    /** Adds a tile to another. */
    void add(float[] more, int moreAt, float[] tile, int at, int rows) {
        for (int i = 0; i < rows * WIDTH; i++) {
            tile[at + i] += more[moreAt + i];
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
