package org.gradus.nn;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Penalties on the gradient of a GAN's critic with respect to its input. They are differentiated
 * again when the critic learns, so they cost about as much as two more backward passes.
 *
 * <pre>{@code
 * Tensor penalty = GradientPenalty.between(critic, real, fake, generator);
 * fakeScores.mean().sub(realScores.mean()).add(penalty.mul(10)).backward();
 * }</pre>
 */
public final class GradientPenalty {
    private GradientPenalty() {}

    /**
     * Returns the penalty of WGAN-GP (Gulrajani et al., 2017): the mean over the batch of {@code
     * (|gradient| - 1)^2}, at points drawn between pairs of real and generated samples. The paper
     * multiplies it by 10.
     *
     * @param critic gives scores of any shape for a batch; a sample's must not depend on others, so
     *     no batch normalization
     * @param real samples {@code [batch, ...]}
     * @param fake generated samples of that shape; no gradient flows to them
     * @param generator draws the points
     * @throws TensorException if the shapes differ
     */
    public static Tensor between(
            UnaryOperator<Tensor> critic, Tensor real, Tensor fake, Generator generator) {
        if (!real.shape().equals(fake.shape()) || real.rank() < 2) {
            throw new TensorException(
                    ("gradientPenalty: real samples of shape %s and generated ones of shape %s;"
                                    + " give two batches [batch, ...] of one shape")
                            .formatted(real.shape(), fake.shape()));
        }
        return Scope.compute(
                () -> {
                    Tensor start = real.detach();
                    int[] sizes = new int[start.rank()];
                    Arrays.fill(sizes, 1);
                    sizes[0] = start.size(0);
                    Tensor shares = generator.uniform(start.device(), Shape.of(sizes));
                    Tensor way = fake.detach().sub(start);
                    Tensor points = start.add(way.mul(shares.to(start.dtype())));
                    return at(critic, points, 1);
                });
    }

    /**
     * Returns the mean over the batch of {@code (|gradient| - norm)^2} at given points: with a norm
     * of 0 and real samples that is R1 of Mescheder et al. (2018), which is multiplied by 5 or so.
     *
     * @param critic gives scores of any shape for a batch
     * @param points samples {@code [batch, ...]}; no gradient flows to them
     * @param norm what the norm of each sample's gradient should be
     */
    public static Tensor at(UnaryOperator<Tensor> critic, Tensor points, double norm) {
        return Scope.compute(
                () -> {
                    Tensor x = points.detach().compute().requireGradient();
                    Tensor scores = critic.apply(x).sum();
                    Tensor gradient = Autograd.gradients(scores, null, List.of(x), true).getFirst();
                    Tensor rows = gradient.flatten(1, -1);
                    Tensor excess =
                            norm == 0 ? rows.square().sum(1) : rows.norm(1).sub(norm).square();
                    return excess.mean();
                });
    }
}
