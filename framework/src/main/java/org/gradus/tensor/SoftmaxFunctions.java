package org.gradus.tensor;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.SoftmaxKernels;
import org.gradus.dtype.DType;

/** The softmax family as fused kernels over contiguous rows, with their plain definitions. */
final class SoftmaxFunctions {
    private SoftmaxFunctions() {}

    private static SoftmaxKernels kernels(Tensor x) {
        return x.device().kernels(SoftmaxKernels.class, x.dtype()).orElseThrow();
    }

    private static Tensor like(Tensor x) {
        return Tensor.over(Value.allocate(x.device(), x.dtype(), x.shape()), null);
    }

    record Softmax() implements CustomFunction {
        @Override
        public String name() {
            return "softmax";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor y = like(x);
            kernels(x).softmax(x.view(), y.view());
            return List.of(y);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor y = outputs.getFirst();
            Tensor result = like(y);
            kernels(y).softmaxGradient(g.contiguous().view(), y.view(), result.view());
            return List.of(result);
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            if (x.shape().elements() == 0) {
                return x.exp();
            }
            Tensor exponentials = x.sub(peak(x)).exp();
            return exponentials.div(exponentials.sumKeeping(-1));
        }
    }

    record LogSoftmax() implements CustomFunction {
        @Override
        public String name() {
            return "logSoftmax";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            Tensor y = like(x);
            kernels(x).logSoftmax(x.view(), y.view());
            return List.of(y);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor y = outputs.getFirst();
            Tensor result = like(y);
            kernels(y).logSoftmaxGradient(g.contiguous().view(), y.view(), result.view());
            return List.of(result);
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor x = inputs.getFirst();
            if (x.shape().elements() == 0) {
                return x.exp();
            }
            Tensor shifted = x.sub(peak(x));
            return shifted.sub(shifted.exp().sumKeeping(-1).log());
        }
    }

    record CrossEntropy() implements CustomFunction {
        @Override
        public String name() {
            return "crossEntropy";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            Tensor x = inputs.get(0);
            Tensor losses = like(x.select(1, 0));
            // not rounded to 16 bits: the gradient takes the exponential of what it is off by
            DType wide = x.dtype().computeType();
            Tensor logSums = Tensor.over(Value.allocate(x.device(), wide, losses.shape()), null);
            kernels(x).crossEntropy(x.view(), inputs.get(1).view(), losses.view(), logSums.view());
            return List.of(losses, logSums);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor x = inputs.get(0);
            Tensor result = like(x);
            kernels(x)
                    .crossEntropyGradient(
                            g.contiguous().view(),
                            x.view(),
                            inputs.get(1).view(),
                            outputs.get(1).view(),
                            result.view());
            return Arrays.asList(result, null);
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor x = inputs.get(0);
            if (x.shape().elements() == 0) {
                return x.sum(1);
            }
            Tensor picked = x.gather(1, inputs.get(1).unsqueeze(1)).squeeze(1);
            return x.logSumExp(1).sub(picked);
        }
    }

    /** The largest of each row: any constant would do, so no gradient flows through it. */
    private static Tensor peak(Tensor x) {
        return Autograd.withoutGradients(() -> x.detach().amaxKeeping(-1));
    }
}
