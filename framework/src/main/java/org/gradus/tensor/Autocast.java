package org.gradus.tensor;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.gradus.dtype.DType;

/**
 * Mixed precision (Micikevicius et al., 2018): while work runs in here, operations choose the type
 * in which they compute, as PyTorch's {@code torch.autocast} has it. Parameters stay {@code F32},
 * and so do their gradients.
 *
 * <pre>{@code
 * Tensor loss = Autocast.in(DType.BF16, () -> criterion.of(model.apply(images), labels));
 * loss.backward();
 * }</pre>
 *
 * <table>
 * <caption>What computes in which type</caption>
 * <tr><th>type</th><th>operations</th></tr>
 * <tr><td>the 16-bit type</td><td>{@code matmul}, {@code linear}, {@code einsum},
 *     convolutions and transposed ones, attention, recurrent layers: inputs and results have 16
 *     bits, sums are of {@code F32}</td></tr>
 * <tr><td>{@code F32}</td><td>losses; softmax, log-softmax, cross-entropy; normalization by batch,
 *     layer, group or mean square; sums, means, products, variances, norms, {@code logSumExp},
 *     running sums and products; {@code exp}, {@code expm1}, {@code log}, {@code log1p}, {@code
 *     pow}, {@code reciprocal}, {@code rsqrt}, {@code tan}, {@code sinh}, {@code cosh}, {@code
 *     softplus}</td></tr>
 * <tr><td>that of the inputs, the wider one of several</td><td>everything else</td></tr>
 * </table>
 *
 * <p>{@code F64} is left as it is. A parameter that several operations need is converted once. The
 * backward pass belongs outside: each gradient is computed in the type that its operation had.
 */
public final class Autocast {
    private static final ThreadLocal<Autocast> CURRENT = new ThreadLocal<>();

    private final DType type;
    private final Map<Tensor, Tensor> converted = new IdentityHashMap<>();

    private Autocast(DType type) {
        this.type = type;
    }

    /**
     * Runs work of this thread in a precision.
     *
     * @param type {@code BF16} or {@code F16}; {@code F32} for work that is not to be converted
     * @throws TensorException if it is another type
     */
    public static <T> T in(DType type, Supplier<T> work) {
        if (type != DType.F32 && type.computeType() != DType.F32) {
            throw new TensorException(
                    "there is no mixed precision of "
                            + type
                            + ": choose bf16, f16, or f32 for none");
        }
        Autocast outer = CURRENT.get();
        Autocast inner = new Autocast(type);
        CURRENT.set(inner);
        try {
            return work.get();
        } finally {
            CURRENT.set(outer);
            // the tape holds what the backward pass needs of them
            inner.converted.values().forEach(Tensor::release);
        }
    }

    /** Runs work of this thread in a precision, see {@link #in(DType, Supplier)}. */
    public static void in(DType type, Runnable work) {
        in(
                type,
                () -> {
                    work.run();
                    return null;
                });
    }

    /** Returns an operand as products take it: in the 16-bit type, where one is set. */
    public static Tensor low(Tensor x) {
        Autocast current = CURRENT.get();
        if (x == null || current == null || current.type == DType.F32 || !isConvertible(x)) {
            return x;
        }
        // without recording, a conversion would be cut off from the tape for later uses
        boolean kept = x.node() != null && x.node().isLeaf() && Autograd.isEnabled();
        if (x.dtype() == current.type || !kept) {
            return x.to(current.type);
        }
        Tensor known = current.converted.get(x);
        if (known == null) {
            known = x.to(current.type).compute().unowned();
            current.converted.put(x, known);
        }
        return known;
    }

    /** Returns an operand as what must be exact takes it: in {@code F32}, where less is usual. */
    public static Tensor high(Tensor x) {
        Autocast current = CURRENT.get();
        boolean converts = current != null && current.type != DType.F32 && isConvertible(x);
        return converts ? x.to(DType.F32) : x;
    }

    private static boolean isConvertible(Tensor x) {
        return x.dtype().isFloating() && x.dtype() != DType.F64;
    }
}
