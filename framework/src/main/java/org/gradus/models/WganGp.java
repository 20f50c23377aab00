package org.gradus.models;

import org.gradus.nn.Conv2d;
import org.gradus.nn.Flatten;
import org.gradus.nn.InstanceNorm2d;
import org.gradus.nn.LeakyReLU;
import org.gradus.nn.Sequential;

/**
 * The networks of {@link Dcgan}, but for a critic that may be trained with a gradient penalty
 * (Gulrajani et al., 2017): the penalty is on the gradient of each image by itself, so the critic
 * normalizes each image by itself, not the batch.
 */
public final class WganGp {
    private static final int KERNEL = 4;
    private static final double SLOPE = 0.2;

    private WganGp() {}

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
                Dcgan.generator(channels, side, features, latent),
                critic(channels, side, features),
                latent);
    }

    private static Sequential critic(int channels, int side, int features) {
        return new Sequential(
                new Conv2d(channels, features, KERNEL).stride(2).padding(1),
                new LeakyReLU(SLOPE),
                new Conv2d(features, 2 * features, KERNEL).stride(2).padding(1),
                new InstanceNorm2d(2 * features).affine(),
                new LeakyReLU(SLOPE),
                new Conv2d(2 * features, 1, side / 4),
                new Flatten());
    }
}
