package org.gradus.optim;

/** Checks of the settings of rules and schedules. */
final class Settings {
    private Settings() {}

    static void positive(String rule, String name, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(
                    "%s: the %s is %s; it must be more than 0".formatted(rule, name, value));
        }
    }

    static void notNegative(String rule, String name, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(
                    "%s: the %s is %s; it must be at least 0".formatted(rule, name, value));
        }
    }

    /** For decay rates of averages, where 1 would never take anything in. */
    static void fraction(String rule, String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    "%s: the %s is %s; it must be at least 0 and below 1"
                            .formatted(rule, name, value));
        }
    }
}
