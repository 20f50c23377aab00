package org.gradus.cuda;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/** A convolution on a device, in its three directions, against sums of products. */
record ConvolutionTrial(CudaDevice device, PlainConvolution plain, DType dtype) {
    private static final int INPUT_SEED = 1;
    private static final int WEIGHT_SEED = 2;
    private static final int BIAS_SEED = 3;
    private static final int GRADIENT_SEED = 4;

    private DeviceTensors tensors() {
        return new DeviceTensors(device);
    }

    private ConvolutionKernels kernels() {
        return device.kernels(ConvolutionKernels.class, dtype).orElseThrow();
    }

    private double[] numbers(int seed, int... sizes) {
        return DeviceTensors.random(dtype, seed, sizes);
    }

    /** Returns the image. */
    View input() {
        return tensors().of(dtype, numbers(INPUT_SEED, plain.image()), plain.image());
    }

    /** Returns the image with gaps between elements, or before the first. */
    View input(int step, int start) {
        return tensors()
                .spread(dtype, numbers(INPUT_SEED, plain.image()), step, start, plain.image());
    }

    /** Returns the weight. */
    View weight() {
        return weight(1);
    }

    /** Returns the weight with gaps between elements. */
    View weight(int step) {
        return tensors()
                .spread(dtype, numbers(WEIGHT_SEED, plain.weight()), step, 0, plain.weight());
    }

    /** Returns the gradient of the output. */
    View gradient() {
        return tensors().of(dtype, numbers(GRADIENT_SEED, plain.output()), plain.output());
    }

    /** Returns what the definition gives, without a bias. */
    double[] expected() {
        return plain.forward(
                numbers(INPUT_SEED, plain.image()),
                numbers(WEIGHT_SEED, plain.weight()),
                new double[plain.filters()]);
    }

    /** Returns what the device gives. */
    double[] forward() {
        return forward(input(), weight(), Optional.empty());
    }

    /** Returns what the device gives. */
    double[] forward(View input, View weight, Optional<View> bias) {
        View output = output();
        forward(input, weight, bias, output);
        return tensors().read(output);
    }

    /** Lets the device write the output. */
    void forward(View input, View weight, Optional<View> bias, View output) {
        kernels().forward(input, weight, bias, plain.window(), plain.groups(), output);
    }

    /** Returns an output to be written. */
    View output() {
        return tensors().empty(dtype, plain.output());
    }

    /** Returns the gradient of the weight that the device gives. */
    double[] weightGradient() {
        View result = tensors().empty(dtype, plain.weight());
        kernels().weightGradient(input(), gradient(), plain.window(), plain.groups(), result);
        return tensors().read(result);
    }

    private double[] inputGradient() {
        View result = tensors().empty(dtype, plain.image());
        kernels().inputGradient(gradient(), weight(), plain.window(), plain.groups(), result);
        return tensors().read(result);
    }

    /** Checks what the device gives forward, without a bias. */
    void checkForward() {
        assertClose(expected(), forward());
    }

    /** Checks all directions: three convolutions, one of them with a bias. */
    void checkAll() {
        double[] x = numbers(INPUT_SEED, plain.image());
        double[] w = numbers(WEIGHT_SEED, plain.weight());
        double[] b = numbers(BIAS_SEED, plain.filters());
        double[] g = numbers(GRADIENT_SEED, plain.output());
        View bias = tensors().of(dtype, b, plain.filters());
        assertClose(plain.forward(x, w, b), forward(input(), weight(), Optional.of(bias)));
        assertClose(plain.inputGradient(g, w), inputGradient());
        assertClose(plain.weightGradient(x, g), weightGradient());
    }

    /** Checks numbers against exact ones. */
    void assertClose(double[] expected, double[] actual) {
        String what = Arrays.toString(plain.image()) + " " + plain.window() + " " + dtype;
        DeviceTensors.assertClose(expected, actual, dtype, what);
    }
}
