package org.gradus.nn;

/** Orthonormal rows from random ones. */
final class Orthonormal {
    private Orthonormal() {}

    /**
     * Returns the rows made orthonormal one after the other, times a gain. Each is projected twice,
     * which keeps rounding from piling up (Giraud et al., 2005).
     */
    static float[] rows(double[] values, int rows, int columns, double gain) {
        for (int row = 0; row < rows; row++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int other = 0; other < row; other++) {
                    subtract(values, columns, row, other, dot(values, columns, row, other));
                }
            }
            double length = Math.sqrt(dot(values, columns, row, row));
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                values[i] /= length;
            }
        }
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (gain * values[i]);
        }
        return result;
    }

    private static double dot(double[] values, int columns, int a, int b) {
        double sum = 0;
        for (int i = 0; i < columns; i++) {
            sum += values[a * columns + i] * values[b * columns + i];
        }
        return sum;
    }

    private static void subtract(double[] values, int columns, int from, int what, double factor) {
        for (int i = 0; i < columns; i++) {
            values[from * columns + i] -= factor * values[what * columns + i];
        }
    }
}
