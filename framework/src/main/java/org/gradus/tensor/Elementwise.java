package org.gradus.tensor;

import org.gradus.expr.Activations;
import org.gradus.expr.Arithmetic;
import org.gradus.expr.PointwiseFunction;

/** Functions of each element. Integers are taken as {@code F32} where the result is not whole. */
public sealed interface Elementwise permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    private Tensor apply(PointwiseFunction function) {
        return Pointwise.apply(function, self());
    }

    /** For functions whose results depend much on the last bits of what they are given. */
    private Tensor applyHigh(PointwiseFunction function) {
        return Pointwise.apply(function, Autocast.high(self()));
    }

    /** Returns this tensor, which must be of a floating type, for the named operation. */
    default Tensor floating(String operation) {
        if (!self().dtype().isFloating()) {
            throw new TensorException(
                    operation
                            + ": a tensor of "
                            + self().dtype()
                            + " and shape "
                            + self().shape()
                            + " is not of a floating type; convert it with to(DType.F32)");
        }
        return self();
    }

    /** Returns {@code -this}. */
    default Tensor neg() {
        return apply(Arithmetic.NEGATE);
    }

    /** Returns the absolute value; its gradient at 0 is 0. */
    default Tensor abs() {
        return apply(Arithmetic.ABS);
    }

    /** Returns -1, 0 or 1; its gradient is 0. */
    default Tensor sign() {
        return apply(Arithmetic.SIGN);
    }

    /** Returns {@code 1 / this}. */
    default Tensor reciprocal() {
        return applyHigh(Arithmetic.RECIPROCAL);
    }

    /** Returns the square root. */
    default Tensor sqrt() {
        return apply(Arithmetic.SQRT);
    }

    /** Returns the reciprocal of the square root. */
    default Tensor rsqrt() {
        return applyHigh(Arithmetic.RSQRT);
    }

    /** Returns {@code this * this}. */
    default Tensor square() {
        return apply(Arithmetic.SQUARE);
    }

    /** Returns e to the power of this. */
    default Tensor exp() {
        return applyHigh(Arithmetic.EXP);
    }

    /** Returns {@code exp(this) - 1}, accurate near 0. */
    default Tensor expm1() {
        return applyHigh(Arithmetic.EXPM1);
    }

    /** Returns the natural logarithm. */
    default Tensor log() {
        return applyHigh(Arithmetic.LOG);
    }

    /** Returns {@code log(1 + this)}, accurate near 0. */
    default Tensor log1p() {
        return applyHigh(Arithmetic.LOG1P);
    }

    /** Returns the sine. */
    default Tensor sin() {
        return apply(Arithmetic.SIN);
    }

    /** Returns the cosine. */
    default Tensor cos() {
        return apply(Arithmetic.COS);
    }

    /** Returns the tangent. */
    default Tensor tan() {
        return applyHigh(Arithmetic.TAN);
    }

    /** Returns the hyperbolic sine. */
    default Tensor sinh() {
        return applyHigh(Arithmetic.SINH);
    }

    /** Returns the hyperbolic cosine. */
    default Tensor cosh() {
        return applyHigh(Arithmetic.COSH);
    }

    /** Returns the hyperbolic tangent. */
    default Tensor tanh() {
        return apply(Arithmetic.TANH);
    }

    /** Returns the error function. */
    default Tensor erf() {
        return apply(Arithmetic.ERF);
    }

    /** Returns the largest integral value not above this. */
    default Tensor floor() {
        return apply(Arithmetic.FLOOR);
    }

    /** Returns the smallest integral value not below this. */
    default Tensor ceil() {
        return apply(Arithmetic.CEIL);
    }

    /** Returns the nearest integral value, ties to even. */
    default Tensor round() {
        return apply(Arithmetic.ROUND);
    }

    /** Returns {@code max(this, 0)}; the gradient at 0 is 0. */
    default Tensor relu() {
        return apply(Activations.RELU);
    }

    /** Returns this limited to [0, 6]. */
    default Tensor relu6() {
        return apply(Activations.RELU6);
    }

    /** Returns {@code 1 / (1 + exp(-this))}. */
    default Tensor sigmoid() {
        return apply(Activations.SIGMOID);
    }

    /** Returns the logarithm of the sigmoid. */
    default Tensor logSigmoid() {
        return apply(Activations.LOG_SIGMOID);
    }

    /** Returns {@code log(1 + exp(this))}, without overflow. */
    default Tensor softplus() {
        return applyHigh(Activations.SOFTPLUS);
    }

    /** Returns the Gaussian error linear unit, {@code x * Phi(x)} (Hendrycks and Gimpel, 2016). */
    default Tensor gelu() {
        return apply(Activations.GELU);
    }

    /** Returns the tanh approximation of {@link #gelu}. */
    default Tensor geluTanh() {
        return apply(Activations.GELU_TANH);
    }

    /** Returns {@code x * sigmoid(x)}, also called swish. */
    default Tensor silu() {
        return apply(Activations.SILU);
    }

    /** Returns {@code x * tanh(softplus(x))} (Misra, 2019). */
    default Tensor mish() {
        return apply(Activations.MISH);
    }

    /** Returns the scaled exponential linear unit (Klambauer et al., 2017). */
    default Tensor selu() {
        return apply(Activations.SELU);
    }

    /** Returns {@code x / (1 + |x|)}. */
    default Tensor softsign() {
        return apply(Activations.SOFTSIGN);
    }

    /** Returns this limited to [-1, 1]. */
    default Tensor hardTanh() {
        return apply(Activations.HARD_TANH);
    }

    /** Returns {@code relu6(x + 3) / 6}. */
    default Tensor hardSigmoid() {
        return apply(Activations.HARD_SIGMOID);
    }

    /** Returns {@code x * relu6(x + 3) / 6}. */
    default Tensor hardSwish() {
        return apply(Activations.HARD_SWISH);
    }

    /** Returns this where positive, else {@code slope * this}. */
    default Tensor leakyRelu(double slope) {
        return Pointwise.apply(Activations.LEAKY_RELU, new double[] {slope}, self());
    }

    /** Returns this where positive, else {@code alpha * (exp(this) - 1)}. */
    default Tensor elu(double alpha) {
        return Pointwise.apply(Activations.ELU, new double[] {alpha}, self());
    }
}
