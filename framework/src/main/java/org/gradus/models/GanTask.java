package org.gradus.models;

import java.util.List;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;
import org.gradus.train.Task;
import org.gradus.train.TensorBatch;
import org.gradus.train.Update;

/**
 * The game of a {@link Gan} (Goodfellow et al., 2014): in each step the discriminator learns to
 * tell a batch of real samples from as many made ones, then the generator to make samples that are
 * taken for real. Their updates are called {@code discriminator}, whose loss is reported as {@code
 * loss}, and {@code generator}. The score is a logit; the generator's loss is the one that does not
 * saturate (section 3 of the paper).
 *
 * <p>With a discriminator that is always right its loss is 0, with one that can only guess {@code 2
 * ln 2 = 1.386}, which is where a good generator leads. Neither says how good the samples are.
 */
public final class GanTask implements Task {
    private static final Loss CROSS_ENTROPY = Loss.binaryCrossEntropyWithLogits();
    private static final long EVALUATION_SEED = 0;

    private final Gan model;
    private final double realTarget;

    /** Returns the game with the targets 1 for real and 0 for made samples. */
    public GanTask(Gan model) {
        this(model, 0);
    }

    /**
     * Returns the game with a discriminator that is kept from being too sure (Salimans et al.,
     * 2016, section 3.4).
     *
     * @param labelSmoothing by how much its target for real samples is below 1
     */
    public GanTask(Gan model, double labelSmoothing) {
        this.model = model;
        this.realTarget = 1 - labelSmoothing;
    }

    @Override
    public Module model() {
        return model;
    }

    @Override
    public List<Update> updates() {
        return List.of(
                Update.ofPart(model, "discriminator", this::discriminatorLoss),
                Update.ofPart(model, "generator", this::generatorLoss));
    }

    private Tensor discriminatorLoss(TensorBatch batch) {
        Tensor made = Autograd.withoutGradients(() -> model.generate(batch.size()));
        return discriminatorLoss(batch.input(), made);
    }

    private Tensor discriminatorLoss(Tensor real, Tensor made) {
        return taken(model.discriminate(real), realTarget).add(taken(model.discriminate(made), 0));
    }

    private Tensor generatorLoss(TensorBatch batch) {
        return taken(model.discriminate(model.generate(batch.size())), 1);
    }

    private static Tensor taken(Tensor scores, double target) {
        Tensor targets = Tensor.full(scores.device(), scores.dtype(), scores.shape(), target);
        return CROSS_ENTROPY.of(scores, targets);
    }

    /** Returns the discriminator's loss. */
    @Override
    public Tensor evaluate(TensorBatch batch) {
        Tensor made = model.generate(batch.size(), new Generator(EVALUATION_SEED));
        return discriminatorLoss(batch.input(), made);
    }
}
