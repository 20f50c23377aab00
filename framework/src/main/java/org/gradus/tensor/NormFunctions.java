package org.gradus.tensor;

import java.util.List;
import java.util.Optional;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Normalization by mean and variance, or mean square, as fused kernels, with their plain
 * definitions.
 */
final class NormFunctions {
    private NormFunctions() {}

    private static NormalizationKernels kernels(Tensor x) {
        return x.device().kernels(NormalizationKernels.class, x.dtype()).orElseThrow();
    }

    private static boolean isFused(Tensor x) {
        return x.shape().elements() > 0
                && x.device().kernels(NormalizationKernels.class, x.dtype()).isPresent();
    }

    private static Tensor make(Tensor like, Shape shape) {
        return Tensor.over(Value.allocate(like.device(), like.dtype(), shape), null);
    }

    /** Statistics of 16-bit tensors are not rounded to 16 bits. */
    private static Tensor makeStatistic(Tensor like, int size) {
        DType dtype = like.dtype().computeType();
        return Tensor.over(Value.allocate(like.device(), dtype, Shape.of(size)), null);
    }

    /** The inputs of a normalization; a single missing parameter becomes a constant. */
    private static Tensor[] operands(Tensor x, Tensor weight, Tensor bias) {
        if (weight == null && bias == null) {
            return new Tensor[] {x};
        }
        Tensor w = weight == null ? bias.detach().onesLike() : weight;
        Tensor b = bias == null ? weight.detach().zerosLike() : bias;
        return new Tensor[] {x, w.to(x.dtype()).contiguous(), b.to(x.dtype()).contiguous()};
    }

    private static Optional<View> parameter(List<Tensor> inputs, int index) {
        return inputs.size() > index ? Optional.of(inputs.get(index).view()) : Optional.empty();
    }

    /** Normalizes rows {@code [outer, inner]}. */
    static Tensor layer(Tensor rows, Tensor weight, Tensor bias, double epsilon) {
        Tensor[] operands = operands(rows.contiguous(), weight, bias);
        Layer function = new Layer(epsilon);
        return isFused(rows)
                ? CustomFunction.apply(function, operands)
                : Scope.compute(() -> function.plain(List.of(operands)));
    }

    private record Layer(double epsilon) implements CustomFunction {
        @Override
        public String name() {
            return "layerNorm";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor y = make(x, x.shape());
            Tensor mean = makeStatistic(x, x.size(0));
            Tensor inverse = makeStatistic(x, x.size(0));
            kernels(x)
                    .layer(
                            x.view(),
                            parameter(inputs, 1),
                            parameter(inputs, 2),
                            epsilon,
                            y.view(),
                            mean.view(),
                            inverse.view());
            return List.of(y, mean, inverse);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor x = inputs.getFirst();
            Tensor dx = make(x, x.shape());
            Tensor dw = make(x, Shape.of(x.size(1)));
            Tensor db = make(x, Shape.of(x.size(1)));
            kernels(x)
                    .layerGradient(
                            g.contiguous().view(),
                            x.view(),
                            parameter(inputs, 1),
                            outputs.get(1).view(),
                            outputs.get(2).view(),
                            dx.view(),
                            dw.view(),
                            db.view());
            return inputs.size() == 1 ? List.of(dx) : List.of(dx, dw, db);
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor centered = x.sub(x.meanKeeping(1));
            Tensor y = centered.mul(centered.square().meanKeeping(1).add(epsilon).rsqrt());
            return inputs.size() == 1 ? y : y.mul(inputs.get(1)).add(inputs.get(2));
        }
    }

    /** Divides rows {@code [outer, inner]} by the root of their mean square. */
    static Tensor rms(Tensor rows, Tensor weight, double epsilon) {
        Tensor x = rows.contiguous();
        Tensor[] operands =
                weight == null
                        ? new Tensor[] {x}
                        : new Tensor[] {x, weight.to(x.dtype()).contiguous()};
        RootMeanSquare function = new RootMeanSquare(epsilon);
        return isFused(x)
                ? CustomFunction.apply(function, operands)
                : Scope.compute(() -> function.plain(List.of(operands)));
    }

