package org.gradus.cpu.reduction;

import java.util.Arrays;
import org.gradus.cpu.pointwise.Evaluation;
import org.gradus.device.ReduceOp;

/**
 * Totals of {@code F32} elements. A tile of a row is summed in parallel lanes, and tiles are added
 * in double precision; columns gather the rows of a block in single precision, and blocks are added
 * in double precision.
 */
final class FloatAccumulator extends DoubleAccumulator {
    private final RowKernels kernels;
    private final float[] block;

    FloatAccumulator(ReduceOp op, int columns, RowKernels kernels) {
        super(op, columns);
        this.kernels = kernels;
        this.block = new float[columns];
    }

    @Override
    void reset(int columns) {
        super.reset(columns);
        Arrays.fill(block, 0, columns, (float) neutral());
    }

    @Override
    void addRow(Evaluation evaluation, int worker, int from, int n, long position) {
        float[] x = evaluation.floats(worker);
        int at = evaluation.at(worker) + from;
        switch (op) {
            case SUM -> add(0, kernels.sum(x, at, n), position);
            case PRODUCT -> {
                for (int i = 0; i < n; i++) {
                    add(0, x[at + i], position);
                }
            }
            case MAXIMUM -> add(0, kernels.maximum(x, at, n), position);
            case MINIMUM -> add(0, kernels.minimum(x, at, n), position);
            case ARGMAX -> addExtreme(kernels.maximum(x, at, n), x, at, position);
            case ARGMIN -> addExtreme(kernels.minimum(x, at, n), x, at, position);
        }
    }

    private void addExtreme(float extreme, float[] x, int at, long position) {
        if (isBetter(0, extreme)) {
            int i = 0;
            while (x[at + i] != extreme && !Float.isNaN(x[at + i])) {
                i++;
            }
            add(0, extreme, position + i);
        }
    }

    @Override
    void addColumns(Evaluation evaluation, int worker, int n, long position) {
        if (positions == null) {
            evaluation.combine(worker, combination(op), block, n);
        } else {
            float[] x = evaluation.floats(worker);
            int at = evaluation.at(worker);
            for (int i = 0; i < n; i++) {
                add(i, x[at + i], position);
            }
        }
    }

    @Override
    void flush(int columns) {
        if (positions == null) {
            for (int i = 0; i < columns; i++) {
                add(i, block[i], 0);
            }
            Arrays.fill(block, 0, columns, (float) neutral());
        }
    }
}
