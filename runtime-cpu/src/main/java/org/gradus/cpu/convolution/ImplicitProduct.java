package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.matmul.Epilogue;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.PackedProduct;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * For each image the product of a weight matrix {@code [rows, depth]} and the matrix of what a
 * window sees, {@code [depth, positions]}, of which only a block at a time exists, in panels.
 *
 * <p>A task takes some whole images, or part of one where there are few. It copies them with zeros
 * around and packs panels from the copy, which stays in the second-level cache. Cost: {@code 2 *
 * batch * rows * depth * positions} flops, and packing each panel once.
 */
final class ImplicitProduct {
    private static final int SLOT_WEIGHTS = 0;
    private static final int SLOT_IMAGES = 1;
    private static final int SLOT_PANELS = 2;
    private static final int SLOT_TILE = 3;
    private static final int SLOT_RESULTS = 4;
    private static final int SCRATCH_SLOTS = 5;

    private static final int WIDTH = MicroKernel.WIDTH;

    /** Panels of positions that are packed at once at most, and at least where images are small. */
    private static final int MOST_PANELS = 16;

    private static final int FEWEST_PANELS = 8;

    /** Images are not put together, and single ones cut, below so many tasks. */
    private static final int ENOUGH_TASKS = 8;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final Packing packing = Packing.fastest();
    private final PositionPacking positionPacking = PositionPacking.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    ImplicitProduct(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
    }

    /**
     * What is multiplied, and where to.
     *
     * @param batch the number of images
     * @param groups the independent parts into which the channels of both sides are divided
     * @param source the images, {@code [batch, groups * channels, spatial...]}
     * @param image the layout of their padded copies
     * @param channels the source's channels of a group
     * @param taps where the window's elements lie in the copy of a group, for all its channels: the
     *     columns of the weight matrix
     * @param weights a weight matrix per group, {@code [groups * rows, depth]}
     * @param rows the target's channels of a group
     * @param bias one for each channel of the target, or null
     * @param grid the positions
     * @param target {@code [batch, groups * rows, targetSize]}
     * @param targetSize the elements of a channel of the target
     */
    record Operands(
            int batch,
            int groups,
            Dense source,
            PaddedImage image,
            int channels,
            int[] taps,
            Dense weights,
            int rows,
            Dense bias,
            Grid grid,
            Dense target,
            int targetSize) {
        int depth() {
            return taps.length;
        }

        /** Returns the number of elements of a group of channels in a padded image. */
        int groupSize() {
            return channels * image.channelSize();
        }

        /** Returns the number of elements of a padded image. */
        int imageSize() {
            return groups * groupSize();
        }

        int sourceImageSize() {
            int[] sizes = image.source();
            return groups * channels * sizes[0] * sizes[1] * sizes[2];
        }

        int targetChannel(int image, int group) {
            return target.offset() + (image * groups + group) * rows * targetSize;
        }
    }

    /** Packed weights: for each group, for each part of the depth, panels of rows. */
    private record Weights(MicroKernel kernel, float[] packed, int depthStep, int paddedRows) {}

    /** Computes a product with all threads. */
    void multiply(Operands operands) {
        int panels = PackedBlock.panels(operands.grid.count(), WIDTH);
        if (panels == 0 || operands.batch == 0) {
            return;
        }
        var weights = packWeights(operands);
        int together =
                Math.clamp(operands.batch / ENOUGH_TASKS, 1, (FEWEST_PANELS - 1) / panels + 1);
        int imageTasks = PackedBlock.panels(operands.batch, together);
        int cuts = Math.clamp(ENOUGH_TASKS / imageTasks, 1, (panels + 3) / 4);
        int cut = (PackedBlock.panels(panels, cuts) + 1) / 2 * 2;
        int panelTasks = PackedBlock.panels(panels, cut);
        pool.run(
                imageTasks * panelTasks,
                (task, worker) -> {
                    int first = task / panelTasks * together;
                    int panel = task % panelTasks * cut;
                    multiply(
                            operands,
                            weights,
                            first,
                            Math.min(together, operands.batch - first),
                            panel,
                            Math.min(panels, panel + cut));
                });
    }

    private Weights packWeights(Operands operands) {
        MicroKernel kernel = kernels.forRows(operands.rows);
        int depth = operands.depth();
        int depthStep = depth == 0 ? 1 : PackedProduct.depthStep(depth);
        int panels = PackedBlock.panels(operands.rows, kernel.rows());
        int paddedRows = panels * kernel.rows();
        float[] packed = scratch.floats(SLOT_WEIGHTS, operands.groups * paddedRows * depth);
        int parts = PackedBlock.panels(depth, depthStep);
        pool.run(
                operands.groups * parts,
                (task, worker) -> {
                    int group = task / parts;
                    int k = task % parts * depthStep;
                    packing.pack(
                            operands.weights.data(),
                            operands.weights.offset() + group * operands.rows * depth + k,
                            depth,
                            1,
                            operands.rows,
                            Math.min(depthStep, depth - k),
                            kernel.rows(),
                            0,
                            panels,
                            packed,
                            (group * depth + k) * paddedRows);
                });
        return new Weights(kernel, packed, depthStep, paddedRows);
    }

