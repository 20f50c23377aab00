package org.gradus.cpu.matmul;

import org.gradus.cpu.threads.WorkerPool;

/**
 * {@code F64} products, which serve gradient checks: a plain blocked loop that the compiler
 * vectorizes. Each element is summed in ascending order of the depth.
 */
final class DoubleProduct {
    private static final int TASK_ROWS = 32;
    private static final int TASK_COLUMNS = 128;

    private final WorkerPool pool;

    DoubleProduct(WorkerPool pool) {
        this.pool = pool;
    }

    /** A matrix in an array; see {@link Matrix}. */
    record Operand(double[] data, int offset, int rowStride, int columnStride) {}

    /** A bias per column in an array. */
    record Bias(double[] data, int offset, int stride) {}

    /**
     * Computes {@code c = relu(alpha * a @ b + beta * c + bias)} with all threads.
     *
     * @param bias may be null
     */
    void multiply(
            int rows,
            int columns,
            int depth,
            Operand a,
            Operand b,
            Operand c,
            double alpha,
            double beta,
            Bias bias,
            boolean relu) {
        int rowTasks = PackedBlock.panels(rows, TASK_ROWS);
        int columnTasks = PackedBlock.panels(columns, TASK_COLUMNS);
        pool.run(
                rowTasks * columnTasks,
                (task, worker) -> {
                    int row = task % rowTasks * TASK_ROWS;
                    int column = task / rowTasks * TASK_COLUMNS;
                    int height = Math.min(TASK_ROWS, rows - row);
                    int width = Math.min(TASK_COLUMNS, columns - column);
                    double[] sums = sum(a, b, row, height, column, width, depth);
                    for (int i = 0; i < height; i++) {
                        for (int j = 0; j < width; j++) {
                            int at =
                                    c.offset()
                                            + (row + i) * c.rowStride()
                                            + (column + j) * c.columnStride();
                            double result = alpha * sums[i * width + j];
                            if (beta != 0) {
                                result += beta * c.data()[at];
                            }
                            if (bias != null) {
                                result += bias.data()[bias.offset() + (column + j) * bias.stride()];
                            }
                            c.data()[at] = relu ? Math.max(result, 0) : result;
                        }
                    }
                });
    }

    private static double[] sum(
            Operand a, Operand b, int row, int height, int column, int width, int depth) {
        double[] sums = new double[height * width];
        double[] line = new double[width];
        for (int k = 0; k < depth; k++) {
            int bAt = b.offset() + k * b.rowStride() + column * b.columnStride();
            for (int j = 0; j < width; j++) {
                line[j] = b.data()[bAt + j * b.columnStride()];
            }
            for (int i = 0; i < height; i++) {
                int aAt = a.offset() + (row + i) * a.rowStride() + k * a.columnStride();
                addScaled(a.data()[aAt], line, sums, i * width, width);
            }
        }
        return sums;
    }

    private static void addScaled(double factor, double[] x, double[] sums, int at, int length) {
        for (int j = 0; j < length; j++) {
            sums[at + j] += factor * x[j];
        }
    }
}
