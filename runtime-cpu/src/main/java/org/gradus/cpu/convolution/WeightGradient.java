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
 * The gradient of a convolution's weight: over all images the product of the output's gradient,
 * {@code [filters, positions]}, and what the window sees, {@code [positions, window elements]}.
 *
 * <p>The output's gradient is packed once; tasks take some {@linkplain SeenPanels panels} each, and
 * a few images at a time, whose panels stay in the second-level cache. Where there are few tasks,
 * images are divided into a fixed number of parts as well, whose sums are added in order. Cost:
 * {@code 2 * batch * filters * filterSize * positions} flops, and packing both sides.
 */
final class WeightGradient {
    private static final int SLOT_GRADIENT = 0;
    private static final int SLOT_SUMS = 1;
    private static final int SLOT_PREPARED = 2;
    private static final int SLOT_PANELS = 3;
    private static final int SLOT_TILE = 4;
    private static final int SCRATCH_SLOTS = 5;

    private static final int WIDTH = MicroKernel.WIDTH;

    /** Small images are put together until they have so many positions. */
    private static final int DEPTH = 256;

    /** The panels of a task: with so many positions they stay in the second-level cache. */
    private static final int TASK_PANELS = 16;

    /** Images are divided into parts below so many tasks. */
    private static final int ENOUGH_TASKS = 8;

    /** The elements of the output's gradient that are packed before they are multiplied. */
    private static final int PACKED_ELEMENTS = 4 << 20;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final DepthwiseWeightGradient depthwise;
    private final Packing packing = Packing.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    WeightGradient(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
        depthwise = new DepthwiseWeightGradient(pool);
    }

    /** How the work of one group of channels is cut; all of it follows from the shapes. */
    private record Plan(
            Geometry geometry,
            SeenPanels seen,
            MicroKernel kernel,
            int paddedRows,
            int images,
            int depthStep,
            int taskBlocks,
            int parts) {
        static Plan of(Geometry geometry, MicroKernels kernels) {
            MicroKernel kernel = kernels.forRows(geometry.groupFilters());
            int positions = geometry.outputSize();
            int images = Math.clamp(DEPTH / positions, 1, geometry.batch());
            var seen = SeenPanels.of(geometry);
            int blockPanels = seen.blockPanels();
            int fitting = Math.max(1, TASK_PANELS / blockPanels);
            // Kernels compute two panels at a time.
            boolean odd = blockPanels % 2 == 1 && blockPanels < TASK_PANELS;
            int even = odd ? (fitting + 1) / 2 * 2 : fitting;
            int taskBlocks = Math.min(even, seen.blocks());
            int tasks = PackedBlock.panels(seen.blocks(), taskBlocks);
            int steps = PackedBlock.panels(geometry.batch(), images);
            return new Plan(
                    geometry,
                    seen,
                    kernel,
                    PackedBlock.panels(geometry.groupFilters(), kernel.rows()) * kernel.rows(),
                    images,
                    images == 1 ? PackedProduct.depthStep(positions) : images * positions,
                    taskBlocks,
                    Math.clamp(PackedBlock.panels(ENOUGH_TASKS, tasks), 1, steps));
        }

        int channelTasks() {
            return PackedBlock.panels(seen.blocks(), taskBlocks);
        }

        /** Returns how many steps it takes through all images. */
        int steps() {
            return PackedBlock.panels(geometry.batch(), images);
        }

        /** Returns how many images one step takes. */
        int imagesOf(int step) {
            return Math.min(images, geometry.batch() - step * images);
        }

        /** Returns how far apart rows of sums lie: not at a power of two, which caches dislike. */
        int sumsStride() {
            return taskBlocks * seen.blockPanels() * WIDTH + WIDTH;
        }

        /** Returns the number of elements of a task's sums. */
        int sumsSize() {
            return paddedRows * sumsStride();
        }
    }

    /** Computes the gradient of a dense weight; no size is 0. */
    void compute(Geometry geometry, Dense input, Dense outputGradient, Dense weightGradient) {
        if (DepthwiseWeightGradient.suits(geometry)) {
            depthwise.compute(geometry, input, outputGradient, weightGradient);
            return;
        }
        var plan = Plan.of(geometry, kernels);
        int tasks = plan.channelTasks() * plan.parts;
        float[] sums = scratch.floats(SLOT_SUMS, tasks * plan.sumsSize());
        int stepElements = plan.images * geometry.outputSize() * plan.paddedRows;
        int stepsAtOnce = Math.clamp(PACKED_ELEMENTS / stepElements, plan.parts, plan.steps());
        float[] packed = scratch.floats(SLOT_GRADIENT, stepsAtOnce * stepElements);
        for (int group = 0; group < geometry.groups(); group++) {
            int current = group;
            for (int from = 0; from < plan.steps(); from += stepsAtOnce) {
                int first = from;
                int end = Math.min(plan.steps(), from + stepsAtOnce);
                pool.run(
                        end - first,
                        (step, worker) ->
                                packGradient(
                                        plan,
                                        outputGradient,
                                        current,
                                        first + step,
                                        packed,
                                        step * stepElements));
                pool.run(
                        tasks,
                        (task, worker) -> {
                            for (int step = first; step < end; step++) {
                                if (step % plan.parts == task % plan.parts) {
                                    multiply(
                                            plan,
                                            input,
                                            current,
                                            task / plan.parts * plan.taskBlocks,
                                            step,
                                            packed,
                                            (step - first) * stepElements,
                                            new Matrix(
                                                    sums,
                                                    task * plan.sumsSize(),
                                                    plan.sumsStride(),
                                                    1));
                                }
                            }
                        });
            }
            store(plan, sums, weightGradient, current);
        }
    }

