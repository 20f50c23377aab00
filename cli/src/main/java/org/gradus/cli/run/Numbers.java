package org.gradus.cli.run;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Writes numbers for people, the same in every country. */
public final class Numbers {
    private Numbers() {}

    /** Returns a whole number with commas between thousands. */
    public static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns a measured value with four digits after the point, or in powers of ten. */
    public static String measured(double value) {
        double size = Math.abs(value);
        boolean plain = size == 0 || (size >= 1e-3 && size < 1e6) || !Double.isFinite(value);
        return String.format(Locale.ROOT, plain ? "%.4f" : "%.3e", value);
    }

    /** Returns named values, as in {@code loss 0.3312, accuracy 0.8812}. */
    public static String measured(Map<String, Double> values) {
        StringJoiner text = new StringJoiner(", ");
        values.forEach((name, value) -> text.add(name + " " + measured(value)));
        return text.toString();
    }

    /** Returns a time, as in {@code 4.1 s} or {@code 2 min 05 s}. */
    public static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    /** Returns an amount of memory, as in {@code 12.5 MiB}. */
    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double amount = bytes / 1024.0;
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (amount >= 1024 && unit < units.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
    }
}
