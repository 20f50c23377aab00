package org.gradus.tensor;

import java.util.Arrays;
import org.gradus.device.Window;
import org.gradus.shape.Shape;

/**
 * Convolution and pooling over 1 to 3 spatial axes. Images are {@code [batch, channels,
 * spatial...]}; the number of spatial axes is the window's.
 */
public sealed interface Windows permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /**
     * Returns the convolution (cross-correlation, as all frameworks have it) with a weight.
     *
     * @param weight {@code [filters, channels / groups, kernel...]}
     * @param bias {@code [filters]}, or null
     * @return {@code [batch, filters, positions...]}
     */
    default Tensor convolve(Tensor weight, Tensor bias, Window window, int groups) {
        Tensor x = Autocast.low(self().floating("convolution"));
        checkImage("convolution", window);
        Pointwise.checkDevice("convolution", x, weight);
        Shape expected =
                weightShape(weight.rank() == 0 ? 0 : weight.size(0), x.size(1), window, groups);
        if (!weight.shape().equals(expected)
                || groups < 1
                || x.size(1) % groups != 0
                || weight.size(0) % groups != 0) {
            throw new TensorException(
                    "convolution: an input of shape "
                            + x.shape()
                            + " and a weight of shape "
                            + weight.shape()
                            + " do not fit with "
                            + window
                            + " and groups="
                            + groups);
        }
        checkBias("convolution", x, bias, weight.size(0));
        checkFits("convolution", window);
        Tensor w = Autocast.low(weight).to(x.dtype());
        Tensor b = bias == null ? null : Autocast.low(bias).to(x.dtype());
        return Convolutions.forward(x, w, b, window, groups);
    }

    /**
     * Returns the transposed convolution: the gradient of {@link #convolve} with respect to its
     * input.
     *
     * @param weight {@code [channels, filters / groups, kernel...]}
     * @param bias {@code [filters]}, or null
     * @param outputPadding added to the end of each output axis
     * @return {@code [batch, filters, (size - 1) * stride - 2 * padding + reach + outputPadding]}
     */
    default Tensor convolveTransposed(
            Tensor weight, Tensor bias, Window window, int[] outputPadding, int groups) {
        Tensor x = Autocast.low(self().floating("transposed convolution"));
        checkImage("transposed convolution", window);
        Pointwise.checkDevice("transposed convolution", x, weight);
        if (weight.rank() != x.rank()
                || weight.size(0) != x.size(1)
                || groups < 1
                || x.size(1) % groups != 0
                || !Arrays.equals(weight.shape().last(window.rank()).sizes(), window.kernel())) {
            throw new TensorException(
                    "transposed convolution: an input of shape "
                            + x.shape()
                            + " and a weight of shape "
                            + weight.shape()
                            + " do not fit with "
                            + window
                            + " and groups="
                            + groups);
        }
        int[] sizes = x.shape().sizes();
        sizes[1] = weight.size(1) * groups;
        checkBias("transposed convolution", x, bias, sizes[1]);
        for (int i = 0; i < window.rank(); i++) {
            int reach = window.dilation()[i] * (window.kernel()[i] - 1) + 1;
            sizes[i + 2] =
                    (sizes[i + 2] - 1) * window.stride()[i]
                            - 2 * window.padding()[i]
                            + reach
                            + outputPadding[i];
        }
        Shape result = Checks.of("transposed convolution", () -> Shape.of(sizes));
        Tensor w = Autocast.low(weight).to(x.dtype());
        Tensor y = Convolutions.inputGradient(x, w, window, groups, result);
        return bias == null
                ? y
                : y.add(Autocast.low(bias).reshape(channelShape(bias.size(0), x.rank())));
    }

    /**
     * Returns each window's elements as a column: {@code [batch, channels * window elements,
     * positions]}, zeros beyond the edge.
     */
    default Tensor unfold(Window window) {
        Tensor x = self();
        checkImage("unfold", window);
        checkFits("unfold", window);
        int positions = 1;
        for (int i = 0; i < window.rank(); i++) {
            positions *= window.outputSize(i, x.size(i + 2));
        }
        Shape shape = Shape.of(x.size(0), x.size(1) * window.elements(), positions);
        Value value = Value.allocate(x.device(), x.dtype(), shape);
        x.device().unfold(x.value().view(), window, value.view());
        return Tensor.over(value, null).recorded(new Operation.Unfold(window, x.shape()), x);
    }

    /** Returns columns summed back to images of a shape: the adjoint of {@link #unfold}. */
    default Tensor fold(Window window, Shape shape) {
        Tensor x = self();
        Value value = Value.allocate(x.device(), x.dtype(), shape);
        x.device().fold(x.value().view(), window, value.view());
        return Tensor.over(value, null).recorded(new Operation.Fold(window), x);
    }

    /** Returns each window's maximum; padding never wins. */
    default Tensor maxPool(Window window) {
        self().floating("maxPool");
        checkImage("maxPool", window);
        checkFits("maxPool", window);
        for (int i = 0; i < window.rank(); i++) {
            if (2 * window.padding()[i] > window.kernel()[i]) {
                throw new TensorException(
                        "maxPool: the padding is more than half of the window, with " + window);
            }
        }
        return Pooling.maximum(self(), window);
    }

    /**
     * Returns each window's mean.
     *
     * @param countPadding whether zeros beyond the edge count in the divisor, as by default
     */
    default Tensor averagePool(Window window, boolean countPadding) {
        self().floating("averagePool");
        checkImage("averagePool", window);
        checkFits("averagePool", window);
        return Pooling.average(self(), window, countPadding);
    }

    /** Returns means over as equal parts as can be, so many along each spatial axis. */
    default Tensor adaptiveAveragePool(int... sizes) {
        Tensor x = self().floating("adaptiveAveragePool");
        if (x.rank() != sizes.length + 2) {
            throw new TensorException(
                    "adaptiveAveragePool: "
                            + Arrays.toString(sizes)
                            + " does not name the spatial axes of "
                            + x.shape());
        }
        return Pooling.adaptive(x, sizes);
    }

    private void checkImage(String operation, Window window) {
        if (self().rank() != window.rank() + 2) {
            throw new TensorException(
                    operation
                            + ": a tensor of shape "
                            + self().shape()
                            + " is not [batch, channels"
                            + ", "
                            + window.rank()
                            + " spatial axes]");
        }
    }

    private static void checkBias(String operation, Tensor x, Tensor bias, int filters) {
        if (bias != null) {
            Pointwise.checkDevice(operation, x, bias);
            Checks.require(
                    bias.shape().equals(Shape.of(filters)),
                    () ->
                            operation
                                    + ": a bias of shape "
                                    + bias.shape()
                                    + " does not fit "
                                    + filters
                                    + " filters");
        }
    }

    private void checkFits(String operation, Window window) {
        for (int i = 0; i < window.rank(); i++) {
            if (window.outputSize(i, self().size(i + 2)) < 1) {
                throw new TensorException(
                        operation
                                + ": the window is larger than an input of shape "
                                + self().shape()
                                + ", with "
                                + window);
            }
        }
    }

    private static Shape weightShape(int filters, int channels, Window window, int groups) {
        int[] sizes = new int[window.rank() + 2];
        sizes[0] = filters;
        sizes[1] = groups < 1 ? 0 : channels / groups;
        System.arraycopy(window.kernel(), 0, sizes, 2, window.rank());
        return Shape.of(sizes);
    }

    private static Shape channelShape(int channels, int rank) {
        int[] sizes = new int[rank - 1];
        Arrays.fill(sizes, 1);
        sizes[0] = channels;
        return Shape.of(sizes);
    }
}
