package org.gradus.models;

import org.gradus.nn.Conv2d;
import org.gradus.nn.ConvTranspose2d;
import org.gradus.nn.Flatten;
import org.gradus.nn.Linear;
import org.gradus.nn.ReLU;
import org.gradus.nn.Sequential;
import org.gradus.nn.Unflatten;

/**
 * The two halves that autoencoders are made of: an encoder of two convolutions that halve height
 * and width, and a decoder that undoes it.
 *
 * @param channels the channels of an image
 * @param height its height, a multiple of 4
 * @param width its width, a multiple of 4
 * @param features the channels after the first convolution; after the second twice as many
 */
record ConvolutionalCodec(int channels, int height, int width, int features) {
    private static final int KERNEL = 4;

    ConvolutionalCodec {
        if (height % 4 != 0 || width % 4 != 0) {
            throw new IllegalArgumentException(
                    "the sides of images are multiples of 4, not %d and %d"
                            .formatted(height, width));
        }
    }

    /** Returns the elements of what the encoder's convolutions leave. */
    private int bottom() {
        return 2 * features * (height / 4) * (width / 4);
    }

    /** Returns images to {@code [batch, outputs]}. */
    Sequential encoder(int outputs) {
        return new Sequential(
                new Conv2d(channels, features, KERNEL).stride(2).padding(1),
                new ReLU(),
                new Conv2d(features, 2 * features, KERNEL).stride(2).padding(1),
                new ReLU(),
                new Flatten(),
                new Linear(bottom(), outputs));
    }

    /** Returns {@code [batch, inputs]} to the logits of the pixels. */
    Sequential decoder(int inputs) {
        return new Sequential(
                new Linear(inputs, bottom()),
                new ReLU(),
                new Unflatten(2 * features, height / 4, width / 4),
                new ConvTranspose2d(2 * features, features, KERNEL).stride(2).padding(1),
                new ReLU(),
                new ConvTranspose2d(features, channels, KERNEL).stride(2).padding(1));
    }
}
