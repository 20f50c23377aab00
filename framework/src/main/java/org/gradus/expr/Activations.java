package org.gradus.expr;

/**
 * The standard activation functions, defined as PyTorch defines them, with finite values and
 * derivatives for all finite arguments of reasonable size (up to 10^4 in {@code F32}).
 */
public final class Activations {
    // Klambauer et al., Self-Normalizing Neural Networks (2017), equation 14.
    private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
    private static final double SELU_SCALE = 1.0507009873554804934193349852946;

    /** {@code max(x, 0)}, with the derivative 0 at 0. */
    public static final PointwiseFunction RELU =
            PointwiseFunction.of("relu", x -> x.lessOrEqual(0).select(0, x));

    /** {@code min(max(x, 0), 6)}, with the derivative 0 at 0 and 6. */
    public static final PointwiseFunction RELU6 =
            PointwiseFunction.of("relu6", x -> between(x, 0, 6));

    /** {@code x > 0 ? x : slope * x}. Scalar: slope, in PyTorch 0.01. */
    public static final PointwiseFunction LEAKY_RELU =
            PointwiseFunction.of("leakyRelu", 1, 1, (x, s) -> leaky(x.get(0), s.get(0)));

    /** {@code x > 0 ? x : weight * x} with a weight that is learned. Inputs: x, weight. */
    public static final PointwiseFunction PRELU = PointwiseFunction.of("prelu", Activations::leaky);

    /** {@code x > 0 ? x : alpha * (exp(x) - 1)}. Scalar: alpha, in PyTorch 1. */
    public static final PointwiseFunction ELU =
            PointwiseFunction.of("elu", 1, 1, (x, s) -> elu(x.get(0), s.get(0)));

    /** The self-normalizing {@link #ELU} of Klambauer et al. (2017). */
    public static final PointwiseFunction SELU = PointwiseFunction.of("selu", Activations::selu);

    /** {@code x > 0 ? x : alpha * (exp(x / alpha) - 1)}. Scalar: alpha, in PyTorch 1. */
    public static final PointwiseFunction CELU =
            PointwiseFunction.of("celu", 1, 1, (x, s) -> celu(x.get(0), s.get(0)));

    /** x times the normal distribution function of x, by the error function. */
    public static final PointwiseFunction GELU =
            PointwiseFunction.of(
                    "gelu", x -> x.multiply(0.5).multiply(x.multiply(Math.sqrt(0.5)).erf().add(1)));

    /** {@link #GELU} approximated by the hyperbolic tangent, as GPT-2 has it. */
    public static final PointwiseFunction GELU_TANH =
            PointwiseFunction.of(
                    "geluTanh",
                    x -> {
                        Expr cubic = x.add(x.square().multiply(x).multiply(0.044715));
                        Expr tanh = cubic.multiply(Math.sqrt(2 / Math.PI)).tanh();
                        return x.multiply(0.5).multiply(tanh.add(1));
                    });

    /** {@code 1 / (1 + exp(-x))}. */
    public static final PointwiseFunction SIGMOID =
            PointwiseFunction.of("sigmoid", Activations::sigmoid);

    /** {@code x * sigmoid(x)}, also called swish. */
    public static final PointwiseFunction SILU =
            PointwiseFunction.of("silu", x -> x.multiply(sigmoid(x)));

    /** {@code log(1 + exp(x))}. */
    public static final PointwiseFunction SOFTPLUS =
            PointwiseFunction.of("softplus", Activations::softplus);

    /** {@code log(sigmoid(x))}. */
    public static final PointwiseFunction LOG_SIGMOID =
            PointwiseFunction.of("logSigmoid", x -> softplus(x.negate()).negate());

    /** {@code x * tanh(softplus(x))}. */
    public static final PointwiseFunction MISH =
            PointwiseFunction.of("mish", x -> x.multiply(softplus(x).tanh()));

    /** {@code x / (1 + |x|)}. */
    public static final PointwiseFunction SOFTSIGN =
            PointwiseFunction.of("softsign", x -> x.divide(x.abs().add(1)));

    /** x limited to -1 and 1, with the derivative 0 at both. */
    public static final PointwiseFunction HARD_TANH =
            PointwiseFunction.of("hardTanh", x -> between(x, -1, 1));

    /** {@code x / 6 + 1 / 2} limited to 0 and 1, with the derivative 0 where it reaches them. */
    public static final PointwiseFunction HARD_SIGMOID =
            PointwiseFunction.of("hardSigmoid", Activations::hardSigmoid);

    /** {@code x * hardSigmoid(x)}. */
    public static final PointwiseFunction HARD_SWISH =
            PointwiseFunction.of("hardSwish", x -> x.multiply(hardSigmoid(x)));

    private Activations() {}

    /** Lets NaN through, which fails both comparisons. */
    private static Expr between(Expr x, double low, double high) {
        return x.lessOrEqual(low).select(low, x.greaterOrEqual(high).select(high, x));
    }

    private static Expr leaky(Expr x, Expr slope) {
        return x.greaterThan(0).select(x, x.multiply(slope));
    }

    private static Expr elu(Expr x, Expr alpha) {
        return x.greaterThan(0).select(x, x.expm1().multiply(alpha));
    }

    private static Expr selu(Expr x) {
        Expr negative = x.expm1().multiply(SELU_ALPHA);
        return x.greaterThan(0).select(x, negative).multiply(SELU_SCALE);
    }

    private static Expr celu(Expr x, Expr alpha) {
        return x.greaterThan(0).select(x, x.divide(alpha).expm1().multiply(alpha));
    }

    private static Expr hardSigmoid(Expr x) {
        Expr line = x.add(3).divide(6);
        return x.lessOrEqual(-3).select(0, x.greaterOrEqual(3).select(1, line));
    }

    /** {@code exp(-|x|)}, which does not overflow, with the derivative of exp(-x) at 0. */
    private static Expr decay(Expr x) {
        return x.lessThan(0).select(x, x.negate()).exp();
    }

    private static Expr sigmoid(Expr x) {
        Expr decay = decay(x);
        return x.lessThan(0).select(decay, 1).divide(decay.add(1));
    }

    private static Expr softplus(Expr x) {
        return x.lessThan(0).select(0, x).add(decay(x).log1p());
    }
}
