package org.gradus.cpu.convolution;

import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.PackedProduct;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The weight matrices of a {@link WindowProduct} in panels of rows: for each part and group, for
 * each step of the depth, one panel behind the other. Rows are filled up to whole panels.
 *
 * @param kernel which multiplies the panels
 * @param data where they lie
 * @param paddedRows the rows of a group, a multiple of the kernel's
 * @param offsets where each part begins
 */
record PackedWeights(MicroKernel kernel, float[] data, int paddedRows, int[] offsets) {
    /** Packs with all threads, into a slot of scratch memory. */
    static PackedWeights pack(
            WindowProduct product,
            MicroKernel kernel,
            Packing packing,
            WorkerPool pool,
            Scratch scratch,
            int slot) {
        int paddedRows = PackedBlock.panels(product.rows(), kernel.rows()) * kernel.rows();
        int[] offsets = new int[product.parts().size()];
        int size = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = size;
            size += product.groups() * paddedRows * product.parts().get(i).depth();
        }
        var weights = new PackedWeights(kernel, scratch.floats(slot, size), paddedRows, offsets);
        for (int i = 0; i < offsets.length; i++) {
            weights.pack(product, i, packing, pool);
        }
        return weights;
    }

    /** Returns the part of the depth that is multiplied at once. */
    static int depthStep(int depth) {
        return depth == 0 ? 1 : PackedProduct.depthStep(depth);
    }

    /** Returns where the panels of a step of the depth begin, from row {@code k} on. */
    int offset(WindowProduct product, int part, int group, int k) {
        int depth = product.parts().get(part).depth();
        return offsets[part] + (group * depth + k) * paddedRows;
    }

    private void pack(WindowProduct product, int index, Packing packing, WorkerPool pool) {
        var part = product.parts().get(index);
        int step = depthStep(part.depth());
        int steps = PackedBlock.panels(part.depth(), step);
        pool.run(
                product.groups() * steps,
                (task, worker) -> {
                    int group = task / steps;
                    int k = task % steps * step;
                    int depth = Math.min(step, part.depth() - k);
                    int to = offset(product, index, group, k);
                    var weights = part.weights();
                    if (weights.columns() != null) {
                        gather(weights, group, product.rows(), k, depth, to);
                        return;
                    }
                    packing.pack(
                            weights.data().data(),
                            weights.group(group) + k,
                            weights.rowStride(),
                            1,
                            product.rows(),
                            depth,
                            kernel.rows(),
                            0,
                            paddedRows / kernel.rows(),
                            data,
                            to);
                });
    }

    /** Packs a matrix whose columns lie anywhere; the last panel's missing rows are its last. */
    private void gather(
            WindowProduct.Weights weights, int group, int rows, int first, int depth, int to) {
        float[] source = weights.data().data();
        int from = weights.group(group);
        int height = kernel.rows();
        int stride = weights.rowStride();
        for (int panel = 0; panel < paddedRows; panel += height) {
            int given = Math.min(height, rows - panel);
            for (int k = 0; k < depth; k++) {
                int s = from + weights.columns()[first + k] + panel * stride;
                int t = to + panel * depth + k * height;
                for (int row = 0; row < given; row++) {
                    data[t + row] = source[s];
                    s += stride;
                }
                for (int row = given; row < height; row++) {
                    data[t + row] = data[t + given - 1];
                }
            }
        }
    }
}
