package org.gradus.cpu.convolution;

import java.util.Arrays;

/**
 * The positions of a window, and where their results lie in a channel of the output.
 *
 * @param sizes how many positions there are along each axis
 * @param start where the first result lies
 * @param strides the distances between results along each axis
 */
record Grid(int[] sizes, int start, int[] strides) {
    /** Returns the grid whose results fill a channel. */
    static Grid dense(int[] sizes) {
        return new Grid(sizes, 0, new int[] {sizes[1] * sizes[2], sizes[2], 1});
    }

    /**
     * Returns, for the inputs of a convolution that lie a stride apart, where they are: one grid
     * for each first input within a stride, the last axis fastest.
     */
    static Grid[] ofPhases(Geometry geometry) {
        int[] input = geometry.input();
        int[] stride = geometry.stride();
        int[] distances = {input[1] * input[2], input[2], 1};
        var result = new Grid[stride[0] * stride[1] * stride[2]];
        for (int i = 0; i < result.length; i++) {
            int[] phase = {i / stride[2] / stride[1], i / stride[2] % stride[1], i % stride[2]};
            int[] sizes = new int[Geometry.AXES];
            int[] strides = new int[Geometry.AXES];
            int start = 0;
            for (int axis = 0; axis < Geometry.AXES; axis++) {
                int inputs = (input[axis] - phase[axis] + stride[axis] - 1) / stride[axis];
                sizes[axis] = Math.max(0, inputs);
                strides[axis] = stride[axis] * distances[axis];
                start += phase[axis] * distances[axis];
            }
            result[i] = new Grid(sizes, start, strides);
        }
        return result;
    }

    /** Returns the number of positions. */
    int count() {
        return sizes[0] * sizes[1] * sizes[2];
    }

    /** Returns whether results lie row-major without gaps. */
    boolean isDense() {
        return strides[2] == 1 && strides[1] == sizes[2] && strides[0] == sizes[1] * sizes[2];
    }

    /** Returns whether another grid's results lie between this one's, each behind one of these. */
    boolean alternatesWith(Grid next) {
        return strides[2] == 2
                && next.strides[2] == 2
                && next.start == start + 1
                && Arrays.equals(sizes, next.sizes);
    }

    /**
     * Copies the results of positions {@code [first, end)} to where they belong.
     *
     * @param from the result of the first of them
     */
    void store(
            RowCopy rows,
            float[] results,
            int from,
            int first,
            int end,
            float[] target,
            int channel) {
        if (isDense()) {
            rows.copy(results, from, 0, 1, end - first, target, channel + start + first, 0);
            return;
        }
        int position = first;
        while (position < end) {
            int length = rowLength(position, end);
            int together = rowsTogether(position, end);
            int at = from + position - first;
            int to = channel + place(position);
            for (int row = 0; row < together; row++) {
                for (int i = 0; i < length; i++) {
                    target[to + i * strides[2]] = results[at + i];
                }
                at += length;
                to += strides[1];
            }
            position += together * length;
        }
    }

    /**
     * Copies the results of this grid and of one that {@linkplain #alternatesWith alternates} with
     * it; parameters as for {@link #store}.
     *
     * @param other where the result of the other grid's first position lies
     */
    void storeBoth(
            RowCopy rows,
            float[] results,
            int from,
            int other,
            int first,
            int end,
            float[] target,
            int channel) {
        int position = first;
        while (position < end) {
            int length = rowLength(position, end);
            int together = rowsTogether(position, end);
            int done = position - first;
            rows.alternate(
                    results,
                    from + done,
                    other + done,
                    length,
                    together,
                    length,
                    target,
                    channel + place(position),
                    strides[1]);
            position += together * length;
        }
    }

    /** Returns how many positions follow in the same row. */
    private int rowLength(int position, int end) {
        return Math.min(sizes[2] - position % sizes[2], end - position);
    }

    /** Returns how many rows of that length follow in the same plane: more than 1 if whole. */
    private int rowsTogether(int position, int end) {
        int wholeRows = position % sizes[2] == 0 ? (end - position) / sizes[2] : 0;
        int row = position / sizes[2] % sizes[1];
        return Math.clamp(wholeRows, 1, sizes[1] - row);
    }

    private int place(int position) {
        int row = position / sizes[2];
        return start
                + row / sizes[1] * strides[0]
                + row % sizes[1] * strides[1]
                + position % sizes[2] * strides[2];
    }
}
