package org.gradus.data;

import java.util.random.RandomGenerator;

/**
 * Cuts a part of fixed size out of an image at a random place, after making the image wider on all
 * sides: the usual augmentation of CIFAR-10 is {@code new RandomCrop(32, 32).padding(4)}.
 */
public final class RandomCrop extends ImageTransform {
    private final int height;
    private final int width;
    private final int padding;
    private final boolean mirrored;

    /**
     * Makes the transform, without padding.
     *
     * @throws IllegalArgumentException if a size is below 1
     */
    public RandomCrop(int height, int width) {
        this(height, width, 0, false);
    }

    private RandomCrop(int height, int width, int padding, boolean mirrored) {
        if (height < 1 || width < 1 || padding < 0) {
            throw new IllegalArgumentException(
                    ("a random crop has sizes of at least 1 and a padding of at least"
                                    + " 0, not %d, %d and %d")
                            .formatted(height, width, padding));
        }
        this.height = height;
        this.width = width;
        this.padding = padding;
        this.mirrored = mirrored;
    }

    /** Returns this transform with so many zeros on each side of the image. */
    public RandomCrop padding(int pixels) {
        return new RandomCrop(height, width, pixels, false);
    }

    /** Returns this transform with the mirror image, without its edge, on each side. */
    public RandomCrop reflectedPadding(int pixels) {
        return new RandomCrop(height, width, pixels, true);
    }

    @Override
    Picture apply(Picture image, RandomGenerator random) {
        int rows = image.height() + 2 * padding - height;
        int columns = image.width() + 2 * padding - width;
        boolean reflects = !mirrored || padding < Math.min(image.height(), image.width());
        if (rows < 0 || columns < 0 || !reflects) {
            throw new IllegalArgumentException(
                    ("an image of %d by %d, padded by %d, cannot be cropped to %d by"
                                    + " %d; choose a smaller crop")
                            .formatted(image.height(), image.width(), padding, height, width));
        }
        int top = random.nextInt(rows + 1) - padding;
        int left = random.nextInt(columns + 1) - padding;
        Picture result = image.empty(height, width);
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < height; y++) {
                int fromY = source(y + top, image.height());
                for (int x = 0; x < width; x++) {
                    int fromX = source(x + left, image.width());
                    if (fromY >= 0 && fromX >= 0) {
                        result.values()[result.at(c, y, x)] =
                                image.values()[image.at(c, fromY, fromX)];
                    }
                }
            }
        }
        return result;
    }

    /** Returns where a position comes from, -1 for nowhere. */
    private int source(int position, int size) {
        if (position >= 0 && position < size) {
            return position;
        }
        if (!mirrored) {
            return -1;
        }
        return position < 0 ? -position : 2 * (size - 1) - position;
    }
}
