package org.gradus.models;

import java.util.Arrays;
import java.util.List;
import org.gradus.metrics.Mean;
import org.gradus.metrics.Metric;
import org.gradus.nn.Module;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;
import org.gradus.train.Task;
import org.gradus.train.TensorBatch;
import org.gradus.train.Update;

/**
 * The game of a {@link Gan} whose discriminator, called a critic, estimates the Wasserstein
 * distance of made samples from real ones (Arjovsky et al., 2017), and is kept to a slope near 1 by
 * a penalty on its gradient (Gulrajani et al., 2017, algorithm 1). The critic must not normalize
 * over the batch.
 *
 * <p>The update {@code discriminator}, whose loss is reported as {@code loss}, takes place in each
 * step; the update {@code generator} in every few. The metric {@code wasserstein} is the estimate
 * of the distance: it falls as the samples get better.
 */
public final class WganGpTask implements Task {
    private static final int CRITIC_STEPS = 5;
    private static final double PENALTY = 10;
    private static final long EVALUATION_SEED = 0;

    /** Keeps the square root's slope finite where the gradient is 0. */
    private static final double EPSILON = 1e-12;

    private final Gan model;
    private final int criticSteps;
    private final double penalty;
    private final Mean wasserstein = Mean.ofErrors("wasserstein");
    private final Mean gradientPenalty = Mean.ofErrors("gradient_penalty");

    /** Returns the game with 5 steps of the critic for one of the generator and a penalty of 10. */
    public WganGpTask(Gan model) {
        this(model, CRITIC_STEPS, PENALTY);
    }

    /**
     * Returns the game.
     *
     * @param criticSteps the steps of the critic for one of the generator
     * @param penalty the weight of the penalty
     */
    public WganGpTask(Gan model, int criticSteps, double penalty) {
        this.model = model;
        this.criticSteps = criticSteps;
        this.penalty = penalty;
    }

    @Override
    public Module model() {
        return model;
    }

    @Override
    public List<Update> updates() {
        return List.of(
                Update.ofPart(model, "discriminator", this::criticLoss),
                Update.ofPart(model, "generator", this::generatorLoss).everySteps(criticSteps));
    }

    @Override
    public List<Metric> metrics() {
        return List.of(wasserstein, gradientPenalty);
    }

    private Tensor criticLoss(TensorBatch batch) {
        Tensor real = batch.input();
        Tensor made = Autograd.withoutGradients(() -> model.generate(batch.size()));
        Tensor distance = distance(real, made, batch.size());
        Tensor slope = penalty(real, made);
        gradientPenalty.add(slope, batch.size());
        return slope.mul(penalty).sub(distance);
    }

    private Tensor distance(Tensor real, Tensor made, int samples) {
        Tensor distance = model.discriminate(real).mean().sub(model.discriminate(made).mean());
        wasserstein.add(distance, samples);
        return distance;
    }

    /** Returns how far the slope is from 1, squared, at random places between real and made. */
    private Tensor penalty(Tensor real, Tensor made) {
        int[] sizes = new int[real.shape().rank()];
        Arrays.fill(sizes, 1);
        sizes[0] = real.size(0);
        Tensor share = model.uniform(Shape.of(sizes));
        Tensor between = made.add(real.sub(made).mul(share)).compute().requireGradient();
        Tensor scores = model.discriminate(between).sum();
        Tensor slope = Autograd.gradients(scores, null, List.of(between), true).getFirst();
        Tensor norm = slope.flatten(1, -1).square().sum(1).add(EPSILON).sqrt();
        return norm.sub(1).square().mean();
    }

    private Tensor generatorLoss(TensorBatch batch) {
        return model.discriminate(model.generate(batch.size())).mean().neg();
    }

    /** Returns the critic's loss without the penalty: the negative distance. */
    @Override
    public Tensor evaluate(TensorBatch batch) {
        Tensor made = model.generate(batch.size(), new Generator(EVALUATION_SEED));
        return distance(batch.input(), made, batch.size()).neg();
    }
}
