package org.gradus.tensor;

import org.gradus.dtype.DType;
import org.gradus.expr.Arithmetic;
import org.gradus.expr.Logic;
import org.gradus.expr.PointwiseFunction;

/**
 * Arithmetic, comparison and selection. Operands broadcast; numbers take the tensor's type where it
 * can hold them.
 */
public sealed interface Operators permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    private Tensor with(PointwiseFunction function, double number) {
        return Pointwise.apply(function, self(), Pointwise.numberFor(self(), number));
    }

    private Tensor reversed(PointwiseFunction function, double number) {
        return Pointwise.apply(function, Pointwise.numberFor(self(), number), self());
    }

    /** Returns {@code this + other}. */
    default Tensor add(Tensor other) {
        return Pointwise.apply(Arithmetic.ADD, self(), other);
    }

    /** Returns {@code this + number}. */
    default Tensor add(double number) {
        return with(Arithmetic.ADD, number);
    }

    /** Returns {@code this - other}. */
    default Tensor sub(Tensor other) {
        return Pointwise.apply(Arithmetic.SUBTRACT, self(), other);
    }

    /** Returns {@code this - number}. */
    default Tensor sub(double number) {
        return with(Arithmetic.SUBTRACT, number);
    }

    /** Returns {@code number - this}. */
    default Tensor rsub(double number) {
        return reversed(Arithmetic.SUBTRACT, number);
    }

    /** Returns {@code this * other}. */
    default Tensor mul(Tensor other) {
        return Pointwise.apply(Arithmetic.MULTIPLY, self(), other);
    }

    /** Returns {@code this * number}. */
    default Tensor mul(double number) {
        return with(Arithmetic.MULTIPLY, number);
    }

    /** Returns {@code this / other}; integers are divided as {@code F32}. */
    default Tensor div(Tensor other) {
        DType type = self().dtype().promote(other.dtype());
        return type.isFloating()
                ? Pointwise.apply(Arithmetic.DIVIDE, self(), other)
                : Pointwise.apply(Arithmetic.DIVIDE, to(DType.F32), other.to(DType.F32));
    }

    /** Returns {@code this / number}; integers are divided as {@code F32}. */
    default Tensor div(double number) {
        Tensor x = self().dtype().isFloating() ? self() : to(DType.F32);
        return Pointwise.apply(Arithmetic.DIVIDE, x, Pointwise.numberFor(x, number));
    }

    /** Returns the remainder of {@code this / other} with the sign of the divisor. */
    default Tensor remainder(Tensor other) {
        return Pointwise.apply(Arithmetic.REMAINDER, self(), other);
    }

    /** Returns the remainder of {@code this / number} with the sign of the number. */
    default Tensor remainder(double number) {
        return with(Arithmetic.REMAINDER, number);
    }

    /** Returns this to the power of {@code exponent}, element by element. */
    default Tensor pow(Tensor exponent) {
        return Pointwise.apply(Arithmetic.POWER, Autocast.high(self()), Autocast.high(exponent));
    }

    /** Returns this to the power of a number. */
    default Tensor pow(double exponent) {
        if (exponent == 2) {
            return self().square();
        }
        Tensor base = Autocast.high(self());
        return Pointwise.apply(Arithmetic.POWER, base, Pointwise.numberFor(base, exponent));
    }

    /** Returns the larger of the two, element by element; NaN if either is. */
    default Tensor maximum(Tensor other) {
        return Pointwise.apply(Arithmetic.MAXIMUM, self(), other);
    }

    /** Returns the smaller of the two, element by element; NaN if either is. */
    default Tensor minimum(Tensor other) {
        return Pointwise.apply(Arithmetic.MINIMUM, self(), other);
    }

    /** Returns this limited to {@code [min, max]}; the gradient is 0 outside. */
    default Tensor clamp(double min, double max) {
        return Pointwise.apply(Arithmetic.CLAMP, new double[] {min, max}, self());
    }

    /** Returns {@code this + weight * (end - this)}. */
    default Tensor lerp(Tensor end, double weight) {
        return add(end.sub(self()).mul(weight));
    }

    /** Returns this converted to another type; itself if it has that type. */
    default Tensor to(DType type) {
        return Pointwise.cast(self(), type);
    }

    // ---- comparison

    /** Returns where {@code this == other}. */
    default Tensor eq(Tensor other) {
        return Pointwise.apply(Logic.EQUAL, self(), other);
    }

    /** Returns where {@code this == number}. */
    default Tensor eq(double number) {
        return with(Logic.EQUAL, number);
    }

    /** Returns where {@code this != other}. */
    default Tensor ne(Tensor other) {
        return Pointwise.apply(Logic.NOT_EQUAL, self(), other);
    }

    /** Returns where {@code this != number}. */
    default Tensor ne(double number) {
        return with(Logic.NOT_EQUAL, number);
    }

    /** Returns where {@code this < other}. */
    default Tensor lt(Tensor other) {
        return Pointwise.apply(Logic.LESS, self(), other);
    }

    /** Returns where {@code this < number}. */
    default Tensor lt(double number) {
        return with(Logic.LESS, number);
    }

    /** Returns where {@code this <= other}. */
    default Tensor le(Tensor other) {
        return Pointwise.apply(Logic.LESS_OR_EQUAL, self(), other);
    }

    /** Returns where {@code this <= number}. */
    default Tensor le(double number) {
        return with(Logic.LESS_OR_EQUAL, number);
    }

    /** Returns where {@code this > other}. */
    default Tensor gt(Tensor other) {
        return Pointwise.apply(Logic.GREATER, self(), other);
    }

    /** Returns where {@code this > number}. */
    default Tensor gt(double number) {
        return with(Logic.GREATER, number);
    }

    /** Returns where {@code this >= other}. */
    default Tensor ge(Tensor other) {
        return Pointwise.apply(Logic.GREATER_OR_EQUAL, self(), other);
    }

    /** Returns where {@code this >= number}. */
    default Tensor ge(double number) {
        return with(Logic.GREATER_OR_EQUAL, number);
    }

    /** Returns where elements are NaN. */
    default Tensor isNaN() {
        return Pointwise.apply(Logic.IS_NAN, self());
    }

    /** Returns where elements are neither NaN nor infinite. */
    default Tensor isFinite() {
        return Pointwise.apply(Logic.IS_FINITE, self());
    }

    // ---- logic and selection

    /** Returns the logical and; numbers count as true where they are not 0. */
    default Tensor and(Tensor other) {
        return Pointwise.apply(Logic.AND, self(), other);
    }

    /** Returns the logical or; numbers count as true where they are not 0. */
    default Tensor or(Tensor other) {
        return Pointwise.apply(Logic.OR, self(), other);
    }

    /** Returns the logical exclusive or; numbers count as true where they are not 0. */
    default Tensor xor(Tensor other) {
        return Pointwise.apply(Logic.XOR, self(), other);
    }

    /** Returns where this is false, or 0. */
    default Tensor not() {
        return Pointwise.apply(Logic.NOT, self());
    }

    /** Returns {@code yes} where this is true and {@code no} elsewhere. */
    default Tensor where(Tensor yes, Tensor no) {
        return Pointwise.apply(Logic.WHERE, condition(), yes, no);
    }

    /** Returns {@code yes} where this is true and a number elsewhere. */
    default Tensor where(Tensor yes, double no) {
        return where(yes, Pointwise.numberFor(yes, no));
    }

    /** Returns a number where this is true and {@code no} elsewhere. */
    default Tensor where(double yes, Tensor no) {
        return where(Pointwise.numberFor(no, yes), no);
    }

    /** Returns this with a number where a mask is true. */
    default Tensor maskedFill(Tensor mask, double number) {
        return mask.where(number, self());
    }

    private Tensor condition() {
        return self().dtype() == DType.BOOL ? self() : ne(0);
    }

    /** Returns a pointwise function of this and other tensors: one fused kernel, with gradient. */
    default Tensor map(PointwiseFunction function, Tensor... others) {
        Tensor[] all = new Tensor[others.length + 1];
        all[0] = self();
        System.arraycopy(others, 0, all, 1, others.length);
        return Pointwise.apply(function, all);
    }
}
