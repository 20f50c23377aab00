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
 * The gradient of a convolution's weight where there are enough channels to fill panels: over all
 * images the product of the output's gradient, {@code [filters, positions]}, and what the window
 * sees, {@code [positions, window elements * channels]}.
 *
 * <p>A task takes blocks of 16 channels. It turns images round once, such that the channels of a
 * pixel are neighbours; then each element of the window finds its panel in whole vectors, whatever
 * the stride. The output's gradient is packed once for all tasks. Where there are few tasks, images
 * are divided into a fixed number of parts as well, whose sums are added in order.
 */
final class ChannelsLastWeightGradient {
    private static final int SLOT_GRADIENT = 0;
    private static final int SLOT_SUMS = 1;
    private static final int SLOT_PIXELS = 2;
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
    private final Packing packing = Packing.fastest();
    private final RowCopy rowCopy = RowCopy.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    ChannelsLastWeightGradient(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
    }

    /** Returns whether at least three quarters of the panels' lanes would have a channel. */
    static boolean suits(Geometry geometry) {
        int channels = geometry.groupChannels();
        return 3 * PackedBlock.panels(channels, WIDTH) * WIDTH <= 4 * channels;
    }

    /** How the work of one group of channels is cut; all of it follows from the shapes. */
    private record Plan(
            Geometry geometry,
            MicroKernel kernel,
            int paddedRows,
            int images,
            int depthStep,
            int blocks,
            int taskBlocks,
            int parts) {
        static Plan of(Geometry geometry, MicroKernels kernels) {
            MicroKernel kernel = kernels.forRows(geometry.groupFilters());
            int positions = geometry.outputSize();
            int images = Math.clamp(DEPTH / positions, 1, geometry.batch());
            int blocks = PackedBlock.panels(geometry.groupChannels(), WIDTH);
            int fitting = PackedBlock.panels(TASK_PANELS, geometry.taps());
            // Kernels compute two panels at a time.
            int even = geometry.taps() % 2 == 0 ? fitting : (fitting + 1) / 2 * 2;
            int taskBlocks = Math.min(geometry.taps() > TASK_PANELS ? 1 : even, blocks);
            int tasks = PackedBlock.panels(blocks, taskBlocks);
            int steps = PackedBlock.panels(geometry.batch(), images);
            return new Plan(
                    geometry,
                    kernel,
                    PackedBlock.panels(geometry.groupFilters(), kernel.rows()) * kernel.rows(),
                    images,
                    images == 1 ? PackedProduct.depthStep(positions) : images * positions,
                    blocks,
                    taskBlocks,
                    Math.clamp(PackedBlock.panels(ENOUGH_TASKS, tasks), 1, steps));
        }

        int channelTasks() {
            return PackedBlock.panels(blocks, taskBlocks);
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
            return taskBlocks * geometry.taps() * WIDTH + WIDTH;
        }

        /** Returns the number of elements of a task's sums. */
        int sumsSize() {
            return paddedRows * sumsStride();
        }
    }

    /** Computes the gradient of a dense weight; no size is 0. */
    void compute(Geometry geometry, Dense input, Dense outputGradient, Dense weightGradient) {
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
        int blocks = Math.min(plan.taskBlocks, plan.blocks - block);
        float[] pixels = turnRound(plan, input, group, block, blocks, step);
        int total = images * geometry.outputSize();
        int panels = blocks * geometry.taps();
        float[] packed = scratch.floats(SLOT_PANELS, panels * WIDTH * plan.depthStep);
        for (int k = 0; k < total; k += plan.depthStep) {
            int depth = Math.min(plan.depthStep, total - k);
            for (int panel = 0; panel < panels; panel++) {
                int first = panel / geometry.taps() * images * geometry.inputSize() * WIDTH;
                int tap = panel % geometry.taps();
                pack(geometry, pixels, first, tap, k, depth, packed, panel * depth * WIDTH);
            }
            var product =
                    new PackedBlock(
                            plan.kernel,
                            plan.paddedRows,
                            panels * WIDTH,
                            depth,
                            gradient,
                            gradientOffset + k * plan.paddedRows,
                            packed,
                            0,
                            sums,
                            Epilogue.NONE,
                            step < plan.parts && k == 0,
                            false);
            float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
            product.compute(0, product.rowPanels(), 0, panels, tile);
        }
    }

