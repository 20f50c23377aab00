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
        float[] source = order == 0 ? initial : states;
        int before = order == 0 ? 0 : sequence.step(order - 1);
        int sourceAt = order == 0 ? initialAt : statesAt;
        int sourcePart = order == 0 ? sequence.part() : statePart();
        for (int row = part.row(); row < part.endRow(); row++) {
            int from = sourceAt + sequence.position(before, row, 1, part.unit());
            int to = statesAt + sequence.position(step, row, 1, part.unit());
            if (sequence.hasEnded(row, step)) {
                for (int i = 0; i < cell.states(); i++) {
                    System.arraycopy(
                            source,
                            from + i * sourcePart,
                            states,
                            to + i * statePart(),
                            part.units());
                }
            } else {
                int at = (row - part.row()) * product.rowStride(part);
                apply(part, step, row, products, at, source, from, sourcePart, to);
            }
        }
        int stored = statesAt + sequence.position(step, part.row(), 1, part.unit());
        var next = new Matrix(states, stored, sequence.hidden(), 1);
        product.store(1 - turn, next, part.row(), part.endRow(), part.unit(), part.endUnit());
    }

    /** Returns the distance between the parts of the states. */
    private int statePart() {
        return sequence.steps() * sequence.part();
    }

    private void apply(
            Part part,
            int step,
            int row,
            float[] products,
            int at,
            float[] source,
            int from,
            int sourcePart,
            int to) {
        int hidden = sequence.hidden();
        int n = part.units();
        int distance = product.gateStride(part);
        int x = inputsAt + sequence.position(step, row, cell.gates(), part.unit());
        int k = keptAt + sequence.position(step, row, cell.kept(), part.unit());
        int b = biasAt + part.unit();
        switch (cell) {
            case TANH -> {
                passes.tanh(inputs, x, products, at, bias, b, kept, k, n);
                System.arraycopy(kept, k, states, to, n);
            }
            case RELU -> {
                passes.relu(inputs, x, products, at, bias, b, kept, k, n);
                System.arraycopy(kept, k, states, to, n);
            }
            case LSTM -> {
                for (int gate = 0; gate < cell.gates(); gate++) {
                    int shift = gate * hidden;
                    int y = at + gate * distance;
                    if (gate == 2) {
                        passes.tanh(
                                inputs, x + shift, products, y, bias, b + shift, kept, k + shift,
                                n);
                    } else {
                        passes.sigmoid(
                                inputs, x + shift, products, y, bias, b + shift, kept, k + shift,
                                n);
                    }
                }
                int c = from + sourcePart;
                passes.lstm(kept, k, hidden, source, c, states, to, to + statePart(), n);
            }
            case GRU -> {
                for (int gate = 0; gate < 2; gate++) {
                    int shift = gate * hidden;
                    int y = at + gate * distance;
                    passes.sigmoid(
                            inputs, x + shift, products, y, bias, b + shift, kept, k + shift, n);
                }
                passes.gru(
                        inputs,
                        x + 2 * hidden,
                        products,
                        at + 2 * distance,
                        bias,
                        b + 2 * hidden,
                        kept,
                        k,
                        hidden,
                        source,
                        from,
                        states,
                        to,
                        n);
            }
        }
    }
}
