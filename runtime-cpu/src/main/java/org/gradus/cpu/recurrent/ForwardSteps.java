package org.gradus.cpu.recurrent;

import java.util.Optional;
import org.gradus.cpu.FloatRows;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.recurrent.StepProduct.Part;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.View;

/** What a task does to the products of a step: applies the cell, and prepares the next step. */
final class ForwardSteps {
    private final Sequence sequence;
    private final Cell cell;
    private final CellPasses passes;
    private final StepProduct product;
    private final float[] inputs;
    private final int inputsAt;
    private final float[] bias;
    private final int biasAt;
    private final float[] initial;
    private final int initialAt;
    private final float[] states;
    private final int statesAt;
    private final float[] kept;
    private final int keptAt;

    ForwardSteps(
            Sequence sequence,
            CellPasses passes,
            StepProduct product,
            View inputs,
            Optional<View> bias,
            View initial,
            View states,
            View kept) {
        this.sequence = sequence;
        this.cell = sequence.cell();
        this.passes = passes;
        this.product = product;
        FloatRows x = FloatRows.of(inputs, 1);
        this.inputs = x.array();
        inputsAt = x.offset();
        Optional<FloatRows> b = bias.map(view -> FloatRows.of(view, 1));
        this.bias = b.map(FloatRows::array).orElseGet(() -> new float[width()]);
        biasAt = b.map(FloatRows::offset).orElse(0);
        FloatRows first = FloatRows.of(initial, 1);
        this.initial = first.array();
        initialAt = first.offset();
        FloatRows s = FloatRows.of(states, 1);
        this.states = s.array();
        statesAt = s.offset();
        FloatRows k = FloatRows.of(kept, 1);
        this.kept = k.array();
        keptAt = k.offset();
    }

    private int width() {
        return cell.gates() * sequence.hidden();
    }

    /** Prepares the first step. */
    void start() {
        int hidden = sequence.hidden();
        var first = new Matrix(initial, initialAt, hidden, 1);
        product.store(0, first, 0, sequence.batch(), 0, hidden);
    }

    /** Does a task of the step that is taken {@code order}-th. */
    void run(int order, int task) {
        Part part = product.part(task);
        int turn = order % 2;
        float[] products = product.compute(part, turn);
        int step = sequence.step(order);
        int row = part.row();
        while (row < part.endRow()) {
            int end = sequence.endOfRun(row, part.endRow(), step);
            if (sequence.hasEnded(row, step)) {
                keep(part, order, row, end);
            } else {
                apply(part, order, row, end, products);
            }
            row = end;
        }
        Matrix next = state(order, part.row(), part.unit(), 0);
        product.store(1 - turn, next, part.row(), part.endRow(), part.unit(), part.endUnit());
    }

    /**
     * Returns a part of the states after a step, from a row and unit on.
     *
     * @param order when the step was taken; before the first are the initial states
     */
    private Matrix state(int order, int row, int unit, int part) {
        int hidden = sequence.hidden();
        if (order < 0) {
            int at = initialAt + part * sequence.part() + sequence.position(0, row, 1, unit);
            return new Matrix(initial, at, hidden, 1);
        }
        int at = statesAt + part * sequence.steps() * sequence.part();
        int position = sequence.position(sequence.step(order), row, 1, unit);
        return new Matrix(states, at + position, hidden, 1);
    }

    /** Copies the states of rows whose sequence has ended. */
    private void keep(Part part, int order, int row, int end) {
        for (int i = 0; i < cell.states(); i++) {
            Matrix before = state(order - 1, row, part.unit(), i);
            Matrix after = state(order, row, part.unit(), i);
            for (int k = 0; k < end - row; k++) {
                System.arraycopy(
                        before.data(),
                        before.position(k, 0),
                        after.data(),
                        after.position(k, 0),
                        part.units());
            }
        }
    }

    private void apply(Part part, int order, int row, int end, float[] products) {
        int hidden = sequence.hidden();
        int step = sequence.step(order);
        int rows = end - row;
        int n = part.units();
        int distance = product.gateStride(part);
        int wide = product.rowStride(part);
        Matrix y = new Matrix(products, (row - part.row()) * wide, wide, 1);
        Matrix z = new Matrix(bias, biasAt + part.unit(), 0, 1);
        int share = inputsAt + sequence.position(step, row, cell.gates(), part.unit());
        Matrix x = new Matrix(inputs, share, width(), 1);
        int place = keptAt + sequence.position(step, row, cell.kept(), part.unit());
        Matrix gates = new Matrix(kept, place, cell.kept() * hidden, 1);
        Matrix h = state(order, row, part.unit(), 0);
        // gates are computed in place of the products, which lie close together, and then copied
        for (int gate = 0; gate < (cell == Cell.GRU ? 2 : cell.gates()); gate++) {
            int shift = gate * hidden;
            Matrix sum = y.from(0, gate * distance);
            passes.sum(x.from(0, shift), sum, z.from(0, shift), sum, rows, n);
        }
        switch (cell) {
            case TANH -> {
                passes.tanh(y, y, rows, n);
                copy(y, h, rows, n);
            }
            case RELU -> {
                passes.relu(y, rows, n);
                copy(y, h, rows, n);
            }
            case LSTM -> {
                Matrix candidate = y.from(0, 2 * distance);
                Matrix output = y.from(0, 3 * distance);
                Matrix c = state(order, row, part.unit(), 1);
                passes.sigmoid(y, rows, n);
                passes.sigmoid(y.from(0, distance), rows, n);
                passes.tanh(candidate, candidate, rows, n);
                passes.sigmoid(output, rows, n);
                passes.lstm(y, distance, state(order - 1, row, part.unit(), 1), c, rows, n);
                passes.tanh(c, h, rows, n);
                passes.multiply(output, h, rows, n);
            }
            case GRU -> {
                Matrix candidate = y.from(0, 2 * distance);
                Matrix recurrent = gates.from(0, 3 * hidden);
                int third = 2 * hidden;
                passes.sigmoid(y, rows, n);
                passes.sigmoid(y.from(0, distance), rows, n);
                passes.candidate(
                        x.from(0, third), candidate, z.from(0, third), y, recurrent, rows, n);
                passes.tanh(candidate, candidate, rows, n);
                passes.gru(y, distance, state(order - 1, row, part.unit(), 0), h, rows, n);
            }
        }
        for (int gate = 0; gate < cell.gates(); gate++) {
            copy(y.from(0, gate * distance), gates.from(0, gate * hidden), rows, n);
        }
    }

    private static void copy(Matrix source, Matrix target, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int from = source.position(row, 0);
            System.arraycopy(source.data(), from, target.data(), target.position(row, 0), units);
        }
    }
}