    /** Returns {@code [blocks, images, pixels, 16]} of one step's images. */
    private float[] turnRound(Plan plan, Dense input, int group, int block, int blocks, int step) {
        var geometry = plan.geometry;
        int size = geometry.inputSize();
        int images = plan.imagesOf(step);
        int[] starts = new int[WIDTH];
        Arrays.setAll(starts, channel -> channel * size);
        float[] pixels = scratch.floats(SLOT_PIXELS, blocks * images * size * WIDTH);
        for (int i = 0; i < blocks * images; i++) {
            int image = step * plan.images + i % images;
            int channel = (block + i / images) * WIDTH;
            int first = group * geometry.groupChannels() + channel;
            packing.packLines(
                    input.data(),
                    input.offset() + (image * geometry.channels() + first) * size,
                    starts,
                    0,
                    Math.min(WIDTH, geometry.groupChannels() - channel),
                    size,
                    WIDTH,
                    pixels,
                    i * size * WIDTH);
        }
        return pixels;
    }

    /** Packs what an element of the window sees at some positions, counted over all images. */
    private void pack(
            Geometry geometry,
            float[] pixels,
            int first,
            int tap,
            int position,
            int count,
            float[] packed,
            int to) {
        int[] output = geometry.output();
        int[] kernel = geometry.kernel();
        int tapX = tap % kernel[2];
        int tapY = tap / kernel[2] % kernel[1];
        int tapZ = tap / kernel[2] / kernel[1];
        int done = 0;
        while (done < count) {
            int at = position + done;
            int x = at % output[2];
            int y = at / output[2] % output[1];
            int z = at / (output[2] * output[1]) % output[0];
            int image = at / geometry.outputSize();
            int length = Math.min(output[2] - x, count - done);
            int sourceZ = geometry.source(0, z, tapZ);
            int sourceY = geometry.source(1, y, tapY);
            int target = to + done * WIDTH;
            if (sourceZ < 0 || sourceY < 0) {
                Arrays.fill(packed, target, target + length * WIDTH, 0);
            } else {
                int[] input = geometry.input();
                int row = ((image * input[0] + sourceZ) * input[1] + sourceY) * input[2];
                packRow(geometry, pixels, first + row * WIDTH, tapX, x, length, packed, target);
            }
            done += length;
        }
    }

    /** Packs a part of a row of positions, zeros where the window looks beyond the image. */
    private void packRow(
            Geometry geometry,
            float[] pixels,
            int row,
            int tap,
            int x,
            int length,
            float[] packed,
            int to) {
        int stride = geometry.stride()[2];
        int start = x * stride - geometry.padding()[2] + tap * geometry.dilation()[2];
        int width = geometry.input()[2];
        int before = start >= 0 ? 0 : Math.min(length, (stride - 1 - start) / stride);
        int end = start >= width ? 0 : Math.min(length, (width - 1 - start) / stride + 1);
        int after = Math.max(before, end);
        Arrays.fill(packed, to, to + before * WIDTH, 0);
        rowCopy.copy(
                pixels,
                row + (start + before * stride) * WIDTH,
                stride * WIDTH,
                after - before,
                WIDTH,
                packed,
                to + before * WIDTH,
                WIDTH);
        Arrays.fill(packed, to + after * WIDTH, to + length * WIDTH, 0);
    }

    /** Adds the parts' sums in order and stores them filter by filter. */
    private void store(Plan plan, float[] sums, Dense weightGradient, int group) {
        var geometry = plan.geometry;
        int filters = geometry.groupFilters();
        pool.run(
                PackedBlock.panels(filters, WIDTH),
                (task, worker) -> {
                    int end = Math.min(filters, (task + 1) * WIDTH);
                    for (int filter = task * WIDTH; filter < end; filter++) {
                        for (int block = 0; block < plan.blocks; block++) {
                            store(plan, sums, weightGradient, group, filter, block);
                        }
                    }
                });
    }

    private static void store(
            Plan plan, float[] sums, Dense weightGradient, int group, int filter, int block) {
        var geometry = plan.geometry;
        int taps = geometry.taps();
        int first = block / plan.taskBlocks * plan.parts * plan.sumsSize();
        int from = first + filter * plan.sumsStride() + block % plan.taskBlocks * taps * WIDTH;
        int channel = block * WIDTH;
        int channels = Math.min(WIDTH, geometry.groupChannels() - channel);
        float[] target = weightGradient.data();
        int to =
                weightGradient.offset()
                        + (group * geometry.groupFilters() + filter) * geometry.filterSize()
                        + channel * taps;
        for (int i = 0; i < channels; i++) {
            for (int tap = 0; tap < taps; tap++) {
                int at = from + tap * WIDTH + i;
                float sum = sums[at];
                for (int part = 1; part < plan.parts; part++) {
                    sum += sums[at + part * plan.sumsSize()];
                }
                target[to++] = sum;
            }
        }
    }
}
