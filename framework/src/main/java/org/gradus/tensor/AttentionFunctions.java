package org.gradus.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.gradus.device.AttentionKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Attention as a fused kernel, with its plain definition. */
final class AttentionFunctions {
    private AttentionFunctions() {}

    private static AttentionKernels kernels(Tensor x) {
        return x.device().kernels(AttentionKernels.class, x.dtype()).orElseThrow();
    }

    private static Tensor make(Tensor like, int... sizes) {
        return Tensor.over(Value.allocate(like.device(), like.dtype(), Shape.of(sizes)), null);
    }

    /**
     * Returns room for a tensor {@code [batch, heads, steps, size]} that lies in memory as {@code
     * [batch, steps, heads, size]}: the linear layers before and after attention have it so.
     */
    private static Tensor makeByStep(Tensor like, int batch, int heads, int steps, int size) {
        return make(like, batch, steps, heads, size).transpose(1, 2);
    }

    private static Tensor makeByStep(Tensor like) {
        return makeByStep(like, like.size(0), like.size(1), like.size(2), like.size(3));
    }

    /** Returns a view whose last axis is contiguous, as the kernels ask for. */
    private static View rows(Tensor x) {
        View view = x.view();
        return x.size(3) == 1 || view.strides()[3] == 1 ? view : x.copy().view();
    }

    private static Optional<View> mask(Tensor query, Tensor key, List<Tensor> inputs, int index) {
        return inputs.size() > index
                ? Optional.of(inputs.get(index).view().expand(query.shape().with(3, key.size(2))))
                : Optional.empty();
    }

    /** Of a query, a key, a value, and perhaps what is added to the scores. */
    record Separate(boolean causal, double scale, Optional<AttentionOptions.Dropout> dropout)
            implements CustomFunction {
        @Override
        public String name() {
            return "attention";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            Tensor key = inputs.get(1);
            return forward(inputs.get(0), key, inputs.get(2), mask(inputs.get(0), key, inputs, 3));
        }

        List<Tensor> forward(Tensor q, Tensor k, Tensor v, Optional<View> mask) {
            Tensor output = makeByStep(q, q.size(0), q.size(1), q.size(2), v.size(3));
            // not rounded to 16 bits: the gradient takes the exponential of what it is off by
            DType wide = q.dtype().computeType();
            Shape rows = Shape.of(q.size(0), q.size(1), q.size(2));
            Tensor logSums = Tensor.over(Value.allocate(q.device(), wide, rows), null);
            kernels(q)
                    .forward(
                            rows(q),
                            rows(k),
                            rows(v),
                            mask,
                            causal,
                            scale,
                            output.view(),
                            logSums.view());
            return List.of(output, logSums);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor q = inputs.get(0);
            Tensor k = inputs.get(1);
            Tensor v = inputs.get(2);
            Tensor dq = makeByStep(q);
            Tensor dk = makeByStep(k);
            Tensor dv = makeByStep(v);
            backward(g, List.of(q, k, v), mask(q, k, inputs, 3), outputs, List.of(dq, dk, dv));
            return inputs.size() == 3 ? List.of(dq, dk, dv) : Arrays.asList(dq, dk, dv, null);
        }

        void backward(
                Tensor g,
                List<Tensor> inputs,
                Optional<View> mask,
                List<Tensor> outputs,
                List<Tensor> gradients) {
            kernels(g)
                    .backward(
                            rows(g),
                            rows(inputs.get(0)),
                            rows(inputs.get(1)),
                            rows(inputs.get(2)),
                            mask,
                            causal,
                            scale,
                            outputs.get(0).view(),
                            outputs.get(1).view(),
                            gradients.get(0).view(),
                            gradients.get(1).view(),
                            gradients.get(2).view());
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor bias = inputs.size() > 3 ? inputs.get(3) : null;
            return plain(inputs.get(0), inputs.get(1), inputs.get(2), bias);
        }

        Tensor plain(Tensor query, Tensor key, Tensor value, Tensor bias) {
            int batch = query.size(0);
            int heads = query.size(1);
            int queries = query.size(2);
            int keyHeads = key.size(1);
            int keys = key.size(2);
            Shape shape = query.shape().with(3, value.size(3));
            int group = heads / keyHeads;
            Tensor q = query.mul(scale).reshape(batch, keyHeads, group, queries, query.size(3));
            Tensor scores = q.matmul(key.unsqueeze(2).mT()).reshape(batch, heads, queries, keys);
            if (bias != null) {
                scores = scores.add(bias);
            }
            if (causal) {
                scores = scores.maskedFill(later(query, queries, keys), Double.NEGATIVE_INFINITY);
            }
            boolean allSeeSome = keys == 0 || bias == null && (!causal || queries <= keys);
            Tensor weights = allSeeSome ? scores.softmax(-1) : softmaxOfSeen(scores);
            if (dropout.isPresent()) {
                weights = dropout.get().generator().dropout(weights, dropout.get().probability());
            }
            return weights.reshape(batch, keyHeads, group, queries, keys)
                    .matmul(value.unsqueeze(2))
                    .reshape(shape);
        }

        /** True where a key comes after what a query may see. */
        private static Tensor later(Tensor like, int queries, int keys) {
            Tensor query = Tensor.arange(like.device(), DType.I64, 0, queries, 1).unsqueeze(1);
            Tensor key = Tensor.arange(like.device(), DType.I64, 0, keys, 1);
            return key.gt(query.add(keys - queries));
        }

        /** Softmax by rows; a row without a finite score becomes zeros and has no gradient. */
        private static Tensor softmaxOfSeen(Tensor scores) {
            Tensor sees =
                    Autograd.withoutGradients(
                            () -> scores.detach().amaxKeeping(-1).gt(Double.NEGATIVE_INFINITY));
            return sees.where(sees.where(scores, 0).softmax(-1), 0);
        }
    }

    /** Of one tensor {@code [batch, steps, heads + 2 * keyHeads, size]}, and perhaps a mask. */
    record Packed(int heads, int keyHeads, Separate attention) implements CustomFunction {
        @Override
        public String name() {
            return "packedAttention";
        }

        Tensor query(Tensor packed) {
            return part(packed, 0, heads);
        }

        Tensor key(Tensor packed) {
            return part(packed, heads, keyHeads);
        }

        Tensor value(Tensor packed) {
            return part(packed, heads + keyHeads, keyHeads);
        }

        private static Tensor part(Tensor packed, int from, int count) {
            return packed.narrow(2, from, count).transpose(1, 2);
        }

        private List<Tensor> parts(Tensor packed) {
            return List.of(query(packed), key(packed), value(packed));
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            List<Tensor> parts = parts(inputs.getFirst());
            Optional<View> mask = mask(parts.get(0), parts.get(1), inputs, 1);
            return attention.forward(parts.get(0), parts.get(1), parts.get(2), mask);
        }

        @Override
        public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
            Tensor packed = inputs.getFirst();
            Tensor gradient = make(packed, packed.shape().sizes());
            List<Tensor> parts = parts(packed);
            Optional<View> mask = mask(parts.get(0), parts.get(1), inputs, 1);
            attention.backward(g, parts, mask, outputs, parts(gradient));
            return inputs.size() == 1 ? List.of(gradient) : Arrays.asList(gradient, null);
        }

        @Override
        public Tensor plain(List<Tensor> inputs) {
            Tensor packed = inputs.getFirst();
            Tensor bias = inputs.size() > 1 ? inputs.get(1) : null;
            return attention.plain(query(packed), key(packed), value(packed), bias);
        }
    }
}
