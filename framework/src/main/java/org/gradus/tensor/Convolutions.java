package org.gradus.tensor;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Convolution and its two adjoints, each the gradient of the others, so that three rules give
 * gradients of any order. Each runs the device's kernel, or its plain definition: columns and a
 * matrix product.
 */
final class Convolutions {
    private Convolutions() {}

    static Tensor forward(Tensor x, Tensor weight, Window window, int groups) {
        return forward(x, weight, null, window, groups);
    }

    static Tensor forward(Tensor x, Tensor weight, Tensor bias, Window window, int groups) {
        int[] sizes = x.shape().sizes();
        sizes[1] = weight.size(0);
        for (int i = 0; i < window.rank(); i++) {
            sizes[i + 2] = window.outputSize(i, sizes[i + 2]);
        }
        Shape shape = Shape.of(sizes);
        Optional<ConvolutionKernels> kernels = kernels(x);
        Tensor result =
                kernels.isPresent()
                        ? run(
                                x,
                                shape,
                                y ->
                                        kernels.get()
                                                .forward(
                                                        x.view(),
                                                        weight.view(),
                                                        Optional.ofNullable(bias).map(Tensor::view),
                                                        window,
                                                        groups,
                                                        y))
                        : plain(
                                x,
                                type ->
                                        forward(
                                                to(x, type),
                                                to(weight, type),
                                                to(bias, type),
                                                window,
                                                groups),
                                () -> plainForward(x, weight, bias, window, groups, shape));
        var operation = new Operation.Convolution(window, groups);
        return bias == null
                ? result.recorded(operation, x, weight)
                : result.recorded(operation, x, weight, bias);
    }

    static Tensor inputGradient(
            Tensor gradient, Tensor weight, Window window, int groups, Shape shape) {
        Optional<ConvolutionKernels> kernels = kernels(gradient);
        Tensor result =
                kernels.isPresent()
                        ? run(
                                gradient,
                                shape,
                                y ->
                                        kernels.get()
                                                .inputGradient(
                                                        gradient.view(),
                                                        weight.view(),
                                                        window,
                                                        groups,
                                                        y))
                        : plain(
                                gradient,
                                type ->
                                        inputGradient(
                                                to(gradient, type),
                                                to(weight, type),
                                                window,
                                                groups,
                                                shape),
                                () -> plainInput(gradient, weight, window, groups, shape));
        return result.recorded(new Operation.ConvolutionInput(window, groups), gradient, weight);
    }

    static Tensor weightGradient(
            Tensor x, Tensor gradient, Window window, int groups, Shape shape) {
        Optional<ConvolutionKernels> kernels = kernels(x);
        Tensor result =
                kernels.isPresent()
                        ? run(
                                x,
                                shape,
                                y ->
                                        kernels.get()
                                                .weightGradient(
                                                        x.view(),
                                                        gradient.view(),
                                                        window,
                                                        groups,
                                                        y))
                        : plain(
                                x,
                                type ->
                                        weightGradient(
                                                to(x, type),
                                                to(gradient, type),
                                                window,
                                                groups,
                                                shape),
                                () -> plainWeight(x, gradient, window, groups, shape));
        return result.recorded(new Operation.ConvolutionWeight(window, groups), x, gradient);
    }

    private static Optional<ConvolutionKernels> kernels(Tensor x) {
        return x.device().kernels(ConvolutionKernels.class, x.dtype());
    }

    private interface Kernel {
        void run(View output);
    }

    private static Tensor run(Tensor like, Shape shape, Kernel kernel) {
        Value value = Value.allocate(like.device(), like.dtype(), shape);
        kernel.run(value.view());
        return Tensor.over(value, null);
    }

    /** Uses the kernels of the type that 16-bit numbers are computed in, where there are such. */
    private static Tensor plain(
            Tensor like, Function<DType, Tensor> inType, Supplier<Tensor> definition) {
        DType type = like.dtype();
        DType wide = type.computeType();
        boolean converts =
                type != wide && like.device().kernels(ConvolutionKernels.class, wide).isPresent();
        Supplier<Tensor> work = converts ? () -> inType.apply(wide).to(type) : definition;
        return Scope.compute(() -> Autograd.withoutGradients(work));
    }

    private static Tensor to(Tensor x, DType type) {
        return x == null ? null : x.to(type);
    }

    private static Tensor plainForward(
            Tensor x, Tensor weight, Tensor bias, Window window, int groups, Shape shape) {
        Tensor columns = columns(x, window, groups);
        Tensor result = rows(weight, groups).matmul(columns).reshape(shape);
        if (bias == null) {
            return result;
        }
        Tensor wide = bias;
        for (int i = 0; i < window.rank(); i++) {
            wide = wide.unsqueeze(-1);
        }
        return result.add(wide).compute();
    }

    private static Tensor plainInput(
            Tensor gradient, Tensor weight, Window window, int groups, Shape shape) {
        Tensor columns = rows(weight, groups).mT().matmul(grouped(gradient, groups));
        return columns.reshape(
                        shape.size(0), shape.size(1) * window.elements(), positions(gradient))
                .fold(window, shape);
    }

    private static Tensor plainWeight(
            Tensor x, Tensor gradient, Window window, int groups, Shape shape) {
        return grouped(gradient, groups)
                .matmul(columns(x, window, groups).mT())
                .sum(0)
                .reshape(shape);
    }

    /** Windows of each group: [batch, groups, channels / groups * window elements, positions]. */
    private static Tensor columns(Tensor x, Window window, int groups) {
        Tensor columns = x.unfold(window);
        return columns.reshape(columns.size(0), groups, columns.size(1) / groups, columns.size(2));
    }

    /** Filters of each group: [groups, filters / groups, channels / groups * window elements]. */
    private static Tensor rows(Tensor weight, int groups) {
        int filters = weight.size(0);
        int width = (int) (weight.shape().elements() / Math.max(filters, 1));
        return weight.reshape(groups, filters / groups, width);
    }

    /** Outputs of each group: [batch, groups, filters / groups, positions]. */
    private static Tensor grouped(Tensor output, int groups) {
        return output.reshape(output.size(0), groups, output.size(1) / groups, positions(output));
    }

    private static int positions(Tensor output) {
        return (int) output.shape().last(output.rank() - 2).elements();
    }
}
