package org.gradus.cpu.convolution.winograd;

import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.PackedProduct;
import org.gradus.cpu.threads.WorkerPool;

/**
 * Transformed filters of 3 by 3, {@code G g G'} with {@code G} = [[1, 0, 0], [½, ½, ½], [½, -½, ½],
 * [0, 0, 1]], packed for a micro-kernel: for each point, for each part of the depth, panels of
 * rows.
 *
 * @param kernel what they are packed for
 * @param rows the channels of the target
 * @param depth the channels of the source
 * @param packed the elements
 */
record Filters(MicroKernel kernel, int rows, int depth, float[] packed) {
    static final int SIDE = 3;
    static final int TAPS = SIDE * SIDE;

    /** Returns how many elements packed filters take. */
    static int packedSize(MicroKernel kernel, int rows, int depth) {
        return Transforms.POINTS * (paddedRows(kernel, rows) * depth + Transforms.GAP);
    }

    private static int paddedRows(MicroKernel kernel, int rows) {
        return PackedBlock.panels(rows, kernel.rows()) * kernel.rows();
    }

    /** Returns the distance between points. */
    private int point() {
        return paddedRows(kernel, rows) * depth + Transforms.GAP;
    }

    /**
     * Returns where the panels begin of a point, from a row on, of a part of the depth.
     *
     * @param row a multiple of the kernel's rows
     * @param part a multiple of the {@linkplain PackedProduct#depthStep step}
     */
    int position(int point, int row, int part) {
        int partDepth = Math.min(PackedProduct.depthStep(depth), depth - part);
        return point * point() + part * paddedRows(kernel, rows) + row * partDepth;
    }

    /**
     * Transforms and packs filters with all threads.
     *
     * @param weights the filters
     * @param offset where the first begins
     * @param row the distance between the filters of neighbouring rows
     * @param column the distance between filters along the depth
     * @param turned whether to turn filters by 180 degrees, as a gradient needs them
     */
    static Filters pack(
            MicroKernel kernel,
            int rows,
            int depth,
            float[] weights,
            int offset,
            int row,
            int column,
            boolean turned,
            float[] packed,
            WorkerPool pool) {
        var filters = new Filters(kernel, rows, depth, packed);
        pool.run(
                PackedBlock.panels(rows, kernel.rows()),
                (panel, worker) -> filters.packPanel(panel, weights, offset, row, column, turned));
        return filters;
    }

    private void packPanel(
            int panel, float[] weights, int offset, int row, int column, boolean turned) {
        int height = kernel.rows();
        int step = PackedProduct.depthStep(depth);
        for (int part = 0; part < depth; part += step) {
            int end = Math.min(depth, part + step);
            int to = position(0, panel * height, part);
            for (int k = part; k < end; k++) {
                for (int r = 0; r < height; r++) {
                    // rows that are missing are copies of the last, which nobody reads
                    int filter = Math.min(rows - 1, panel * height + r);
                    int from = offset + filter * row + k * column;
                    if (turned) {
                        transform(weights, from + TAPS - 1, -1, to++);
                    } else {
                        transform(weights, from, 1, to++);
                    }
                }
            }
        }
    }

    /** Transforms one filter; its elements lie {@code step} apart. */
    private void transform(float[] weights, int from, int step, int to) {
        float g00 = weights[from];
        float g01 = weights[from + step];
        float g02 = weights[from + 2 * step];
        float g10 = weights[from + 3 * step];
        float g11 = weights[from + 4 * step];
        float g12 = weights[from + 5 * step];
        float g20 = weights[from + 6 * step];
        float g21 = weights[from + 7 * step];
        float g22 = weights[from + 8 * step];
        int row = Transforms.SIDE * point();
        storeRow(g00, g01, g02, to);
        storeRow(plus(g00, g10, g20), plus(g01, g11, g21), plus(g02, g12, g22), to + row);
        storeRow(minus(g00, g10, g20), minus(g01, g11, g21), minus(g02, g12, g22), to + 2 * row);
        storeRow(g20, g21, g22, to + 3 * row);
    }

    private void storeRow(float g0, float g1, float g2, int to) {
        int point = point();
        packed[to] = g0;
        packed[to + point] = plus(g0, g1, g2);
        packed[to + 2 * point] = minus(g0, g1, g2);
        packed[to + 3 * point] = g2;
    }

    private static float plus(float g0, float g1, float g2) {
        return 0.5f * (g0 + g2 + g1);
    }

    private static float minus(float g0, float g1, float g2) {
        return 0.5f * (g0 + g2 - g1);
    }
}
