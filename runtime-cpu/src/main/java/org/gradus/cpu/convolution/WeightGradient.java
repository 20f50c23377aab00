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
 * The gradient of a convolution's weight: over all images, the product of what the window sees,
 * {@code [window elements, positions]}, and the output's gradient, {@code [positions, filters]}.
 *
 * <p>Positions are counted along the rows of the padded image, ends of rows included, so that each
 * element of the window sees one run of the image; the output's gradient is zero at the ends. It is
 * packed once; tasks take some channels of the input each, over all images. Where there are few
 * channels, images are divided into a fixed number of parts as well, whose sums are added in order.
 */
final class WeightGradient {
    private static final int SLOT_GRADIENT = 0;
    private static final int SLOT_SUMS = 1;
    private static final int SLOT_IMAGES = 2;
    private static final int SLOT_PANELS = 3;
    private static final int SLOT_TILE = 4;
    private static final int SCRATCH_SLOTS = 5;

    private static final int WIDTH = MicroKernel.WIDTH;

    /** The rows of a task's product: its panels stay in the second-level cache. */
    private static final int TASK_ROWS = 96;

    /** Small images are put together until they have so many positions. */
    private static final int DEPTH = 256;

    /** Images are divided into parts below so many tasks. */
    private static final int ENOUGH_TASKS = 8;

    /** The elements of the output's gradient that are packed before they are multiplied. */
    private static final int PACKED_ELEMENTS = 4 << 20;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final ChannelsLastWeightGradient channelsLast;
    private final Packing packing = Packing.fastest();
    private final RowCopy rowCopy = RowCopy.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    WeightGradient(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
        channelsLast = new ChannelsLastWeightGradient(pool, kernels);
    }

    /** How the work of one group of channels is cut; all of it follows from the shapes. */
    private record Plan(
            Geometry geometry,
            PaddedImage image,
            int[] taps,
            int length,
            int paddedFilters,
            int imagesTogether,
            int taskChannels,
            int parts) {
        static Plan of(Geometry geometry) {
            var image = PaddedImage.ofInput(geometry);
            int[] output = geometry.output();
            int length = image.cell(output[0] - 1, output[1] - 1, output[2]);
            int taskChannels = Math.clamp(TASK_ROWS / geometry.taps(), 1, geometry.groupChannels());
            int channelTasks = PackedBlock.panels(geometry.groupChannels(), taskChannels);
            int imagesTogether = Math.clamp(DEPTH / length, 1, geometry.batch());
            int steps = PackedBlock.panels(geometry.batch(), imagesTogether);
            return new Plan(
                    geometry,
                    image,
                    image.taps(geometry, taskChannels),
                    length,
                    PackedBlock.panels(geometry.groupFilters(), WIDTH) * WIDTH,
                    imagesTogether,
                    taskChannels,
                    Math.clamp(ENOUGH_TASKS / channelTasks, 1, steps));
        }

        int channelTasks() {
            return PackedBlock.panels(geometry.groupChannels(), taskChannels);
        }

        /** Returns how many steps it takes through all images. */
        int steps() {
            return PackedBlock.panels(geometry.batch(), imagesTogether);
        }

        /** Returns the number of elements of the sums of one part. */
        int partSize() {
            return geometry.filterSize() * paddedFilters;
        }

        /** Returns how many images one step takes. */
        int imagesOf(int step) {
            return Math.min(imagesTogether, geometry.batch() - step * imagesTogether);
        }
    }

    /** Computes the gradient of a dense weight; no size is 0. */
    void compute(Geometry geometry, Dense input, Dense outputGradient, Dense weightGradient) {
        if (ChannelsLastWeightGradient.suits(geometry)) {
            channelsLast.compute(geometry, input, outputGradient, weightGradient);
            return;
        }
        var plan = Plan.of(geometry);
        float[] sums = scratch.floats(SLOT_SUMS, plan.parts * plan.partSize());
        int stepElements = plan.imagesTogether * plan.length * plan.paddedFilters;
        int stepsAtOnce = Math.clamp(PACKED_ELEMENTS / stepElements, plan.parts, plan.steps());
        float[] packed = scratch.floats(SLOT_GRADIENT, stepsAtOnce * stepElements);
        for (int group = 0; group < geometry.groups(); group++) {
            int current = group;
            for (int from = 0; from < plan.steps(); from += stepsAtOnce) {
                int first = from;
                int end = Math.min(plan.steps(), from + stepsAtOnce);
                pool.run(
                        end - first,
                        (task, worker) ->
                                packGradient(
                                        plan,
                                        outputGradient,
                                        current,
                                        first + task,
                                        packed,
                                        task * stepElements));
                int channelTasks = plan.channelTasks();
                pool.run(
                        channelTasks * plan.parts,
                        (task, worker) -> {
                            int part = task / channelTasks;
                            for (int step = first; step < end; step++) {
                                if (step % plan.parts == part) {
                                    multiply(
                                            plan,
                                            input,
                                            current,
                                            task % channelTasks * plan.taskChannels,
                                            step,
                                            packed,
                                            (step - first) * stepElements,
                                            new Matrix(
                                                    sums,
                                                    part * plan.partSize(),
                                                    plan.paddedFilters,
                                                    1));
                                }
                            }
                        });
            }
            store(plan, sums, weightGradient, current);
        }
    }

    /** The part of a step's positions that is multiplied at once. */
    private static int depthStep(Plan plan, int images) {
        return images == 1 ? PackedProduct.depthStep(plan.length) : images * plan.length;
    }

