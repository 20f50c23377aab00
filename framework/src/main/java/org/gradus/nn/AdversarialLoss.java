package org.gradus.nn;

import org.gradus.expr.Expr;
import org.gradus.expr.PointwiseFunction;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * What the two networks of a GAN minimize, from the discriminator's scores (logits, of any shape)
 * for real and for generated samples.
 */
public final class AdversarialLoss {
    private static final PointwiseFunction SOFTPLUS =
            PointwiseFunction.of("softplus", AdversarialLoss::softplus);

    private final String name;
    private final PointwiseFunction ofReal;
    private final PointwiseFunction ofFake;
    private final PointwiseFunction ofGenerator;

    private AdversarialLoss(
            String name,
            PointwiseFunction ofReal,
            PointwiseFunction ofFake,
            PointwiseFunction ofGenerator) {
        this.name = name;
        this.ofReal = ofReal;
        this.ofFake = ofFake;
        this.ofGenerator = ofGenerator;
    }

    /** {@code log(1 + exp(x))}, which does not overflow. */
    private static Expr softplus(Expr x) {
        Expr negative = x.lessThan(0);
        Expr decay = negative.select(x, x.negate()).exp();
        return negative.select(0, x).add(decay.log1p());
    }

    /**
     * Returns the cross-entropies of Goodfellow et al. (2014): the discriminator tells real from
     * generated, and the generator maximizes the probability of real (their non-saturating form).
     */
    public static AdversarialLoss crossEntropy() {
        return crossEntropy(1);
    }

    /**
     * Returns {@link #crossEntropy()} with one-sided label smoothing (Salimans et al., 2016): the
     * discriminator is to give real samples this probability.
     *
     * @param real the probability, above 0 and at most 1; 0.9 in the paper
     */
    public static AdversarialLoss crossEntropy(double real) {
        if (!(real > 0 && real <= 1)) {
            throw new IllegalArgumentException(
                    "crossEntropy: the probability of real samples is "
                            + real
                            + "; it must be above 0 and at most 1");
        }
        PointwiseFunction likely =
                PointwiseFunction.of("certainty", x -> softplus(x).subtract(x.multiply(real)));
        PointwiseFunction sure = PointwiseFunction.of("surprise", x -> softplus(x.negate()));
        return new AdversarialLoss("cross-entropy", likely, SOFTPLUS, sure);
    }

    /** Returns the squared errors of scores that should be 1 or 0 (Mao et al., 2017). */
    public static AdversarialLoss leastSquares() {
        PointwiseFunction one = PointwiseFunction.of("errorTo1", x -> x.subtract(1).square());
        PointwiseFunction zero = PointwiseFunction.of("errorTo0", Expr::square);
        return new AdversarialLoss("least squares", one, zero, one);
    }

    /**
     * Returns the hinges {@code max(0, 1 - x)} for real and {@code max(0, 1 + x)} for generated
     * samples; the generator maximizes the score (Lim and Ye, 2017).
     */
    public static AdversarialLoss hinge() {
        PointwiseFunction above =
                PointwiseFunction.of("hingeAbove", x -> x.negate().add(1).maximum(0));
        PointwiseFunction below = PointwiseFunction.of("hingeBelow", x -> x.add(1).maximum(0));
        return new AdversarialLoss(
                "hinge", above, below, PointwiseFunction.of("negated", Expr::negate));
    }

    /**
     * Returns the Wasserstein distance (Arjovsky et al., 2017): the critic maximizes the difference
     * of its mean scores. It needs a critic of bounded slope: see {@link GradientPenalty}.
     */
    public static AdversarialLoss wasserstein() {
        PointwiseFunction minus = PointwiseFunction.of("negated", Expr::negate);
        PointwiseFunction plus = PointwiseFunction.of("itself", x -> x);
        return new AdversarialLoss("Wasserstein", minus, plus, minus);
    }

    /** Returns what the discriminator minimizes, a scalar. */
    public Tensor ofDiscriminator(Tensor realScores, Tensor fakeScores) {
        return Scope.compute(
                () -> realScores.map(ofReal).mean().add(fakeScores.map(ofFake).mean()));
    }

    /** Returns what the generator minimizes, a scalar. */
    public Tensor ofGenerator(Tensor fakeScores) {
        return Scope.compute(() -> fakeScores.map(ofGenerator).mean());
    }

    @Override
    public String toString() {
        return name;
    }
}
