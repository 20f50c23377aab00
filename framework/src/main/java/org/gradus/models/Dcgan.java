package org.gradus.models;

import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.ConvTranspose2d;
import org.gradus.nn.Flatten;
import org.gradus.nn.Initializer;
import org.gradus.nn.LeakyReLU;
import org.gradus.nn.Module;
import org.gradus.nn.ReLU;
import org.gradus.nn.Sequential;
import org.gradus.nn.Tanh;
import org.gradus.nn.Unflatten;

/**
 * Deep convolutional generative adversarial networks (Radford et al., 2015) for small square
 * images, with pixels from -1 to 1.
 *
 * <p>The generator makes a quarter of the side by one transposed convolution and doubles it twice;
 * the discriminator goes the way back, by convolutions with strides in place of pooling. Weights
 * are drawn with a deviation of 0.02, as in the paper.
 */
public final class Dcgan {
    private static final int KERNEL = 4;
    private static final double SLOPE = 0.2;
    private static final double DEVIATION = 0.02;

    private Dcgan() {}

    /**
     * Returns both networks.
     *
     * @param channels the channels of an image: 1 for gray
     * @param side the height and width of an image, a multiple of 4
     * @param features the channels of the outer convolutions; the inner have twice as many
     * @param latent how many random numbers an image is made of
     */
    public static Gan of(int channels, int side, int features, int latent) {
        return new Gan(
                generator(channels, side, features, latent),
                discriminator(channels, side, features),
                latent);
    }

    /** Returns {@code [batch, latent]} to images {@code [batch, channels, side, side]}. */
    static Sequential generator(int channels, int side, int features, int latent) {
        requireQuarters(side);
        return initialized(
                new Sequential(
                        new Unflatten(latent, 1, 1),
                        new ConvTranspose2d(latent, 2 * features, side / 4).withoutBias(),
                        new BatchNorm2d(2 * features),
                        new ReLU(),
                        new ConvTranspose2d(2 * features, features, KERNEL)
                                .stride(2)
                                .padding(1)
                                .withoutBias(),
                        new BatchNorm2d(features),
                        new ReLU(),
                        new ConvTranspose2d(features, channels, KERNEL).stride(2).padding(1),
                        new Tanh()));
    }

    private static Sequential discriminator(int channels, int side, int features) {
        return initialized(
                new Sequential(
                        new Conv2d(channels, features, KERNEL).stride(2).padding(1),
                        new LeakyReLU(SLOPE),
                        new Conv2d(features, 2 * features, KERNEL)
                                .stride(2)
                                .padding(1)
                                .withoutBias(),
                        new BatchNorm2d(2 * features),
                        new LeakyReLU(SLOPE),
                        new Conv2d(2 * features, 1, side / 4),
                        new Flatten()));
    }

    private static void requireQuarters(int side) {
        if (side % 4 != 0) {
            throw new IllegalArgumentException(
                    "the side of images is a multiple of 4, not " + side);
        }
    }

    private static Sequential initialized(Sequential layers) {
        for (Module layer : layers.children().values()) {
            boolean norm = layer instanceof BatchNorm2d;
            layer.parameters()
                    .forEach(
                            (name, parameter) -> {
                                if (name.equals("weight")) {
                                    parameter.initializeWith(around(norm ? 1 : 0));
                                }
                            });
        }
        return layers;
    }

    private static Initializer around(double mean) {
        return (shape, random, device) -> random.normal(device, shape, mean, DEVIATION);
    }
}
