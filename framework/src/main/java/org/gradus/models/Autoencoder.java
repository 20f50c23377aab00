package org.gradus.models;

import org.gradus.nn.Layer;
import org.gradus.nn.Sequential;
import org.gradus.tensor.Tensor;

/**
 * A convolutional autoencoder: images {@code [batch, channels, height, width]} with pixels from 0
 * to 1, by way of a few numbers each, to the logits of the pixels. Trained to reproduce its input,
 * it has to find numbers that say the most about an image (Hinton and Salakhutdinov, 2006).
 *
 * <pre>{@code
 * var model = new Autoencoder(1, 28, 28, 16, 32);
 * Trainer.of(Supervised.reconstruction(model, Loss.binaryCrossEntropyWithLogits()))
 *         .fit(train, validation, epochs(5));
 * }</pre>
 */
public final class Autoencoder extends Layer {
    private final Sequential encoder;
    private final Sequential decoder;

    /**
     * Makes an autoencoder.
     *
     * @param channels the channels of an image: 1 for gray
     * @param height the height of an image, a multiple of 4
     * @param width the width of an image, a multiple of 4
     * @param features the channels of the outer convolutions; the inner have twice as many
     * @param latent how many numbers stand for an image
     */
    public Autoencoder(int channels, int height, int width, int features, int latent) {
        ConvolutionalCodec codec = new ConvolutionalCodec(channels, height, width, features);
        encoder = module("encoder", codec.encoder(latent));
        decoder = module("decoder", codec.decoder(latent));
    }

    /** Returns the numbers {@code [batch, latent]} that stand for images. */
    public Tensor encode(Tensor images) {
        return encoder.apply(images);
    }

    /** Returns the images, pixels from 0 to 1, that numbers stand for. */
    public Tensor decode(Tensor latent) {
        return within(() -> decoder.apply(latent).sigmoid());
    }

    @Override
    protected Tensor forward(Tensor x) {
        return decoder.apply(encoder.apply(x));
    }
}
