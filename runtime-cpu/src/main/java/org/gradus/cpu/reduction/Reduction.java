package org.gradus.cpu.reduction;

import java.util.List;
import org.gradus.cpu.pointwise.Evaluation;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.cpu.pointwise.Pointwise;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * Reduces the results of pointwise programs; see {@link org.gradus.device.Device#reduce}.
 *
 * <p>Elements are visited as {@link Loops} says. If a reduced axis is innermost, rows are reduced
 * one by one, else columns side by side. Cost: each input is read once.
 */
public final class Reduction {
    /** A task's elements. */
    private static final int TASK = 16 * Evaluation.TILE;

    /** The most elements of a row that are reduced in one go. */
    private static final int ROW_BLOCK = 32 * Evaluation.TILE;

    /** The most tiles of columns that are added up in single precision. */
    private static final int COLUMN_BLOCK = 64;

    private final WorkerPool pool;
    private final Pointwise pointwise;

    /** Creates reductions whose prologues run in the given interpreter. */
    public Reduction(WorkerPool pool, Pointwise pointwise) {
        this.pool = pool;
        this.pointwise = pointwise;
    }

    /**
     * Reduces over axes as {@link org.gradus.device.Device#reduce} says.
     *
     * @throws IllegalArgumentException if there are no elements to take an extreme of
     */
    public void reduce(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] arguments,
            List<View> inputs,
            View output,
            int[] axes) {
        if (output.elements() == 0) {
            return;
        }
        Loops loops = Loops.of(shape, axes);
        Results results = new Results(output, loops.keptOrder());
        if (loops.reduced() == 0) {
            storeEmpty(op, output.elements(), results);
            return;
        }
        IterationSpace space = IterationSpace.of(shape, inputs, loops.order());
        Evaluation evaluation = pointwise.evaluation(program, space, arguments, inputs);
        DType given = program.outputTypes().getFirst();
        DType type = given.isFloating() ? given.computeType() : DType.I64;
        Launch launch = new Launch(op, type, loops, evaluation, results);
        if (loops.inner() > 1) {
            launch.reduceColumns();
        } else if (loops.reduced() <= Evaluation.TILE) {
            launch.reduceShortRows();
        } else {
            launch.reduceLongRows();
        }
    }

    private static void storeEmpty(ReduceOp op, long elements, Results results) {
        if (op != ReduceOp.SUM && op != ReduceOp.PRODUCT) {
            throw new IllegalArgumentException(
                    op
                            + " over an axis of size 0: there is no element to choose; give at"
                            + " least one");
        }
        for (long i = 0; i < elements; i++) {
            results.set(i, op == ReduceOp.SUM ? 0L : 1L);
        }
    }

    /** One reduction under way. */
    private final class Launch {
        private final ReduceOp op;
        private final DType type;
        private final long outer;
        private final long reduced;
        private final long inner;
        private final Evaluation evaluation;
        private final Results results;

        Launch(ReduceOp op, DType type, Loops loops, Evaluation evaluation, Results results) {
            this.op = op;
            this.type = type;
            this.outer = loops.outer();
            this.reduced = loops.reduced();
            this.inner = loops.inner();
            this.evaluation = evaluation;
            this.results = results;
        }

        private Accumulator accumulator(int columns) {
            return Accumulator.of(op, type, columns, RowKernels.best());
        }

        private Partials partials(long count) {
            return new Partials(type, op.isPosition(), Math.toIntExact(count));
        }

        /** Several rows to a tile. */
        void reduceShortRows() {
            int row = (int) reduced;
            int rowsPerTile = Evaluation.TILE / row;
            long rowsPerTask = Math.max(TASK / Evaluation.TILE, 1) * rowsPerTile;
            pool.run(
                    tasks(outer, rowsPerTask),
                    (task, worker) -> {
                        long begin = task * rowsPerTask;
                        long end = Math.min(outer, begin + rowsPerTask);
                        Accumulator total = accumulator(1);
                        evaluation.begin(worker, Evaluation.TILE);
                        for (long first = begin; first < end; first += rowsPerTile) {
                            int rows = (int) Math.min(rowsPerTile, end - first);
                            evaluation.evaluate(worker, first * row, rows * row);
                            for (int i = 0; i < rows; i++) {
                                total.reset(1);
                                total.addRow(evaluation, worker, i * row, row, 0);
                                total.store(0, results, first + i);
                            }
                        }
                        evaluation.end(worker);
                    });
        }

        /** Several tiles to a row, and several blocks of them to a very long row. */
        void reduceLongRows() {
            long blocks = (reduced + ROW_BLOCK - 1) / ROW_BLOCK;
            long units = outer * blocks;
            long unitsPerTask = Math.max(1, TASK / Math.min(reduced, ROW_BLOCK));
            Partials partials = blocks > 1 ? partials(units) : null;
            pool.run(
                    tasks(units, unitsPerTask),
                    (task, worker) -> {
                        long begin = task * unitsPerTask;
                        long end = Math.min(units, begin + unitsPerTask);
                        Accumulator total = accumulator(1);
                        evaluation.begin(worker, Evaluation.TILE);
                        for (long unit = begin; unit < end; unit++) {
                            long row = unit / blocks;
                            long from = unit % blocks * ROW_BLOCK;
                            long to = Math.min(reduced, from + ROW_BLOCK);
                            total.reset(1);
                            addRow(total, worker, row, from, to);
                            if (partials == null) {
                                total.store(0, results, row);
                            } else {
                                total.save(0, partials, (int) unit);
                            }
                        }
                        evaluation.end(worker);
                    });
            if (partials != null) {
                Accumulator total = accumulator(1);
                for (long row = 0; row < outer; row++) {
                    total.reset(1);
                    for (long block = 0; block < blocks; block++) {
                        total.merge(0, partials, (int) (row * blocks + block));
                    }
                    total.store(0, results, row);
                }
            }
        }

        private void addRow(Accumulator total, int worker, long row, long from, long to) {
            for (long i = from; i < to; i += Evaluation.TILE) {
                int n = (int) Math.min(Evaluation.TILE, to - i);
                evaluation.evaluate(worker, row * reduced + i, n);
                total.addRow(evaluation, worker, 0, n, i);
            }
        }

        /**
         * A unit of work is a strip of columns, at most a tile wide, and a block of rows. Where
         * columns are few, a tile takes several rows, as if they were more columns.
         */
        void reduceColumns() {
            boolean several = inner <= Evaluation.TILE / 2 && !op.isPosition();
            int rowsPerTile = several ? (int) Math.min(Evaluation.TILE / inner, reduced) : 1;
            int width = several ? (int) inner : (int) Math.min(inner, Evaluation.TILE);
            long strips = (inner + width - 1) / width;
            long rowsPerBlock = (long) COLUMN_BLOCK * rowsPerTile;
            long blocks = (reduced + rowsPerBlock - 1) / rowsPerBlock;
            long units = outer * blocks * strips;
            long unitElements = Math.min(reduced, rowsPerBlock) * width;
            long unitsPerTask = Math.max(1, TASK / unitElements);
            Partials partials = blocks > 1 ? partials(outer * blocks * inner) : null;
            pool.run(
                    tasks(units, unitsPerTask),
                    (task, worker) -> {
                        long begin = task * unitsPerTask;
                        long end = Math.min(units, begin + unitsPerTask);
                        Accumulator totals = accumulator(width * rowsPerTile);
                        evaluation.begin(worker, Evaluation.TILE);
                        for (long unit = begin; unit < end; unit++) {
                            long group = unit / strips / blocks;
                            long block = unit / strips % blocks;
                            long column = unit % strips * width;
                            int columns = (int) Math.min(width, inner - column);
                            long from = block * rowsPerBlock;
                            long to = Math.min(reduced, from + rowsPerBlock);
                            totals.reset(columns * rowsPerTile);
                            long start = group * reduced * inner + column;
                            addColumns(totals, worker, start, columns, rowsPerTile, from, to);
                            for (int i = 0; i < columns; i++) {
                                if (partials == null) {
                                    totals.store(i, results, group * inner + column + i);
                                } else {
                                    long index = (group * blocks + block) * inner + column + i;
                                    totals.save(i, partials, (int) index);
                                }
                            }
                        }
                        evaluation.end(worker);
                    });
            if (partials != null) {
                mergeColumns(partials, blocks);
            }
        }

        private void addColumns(
                Accumulator totals,
                int worker,
                long start,
                int columns,
                int rowsPerTile,
                long from,
                long to) {
            for (long row = from; row < to; row += rowsPerTile) {
                int rows = (int) Math.min(rowsPerTile, to - row);
                evaluation.evaluate(worker, start + row * inner, columns * rows);
                totals.addColumns(evaluation, worker, columns * rows, row);
            }
            totals.flush(columns * rowsPerTile);
            for (int i = columns; i < columns * rowsPerTile; i++) {
                totals.fold(i, i % columns);
            }
        }

        private void mergeColumns(Partials partials, long blocks) {
            Accumulator total = accumulator(1);
            for (long element = 0; element < outer * inner; element++) {
                long group = element / inner;
                long column = element % inner;
                total.reset(1);
                for (long block = 0; block < blocks; block++) {
                    total.merge(0, partials, (int) ((group * blocks + block) * inner + column));
                }
                total.store(0, results, element);
            }
        }
    }

    private static int tasks(long units, long unitsPerTask) {
        return Math.toIntExact((units + unitsPerTask - 1) / unitsPerTask);
    }
}
