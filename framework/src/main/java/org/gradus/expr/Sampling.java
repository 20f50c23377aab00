package org.gradus.expr;

import java.util.List;

/**
 * Random tensors from the counter-based generator {@link Op#RANDOM_BITS}: functions of the scalars
 * {@code key} and {@code start}, both {@code I64}, that give the same numbers on every device. The
 * element with the row-major number i takes the numbers from {@code start + i} on, so that the next
 * tensor of the same stream starts after as many numbers as there are elements (twice as many for
 * {@link #NORMAL}).
 */
public final class Sampling {
    /** Uniform in [0, 1), {@code F32}. Scalars: key, start. */
    public static final PointwiseFunction UNIFORM =
            PointwiseFunction.of("uniform", 0, 2, (x, s) -> uniform(s));

    /**
     * Normal with mean 0 and variance 1, {@code F32}, by the method of Box and Muller (1958), at
     * most 5.8 in size. Scalars: key, start. Takes two numbers per element.
     */
    public static final PointwiseFunction NORMAL =
            PointwiseFunction.of("normal", 0, 2, (x, s) -> normal(s.get(0), s.get(1)));

    /** True with probability p, {@code BOOL}. Scalars: key, start, p. */
    public static final PointwiseFunction BERNOULLI =
            PointwiseFunction.of("bernoulli", 0, 3, (x, s) -> uniform(s).lessThan(s.get(2)));

    /**
     * x with elements set to 0 with probability p and the others divided by {@code 1 - p}. Scalars:
     * key, start, p. The gradient draws the same numbers again, so no mask is kept.
     */
    public static final PointwiseFunction DROPOUT =
            PointwiseFunction.of("dropout", 1, 3, (x, s) -> dropout(x.get(0), s));

    private Sampling() {}

    private static Expr uniform(List<Expr> scalars) {
        return Expr.uniform(scalars.get(0), scalars.get(1).add(Expr.index()));
    }

    private static Expr normal(Expr key, Expr start) {
        Expr counter = start.add(Expr.index().multiply(2));
        Expr radius = Expr.uniform(key, counter);
        Expr angle = Expr.uniform(key, counter.add(1)).multiply(2 * Math.PI);
        // 1 - u lies in (0, 1], so that the logarithm is finite.
        Expr negatedLog = radius.literal(1).subtract(radius).log().negate();
        return negatedLog.multiply(2).sqrt().multiply(angle.cos());
    }

    private static Expr dropout(Expr x, List<Expr> scalars) {
        Expr p = scalars.get(2);
        Expr dropped = uniform(scalars).lessThan(p);
        return dropped.select(0, x.multiply(p.literal(1).subtract(p).reciprocal()));
    }
}
