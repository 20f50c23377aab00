package org.gradus.metrics;

/** How many changes make one sequence of another. */
public final class EditDistance {
    private EditDistance() {}

    /**
     * Returns the least number of insertions, deletions and substitutions that turn one sequence
     * into another (Levenshtein, 1966); time and memory grow with the product and with one of the
     * lengths.
     */
    public static int between(long[] first, long[] second) {
        int[] row = new int[second.length + 1];
        for (int j = 0; j <= second.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= first.length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= second.length; j++) {
                int above = row[j];
                int substituted = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                row[j] = Math.min(substituted, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[second.length];
    }
}