    private record RootMeanSquare(double epsilon) implements CustomFunction {
        @Override
        public String name() {
            return "rmsNorm";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor y = make(x, x.shape());
            Tensor inverse = makeStatistic(x, x.size(0));
            kernels(x).rms(x.view(), parameter(inputs, 1), epsilon, y.view(), inverse.view());
            return List.of(y, inverse);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor x = inputs.getFirst();
            Tensor dx = make(x, x.shape());
            Tensor dw = make(x, Shape.of(x.size(1)));
            kernels(x)
                    .rmsGradient(
                            g.contiguous().view(),
                            x.view(),
                            parameter(inputs, 1),
                            outputs.get(1).view(),
                            dx.view(),
                            dw.view());
            return inputs.size() == 1 ? List.of(dx) : List.of(dx, dw);
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor y = x.mul(x.square().meanKeeping(1).add(epsilon).rsqrt());
            return inputs.size() == 1 ? y : y.mul(inputs.get(1));
        }
    }

    /** Normalizes channels of {@code [batch, channels, ...]} and tells the statistics. */
    static Normalizations.BatchNormalized batch(
            Tensor input, Tensor weight, Tensor bias, double epsilon) {
        Tensor x = Merged.after(2, input).contiguous();
        Tensor[] operands = operands(x, weight, bias);
        Batch function = new Batch(epsilon);
        if (isFused(x)) {
            Tensor y = CustomFunction.apply(function, operands);
            return function.result(y.reshape(input.shape()));
        }
        Tensor y = Scope.compute(() -> function.plain(List.of(operands)));
        DType wide = x.dtype().computeType();
        return new Normalizations.BatchNormalized(
                y.reshape(input.shape()),
                Scope.compute(() -> x.detach().to(wide).mean(0, 2).compute()),
                Scope.compute(() -> x.detach().to(wide).varKeeping(0, 0, 2).flatten().compute()));
    }

    /** Holds the statistics of its one forward pass until they are asked for. */
    private static final class Batch implements CustomFunction {
        private final double epsilon;
        private Tensor mean;
        private Tensor inverse;

        Batch(double epsilon) {
            this.epsilon = epsilon;
        }

        @Override
        public String name() {
            return "batchNorm";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor y = make(x, x.shape());
            mean = makeStatistic(x, x.size(1)).unowned();
            inverse = makeStatistic(x, x.size(1)).unowned();
            kernels(x)
                    .batch(
                            x.view(),
                            parameter(inputs, 1),
                            parameter(inputs, 2),
                            epsilon,
                            y.view(),
                            mean.view(),
                            inverse.view());
            return List.of(y, mean, inverse);
        }

        Normalizations.BatchNormalized result(Tensor output) {
            Tensor variance =
                    Scope.compute(
                            () -> inverse.detach().square().reciprocal().sub(epsilon).compute());
            Tensor owned = mean.detach();
            mean.release();
            inverse.release();
            return new Normalizations.BatchNormalized(output, owned, variance);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor x = inputs.getFirst();
            Tensor dx = make(x, x.shape());
            Tensor dw = make(x, Shape.of(x.size(1)));
            Tensor db = make(x, Shape.of(x.size(1)));
            kernels(x)
                    .batchGradient(
                            g.contiguous().view(),
                            x.view(),
                            parameter(inputs, 1),
                            outputs.get(1).view(),
                            outputs.get(2).view(),
                            dx.view(),
                            dw.view(),
                            db.view());
            return inputs.size() == 1 ? List.of(dx) : List.of(dx, dw, db);
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor centered = x.sub(x.meanKeeping(0, 2));
            Tensor y = centered.mul(centered.square().meanKeeping(0, 2).add(epsilon).rsqrt());
            return inputs.size() == 1
                    ? y
                    : y.mul(inputs.get(1).unsqueeze(1)).add(inputs.get(2).unsqueeze(1));
        }
    }
}
