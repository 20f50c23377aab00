package org.gradus.cpu.matmul;

/** Sums of lines without vectors. */
final class PlainLineSums implements LineSums {
    @Override
    public void add(
            float[] x,
            int offset,
            int stride,
            float[] factors,
            int first,
            int lines,
            float[] sums) {
        for (int row = 0; row < ROWS; row++) {
            addRow(x, offset + row * stride, factors[first + row], 0, lines, sums);
        }
    }

    /** Adds the elements {@code [from, to)} of a row, times a factor. */
    static void addRow(float[] x, int offset, float factor, int from, int to, float[] sums) {
        for (int i = from; i < to; i++) {
            sums[i] += factor * x[offset + i];
        }
    }
}