    /** Packs one step's gradient into panels of filters, for each part of its positions. */
    private void packGradient(
            Plan plan, Dense gradient, int group, int step, float[] packed, int offset) {
        var geometry = plan.geometry;
        int images = plan.imagesOf(step);
        int positions = geometry.outputSize();
        int filters = geometry.groupFilters();
        int height = plan.kernel.rows();
        int[] starts = new int[filters];
        Arrays.setAll(starts, filter -> filter * positions);
        int total = images * positions;
        for (int k = 0; k < total; k += plan.depthStep) {
            int depth = Math.min(plan.depthStep, total - k);
            int run = images == 1 ? depth : positions;
            for (int filter = 0; filter < filters; filter += height) {
                for (int i = 0; i < images; i++) {
                    int image = step * plan.images + i;
                    int first = (image * geometry.groups() + group) * filters * positions;
                    packing.packLines(
                            gradient.data(),
                            gradient.offset() + first + (images == 1 ? k : 0),
                            starts,
                            filter,
                            Math.min(height, filters - filter),
                            run,
                            height,
                            packed,
                            offset + k * plan.paddedRows + filter * depth + i * run * height);
                }
            }
        }
    }

    /** Adds one step's products for some blocks of channels to their sums. */
    private void multiply(
            Plan plan,
            Dense input,
            int group,
            int block,
            int step,
            float[] gradient,
            int gradientOffset,
            Matrix sums) {
        var geometry = plan.geometry;
        int images = plan.imagesOf(step);
        var seen = plan.seen;
        int blocks = Math.min(plan.taskBlocks, seen.blocks() - block);
        float[] prepared = scratch.floats(SLOT_PREPARED, blocks * images * seen.preparedSize());
        seen.prepare(input, group, block, blocks, step * plan.images, images, prepared);
        int total = images * geometry.outputSize();
        int panels = blocks * seen.blockPanels();
        var packed = scratch.room(SLOT_PANELS, panels * WIDTH * plan.depthStep);
        for (int k = 0; k < total; k += plan.depthStep) {
            int depth = Math.min(plan.depthStep, total - k);
            for (int panel = 0; panel < panels; panel++) {
                int to = packed.start() + panel * depth * WIDTH;
                seen.pack(prepared, block, panel, images, k, depth, packed.array(), to);
            }
            var product =
                    new PackedBlock(
                            plan.kernel,
                            plan.paddedRows,
                            panels * WIDTH,
                            depth,
                            gradient,
                            gradientOffset + k * plan.paddedRows,
                            packed.array(),
                            packed.start(),
                            sums,
                            Epilogue.NONE,
                            step < plan.parts && k == 0,
                            false);
            float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
            product.compute(0, product.rowPanels(), 0, panels, tile);
        }
    }

    /** Adds the parts' sums in order and stores them filter by filter. */
    private void store(Plan plan, float[] sums, Dense weightGradient, int group) {
        var geometry = plan.geometry;
        int filters = geometry.groupFilters();
        // All blocks but the last have as many weights as the first.
        int[] columns = new int[plan.seen.weights(0)];
        Arrays.setAll(columns, plan.seen::column);
        pool.run(
                PackedBlock.panels(filters, WIDTH),
                (task, worker) -> {
                    int end = Math.min(filters, (task + 1) * WIDTH);
                    for (int filter = task * WIDTH; filter < end; filter++) {
                        for (int block = 0; block < plan.seen.blocks(); block++) {
                            store(plan, sums, weightGradient, group, filter, block, columns);
                        }
                    }
                });
    }

    private static void store(
            Plan plan,
            float[] sums,
            Dense weightGradient,
            int group,
            int filter,
            int block,
            int[] columns) {
        var geometry = plan.geometry;
        var seen = plan.seen;
        int task = block / plan.taskBlocks * plan.parts;
        int column = block % plan.taskBlocks * seen.blockPanels() * WIDTH;
        int from = task * plan.sumsSize() + filter * plan.sumsStride() + column;
        float[] target = weightGradient.data();
        int to =
                weightGradient.offset()
                        + (group * geometry.groupFilters() + filter) * geometry.filterSize()
                        + block * columns.length;
        for (int i = 0; i < seen.weights(block); i++) {
            int at = from + columns[i];
            float sum = sums[at];
            for (int part = 1; part < plan.parts; part++) {
                sum += sums[at + part * plan.sumsSize()];
            }
            target[to + i] = sum;
        }
    }
}
