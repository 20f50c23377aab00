package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The gradient of the weight of a convolution whose filters see one channel each: a dot product for
 * each weight, of the output's gradient and what the weight saw. A task takes a filter and goes
 * through all images; partial sums are kept in the lanes of vectors until the end.
 */
final class DepthwiseWeightGradient {
    private static final int SLOT_IMAGE = 0;
    private static final int SLOT_GRADIENT = 1;
    private static final int SLOT_SUMS = 2;
    private static final int SCRATCH_SLOTS = 3;

    private static final int MOST_FILTERS = 4;

    private final WorkerPool pool;
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    DepthwiseWeightGradient(WorkerPool pool) {
        this.pool = pool;
    }

    /** Returns whether each filter sees one channel, and each channel has few filters. */
    static boolean suits(Geometry geometry) {
        return geometry.groupChannels() == 1 && geometry.groupFilters() <= MOST_FILTERS;
    }

    /** Computes the gradient of a dense weight; no size is 0. */
    void compute(Geometry geometry, Dense input, Dense outputGradient, Dense weightGradient) {
        var image = PaddedImage.ofInput(geometry);
        int[] taps = image.taps(geometry, 1);
        pool.run(
                geometry.filters(),
                (filter, worker) ->
                        compute(
                                geometry,
                                image,
                                taps,
                                filter,
                                input,
                                outputGradient,
                                weightGradient));
    }

    private void compute(
            Geometry geometry,
            PaddedImage image,
            int[] taps,
            int filter,
            Dense input,
            Dense outputGradient,
            Dense weightGradient) {
        int[] output = geometry.output();
        int length = image.cell(output[0] - 1, output[1] - 1, output[2]);
        int size = image.channelSize() + PaddedImage.SLACK;
        float[] padded = scratch.floats(SLOT_IMAGE, size);
        float[] gradient = scratch.floats(SLOT_GRADIENT, length + Correlation.SLACK);
        float[] sums = scratch.floats(SLOT_SUMS, taps.length * Correlation.LANES);
        Arrays.fill(sums, 0, taps.length * Correlation.LANES, 0);
        // What is multiplied with zeros must be a number.
        Arrays.fill(padded, 0, size, 0);
        Arrays.fill(gradient, 0, length + Correlation.SLACK, 0);
        int channel = filter / geometry.groupFilters();
        for (int i = 0; i < geometry.batch(); i++) {
            int from = (i * geometry.channels() + channel) * geometry.inputSize();
            image.fill(RowCopy.best(), input.data(), input.offset() + from, 1, padded, 0);
            int plane = (i * geometry.filters() + filter) * geometry.outputSize();
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
            Correlation.best().addProducts(padded, taps, taps.length, gradient, length, sums);
        }
        for (int tap = 0; tap < taps.length; tap++) {
            float sum = 0;
            for (int lane = 0; lane < Correlation.LANES; lane++) {
                sum += sums[tap * Correlation.LANES + lane];
            }
            weightGradient.data()[weightGradient.offset() + filter * taps.length + tap] = sum;
        }
    }
}
