package org.gradus.cpu.reduction;

import java.util.Arrays;
import org.gradus.cpu.pointwise.Evaluation;
import org.gradus.device.ReduceOp;

/**
 * Totals in double precision. Long rows of {@code F64} are summed in halves of halves, so that the
 * error grows with the logarithm of their length.
 */
non-sealed class DoubleAccumulator extends Accumulator {
    private static final int SHORT_SUM = 32;

    final double[] totals;

    DoubleAccumulator(ReduceOp op, int columns) {
        super(op, columns);
        this.totals = new double[columns];
    }

    /** Returns the total of no elements. */
    final double neutral() {
        return switch (op) {
            case SUM -> 0;
            case PRODUCT -> 1;
            case MAXIMUM, ARGMAX -> Double.NEGATIVE_INFINITY;
            case MINIMUM, ARGMIN -> Double.POSITIVE_INFINITY;
        };
    }

    @Override
    void reset(int columns) {
        Arrays.fill(totals, 0, columns, neutral());
        if (positions != null) {
            Arrays.fill(positions, 0, columns, -1);
        }
    }

    @Override
    void addRow(Evaluation evaluation, int worker, int from, int n, long position) {
        double[] x = evaluation.doubles(worker);
        int at = evaluation.at(worker) + from;
        if (op == ReduceOp.SUM) {
            add(0, sum(x, at, n), position);
        } else {
            for (int i = 0; i < n; i++) {
                add(0, x[at + i], position + i);
            }
        }
    }

    private static double sum(double[] x, int at, int n) {
        if (n > SHORT_SUM) {
            int half = n / 2;
            return sum(x, at, half) + sum(x, at + half, n - half);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    @Override
    void addColumns(Evaluation evaluation, int worker, int n, long position) {
        if (positions == null) {
            evaluation.combine(worker, combination(op), totals, n);
        } else {
            double[] x = evaluation.doubles(worker);
            int at = evaluation.at(worker);
            for (int i = 0; i < n; i++) {
                add(i, x[at + i], position);
            }
        }
    }

    /** Adds an element that comes later than those added before. */
    final void add(int column, double x, long position) {
        double total = totals[column];
        switch (op) {
            case SUM -> totals[column] = total + x;
            case PRODUCT -> totals[column] = total * x;
            case MAXIMUM -> totals[column] = Math.max(total, x);
            case MINIMUM -> totals[column] = Math.min(total, x);
            case ARGMAX, ARGMIN -> {
                if (isBetter(column, x)) {
                    totals[column] = x;
                    positions[column] = position;
                }
            }
        }
    }

    /** Returns whether an element that comes later takes the place of the best so far. */
    final boolean isBetter(int column, double x) {
        double best = totals[column];
        if (positions[column] < 0) {
            return true;
        }
        boolean beyond = op == ReduceOp.ARGMAX ? x > best : x < best;
        return beyond || Double.isNaN(x) && !Double.isNaN(best);
    }

    @Override
    void fold(int from, int to) {
        add(to, totals[from], positions == null ? 0 : positions[from]);
    }

    @Override
    void save(int column, Partials partials, int index) {
        partials.doubles[index] = totals[column];
        if (positions != null) {
            partials.positions[index] = positions[column];
        }
    }

    @Override
    void merge(int column, Partials partials, int index) {
        add(column, partials.doubles[index], positions == null ? 0 : partials.positions[index]);
    }

    @Override
    void store(int column, Results results, long element) {
        if (positions != null) {
            results.set(element, positions[column]);
        } else {
            results.set(element, totals[column]);
        }
    }
}
