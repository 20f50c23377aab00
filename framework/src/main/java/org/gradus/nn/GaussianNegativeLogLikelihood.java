package org.gradus.nn;

import org.gradus.expr.PointwiseFunction;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The negative log-likelihood of targets under normal distributions (Nix and Weigend, 1994), as
 * PyTorch's {@code gaussian_nll_loss}: {@code (log(v) + (x - t)^2 / v) / 2}, without the constant
 * {@code log(2 * pi) / 2}. Variances below epsilon count as epsilon, which has no gradient for
 * them.
 *
 * @param epsilon the least variance
 * @param reduction what is made of the losses of the elements
 */
public record GaussianNegativeLogLikelihood(double epsilon, Reduction reduction) implements Loss {
    static final GaussianNegativeLogLikelihood DEFAULT =
            new GaussianNegativeLogLikelihood(1e-6, Reduction.MEAN);

    private static final PointwiseFunction FUNCTION =
            PointwiseFunction.of(
                    "gaussianNegativeLogLikelihood",
                    (mean, variance, target) -> {
                        var error = mean.subtract(target).square();
                        return variance.log().add(error.divide(variance)).multiply(0.5);
                    });

    /** Checks the settings. */
    public GaussianNegativeLogLikelihood {
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException(
                    "gaussianNegativeLogLikelihood: epsilon is "
                            + epsilon
                            + "; it must be more than 0");
        }
    }

    /** Limits a variance, which may rise again from below the limit. */
    private PointwiseFunction limit() {
        return PointwiseFunction.of("limit", variance -> variance.maximum(epsilon))
                .withDerivative(variance -> variance.literal(1));
    }

    /** Returns this loss with another least variance. */
    public GaussianNegativeLogLikelihood withEpsilon(double value) {
        return new GaussianNegativeLogLikelihood(value, reduction);
    }

    /** Returns this loss with another reduction. */
    public GaussianNegativeLogLikelihood withReduction(Reduction other) {
        return new GaussianNegativeLogLikelihood(epsilon, other);
    }

    /**
     * Returns the loss of an output that holds means and variances.
     *
     * @param output {@code [batch, 2 * size, ...]}: along the second axis first the means, then the
     *     variances
     * @param target {@code [batch, size, ...]}
     * @throws TensorException if the shapes do not fit
     */
    @Override
    public Tensor of(Tensor output, Tensor target) {
        boolean fits = output.rank() > 1 && output.size(1) % 2 == 0;
        int size = fits ? output.size(1) / 2 : 0;
        if (!fits || !target.shape().equals(output.shape().with(1, size))) {
            throw new TensorException(
                    ("gaussianNegativeLogLikelihood: an output of shape %s and a target of shape"
                                    + " %s do not fit; the output has means and"
                                    + " variances, twice as many as"
                                    + " there are targets, along axis 1")
                            .formatted(output.shape(), target.shape()));
        }
        return of(output.narrow(1, 0, size), output.narrow(1, size, size), target);
    }

    /**
     * Returns the loss of means and variances.
     *
     * @param mean of the shape of the target
     * @param variance of that shape, or of one that is broadcast to it
     * @throws TensorException if the shapes do not fit
     */
    public Tensor of(Tensor mean, Tensor variance, Tensor target) {
        if (!mean.shape().equals(target.shape())
                || !variance.shape().broadcastsTo(target.shape())) {
            throw new TensorException(
                    ("gaussianNegativeLogLikelihood: means of shape %s, variances of shape %s and"
                                    + " a target of shape %s do not fit; give means of"
                                    + " the target's shape")
                            .formatted(mean.shape(), variance.shape(), target.shape()));
        }
        return Scope.compute(
                () -> {
                    Tensor limited = Autocast.high(variance).map(limit());
                    return reduction.of(Autocast.high(mean).map(FUNCTION, limited, target));
                });
    }
}
