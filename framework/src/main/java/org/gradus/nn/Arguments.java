package org.gradus.nn;

import java.util.Arrays;

/** Checks of what layers are made with. */
final class Arguments {
    private Arguments() {}

    /** Returns a number that must be at least 1. */
    static int positive(String layer, String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "%s: %s is %d; it must be at least 1".formatted(layer, name, value));
        }
        return value;
    }

    /** Returns a probability that must be between 0 and 1. */
    static double probability(String layer, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "%s: the probability %s is not between 0 and 1".formatted(layer, value));
        }
        return value;
    }

    /** Checks that all numbers of channels divide into groups. */
    static void groups(Module layer, int groups, int... channels) {
        for (int count : channels) {
            if (groups < 1 || count % groups != 0) {
                throw new IllegalArgumentException(
                        "%s: %d channels do not divide into %d groups"
                                .formatted(layer.getClass().getSimpleName(), count, groups));
            }
        }
    }

    /** Returns one number per spatial axis from that many, or from one for all. */
    static int[] perAxis(String name, int axes, int... values) {
        if (values.length == axes) {
            return values.clone();
        }
        if (values.length != 1) {
            throw new IllegalArgumentException(
                    "%s takes 1 or %d numbers, not %s"
                            .formatted(name, axes, Arrays.toString(values)));
        }
        int[] result = new int[axes];
        Arrays.fill(result, values[0]);
        return result;
    }

    /** Returns the numbers as text, one if all are equal. */
    static String text(int... values) {
        boolean equal = Arrays.stream(values).distinct().count() == 1;
        return equal ? Integer.toString(values[0]) : Arrays.toString(values);
    }
}
