package org.gradus.cli.input;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the right name for a mistyped one. */
public final class Names {
    private Names() {}

    /**
     * Returns the name that was most likely meant: one that the given name begins, or that is few
     * edits away; empty if none is near.
     */
    public static Optional<String> nearest(String given, Collection<String> names) {
        String wanted = normalized(given);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        int limit = Math.max(1, (wanted.length() + 1) / 3);
        return names.stream()
                .filter(name -> cost(wanted, normalized(name)) <= limit)
                .min(
                        Comparator.comparingInt((String name) -> cost(wanted, normalized(name)))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /**
     * Returns the end of an error message: {@code did you mean "train"?}, or the list of all names
     * if none is near.
     *
     * @param given what was typed
     * @param names the right names
     */
    public static String suggestion(String given, Collection<String> names) {
        return nearest(given, names)
                .map(name -> "did you mean \"" + name + "\"?")
                .orElseGet(
                        () ->
                                "choose "
                                        + (names.size() == 1 ? "" : "one of ")
                                        + String.join(", ", names));
    }

    private static String normalized(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    private static int cost(String given, String name) {
        return given.length() >= 3 && name.startsWith(given) ? 0 : distance(given, name);
    }

    /** The edits that make one word of another: Levenshtein's, and swapped neighbours as one. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
