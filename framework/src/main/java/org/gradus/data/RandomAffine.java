package org.gradus.data;

import java.util.random.RandomGenerator;

/**
 * Rotates, shifts, scales and shears an image about its middle by random amounts, interpolating
 * linearly; what comes from outside is 0. Without settings it changes nothing:
 *
 * <pre>{@code
 * new RandomAffine().rotation(10).translation(0.1, 0.1).scaling(0.9, 1.1)
 * }</pre>
 */
public final class RandomAffine extends ImageTransform {
    private final double degrees;
    private final double horizontal;
    private final double vertical;
    private final double smallest;
    private final double largest;
    private final double shear;

    /** Makes a transform that changes nothing yet. */
    public RandomAffine() {
        this(0, 0, 0, 1, 1, 0);
    }

    private RandomAffine(
            double degrees,
            double horizontal,
            double vertical,
            double smallest,
            double largest,
            double shear) {
        boolean fits =
                degrees >= 0
                        && degrees <= 180
                        && horizontal >= 0
                        && vertical >= 0
                        && smallest > 0
                        && largest >= smallest
                        && Double.isFinite(largest + horizontal + vertical)
                        && shear >= 0
                        && shear < 90;
        if (!fits) {
            throw new IllegalArgumentException(
                    ("a random affine map has angles of 0 to 180 degrees, shifts of"
                                    + " at least 0, scales above 0 in order, and a shear of 0 to 90"
                                    + " degrees, not ")
                            + "%s, %s by %s, %s to %s, and %s"
                                    .formatted(
                                            degrees,
                                            horizontal,
                                            vertical,
                                            smallest,
                                            largest,
                                            shear));
        }
        this.degrees = degrees;
        this.horizontal = horizontal;
        this.vertical = vertical;
        this.smallest = smallest;
        this.largest = largest;
        this.shear = shear;
    }

    /** Returns this transform with rotations of up to so many degrees to either side. */
    public RandomAffine rotation(double upTo) {
        return new RandomAffine(upTo, horizontal, vertical, smallest, largest, shear);
    }

    /** Returns this transform with shifts of up to these parts of the width and the height. */
    public RandomAffine translation(double ofWidth, double ofHeight) {
        return new RandomAffine(degrees, ofWidth, ofHeight, smallest, largest, shear);
    }

    /** Returns this transform with magnifications between two factors. */
    public RandomAffine scaling(double from, double to) {
        return new RandomAffine(degrees, horizontal, vertical, from, to, shear);
    }

    /** Returns this transform with rows slanted by up to so many degrees to either side. */
    public RandomAffine shearing(double upTo) {
        return new RandomAffine(degrees, horizontal, vertical, smallest, largest, upTo);
    }

    @Override
    Picture apply(Picture image, RandomGenerator random) {
        // all are drawn always, so that one setting does not change what another draws
        double angle = Math.toRadians(between(-degrees, degrees, random));
        double right = between(-horizontal, horizontal, random) * image.width();
        double down = between(-vertical, vertical, random) * image.height();
        double scale = between(smallest, largest, random);
        double slant = Math.tan(Math.toRadians(between(-shear, shear, random)));
        // forth: q = scale * R(angle) * [1 slant; 0 1] * p + shift; here its inverse
        double cos = Math.cos(angle) / scale;
        double sin = Math.sin(angle) / scale;
        double middleX = (image.width() - 1) / 2.0;
        double middleY = (image.height() - 1) / 2.0;
        Picture result = image.empty(image.height(), image.width());
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                double dx = x - middleX - right;
                double dy = y - middleY - down;
                double turnedY = cos * dy - sin * dx;
                double turnedX = cos * dx + sin * dy - slant * turnedY;
                sample(image, turnedX + middleX, turnedY + middleY, result, y, x);
            }
        }
        return result;
    }

    private static double between(double low, double high, RandomGenerator random) {
        return low + (high - low) * random.nextDouble();
    }

    private static void sample(
            Picture from, double sourceX, double sourceY, Picture to, int y, int x) {
        int left = (int) Math.floor(sourceX);
        int top = (int) Math.floor(sourceY);
        double shareX = sourceX - left;
        double shareY = sourceY - top;
        for (int c = 0; c < from.channels(); c++) {
            double upper = mix(pixel(from, c, top, left), pixel(from, c, top, left + 1), shareX);
            double lower =
                    mix(pixel(from, c, top + 1, left), pixel(from, c, top + 1, left + 1), shareX);
            to.values()[to.at(c, y, x)] = (float) mix(upper, lower, shareY);
        }
    }

    private static double mix(double a, double b, double share) {
        return a + share * (b - a);
    }

    private static double pixel(Picture image, int channel, int y, int x) {
        boolean inside = y >= 0 && y < image.height() && x >= 0 && x < image.width();
        return inside ? image.values()[image.at(channel, y, x)] : 0;
    }
}
