package org.gradus.cpu.normalization;

import static org.gradus.cpu.vector.Lanes.COUNT;

import org.gradus.cpu.vector.Lanes;
import org.gradus.cpu.vector.Warming;

/**
 * The passes over four neighbouring rows that a layer normalization is made of, in plain Java. What
 * a short row costs besides its elements is waiting for sums: four rows wait together.
 *
 * <p>Row {@code r} begins at {@code at + r * n}. Parameters begin at 0; a number for each row at
 * the place that comes with its array.
 */
class RowBlocks {
    /** The rows of a block. */
    static final int ROWS = 4;

    /** What arrays of sums must hold. */
    static final int ROOM = 2 * ROWS * COUNT;

    private static final int SMALLEST_BITS = 128;

    private static final Warming<RowBlocks> WARMING =
            new Warming<>(
                    new RowBlocks(),
                    SMALLEST_BITS,
                    () -> new VectorRowBlocks(),
                    new Exercise()::of);

    RowBlocks() {}

    /** Returns the passes that are fastest now. */
    static RowBlocks best() {
        return WARMING.best();
    }

    /** What the compiler must have seen. */
    private static final class Exercise {
        /** Vectors, and what is left. */
        private static final int LENGTH = 2 * COUNT + 1;

        private final float[] x = new float[ROWS * LENGTH];
        private final float[] y = new float[ROWS * LENGTH];
        private final float[] sums = new float[ROOM];

        void of(RowBlocks blocks) {
            blocks.sum(x, 0, LENGTH, sums);
            blocks.sumOfSquares(x, 0, x, 0, LENGTH, sums);
            blocks.normalize(x, 0, x, 0, x, 0, x, x, y, 0, LENGTH);
            blocks.addGradients(x, 0, x, 0, x, 0, x, 0, x, y, y, LENGTH, sums);
            blocks.combine(x, 0, x, x, 0, x, y, 0, LENGTH);
        }
    }

    /** Sets the first numbers of {@code sums} to the rows' sums. */
    void sum(float[] x, int at, int n, float[] sums) {
        int whole = n - n % COUNT;
        for (int row = 0; row < ROWS; row++) {
            float[] lanes = new float[COUNT];
            int from = at + row * n;
            for (int i = 0; i < whole; i++) {
                lanes[i % COUNT] += x[from + i];
            }
            float sum = Lanes.sum(lanes);
            for (int i = whole; i < n; i++) {
                sum += x[from + i];
            }
            sums[row] = sum;
        }
    }

    /** Sets the first numbers of {@code sums} to the rows' sums of squares of {@code x - mean}. */
    void sumOfSquares(float[] x, int at, float[] means, int meansAt, int n, float[] sums) {
        int whole = n - n % COUNT;
        for (int row = 0; row < ROWS; row++) {
            float[] lanes = new float[COUNT];
            float mean = means[meansAt + row];
            int from = at + row * n;
            for (int i = 0; i < whole; i++) {
                float d = x[from + i] - mean;
                lanes[i % COUNT] = Math.fma(d, d, lanes[i % COUNT]);
            }
            float sum = Lanes.sum(lanes);
            for (int i = whole; i < n; i++) {
                float d = x[from + i] - mean;
                sum = Math.fma(d, d, sum);
            }
            sums[row] = sum;
        }
    }

    /** Stores {@code (x - mean) * scale * w + b}. */
    void normalize(
            float[] x,
            int at,
            float[] means,
            int meansAt,
            float[] scales,
            int scalesAt,
            float[] w,
            float[] b,
            float[] y,
            int yAt,
            int n) {
        for (int row = 0; row < ROWS; row++) {
            float mean = means[meansAt + row];
            float scale = scales[scalesAt + row];
            for (int i = 0; i < n; i++) {
                float h = (x[at + row * n + i] - mean) * scale;
                y[yAt + row * n + i] = Math.fma(h, w[i], b[i]);
            }
        }
    }

    /**
     * Adds, row after row, {@code g * (x - mean) * scale} to {@code dw} and {@code g} to {@code
     * db}. Sets the first numbers of {@code sums} to the rows' sums of {@code g * w}, and the next
     * to those of {@code g * w * (x - mean)}.
     */
    void addGradients(
            float[] g,
            int gAt,
            float[] x,
            int at,
            float[] means,
            int meansAt,
            float[] scales,
            int scalesAt,
            float[] w,
            float[] dw,
            float[] db,
            int n,
            float[] sums) {
        int whole = n - n % COUNT;
        for (int row = 0; row < ROWS; row++) {
            float[] weighted = new float[COUNT];
            float[] products = new float[COUNT];
            float mean = means[meansAt + row];
            float scale = scales[scalesAt + row];
            int from = gAt + row * n;
            int xFrom = at + row * n;
            for (int i = 0; i < n; i++) {
                dw[i] = Math.fma(g[from + i], (x[xFrom + i] - mean) * scale, dw[i]);
                db[i] += g[from + i];
            }
            for (int i = 0; i < whole; i++) {
                int lane = i % COUNT;
                float v = g[from + i] * w[i];
                weighted[lane] += v;
                products[lane] = Math.fma(x[xFrom + i] - mean, v, products[lane]);
            }
            float sum = Lanes.sum(weighted);
            float product = Lanes.sum(products);
            for (int i = whole; i < n; i++) {
                float v = g[from + i] * w[i];
                sum += v;
                product = Math.fma(x[xFrom + i] - mean, v, product);
            }
            sums[row] = sum;
            sums[ROWS + row] = product;
        }
    }

    /**
     * Stores {@code a * g * w + b * x + c}.
     *
     * @param abc the rows' a, then their b, then their c
     */
    void combine(
            float[] g,
            int gAt,
            float[] w,
            float[] x,
            int at,
            float[] abc,
            float[] to,
            int toAt,
            int n) {
        for (int row = 0; row < ROWS; row++) {
            float a = abc[row];
            float b = abc[ROWS + row];
            float c = abc[2 * ROWS + row];
            for (int i = 0; i < n; i++) {
                float rest = Math.fma(x[at + row * n + i], b, c);
                to[toAt + row * n + i] = Math.fma(g[gAt + row * n + i] * w[i], a, rest);
            }
        }
    }
}
