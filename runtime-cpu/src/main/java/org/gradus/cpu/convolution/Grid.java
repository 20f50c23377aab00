package org.gradus.cpu.convolution;

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

    /** Returns the number of positions. */
    int count() {
        return sizes[0] * sizes[1] * sizes[2];
    }

    /** Returns whether results lie row-major without gaps. */
    boolean isDense() {
        return strides[2] == 1 && strides[1] == sizes[2] && strides[0] == sizes[1] * sizes[2];
    }

    /** Copies the results of positions {@code [first, end)} to where they belong. */
    void scatter(float[] results, int from, int first, int end, float[] target, int channel) {
        int position = first;
        int at = from;
        while (position < end) {
            int x = position % sizes[2];
            int row = position / sizes[2];
            int length = Math.min(sizes[2] - x, end - position);
            int to =
                    channel
                            + start
                            + row / sizes[1] * strides[0]
                            + row % sizes[1] * strides[1]
                            + x * strides[2];
            for (int i = 0; i < length; i++) {
                target[to + i * strides[2]] = results[at + i];
            }
            position += length;
            at += length;
        }
    }
}
