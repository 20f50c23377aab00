package org.gradus.cpu.reduction;

import java.util.Arrays;
import org.gradus.cpu.pointwise.Evaluation;
import org.gradus.device.ReduceOp;

/** Totals of integers and truth values, in 64 bits; sums and products wrap. */
final class LongAccumulator extends Accumulator {
    private final long[] totals;

    LongAccumulator(ReduceOp op, int columns) {
        super(op, columns);
        this.totals = new long[columns];
    }

    @Override
    void reset(int columns) {
        long neutral =
                switch (op) {
                    case SUM -> 0;
                    case PRODUCT -> 1;
                    case MAXIMUM, ARGMAX -> Long.MIN_VALUE;
                    case MINIMUM, ARGMIN -> Long.MAX_VALUE;
                };
        Arrays.fill(totals, 0, columns, neutral);
        if (positions != null) {
            Arrays.fill(positions, 0, columns, -1);
        }
    }

    @Override
    void addRow(Evaluation evaluation, int worker, int from, int n, long position) {
        long[] x = evaluation.longs(worker);
        int at = evaluation.at(worker) + from;
        for (int i = 0; i < n; i++) {
            add(0, x[at + i], position + i);
        }
    }

    @Override
    void addColumns(Evaluation evaluation, int worker, int n, long position) {
        if (positions == null) {
            evaluation.combine(worker, combination(op), totals, n);
        } else {
            long[] x = evaluation.longs(worker);
            int at = evaluation.at(worker);
            for (int i = 0; i < n; i++) {
                add(i, x[at + i], position);
            }
        }
    }

    private void add(int column, long x, long position) {
        long total = totals[column];
        switch (op) {
            case SUM -> totals[column] = total + x;
            case PRODUCT -> totals[column] = total * x;
            case MAXIMUM -> totals[column] = Math.max(total, x);
            case MINIMUM -> totals[column] = Math.min(total, x);
            case ARGMAX, ARGMIN -> {
                boolean beyond = op == ReduceOp.ARGMAX ? x > total : x < total;
                if (beyond || positions[column] < 0) {
                    totals[column] = x;
                    positions[column] = position;
                }
            }
        }
    }

    @Override
    void fold(int from, int to) {
        add(to, totals[from], positions == null ? 0 : positions[from]);
    }

    @Override
    void save(int column, Partials partials, int index) {
        partials.longs[index] = totals[column];
        if (positions != null) {
            partials.positions[index] = positions[column];
        }
    }

    @Override
    void merge(int column, Partials partials, int index) {
        add(column, partials.longs[index], positions == null ? 0 : partials.positions[index]);
    }

    @Override
    void store(int column, Results results, long element) {
        results.set(element, positions == null ? totals[column] : positions[column]);
    }
}
