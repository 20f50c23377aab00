package org.gradus.models;

import java.util.List;
import org.gradus.nn.Module;
import org.gradus.nn.RandomStream;
import org.gradus.nn.Sequential;
import org.gradus.tensor.Tensor;

/**
 * A variational autoencoder (Kingma and Welling, 2014) for images {@code [batch, channels, height,
 * width]} with pixels from 0 to 1. The encoder gives each image a normal distribution of latent
 * numbers; the decoder makes images of numbers drawn from it, and new images of any numbers drawn
 * from the standard normal distribution. {@link VaeTask} trains it.
 */
public final class Vae extends Module {
    private final Sequential encoder;
    private final Sequential decoder;
    private final RandomStream noise = randomStream("noise");
    private final int latent;

    /**
     * What the model makes of images.
     *
     * @param logits the logits of the pixels of the reconstruction, in the shape of the images
     * @param mean the means of the latent numbers, {@code [batch, latent]}
     * @param logVariance the logarithms of their variances, {@code [batch, latent]}
     */
    public record Output(Tensor logits, Tensor mean, Tensor logVariance) {
        private List<Tensor> tensors() {
            return List.of(logits, mean, logVariance);
        }
    }

    /**
     * Makes an autoencoder.
     *
     * @param channels the channels of an image: 1 for gray
     * @param height the height of an image, a multiple of 4
     * @param width the width of an image, a multiple of 4
     * @param features the channels of the outer convolutions; the inner have twice as many
     * @param latent how many numbers stand for an image
     */
    public Vae(int channels, int height, int width, int features, int latent) {
        ConvolutionalCodec codec = new ConvolutionalCodec(channels, height, width, features);
        this.latent = latent;
        encoder = module("encoder", codec.encoder(2 * latent));
        decoder = module("decoder", codec.decoder(latent));
    }

    /** Returns how many numbers stand for an image. */
    public int latent() {
        return latent;
    }

    /** Returns reconstructions: of numbers drawn at random in training, of the means otherwise. */
    public Output apply(Tensor images) {
        return within(
                () -> {
                    List<Tensor> halves = encoder.apply(images).chunk(2, 1);
                    Tensor mean = halves.getFirst();
                    Tensor logVariance = halves.getLast();
                    Tensor z = isTraining() ? drawn(mean, logVariance) : mean;
                    return new Output(decoder.apply(z), mean, logVariance);
                },
                Output::tensors);
    }

    private Tensor drawn(Tensor mean, Tensor logVariance) {
        Tensor epsilon = noise.generator().normal(mean.device(), mean.shape());
        return mean.add(epsilon.mul(logVariance.mul(0.5).exp()));
    }

    /**
     * Returns images, pixels from 0 to 1.
     *
     * @param latent numbers {@code [batch, latent]}, such as standard normal ones
     */
    public Tensor decode(Tensor latent) {
        return within(() -> decoder.apply(latent).sigmoid());
    }
}
