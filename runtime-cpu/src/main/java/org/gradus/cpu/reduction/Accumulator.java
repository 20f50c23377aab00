package org.gradus.cpu.reduction;

import org.gradus.cpu.pointwise.Evaluation;
import org.gradus.device.ReduceOp;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;

/**
 * The running totals of one task, one for each of some columns. Used by one thread.
 *
 * <p>Elements arrive in tiles, either all for one column ({@link #addRow}) or one for each column
 * ({@link #addColumns}).
 */
abstract sealed class Accumulator permits DoubleAccumulator, LongAccumulator {
    final ReduceOp op;
    final long[] positions;

    Accumulator(ReduceOp op, int columns) {
        this.op = op;
        this.positions = op.isPosition() ? new long[columns] : null;
    }

    /** Returns totals for results of the given compute type. */
    static Accumulator of(ReduceOp op, DType type, int columns, RowKernels kernels) {
        return switch (type) {
            case F32 -> new FloatAccumulator(op, columns, kernels);
            case F64 -> new DoubleAccumulator(op, columns);
            default -> new LongAccumulator(op, columns);
        };
    }

    /** Returns the operation that combines two elements. */
    static Op combination(ReduceOp op) {
        return switch (op) {
            case SUM -> Op.ADD;
            case PRODUCT -> Op.MULTIPLY;
            case MAXIMUM, ARGMAX -> Op.MAXIMUM;
            case MINIMUM, ARGMIN -> Op.MINIMUM;
        };
    }

    /** Starts the first columns anew. */
    abstract void reset(int columns);

    /**
     * Adds part of the current tile to the first column.
     *
     * @param from the first element's number in the tile
     * @param position the first element's position among the reduced ones
     */
    abstract void addRow(Evaluation evaluation, int worker, int from, int n, long position);

    /** Adds each element of the current tile to its column; all are at one position. */
    abstract void addColumns(Evaluation evaluation, int worker, int n, long position);

    /** Ends a block of columns: brings what was added into the totals. */
    void flush(int columns) {}

    /** Adds the total of one column, whose elements come later, to another. */
    abstract void fold(int from, int to);

    /** Copies a column's total to a place among partial results. */
    abstract void save(int column, Partials partials, int index);

    /** Adds a partial result to a column. */
    abstract void merge(int column, Partials partials, int index);

    /** Stores a column's total in the output. */
    abstract void store(int column, Results results, long element);
}
