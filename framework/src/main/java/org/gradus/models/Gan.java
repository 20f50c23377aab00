package org.gradus.models;

import org.gradus.nn.Layer;
import org.gradus.nn.Module;
import org.gradus.nn.RandomStream;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;

/**
 * Two networks that learn from each other (Goodfellow et al., 2014): a generator that makes samples
 * of random numbers, and a discriminator that tells them from real ones. {@link GanTask} and {@link
 * WganGpTask} train them; {@link Dcgan} and {@link WganGp} make such networks for images.
 */
public final class Gan extends Module {
    private final Layer generator;
    private final Layer discriminator;
    private final int latent;
    private final RandomStream noise = randomStream("noise");

    /**
     * Puts two networks together.
     *
     * @param generator {@code [batch, latent]} to samples
     * @param discriminator samples to one score each, {@code [batch]} or {@code [batch, 1]}, higher
     *     for what it takes for real
     * @param latent how many random numbers a sample is made of
     */
    public Gan(Layer generator, Layer discriminator, int latent) {
        this.generator = module("generator", generator);
        this.discriminator = module("discriminator", discriminator);
        this.latent = latent;
    }

    /** Returns how many random numbers a sample is made of. */
    public int latent() {
        return latent;
    }

    /** Returns samples made of random numbers {@code [batch, latent]}. */
    public Tensor generate(Tensor noise) {
        return within(() -> generator.apply(noise));
    }

    /** Returns new samples, made of numbers from a generator of one's own. */
    public Tensor generate(int count, Generator random) {
        return generate(random.normal(device(), Shape.of(count, latent)));
    }

    /** Returns new samples, made of numbers from the model's own generator, as in training. */
    Tensor generate(int count) {
        return generate(count, noise.generator());
    }

    /** Returns one number from 0 to 1 for each of some samples, from the model's own generator. */
    Tensor uniform(Shape shape) {
        return noise.generator().uniform(device(), shape);
    }

    /** Returns the score of each sample. */
    public Tensor discriminate(Tensor samples) {
        return within(() -> discriminator.apply(samples));
    }
}
