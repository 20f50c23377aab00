package org.gradus.cpu.matmul;

import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * {@code F32} products of a matrix and a vector. They read each element once, so nothing is packed:
 * lines whose elements are neighbours give dot products, neighbouring lines are summed together.
 *
 * <p>Cost: {@code 4 * rows * columns} bytes of the matrix are read.
 */
final class VectorProduct {
    private static final int SCRATCH_SLOTS = 2;
    private static final int SLOT_VECTOR = 0;
    private static final int SLOT_SUMS = 1;

    /** Elements of the matrix that a task reads at least. */
    private static final int TASK_ELEMENTS = 65_536;

    /** Lines that a task sums together at most: the sums stay in the first-level cache. */
    private static final int TASK_LINES = 1_024;

    /** Neighbouring lines that a task sums together at least: rows are read in long runs. */
    private static final int FEWEST_NEIGHBOURS = 512;

    private final WorkerPool pool;
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    VectorProduct(WorkerPool pool) {
        this.pool = pool;
    }

    /** Computes a product with one row or one column, with all threads. */
    void multiply(
            int rows, int columns, int depth, Matrix a, Matrix b, Matrix c, Epilogue epilogue) {
        if (columns == 1) {
            float[] vector = gather(b.data(), b.offset(), b.rowStride(), depth);
            multiply(rows, depth, a, vector, c, epilogue);
        } else {
            float[] vector = gather(a.data(), a.offset(), a.columnStride(), depth);
            multiply(columns, depth, b.transposed(), vector, c.transposed(), epilogue.transposed());
        }
    }

    private float[] gather(float[] source, int offset, int stride, int length) {
        float[] vector = scratch.floats(SLOT_VECTOR, length);
        for (int i = 0; i < length; i++) {
            vector[i] = source[offset + i * stride];
        }
        return vector;
    }

    /** Multiplies a matrix of {@code lines} rows by a vector; {@code c} has one column. */
    private void multiply(
            int lines, int depth, Matrix matrix, float[] vector, Matrix c, Epilogue epilogue) {
        int fewest = matrix.rowStride() == 1 ? FEWEST_NEIGHBOURS : 16;
        int taskLines = Math.clamp(TASK_ELEMENTS / Math.max(depth, 1), fewest, TASK_LINES);
        pool.run(
                PackedBlock.panels(lines, taskLines),
                (task, worker) -> {
                    int first = task * taskLines;
                    int count = Math.min(taskLines, lines - first);
                    float[] sums = scratch.floats(SLOT_SUMS, count);
                    sum(matrix.from(first, 0), vector, count, depth, sums);
                    for (int i = 0; i < count; i++) {
                        int at = c.position(first + i, 0);
                        float previous = epilogue.beta() == 0 ? 0 : c.data()[at];
                        c.data()[at] = epilogue.apply(sums[i], previous, first + i, 0);
                    }
                });
    }

    private static void sum(Matrix matrix, float[] vector, int lines, int depth, float[] sums) {
        if (Math.abs(matrix.columnStride()) <= Math.abs(matrix.rowStride())) {
            for (int i = 0; i < lines; i++) {
                int offset = matrix.offset() + i * matrix.rowStride();
                sums[i] = dot(matrix.data(), offset, matrix.columnStride(), vector, depth);
            }
            return;
        }
        for (int i = 0; i < lines; i++) {
            sums[i] = 0;
        }
        if (matrix.rowStride() == 1) {
            sumNeighbours(matrix, vector, lines, depth, sums);
            return;
        }
        for (int k = 0; k < depth; k++) {
            int offset = matrix.offset() + k * matrix.columnStride();
            for (int i = 0; i < lines; i++) {
                sums[i] += vector[k] * matrix.data()[offset + i * matrix.rowStride()];
            }
        }
    }

    private static void sumNeighbours(
            Matrix matrix, float[] vector, int lines, int depth, float[] sums) {
        LineSums several = LineSums.best();
        int stride = matrix.columnStride();
        int k = 0;
        for (; k <= depth - LineSums.ROWS; k += LineSums.ROWS) {
            int offset = matrix.offset() + k * stride;
            several.add(matrix.data(), offset, stride, vector, k, lines, sums);
        }
        for (; k < depth; k++) {
            int offset = matrix.offset() + k * stride;
            LineSums.addRow(matrix.data(), offset, vector[k], 0, lines, sums);
        }
    }

    /** Eight sums that do not wait for each other. */
    private static float dot(float[] x, int offset, int stride, float[] y, int length) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int i = 0;
        int at = offset;
        for (; i <= length - 8; i += 8) {
            s0 += x[at] * y[i];
            s1 += x[at + stride] * y[i + 1];
            s2 += x[at + 2 * stride] * y[i + 2];
            s3 += x[at + 3 * stride] * y[i + 3];
            s4 += x[at + 4 * stride] * y[i + 4];
            s5 += x[at + 5 * stride] * y[i + 5];
            s6 += x[at + 6 * stride] * y[i + 6];
            s7 += x[at + 7 * stride] * y[i + 7];
            at += 8 * stride;
        }
        for (; i < length; i++) {
            s0 += x[at] * y[i];
            at += stride;
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }
}
