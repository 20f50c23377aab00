package org.gradus.data;

import java.util.Arrays;
import java.util.List;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** Sequences of tokens of different lengths as arrays. */
final class Sequences {
    private Sequences() {}

    /** Returns the sequence as {@code I64 [steps]}. */
    static HostArray array(int[] tokens) {
        return HostArray.of(
                Arrays.stream(tokens).asLongStream().toArray(), Shape.of(tokens.length));
    }

    /** Returns a number as an {@code I64} scalar. */
    static HostArray scalar(long value) {
        return HostArray.of(new long[] {value}, Shape.scalar());
    }

    /**
     * Returns {@code I64 [batch, steps]}, where steps is the longest sequence's length and shorter
     * ones end with padding.
     */
    static HostArray padded(List<int[]> rows, long padding) {
        int steps = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        long[] values = new long[Math.multiplyExact(rows.size(), steps)];
        Arrays.fill(values, padding);
        for (int row = 0; row < rows.size(); row++) {
            int[] tokens = rows.get(row);
            for (int i = 0; i < tokens.length; i++) {
                values[row * steps + i] = tokens[i];
            }
        }
        return HostArray.of(values, Shape.of(rows.size(), steps));
    }

    /** Returns the lengths as {@code I64 [batch]}. */
    static HostArray lengths(List<int[]> rows) {
        return HostArray.of(
                rows.stream().mapToLong(row -> row.length).toArray(), Shape.of(rows.size()));
    }

    /** Returns the first tokens of a sequence, at least one: padding where it has none. */
    static int[] truncated(int[] tokens, int maximum, int padding) {
        if (tokens.length == 0) {
            return new int[] {padding};
        }
        return tokens.length <= maximum ? tokens : Arrays.copyOf(tokens, maximum);
    }
}