    /**
     * Packs one step's gradient into panels of filters; for each part of its positions the panels
     * lie one behind the other.
     */
    private void packGradient(
            Plan plan, Dense gradient, int group, int step, float[] packed, int offset) {
        var geometry = plan.geometry;
        int images = plan.imagesOf(step);
        int total = images * plan.length;
        int depthStep = depthStep(plan, images);
        int filters = geometry.groupFilters();
        int size = geometry.outputSize();
        Arrays.fill(packed, offset, offset + total * plan.paddedFilters, 0);
        int[] starts = new int[filters];
        Arrays.setAll(starts, filter -> filter * size);
        for (int i = 0; i < images; i++) {
            int image = step * plan.imagesTogether + i;
            int from = gradient.offset() + (image * geometry.groups() + group) * filters * size;
            int rows = geometry.output()[0] * geometry.output()[1];
            for (int row = 0; row < rows; row++) {
                int y = row % geometry.output()[1];
                int k = i * plan.length + plan.image.cell(row / geometry.output()[1], y, 0);
                packRow(
                        plan,
                        gradient.data(),
                        from + row * geometry.output()[2],
                        starts,
                        k,
                        depthStep,
                        total,
                        packed,
                        offset);
            }
        }
    }

    /** Packs one row of positions, which may belong to several parts, of all filters. */
    private void packRow(
            Plan plan,
            float[] gradient,
            int from,
            int[] starts,
            int k,
            int depthStep,
            int total,
            float[] packed,
            int offset) {
        int length = plan.geometry.output()[2];
        int filters = starts.length;
        int done = 0;
        while (done < length) {
            int part = (k + done) / depthStep * depthStep;
            int depth = Math.min(depthStep, total - part);
            int count = Math.min(length - done, part + depth - k - done);
            int to = offset + part * plan.paddedFilters + (k + done - part) * WIDTH;
            for (int filter = 0; filter < filters; filter += WIDTH) {
                packing.packLines(
                        gradient,
                        from + done,
                        starts,
                        filter,
                        Math.min(WIDTH, filters - filter),
                        count,
                        WIDTH,
                        packed,
                        to + filter * depth);
            }
            done += count;
        }
    }

    /** Adds one step's products for some channels of the input to their sums. */
    private void multiply(
            Plan plan,
            Dense input,
            int group,
            int channel,
            int step,
            float[] gradient,
            int gradientOffset,
            Matrix sums) {
        var geometry = plan.geometry;
        int channels = Math.min(plan.taskChannels, geometry.groupChannels() - channel);
        int rows = channels * geometry.taps();
        MicroKernel kernel = kernels.forRows(rows);
        int images = plan.imagesOf(step);
        int imageSize = channels * plan.image.channelSize();
        float[] padded = scratch.floats(SLOT_IMAGES, images * imageSize + PaddedImage.SLACK);
        for (int i = 0; i < images; i++) {
            int image = step * plan.imagesTogether + i;
            int from = image * geometry.channels() + group * geometry.groupChannels() + channel;
            plan.image.fill(
                    rowCopy,
                    input.data(),
                    input.offset() + from * geometry.inputSize(),
                    channels,
                    padded,
                    i * imageSize);
        }
        int total = images * plan.length;
        int depthStep = depthStep(plan, images);
        int panels = PackedBlock.panels(rows, kernel.rows());
        float[] packed = scratch.floats(SLOT_PANELS, panels * kernel.rows() * depthStep);
        for (int k = 0; k < total; k += depthStep) {
            int depth = Math.min(depthStep, total - k);
            packImages(plan, padded, imageSize, images, k, depth, rows, kernel, packed);
            var block =
                    new PackedBlock(
                            kernel,
                            rows,
                            plan.paddedFilters,
                            depth,
                            packed,
                            0,
                            gradient,
                            gradientOffset + k * plan.paddedFilters,
                            sums.from(channel * geometry.taps(), 0),
                            Epilogue.NONE,
                            step < plan.parts && k == 0,
                            false);
            block.compute(
                    0,
                    panels,
                    0,
                    block.columnPanels(),
                    scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE));
        }
    }

    /** Packs panels of window elements over a part of the positions of one or all images. */
    private void packImages(
            Plan plan,
            float[] padded,
            int imageSize,
            int images,
            int k,
            int depth,
            int rows,
            MicroKernel kernel,
            float[] packed) {
        int height = kernel.rows();
        int length = images == 1 ? depth : plan.length;
        for (int row = 0; row < rows; row += height) {
            for (int i = 0; i < images; i++) {
                packing.packLines(
                        padded,
                        i * imageSize + k,
                        plan.taps,
                        row,
                        Math.min(height, rows - row),
                        length,
                        height,
                        packed,
                        row * depth + i * length * height);
            }
        }
    }

    /** Adds the parts' sums in order and stores them filter by filter. */
    private void store(Plan plan, float[] sums, Dense weightGradient, int group) {
        var geometry = plan.geometry;
        int size = geometry.filterSize();
        int filters = geometry.groupFilters();
        pool.run(
                PackedBlock.panels(filters, WIDTH),
                (task, worker) -> {
                    int end = Math.min(filters, (task + 1) * WIDTH);
                    for (int filter = task * WIDTH; filter < end; filter++) {
                        int to = weightGradient.offset() + (group * filters + filter) * size;
                        for (int i = 0; i < size; i++) {
                            int from = i * plan.paddedFilters + filter;
                            float sum = sums[from];
                            for (int part = 1; part < plan.parts; part++) {
                                sum += sums[part * plan.partSize() + from];
                            }
                            weightGradient.data()[to + i] = sum;
                        }
                    }
                });
    }
}
