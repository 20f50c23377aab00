package org.gradus.models;

import java.util.List;
import org.gradus.metrics.Mean;
import org.gradus.metrics.Metric;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.nn.Reduction;
import org.gradus.tensor.Tensor;
import org.gradus.train.Task;
import org.gradus.train.TensorBatch;
import org.gradus.train.Update;

/**
 * The training of a {@link Vae}: its loss is the negative evidence lower bound per image, in nats.
 * That is the cross-entropy of the pixels (measured as {@code reconstruction}) plus the divergence
 * of the latent distribution from the standard normal one ({@code divergence}).
 */
public final class VaeTask implements Task {
    private static final Loss PIXELS =
            Loss.binaryCrossEntropyWithLogits().withReduction(Reduction.SUM);

    private final Vae model;
    private final double beta;
    private final Mean reconstruction = Mean.ofErrors("reconstruction");
    private final Mean divergence = Mean.ofErrors("divergence");

    /** Returns the task with both terms as they are. */
    public VaeTask(Vae model) {
        this(model, 1);
    }

    /**
     * Returns the task with another weight of the divergence (Higgins et al., 2017).
     *
     * @param beta below 1 for sharper reconstructions, above for a more regular latent space
     */
    public VaeTask(Vae model, double beta) {
        this.model = model;
        this.beta = beta;
    }

    @Override
    public Module model() {
        return model;
    }

    @Override
    public List<Update> updates() {
        return List.of(Update.of(model, this::evaluate));
    }

    @Override
    public List<Metric> metrics() {
        return List.of(reconstruction, divergence);
    }

    @Override
    public Tensor evaluate(TensorBatch batch) {
        Tensor images = batch.input();
        Vae.Output output = model.apply(images);
        Tensor ofPixels = PIXELS.of(output.logits(), images).div(batch.size());
        Tensor ofLatent = divergence(output.mean(), output.logVariance()).div(batch.size());
        reconstruction.add(ofPixels, batch.size());
        divergence.add(ofLatent, batch.size());
        return ofPixels.add(ofLatent.mul(beta));
    }

    /** Of a normal distribution from the standard one, in all (Kingma and Welling, appendix B). */
    private static Tensor divergence(Tensor mean, Tensor logVariance) {
        Tensor terms = mean.square().add(logVariance.exp()).sub(1).sub(logVariance);
        return terms.sum().mul(0.5);
    }
}