    /** Computes some panels of some images on one thread. */
    private void multiply(
            Operands operands, Weights weights, int first, int images, int panel, int endPanel) {
        int imageSize = operands.imageSize();
        float[] padded = scratch.floats(SLOT_IMAGES, images * imageSize + PaddedImage.SLACK);
        for (int i = 0; i < images; i++) {
            operands.image.fill(
                    operands.source.data(),
                    operands.source.offset() + (first + i) * operands.sourceImageSize(),
                    operands.groups * operands.channels,
                    padded,
                    i * imageSize);
        }
        for (int group = 0; group < operands.groups; group++) {
            for (int from = panel; from < endPanel; from += MOST_PANELS) {
                int to = Math.min(endPanel, from + MOST_PANELS);
                if (operands.grid.isDense() && operands.depth() > 0) {
                    multiplyInPlace(operands, weights, padded, first, images, group, from, to);
                } else {
                    multiplyAndScatter(operands, weights, padded, first, images, group, from, to);
                }
            }
        }
    }

    private void multiplyInPlace(
            Operands operands,
            Weights weights,
            float[] padded,
            int first,
            int images,
            int group,
            int panel,
            int endPanel) {
        var c =
                new Matrix(
                        operands.target.data(),
                        operands.targetChannel(first, group) + panel * WIDTH,
                        operands.targetSize,
                        1);
        int distance = operands.groups * operands.rows * operands.targetSize;
        multiply(operands, weights, padded, images, group, panel, endPanel, c, distance);
    }

    private void multiplyAndScatter(
            Operands operands,
            Weights weights,
            float[] padded,
            int first,
            int images,
            int group,
            int panel,
            int endPanel) {
        int width = (endPanel - panel) * WIDTH;
        int distance = operands.rows * width;
        float[] results = scratch.floats(SLOT_RESULTS, images * distance);
        if (operands.depth() == 0) {
            Arrays.fill(results, 0, images * distance, 0);
        } else {
            var c = new Matrix(results, 0, width, 1);
            multiply(operands, weights, padded, images, group, panel, endPanel, c, distance);
        }
        int end = Math.min(operands.grid.count(), endPanel * WIDTH);
        for (int i = 0; i < images; i++) {
            int channel = operands.targetChannel(first + i, group);
            for (int row = 0; row < operands.rows; row++) {
                operands.grid.scatter(
                        results,
                        i * distance + row * width,
                        panel * WIDTH,
                        end,
                        operands.target.data(),
                        channel + row * operands.targetSize);
            }
        }
    }

    /**
     * Multiplies one group's weights with some panels of some images.
     *
     * @param c the first image's results
     * @param distance from one image's results to the next
     */
    private void multiply(
            Operands operands,
            Weights weights,
            float[] padded,
            int images,
            int group,
            int panel,
            int endPanel,
            Matrix c,
            int distance) {
        int panels = endPanel - panel;
        int columns = Math.min(operands.grid.count(), endPanel * WIDTH) - panel * WIDTH;
        int depth = operands.depth();
        int rowPanels = weights.paddedRows / weights.kernel.rows();
        float[] packed =
                scratch.floats(
                        SLOT_PANELS,
                        images * panels * WIDTH * weights.depthStep + PositionPacking.SLACK);
        float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
        var epilogue = epilogue(operands, group);
        for (int k = 0; k < depth; k += weights.depthStep) {
            int part = Math.min(weights.depthStep, depth - k);
            int size = panels * WIDTH * part;
            for (int i = 0; i < images; i++) {
                positionPacking.pack(
                        padded,
                        i * operands.imageSize() + group * operands.groupSize(),
                        operands.taps,
                        k,
                        part,
                        operands.grid.sizes(),
                        operands.image,
                        panel,
                        endPanel,
                        packed,
                        i * size);
            }
            for (int i = 0; i < images; i++) {
                var block =
                        new PackedBlock(
                                weights.kernel,
                                operands.rows,
                                columns,
                                part,
                                weights.packed,
                                (group * depth + k) * weights.paddedRows,
                                packed,
                                i * size,
                                new Matrix(c.data(), c.offset() + i * distance, c.rowStride(), 1),
                                epilogue,
                                k == 0,
                                k + part == depth);
                block.compute(0, rowPanels, 0, panels, tile);
            }
        }
    }

    private static Epilogue epilogue(Operands operands, int group) {
        Dense bias = operands.bias;
        return bias == null
                ? Epilogue.NONE
                : new Epilogue(
                        1,
                        0,
                        new Matrix(bias.data(), bias.offset() + group * operands.rows, 1, 0),
                        false);
    }
}
