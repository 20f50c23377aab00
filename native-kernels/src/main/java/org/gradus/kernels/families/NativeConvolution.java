package org.gradus.kernels.families;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.kernels.families.WindowedProduct.Index;
import org.gradus.kernels.families.WindowedProduct.Operand;
import org.gradus.kernels.families.WindowedProduct.Source;

/**
 * Convolutions as implicit matrix products: the columns exist only as tiles in local memory. No sum
 * is made by atomic additions, so results are the same every time.
 */
final class NativeConvolution implements ConvolutionKernels {
    private static final int[] ONES = {1, 1, 1};

    private final Templates templates;
    private final PartialSums sums;

    NativeConvolution(Templates templates) {
        this.templates = templates;
        this.sums = new PartialSums(templates.launcher());
    }

    @Override
    public void forward(
            View input, View weight, Optional<View> bias, Window given, int groups, View output) {
        if (output.elements() == 0) {
            return;
        }
        Window window = Spatial.window(given);
        int filters = weight.shape().size(0) / groups;
        int channels = weight.shape().size(1);
        new WindowedProduct(
                        groups,
                        filters,
                        new Index(input.shape().size(0), Spatial.sizes(output), window.stride()),
                        new Index(channels, window.kernel(), window.dilation()),
                        negated(window.padding()),
                        Spatial.sizes(input),
                        new Operand(
                                weight.buffer(),
                                weight.offset(),
                                filters * weight.strides()[0],
                                weight.strides()[0],
                                weight.strides()[1],
                                Spatial.strides(weight)),
                        new Source(
                                input.buffer(),
                                input.offset(),
                                channels * input.strides()[1],
                                input.strides()[0],
                                input.strides()[1],
                                Spatial.strides(input)),
                        new Operand(
                                output.buffer(),
                                output.offset(),
                                filters * output.strides()[1],
                                output.strides()[1],
                                output.strides()[0],
                                Spatial.strides(output)))
                .run(templates, bias);
    }

    /**
     * Gathers, for all positions of the input that lie alike towards the strides at once: they see
     * the same elements of the window, and those that they do not see cost nothing.
     */
    @Override
    public void inputGradient(
            View outputGradient, View weight, Window given, int groups, View inputGradient) {
        if (inputGradient.elements() == 0) {
            return;
        }
        Window window = Spatial.window(given);
        int[] size = Spatial.sizes(inputGradient);
        int[] stride = window.stride();
        for (int z = 0; z < Math.min(stride[0], size[0]); z++) {
            for (int y = 0; y < Math.min(stride[1], size[1]); y++) {
                for (int x = 0; x < Math.min(stride[2], size[2]); x++) {
                    int[] first = {z, y, x};
                    gather(outputGradient, weight, window, groups, inputGradient, first);
                }
            }
        }
    }

    /**
     * Computes the gradient at the positions from {@code first} on in steps of the stride. Position
     * {@code first + j * stride} is seen by the elements {@code tap + t * tapStep} of the window at
     * {@code origin + j + t * step}, for {@code t} below {@code taps}.
     */
    private void gather(
            View outputGradient,
            View weight,
            Window window,
            int groups,
            View inputGradient,
            int[] first) {
        int[] size = Spatial.sizes(inputGradient);
        int[] positions = new int[Spatial.AXES];
        int[] taps = new int[Spatial.AXES];
        int[] step = new int[Spatial.AXES];
        int[] origin = new int[Spatial.AXES];
        long[] weightStrides = Spatial.strides(weight);
        long[] targetStrides = Spatial.strides(inputGradient);
        long weightAt = weight.offset();
        long targetAt = inputGradient.offset();
        for (int axis = 0; axis < Spatial.AXES; axis++) {
            int stride = window.stride()[axis];
            int dilation = window.dilation()[axis];
            int tap = 0;
            int start = first[axis] + window.padding()[axis];
            while (tap < window.kernel()[axis] && (start - tap * dilation) % stride != 0) {
                tap++;
            }
            int tapStep = stride / greatestDivisor(stride, dilation);
            positions[axis] = Math.ceilDiv(size[axis] - first[axis], stride);
            taps[axis] = Math.ceilDiv(window.kernel()[axis] - tap, tapStep);
            step[axis] = -(tapStep * dilation / stride);
            origin[axis] = (start - tap * dilation) / stride;
            weightAt += tap * weightStrides[axis];
            weightStrides[axis] *= tapStep;
            targetAt += first[axis] * targetStrides[axis];
            targetStrides[axis] *= stride;
        }
        int filters = weight.shape().size(0) / groups;
        int channels = weight.shape().size(1);
        new WindowedProduct(
                        groups,
                        channels,
                        new Index(inputGradient.shape().size(0), positions, ONES),
                        new Index(filters, taps, step),
                        origin,
                        Spatial.sizes(outputGradient),
                        new Operand(
                                weight.buffer(),
                                weightAt,
                                filters * weight.strides()[0],
                                weight.strides()[1],
                                weight.strides()[0],
                                weightStrides),
                        new Source(
                                outputGradient.buffer(),
                                outputGradient.offset(),
                                filters * outputGradient.strides()[1],
                                outputGradient.strides()[0],
                                outputGradient.strides()[1],
                                Spatial.strides(outputGradient)),
                        new Operand(
                                inputGradient.buffer(),
                                targetAt,
                                channels * inputGradient.strides()[1],
                                inputGradient.strides()[1],
                                inputGradient.strides()[0],
                                targetStrides))
                .run(templates, Optional.empty());
    }

    private static int greatestDivisor(int a, int b) {
        return b == 0 ? a : greatestDivisor(b, a % b);
    }

    @Override
    public void weightGradient(
            View input, View outputGradient, Window given, int groups, View weightGradient) {
        long elements = weightGradient.elements();
        if (elements == 0) {
            return;
        }
        Window window = Spatial.window(given);
        WindowedProduct product =
                weightProduct(input, outputGradient, window, groups, weightGradient);
        int parts = product.parts();
        if (parts == 1) {
            product.run(templates, Optional.empty());
            return;
        }
        View partial = sums.allocate(parts, weightGradient.shape());
        weightProduct(
                        input,
                        outputGradient,
                        window,
                        groups,
                        View.of(partial.buffer(), weightGradient.shape()))
                .runParts(templates, parts, elements);
        sums.addAndRelease(partial, weightGradient);
    }

    private static WindowedProduct weightProduct(
            View input, View outputGradient, Window window, int groups, View weightGradient) {
        int filters = weightGradient.shape().size(0) / groups;
        int channels = weightGradient.shape().size(1);
        return new WindowedProduct(
                groups,
                filters,
                new Index(channels, window.kernel(), window.dilation()),
                new Index(input.shape().size(0), Spatial.sizes(outputGradient), window.stride()),
                negated(window.padding()),
                Spatial.sizes(input),
                new Operand(
                        outputGradient.buffer(),
                        outputGradient.offset(),
                        filters * outputGradient.strides()[1],
                        outputGradient.strides()[1],
                        outputGradient.strides()[0],
                        Spatial.strides(outputGradient)),
                new Source(
                        input.buffer(),
                        input.offset(),
                        channels * input.strides()[1],
                        input.strides()[1],
                        input.strides()[0],
                        Spatial.strides(input)),
                new Operand(
                        weightGradient.buffer(),
                        weightGradient.offset(),
                        filters * weightGradient.strides()[0],
                        weightGradient.strides()[0],
                        weightGradient.strides()[1],
                        Spatial.strides(weightGradient)));
    }

    private static int[] negated(int[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }
}
