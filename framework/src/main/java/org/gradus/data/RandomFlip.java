package org.gradus.data;

import java.util.random.RandomGenerator;

/** Mirrors an image with a probability. */
public final class RandomFlip extends ImageTransform {
    private final boolean horizontal;
    private final double probability;

    private RandomFlip(boolean horizontal, double probability) {
        this.horizontal = horizontal;
        this.probability = probability("RandomFlip", probability);
    }

    /** Returns the transform that exchanges left and right in half of all cases. */
    public static RandomFlip horizontal() {
        return new RandomFlip(true, 0.5);
    }

    /** Returns the transform that exchanges top and bottom in half of all cases. */
    public static RandomFlip vertical() {
        return new RandomFlip(false, 0.5);
    }

    /** Returns this transform with another probability. */
    public RandomFlip withProbability(double value) {
        return new RandomFlip(horizontal, value);
    }

    @Override
    Picture apply(Picture image, RandomGenerator random) {
        if (random.nextDouble() >= probability) {
            return image;
        }
        Picture result = image.empty(image.height(), image.width());
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0; x < image.width(); x++) {
                    int fromY = horizontal ? y : image.height() - 1 - y;
                    int fromX = horizontal ? image.width() - 1 - x : x;
                    result.values()[result.at(c, y, x)] = image.values()[image.at(c, fromY, fromX)];
                }
            }
        }
        return result;
    }
}
