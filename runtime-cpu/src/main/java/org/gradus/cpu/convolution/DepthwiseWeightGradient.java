package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The gradient of the weight of a convolution whose filters see one channel each: a dot product for
 * each weight, of the output's gradient and what the weight saw. A task takes some filters of a
 * channel and goes through all images; partial sums are kept in the lanes of vectors until the end.
 *
 * <p>Cost: {@code 2 * batch * filters * taps * positions} flops at the speed of the first-level
 * cache, and copying each gradient once.
 */
final class DepthwiseWeightGradient {
    private static final int SLOT_IMAGE = 0;
    private static final int SLOT_GRADIENT = 1;
    private static final int SLOT_SUMS = 2;
    private static final int SCRATCH_SLOTS = 3;

    /** The filters of a task: an image is copied once for all of them. */
    private static final int TASK_FILTERS = 4;

    /** With more elements of the window and more filters, panels are worth being packed. */
    private static final int MOST_TAPS = 12;

    private final WorkerPool pool;
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    DepthwiseWeightGradient(WorkerPool pool) {
        this.pool = pool;
    }

    /** Returns whether each filter sees one channel, and there are few filters or weights. */
    static boolean suits(Geometry geometry) {
        return geometry.groupChannels() == 1
                && (geometry.groupFilters() <= TASK_FILTERS || geometry.taps() <= MOST_TAPS);
    }

    /** Computes the gradient of a dense weight; no size is 0. */
    void compute(Geometry geometry, Dense input, Dense outputGradient, Dense weightGradient) {
        var image = PaddedImage.ofInput(geometry);
        int[] taps = image.taps(geometry, 1);
        int filters = geometry.groupFilters();
        int tasks = (filters + TASK_FILTERS - 1) / TASK_FILTERS;
        pool.run(
                geometry.channels() * tasks,
                (task, worker) -> {
                    int first = task % tasks * TASK_FILTERS;
                    int count = Math.min(TASK_FILTERS, filters - first);
                    int channel = task / tasks;
                    compute(
                            geometry,
                            image,
                            taps,
                            channel,
                            channel * filters + first,
                            count,
                            input,
                            outputGradient,
                            weightGradient);
                });
    }

    private void compute(
            Geometry geometry,
            PaddedImage image,
            int[] taps,
            int channel,
            int filter,
            int count,
            Dense input,
            Dense outputGradient,
            Dense weightGradient) {
        int[] output = geometry.output();
        int length = image.cell(output[0] - 1, output[1] - 1, output[2]);
        int size = image.channelSize() + PaddedImage.SLACK;
        int sumsSize = taps.length * Correlation.LANES;
        float[] padded = scratch.floats(SLOT_IMAGE, size);
        float[] gradient = scratch.floats(SLOT_GRADIENT, length + Correlation.SLACK);
        float[] sums = scratch.floats(SLOT_SUMS, count * sumsSize);
        Arrays.fill(sums, 0, count * sumsSize, 0);
        // What is multiplied with zeros must be a number.
        Arrays.fill(padded, 0, size, 0);
        Arrays.fill(gradient, 0, length + Correlation.SLACK, 0);
        for (int i = 0; i < geometry.batch(); i++) {
            int from = (i * geometry.channels() + channel) * geometry.inputSize();
            image.fill(RowCopy.best(), input.data(), input.offset() + from, 1, padded, 0);
            for (int f = 0; f < count; f++) {
                int plane = (i * geometry.filters() + filter + f) * geometry.outputSize();
                for (int z = 0; z < output[0]; z++) {
                    RowCopy.best()
                            .copy(
                                    outputGradient.data(),
                                    outputGradient.offset() + plane + z * output[1] * output[2],
                                    output[2],
                                    output[1],
                                    output[2],
                                    gradient,
                                    image.cell(z, 0, 0),
                                    image.cells()[2]);
                }
                Correlation.best()
                        .addProducts(
                                padded, taps, taps.length, gradient, length, sums, f * sumsSize);
            }
        }
        int to = weightGradient.offset() + filter * taps.length;
        for (int i = 0; i < count * taps.length; i++) {
            float sum = 0;
            for (int lane = 0; lane < Correlation.LANES; lane++) {
                sum += sums[i * Correlation.LANES + lane];
            }
            weightGradient.data()[to + i] = sum;
        }
    }
}
