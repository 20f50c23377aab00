package org.gradus.cpu.convolution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The gradient of a convolution's input. The inputs that lie {@code stride} apart are reached by
 * the same elements of the window, so each of the {@code stride} phases along an axis is a
 * convolution of the output's gradient with those elements, without strides.
 */
final class InputGradient {
    private static final int AXES = Geometry.AXES;

    private final ImplicitProduct product;
    private final FoldedInputGradient folded;

    InputGradient(WorkerPool pool, ImplicitProduct product) {
        this.product = product;
        folded = new FoldedInputGradient(pool, product);
    }

    /**
     * The elements of the window that reach a phase along an axis.
     *
     * @param kernel their indices
     * @param shift for each the output position that it takes to the phase's first input
     * @param count how many inputs the phase has
     */
    private record Phase(int[] kernel, int[] shift, int count) {
        static Phase of(Geometry geometry, int axis, int phase) {
            int stride = geometry.stride()[axis];
            int[] kernel = new int[geometry.kernel()[axis]];
            int[] shift = new int[kernel.length];
            int count = 0;
            for (int k = 0; k < kernel.length; k++) {
                int reach = phase + geometry.padding()[axis] - k * geometry.dilation()[axis];
                if (Math.floorMod(reach, stride) == 0) {
                    kernel[count] = k;
                    shift[count] = Math.floorDiv(reach, stride);
                    count++;
                }
            }
            int inputs = (geometry.input()[axis] - phase + stride - 1) / stride;
            return new Phase(
                    Arrays.copyOf(kernel, count), Arrays.copyOf(shift, count), Math.max(0, inputs));
        }
    }

    /** Computes the gradient of a dense input. */
    void compute(Geometry geometry, Dense outputGradient, Dense weight, Dense inputGradient) {
        if (FoldedInputGradient.suits(geometry)) {
            folded.compute(geometry, outputGradient, weight, inputGradient);
            return;
        }
        var phases = new Phase[AXES][];
        int[] before = new int[AXES];
        int[] extent = new int[AXES];
        for (int axis = 0; axis < AXES; axis++) {
            phases[axis] = new Phase[geometry.stride()[axis]];
            int lowest = Integer.MAX_VALUE;
            int highest = Integer.MIN_VALUE;
            for (int phase = 0; phase < phases[axis].length; phase++) {
                phases[axis][phase] = Phase.of(geometry, axis, phase);
                for (int shift : phases[axis][phase].shift) {
                    lowest = Math.min(lowest, shift);
                    highest = Math.max(highest, shift);
                }
            }
            before[axis] = -lowest;
            extent[axis] = phases[axis][0].count + highest - lowest;
        }
        var image = PaddedImage.of(geometry.output(), before, new int[] {1, 1, 1}, extent);
        Grid[] grids = Grid.ofPhases(geometry);
        var parts = new ArrayList<WindowProduct.Part>();
        for (Phase z : phases[0]) {
            for (Phase y : phases[1]) {
                for (Phase x : phases[2]) {
                    Phase[] phase = {z, y, x};
                    parts.add(part(geometry, image, phase, grids[parts.size()], weight));
                }
            }
        }
        Dense from = outputGradient;
        if (parts.stream().allMatch(part -> sameSizes(part, parts.getFirst()))) {
            product.multiply(product(geometry, image, from, inputGradient, parts));
        } else {
            for (var part : parts) {
                product.multiply(product(geometry, image, from, inputGradient, List.of(part)));
            }
        }
    }

    private static boolean sameSizes(WindowProduct.Part part, WindowProduct.Part other) {
        return Arrays.equals(part.grid().sizes(), other.grid().sizes());
    }

    private static WindowProduct product(
            Geometry geometry,
            PaddedImage image,
            Dense outputGradient,
            Dense inputGradient,
            List<WindowProduct.Part> parts) {
        return new WindowProduct(
                geometry.batch(),
                geometry.groups(),
                outputGradient,
                image,
                geometry.groupFilters(),
                geometry.groupChannels(),
                null,
                inputGradient,
                geometry.inputSize(),
                parts);
    }

    private static WindowProduct.Part part(
            Geometry geometry, PaddedImage image, Phase[] phase, Grid grid, Dense weight) {
        int groupSize = geometry.groupFilters() * geometry.filterSize();
        int[] columns = columns(geometry, windowElements(geometry, phase));
        return new WindowProduct.Part(
                taps(geometry, image, phase),
                new WindowProduct.Weights(weight, groupSize, geometry.taps(), columns),
                grid);
    }

    /** Returns where the weights of some elements of the window lie, filter by filter. */
    private static int[] columns(Geometry geometry, int[] window) {
        int[] result = new int[geometry.groupFilters() * window.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = i / window.length * geometry.filterSize() + window[i % window.length];
        }
        return result;
    }

    /** Returns the flat indices of the elements of the window that reach a phase. */
    private static int[] windowElements(Geometry geometry, Phase[] phase) {
        int[] result =
                new int[phase[0].kernel.length * phase[1].kernel.length * phase[2].kernel.length];
        int i = 0;
        for (int z : phase[0].kernel) {
            for (int y : phase[1].kernel) {
                for (int x : phase[2].kernel) {
                    result[i++] = (z * geometry.kernel()[1] + y) * geometry.kernel()[2] + x;
                }
            }
        }
        return result;
    }

    private static int[] taps(Geometry geometry, PaddedImage image, Phase[] phase) {
        int[] before = image.before();
        int count = phase[0].shift.length * phase[1].shift.length * phase[2].shift.length;
        int[] result = new int[geometry.groupFilters() * count];
        int i = 0;
        for (int filter = 0; filter < geometry.groupFilters(); filter++) {
            for (int z : phase[0].shift) {
                for (int y : phase[1].shift) {
                    for (int x : phase[2].shift) {
                        result[i++] =
                                filter * image.channelSize()
                                        + image.position(
                                                z + before[0], y + before[1], x + before[2]);
                    }
                }
            }
        }
        return result;
    }
}
