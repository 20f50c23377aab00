package org.gradus.data;

import java.util.random.RandomGenerator;

/**
 * Sets a random rectangle of an image to one value (Zhong et al., 2020), in half of all cases; it
 * covers 2% to 33% of the area with sides in a ratio of 0.3 to 3.3. To be applied after
 * normalization, where 0 is the mean.
 */
public final class RandomErasing extends ImageTransform {
    private static final double SMALLEST = 0.02;
    private static final double LARGEST = 0.33;
    private static final double LONGEST = 3.3;

    /** A rectangle that does not fit in so many tries is left out. */
    private static final int TRIES = 10;

    private final double probability;
    private final double value;

    /** Makes the transform that sets 0, in half of all cases. */
    public RandomErasing() {
        this(0.5, 0);
    }

    private RandomErasing(double probability, double value) {
        this.probability = probability("RandomErasing", probability);
        this.value = value;
    }

    /** Returns this transform with another probability. */
    public RandomErasing withProbability(double part) {
        return new RandomErasing(part, value);
    }

    /** Returns this transform with another value to set. */
    public RandomErasing withValue(double number) {
        return new RandomErasing(probability, number);
    }

    @Override
    Picture apply(Picture image, RandomGenerator random) {
        if (random.nextDouble() >= probability) {
            return image;
        }
        for (int i = 0; i < TRIES; i++) {
            double share = SMALLEST + (LARGEST - SMALLEST) * random.nextDouble();
            double area = share * image.height() * image.width();
            double ratio = Math.exp((2 * random.nextDouble() - 1) * Math.log(LONGEST));
            int height = (int) Math.round(Math.sqrt(area * ratio));
            int width = (int) Math.round(Math.sqrt(area / ratio));
            if (height > 0 && width > 0 && height < image.height() && width < image.width()) {
                int top = random.nextInt(image.height() - height + 1);
                int left = random.nextInt(image.width() - width + 1);
                erase(image, top, left, height, width);
                return image;
            }
        }
        return image;
    }

    private void erase(Picture image, int top, int left, int height, int width) {
        for (int c = 0; c < image.channels(); c++) {
            for (int y = top; y < top + height; y++) {
                for (int x = left; x < left + width; x++) {
                    image.values()[image.at(c, y, x)] = (float) value;
                }
            }
        }
    }
}
