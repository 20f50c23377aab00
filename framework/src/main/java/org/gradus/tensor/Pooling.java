package org.gradus.tensor;

import java.util.Optional;
import org.gradus.device.PoolingKernels;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Pooling by the device's kernels, or by its plain definition: columns and a reduction. */
final class Pooling {
    private Pooling() {}

    /**
     * The maximum is recorded as picking one element of each window, so its gradient is that of
     * {@code gather}.
     */
    static Tensor maximum(Tensor x, Window window) {
        Shape shape = outputShape(x.shape(), window);
        Tensor flat = Merged.after(2, x);
        Shape picked = Shape.of(x.size(0), x.size(1), (int) shape.last(window.rank()).elements());
        Optional<PoolingKernels> kernels = kernels(x);
        if (kernels.isEmpty()) {
            Tensor index = Scope.compute(() -> positionsOfMaxima(x.detach(), window, picked));
            return flat.gather(2, index).reshape(shape);
        }
        Value values = Value.allocate(x.device(), x.dtype(), shape);
        Value positions = Value.allocate(x.device(), DType.I64, shape);
        kernels.get().maximum(x.view(), window, values.view(), positions.view());
        Tensor index = Tensor.over(positions, null).reshape(picked);
        Value flatValues = values.reshaped(picked);
        values.release();
        return Tensor.over(flatValues, null)
                .recorded(new Operation.Gather(2, flat.shape()), flat, index)
                .reshape(shape);
    }

    static Tensor average(Tensor x, Window window, boolean countPadding) {
        Shape shape = outputShape(x.shape(), window);
        Tensor result;
        Optional<PoolingKernels> kernels = kernels(x);
        if (kernels.isPresent()) {
            Value value = Value.allocate(x.device(), x.dtype(), shape);
            kernels.get().average(x.view(), window, countPadding, value.view());
            result = Tensor.over(value, null);
        } else {
            result =
                    Scope.compute(
                            () ->
                                    Autograd.withoutGradients(
                                            () ->
                                                    columns(x, window)
                                                            .sum(2)
                                                            .reshape(shape)
                                                            .div(counts(x, window, countPadding))
                                                            .compute()));
        }
        return result.recorded(new Operation.AveragePool(window, countPadding, x.shape()), x);
    }

    static Tensor averageGradient(Tensor g, Window window, boolean countPadding, Shape shape) {
        Tensor result;
        Optional<PoolingKernels> kernels = kernels(g);
        if (kernels.isPresent()) {
            Value value = Value.allocate(g.device(), g.dtype(), shape);
            kernels.get().averageGradient(g.view(), window, countPadding, value.view());
            result = Tensor.over(value, null);
        } else {
            result =
                    Scope.compute(
                            () ->
                                    Autograd.withoutGradients(
                                            () -> spread(g, window, countPadding, shape)));
        }
        return result.recorded(new Operation.AveragePoolGradient(window, countPadding), g);
    }

    private static Tensor spread(Tensor g, Window window, boolean countPadding, Shape shape) {
        Tensor like = Tensor.zeros(g.device(), g.dtype(), shape);
        Tensor share = Merged.after(2, g.div(counts(like, window, countPadding)));
        int positions = share.size(2);
        return share.unsqueeze(2)
                .expand(g.size(0), g.size(1), window.elements(), positions)
                .reshape(g.size(0), g.size(1) * window.elements(), positions)
                .fold(window, shape);
    }

    static Tensor adaptive(Tensor x, int[] sizes) {
        Tensor result = x;
        for (int i = 0; i < sizes.length; i++) {
            int axis = i + 2;
            Tensor weights = averaging(x, x.size(axis), sizes[i]);
            result = result.transpose(axis, -1).matmul(weights).transpose(axis, -1);
        }
        return result;
    }

    /**
     * Column j has 1/n at the n positions of part j: from floor(j*in/out) to ceil((j+1)*in/out).
     */
    private static Tensor averaging(Tensor like, int in, int out) {
        double[] weights = new double[in * out];
        for (int j = 0; j < out; j++) {
            int start = (int) ((long) j * in / out);
            int end = (int) (((long) (j + 1) * in + out - 1) / out);
            for (int i = start; i < end; i++) {
                weights[i * out + j] = 1.0 / (end - start);
            }
        }
        return Tensor.of(HostArray.of(weights, Shape.of(in, out)), like.device()).to(like.dtype());
    }

    private static Optional<PoolingKernels> kernels(Tensor x) {
        return x.device().kernels(PoolingKernels.class, x.dtype());
    }

    private static Shape outputShape(Shape input, Window window) {
        int[] sizes = input.sizes();
        for (int i = 0; i < window.rank(); i++) {
            sizes[i + 2] = window.outputSize(i, sizes[i + 2]);
        }
        return Shape.of(sizes);
    }

    /** The windows of each channel apart: [batch, channels, window elements, positions]. */
    private static Tensor columns(Tensor x, Window window) {
        Tensor columns = x.unfold(window);
        return columns.reshape(x.size(0), x.size(1), window.elements(), columns.size(2));
    }

    /** How many elements each window's mean divides by, of the output's shape but one image. */
    private static Tensor counts(Tensor x, Window window, boolean countPadding) {
        int[] sizes = x.shape().with(0, 1).with(1, 1).sizes();
        Shape one = Shape.of(sizes);
        Shape shape = outputShape(one, window);
        return countPadding
                ? Tensor.full(x.device(), x.dtype(), shape, window.elements())
                : Tensor.ones(x.device(), x.dtype(), one).unfold(window).sum(1).reshape(shape);
    }

    private static Tensor positionsOfMaxima(Tensor x, Window window, Shape picked) {
        int spatial = window.rank();
        int[] widths = new int[2 * spatial];
        for (int i = 0; i < spatial; i++) {
            widths[2 * i] = window.padding()[spatial - 1 - i];
            widths[2 * i + 1] = widths[2 * i];
        }
        Tensor padded = x.pad(Double.NEGATIVE_INFINITY, widths);
        Window inside =
                new Window(window.kernel(), window.stride(), new int[spatial], window.dilation());
        Tensor winner = columns(padded, inside).argmax(2);
        long[] table = positions(x.shape(), window, picked.size(2));
        Tensor positions =
                Tensor.of(
                        HostArray.of(table, Shape.of(window.elements(), picked.size(2))),
                        x.device());
        return positions.gather(0, Merged.rows(winner, 1)).reshape(picked);
    }

    /** For each window element and output position, the flattened input position it covers. */
    private static long[] positions(Shape input, Window window, int outputs) {
        int spatial = window.rank();
        long[] table = new long[window.elements() * outputs];
        int[] outputSizes = new int[spatial];
        for (int i = 0; i < spatial; i++) {
            outputSizes[i] = window.outputSize(i, input.size(i + 2));
        }
        for (int k = 0; k < window.elements(); k++) {
            for (int o = 0; o < outputs; o++) {
                long position = 0;
                int kernelRest = k;
                int outputRest = o;
                long scale = 1;
                for (int i = spatial - 1; i >= 0; i--) {
                    int tap = kernelRest % window.kernel()[i];
                    int place = outputRest % outputSizes[i];
                    kernelRest /= window.kernel()[i];
                    outputRest /= outputSizes[i];
                    int at =
                            place * window.stride()[i]
                                    - window.padding()[i]
                                    + tap * window.dilation()[i];
                    // a window of nothing but -inf may name the border: stay inside
                    position += scale * Math.clamp(at, 0, input.size(i + 2) - 1);
                    scale *= input.size(i + 2);
                }
                table[k * outputs + o] = position;
            }
        }
        return table;
    }
}
