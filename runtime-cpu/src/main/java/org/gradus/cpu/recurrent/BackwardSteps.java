package org.gradus.cpu.recurrent;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.cpu.FloatRows;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.recurrent.StepProduct.Part;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.View;

/**
 * What a task does to the products of a step on the way back: adds up the gradient of the states,
 * takes it through the cell, and prepares the step before. What reaches the states before without
 * going through the weights is collected in the initial states' gradient.
 */
final class BackwardSteps {
    private final Sequence sequence;
    private final Cell cell;
    private final CellPasses passes;
    private final StepProduct product;
    private final FloatRows gradient;
    private final FloatRows initial;
    private final FloatRows states;
    private final FloatRows kept;
    private final FloatRows inputs;
    private final FloatRows recurrent;
    private final FloatRows carried;

    BackwardSteps(
            Sequence sequence,
            CellPasses passes,
            StepProduct product,
            View statesGradient,
            View initial,
            View states,
            View kept,
            View inputsGradient,
            Optional<View> recurrentGradient,
            View initialGradient) {
        this.sequence = sequence;
        this.cell = sequence.cell();
        this.passes = passes;
        this.product = product;
        gradient = FloatRows.of(statesGradient, 1);
        this.initial = FloatRows.of(initial, 1);
        this.states = FloatRows.of(states, 1);
        this.kept = FloatRows.of(kept, 1);
        inputs = FloatRows.of(inputsGradient, 1);
        recurrent = recurrentGradient.map(view -> FloatRows.of(view, 1)).orElse(inputs);
        carried = FloatRows.of(initialGradient, 1);
    }

    /** Prepares the first step on the way back. */
    void start() {
        int size = cell.states() * sequence.part();
        Arrays.fill(carried.array(), carried.offset(), carried.offset() + size, 0);
    }

    /** Does a task of the step that was taken {@code order}-th on the way forward. */
    void run(int order, int task) {
        Part part = product.part(task);
        float[] products = products(part, order);
        int step = sequence.step(order);
        int rows = part.endRow() - part.row();
        int units = part.units();
        Matrix dh = new Matrix(products, 0, product.rowStride(part), 1);
        passes.add(state(gradient, step, part.row(), part.unit(), 0), dh, rows, units);
        passes.add(carried(part.row(), part.unit(), 0), dh, rows, units);
        if (cell.states() == 2) {
            Matrix dc = carried(part.row(), part.unit(), 1);
            passes.add(state(gradient, step, part.row(), part.unit(), 1), dc, rows, units);
        }
        int row = part.row();
        while (row < part.endRow()) {
            int end = sequence.endOfRun(row, part.endRow(), step);
            Matrix own = dh.from(row - part.row(), 0);
            if (sequence.hasEnded(row, step)) {
                copy(own, carried(row, part.unit(), 0), end - row, units);
                clear(inputs, step, row, end, part);
                clear(recurrent, step, row, end, part);
            } else {
                apply(part, order, row, end - row, own);
            }
            row = end;
        }
        store(part, order, step);
    }

    private float[] products(Part part, int order) {
        if (order < sequence.steps() - 1) {
            return product.compute(part, (order + 1) % 2);
        }
        float[] results = product.results(part);
        Arrays.fill(results, 0, (part.endRow() - part.row()) * product.rowStride(part), 0);
        return results;
    }

    /** Returns a part of the states or their gradient after a step, from a row and unit on. */
    private Matrix state(FloatRows all, int step, int row, int unit, int part) {
        int at = all.offset() + part * sequence.steps() * sequence.part();
        int position = sequence.position(step, row, 1, unit);
        return new Matrix(all.array(), at + position, sequence.hidden(), 1);
    }

    /** Returns what reaches a part of the states directly, from a row and unit on. */
    private Matrix carried(int row, int unit, int part) {
        int at = carried.offset() + part * sequence.part();
        int position = sequence.position(0, row, 1, unit);
        return new Matrix(carried.array(), at + position, sequence.hidden(), 1);
    }

    /** Returns what has several values per unit, from a row and unit on. */
    private Matrix gates(FloatRows all, int perUnit, int step, int row, int unit) {
        int position = sequence.position(step, row, perUnit, unit);
        int width = perUnit * sequence.hidden();
        return new Matrix(all.array(), all.offset() + position, width, 1);
    }

    private static void copy(Matrix source, Matrix target, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int from = source.position(row, 0);
            System.arraycopy(source.data(), from, target.data(), target.position(row, 0), units);
        }
    }

    private void clear(FloatRows all, int step, int row, int end, Part part) {
        for (int i = row; i < end; i++) {
            Matrix gates = gates(all, cell.gates(), step, i, part.unit());
            for (int gate = 0; gate < cell.gates(); gate++) {
                int at = gates.offset() + gate * sequence.hidden();
                Arrays.fill(gates.data(), at, at + part.units(), 0);
            }
        }
    }

    private void apply(Part part, int order, int row, int rows, Matrix dh) {
        int step = sequence.step(order);
        int n = part.units();
        int unit = part.unit();
        int hidden = sequence.hidden();
        Matrix gates = gates(kept, cell.kept(), step, row, unit);
        Matrix to = gates(inputs, cell.gates(), step, row, unit);
        Matrix direct = carried(row, unit, 0);
        switch (cell) {
            case TANH -> passes.tanhGradient(dh, gates, to, rows, n);
            case RELU -> passes.reluGradient(dh, gates, to, rows, n);
            case LSTM -> {
                Matrix c = state(states, step, row, unit, 1);
                passes.tanh(c, to.from(0, 3 * hidden), rows, n);
                Matrix before = before(order, row, unit, 1);
                Matrix dc = carried(row, unit, 1);
                passes.lstmGradient(dh, dc, gates, before, to, hidden, rows, n);
            }
            case GRU -> {
                Matrix other = gates(recurrent, cell.gates(), step, row, unit);
                Matrix before = before(order, row, unit, 0);
                passes.gruGradient(dh, gates, before, to, other, hidden, rows, n);
            }
        }
        if (cell == Cell.GRU) {
            copy(dh, direct, rows, n);
        } else {
            for (int i = 0; i < rows; i++) {
                int at = direct.position(i, 0);
                Arrays.fill(direct.data(), at, at + n, 0);
            }
        }
    }

    /** Returns a part of the states before a step. */
    private Matrix before(int order, int row, int unit, int part) {
        if (order > 0) {
            return state(states, sequence.step(order - 1), row, unit, part);
        }
        int at = initial.offset() + part * sequence.part() + sequence.position(0, row, 1, unit);
        return new Matrix(initial.array(), at, sequence.hidden(), 1);
    }

    /** Packs the gradients of a task's gates for the product of the step before. */
    private void store(Part part, int order, int step) {
        Matrix all = gates(recurrent, cell.gates(), step, part.row(), part.unit());
        for (int gate = 0; gate < cell.gates(); gate++) {
            int shift = gate * sequence.hidden();
            product.store(
                    order % 2,
                    all.from(0, shift),
                    part.row(),
                    part.endRow(),
                    shift + part.unit(),
                    shift + part.endUnit());
        }
    }

    /** Does a task of the last work: the gradient of the initial h through the weights. */
    void end(int task) {
        Part part = product.part(task);
        Matrix products = new Matrix(product.compute(part, 0), 0, product.rowStride(part), 1);
        Matrix to = carried(part.row(), part.unit(), 0);
        passes.add(products, to, part.endRow() - part.row(), part.units());
    }
}
