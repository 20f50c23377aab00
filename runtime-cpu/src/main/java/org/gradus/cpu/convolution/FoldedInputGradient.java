package org.gradus.cpu.convolution;

import java.util.Arrays;
import java.util.List;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The gradient of a convolution's input where it has few channels, such as the last transposed
 * convolution of a generator: one product gives what each element of the window adds at each
 * position, {@code [channels * window elements, positions]}, so that rows fill the kernels' tiles
 * and the output's gradient is packed once, not for each element. Then elements are added to the
 * inputs that they see, in the order of the window.
 *
 * <p>Cost: {@code 2 * batch * filters * filterSize * positions} flops, and writing, reading and
 * adding {@code batch * filterSize * positions} floats.
 */
final class FoldedInputGradient {
    private static final int SLOT_COLUMNS = 0;
    private static final int SLOT_SUMS = 1;
    private static final int SCRATCH_SLOTS = 2;

    private static final int MOST_CHANNELS = 8;

    private final WorkerPool pool;
    private final ImplicitProduct product;
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    FoldedInputGradient(WorkerPool pool, ImplicitProduct product) {
        this.pool = pool;
        this.product = product;
    }

    /** Returns whether a convolution has so few channels, for its filters, that this is faster. */
    static boolean suits(Geometry geometry) {
        int channels = geometry.groupChannels();
        return channels <= MOST_CHANNELS
                && 4 * channels <= geometry.groupFilters()
                && geometry.taps() > 1;
    }

    /** Computes the gradient of a dense input. */
    void compute(Geometry geometry, Dense outputGradient, Dense weight, Dense inputGradient) {
        int size = geometry.outputSize();
        int rows = geometry.groups() * geometry.filterSize();
        float[] columns = scratch.floats(SLOT_COLUMNS, geometry.batch() * rows * size);
        product.multiply(columns(geometry, outputGradient, weight, new Dense(columns, 0)));
        Grid[] grids = Grid.ofPhases(geometry);
        pool.run(
                geometry.batch() * geometry.channels(),
                (channel, worker) ->
                        fold(
                                geometry,
                                grids,
                                columns,
                                channel * geometry.taps() * size,
                                inputGradient.data(),
                                inputGradient.offset() + channel * geometry.inputSize()));
    }

    /** Returns the product {@code [batch, groups * filterSize, positions]}: a window of 1 by 1. */
    private static WindowProduct columns(
            Geometry geometry, Dense outputGradient, Dense weight, Dense columns) {
        int filters = geometry.groupFilters();
        int[] taps = new int[filters];
        int[] weightColumns = new int[filters];
        Arrays.setAll(taps, filter -> filter * geometry.outputSize());
        Arrays.setAll(weightColumns, filter -> filter * geometry.filterSize());
        int groupSize = filters * geometry.filterSize();
        int[] output = geometry.output();
        int[] ones = {1, 1, 1};
        return new WindowProduct(
                geometry.batch(),
                geometry.groups(),
                outputGradient,
                PaddedImage.of(output, new int[Geometry.AXES], ones, output),
                filters,
                geometry.filterSize(),
                null,
                columns,
                geometry.outputSize(),
                List.of(
                        new WindowProduct.Part(
                                taps,
                                new WindowProduct.Weights(weight, groupSize, 1, weightColumns),
                                Grid.dense(output))));
    }

    /** Adds up one channel of one image. */
    private void fold(
            Geometry geometry,
            Grid[] grids,
            float[] columns,
            int from,
            float[] target,
            int channel) {
        int[] kernel = geometry.kernel();
        int[] offsets = new int[grids.length + 1];
        for (int phase = 0; phase < grids.length; phase++) {
            offsets[phase + 1] = offsets[phase] + grids[phase].count();
        }
        float[] sums = scratch.floats(SLOT_SUMS, offsets[grids.length]);
        Arrays.fill(sums, 0, offsets[grids.length], 0);
        for (int tap = 0; tap < geometry.taps(); tap++) {
            int[] element = {
                tap / kernel[2] / kernel[1], tap / kernel[2] % kernel[1], tap % kernel[2]
            };
            add(geometry, grids, offsets, columns, from, element, sums);
            from += geometry.outputSize();
        }
        for (int phase = 0; phase < grids.length; phase++) {
            Grid grid = grids[phase];
            int at = offsets[phase];
            if (phase + 1 < grids.length && grid.alternatesWith(grids[phase + 1])) {
                phase++;
                grid.storeBoth(
                        RowCopy.best(), sums, at, offsets[phase], 0, grid.count(), target, channel);
            } else {
                grid.store(RowCopy.best(), sums, at, 0, grid.count(), target, channel);
            }
        }
    }

    /** Adds what one element of the window adds to the phase that it sees. */
    private void add(
            Geometry geometry,
            Grid[] grids,
            int[] offsets,
            float[] columns,
            int from,
            int[] element,
            float[] sums) {
        int[] output = geometry.output();
        int[] first = new int[Geometry.AXES];
        int[] end = new int[Geometry.AXES];
        int[] place = new int[Geometry.AXES];
        int phase = 0;
        for (int axis = 0; axis < Geometry.AXES; axis++) {
            int stride = geometry.stride()[axis];
            var reach = Reach.of(geometry, axis);
            first[axis] = reach.firstPosition(element[axis]);
            end[axis] = reach.endPosition(element[axis], output[axis]);
            if (end[axis] <= first[axis]) {
                return;
            }
            int index = reach.index(first[axis], element[axis]);
            phase = phase * stride + index % stride;
            place[axis] = index / stride;
        }
        int[] sizes = grids[phase].sizes();
        for (int z = first[0]; z < end[0]; z++) {
            int plane = place[0] + z - first[0];
            RowCopy.best()
                    .add(
                            columns,
                            from + (z * output[1] + first[1]) * output[2] + first[2],
                            output[2],
                            end[1] - first[1],
                            end[2] - first[2],
                            sums,
                            offsets[phase] + (plane * sizes[1] + place[1]) * sizes[2] + place[2],
                            sizes[2]);
        }
    }
}
