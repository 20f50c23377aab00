package org.gradus.data;

import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast and saturation of an image by random factors, in this order. For
 * images as they were read: bytes, or floats from 0 to 1, to which results are limited; not after
 * normalization.
 */
public final class ColorJitter extends ImageTransform {
    /** What red, green and blue add to the brightness that one sees (ITU-R BT.601). */
    private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

    private final double brightness;
    private final double contrast;
    private final double saturation;

    /**
     * Makes the transform; each factor is drawn uniformly from {@code 1 - amount} to {@code 1 +
     * amount}.
     *
     * @param brightness scales all pixels; 0 leaves it as it is
     * @param contrast scales differences from the mean gray of the image
     * @param saturation scales differences from the gray of the pixel; for three channels
     * @throws IllegalArgumentException if an amount is not between 0 and 1
     */
    public ColorJitter(double brightness, double contrast, double saturation) {
        this.brightness = amount(brightness);
        this.contrast = amount(contrast);
        this.saturation = amount(saturation);
    }

    private static double amount(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "ColorJitter: the amount " + value + " is not between 0 and 1");
        }
        return value;
    }

    @Override
    Picture apply(Picture image, RandomGenerator random) {
        float bright = factor(brightness, random);
        float sharp = factor(contrast, random);
        float vivid = factor(saturation, random);
        float[] values = image.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = limited(image, bright * values[i]);
        }
        float[] gray = gray(image);
        double sum = 0;
        for (float pixel : gray) {
            sum += pixel;
        }
        float mean = (float) (sum / gray.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = limited(image, mean + sharp * (values[i] - mean));
        }
        if (image.channels() == LUMA.length) {
            gray = gray(image);
            for (int i = 0; i < values.length; i++) {
                float middle = gray[i % gray.length];
                values[i] = limited(image, middle + vivid * (values[i] - middle));
            }
        }
        return image;
    }

    private static float factor(double amount, RandomGenerator random) {
        return (float) (1 + amount * (2 * random.nextDouble() - 1));
    }

    private static float limited(Picture image, float value) {
        return Math.clamp(value, 0, image.white());
    }

    /** Returns the brightness of each pixel. */
    private static float[] gray(Picture image) {
        int size = image.height() * image.width();
        float[] gray = new float[size];
        boolean colored = image.channels() == LUMA.length;
        for (int c = 0; c < image.channels(); c++) {
            float weight = colored ? LUMA[c] : 1f / image.channels();
            for (int i = 0; i < size; i++) {
                gray[i] += weight * image.values()[c * size + i];
            }
        }
        return gray;
    }
}
