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
        boolean latest = order == sequence.steps() - 1;
        float[] products = products(part, order, latest);
        int step = sequence.step(order);
        int units = part.units();
        for (int row = part.row(); row < part.endRow(); row++) {
            int at = (row - part.row()) * product.rowStride(part);
            int state = sequence.position(step, row, 1, part.unit());
            int carry = carried.offset() + sequence.position(0, row, 1, part.unit());
            float[] to = carried.array();
            passes.add(gradient.array(), gradient.offset() + state, to, carry, products, at, units);
            if (cell.states() == 2) {
                int second = gradient.offset() + statePart() + state;
                passes.add(gradient.array(), second, to, carry + sequence.part(), units);
            }
            if (sequence.hasEnded(row, step)) {
                System.arraycopy(products, at, to, carry, units);
                int begin = sequence.position(step, row, cell.gates(), part.unit());
                clear(inputs, begin, units);
                clear(recurrent, begin, units);
            } else {
                apply(part, order, row, products, at, carry);
            }
        }
        store(part, order, step);
    }

    private float[] products(Part part, int order, boolean latest) {
        if (!latest) {
            return product.compute(part, (order + 1) % 2);
        }
        float[] results = product.results(part);
        Arrays.fill(results, 0, (part.endRow() - part.row()) * product.rowStride(part), 0);
        return results;
    }

    private void clear(FloatRows gates, int begin, int units) {
        for (int gate = 0; gate < cell.gates(); gate++) {
            int at = gates.offset() + begin + gate * sequence.hidden();
            Arrays.fill(gates.array(), at, at + units, 0);
        }
    }

    /** Returns the distance between the parts of the states. */
    private int statePart() {
        return sequence.steps() * sequence.part();
    }

    private void apply(Part part, int order, int row, float[] dh, int at, int carry) {
        int step = sequence.step(order);
        int n = part.units();
        int hidden = sequence.hidden();
        boolean first = order == 0;
        FloatRows source = first ? initial : states;
        int before = first ? 0 : sequence.step(order - 1);
        int from = source.offset() + sequence.position(before, row, 1, part.unit());
        int k = kept.offset() + sequence.position(step, row, cell.kept(), part.unit());
        int gates = sequence.position(step, row, cell.gates(), part.unit());
        float[] to = inputs.array();
        int toAt = inputs.offset() + gates;
        switch (cell) {
            case TANH -> passes.tanhGradient(dh, at, kept.array(), k, to, toAt, n);
            case RELU -> passes.reluGradient(dh, at, kept.array(), k, to, toAt, n);
            case LSTM -> {
                int c = states.offset() + statePart();
                passes.lstmGradient(
                        dh,
                        at,
                        carried.array(),
                        carry + sequence.part(),
                        kept.array(),
                        k,
                        states.array(),
                        c + sequence.position(step, row, 1, part.unit()),
                        source.array(),
                        from + (first ? sequence.part() : statePart()),
                        to,
                        toAt,
                        hidden,
                        n);
            }
            case GRU ->
                    passes.gruGradient(
                            dh,
                            at,
                            kept.array(),
                            k,
                            source.array(),
                            from,
                            to,
                            toAt,
                            recurrent.array(),
                            recurrent.offset() + gates,
                            hidden,
                            n);
        }
        if (cell == Cell.GRU) {
            System.arraycopy(dh, at, carried.array(), carry, n);
        } else {
            Arrays.fill(carried.array(), carry, carry + n, 0);
        }
    }

    /** Packs the gradients of a task's gates for the product of the step before. */
    private void store(Part part, int order, int step) {
        int hidden = sequence.hidden();
        int width = cell.gates() * hidden;
        int begin = sequence.position(step, part.row(), cell.gates(), part.unit());
        for (int gate = 0; gate < cell.gates(); gate++) {
            int shift = gate * hidden;
            var source =
                    new Matrix(recurrent.array(), recurrent.offset() + begin + shift, width, 1);
            product.store(
                    order % 2,
                    source,
                    part.row(),
                    part.endRow(),
                    shift + part.unit(),
                    shift + part.endUnit());
        }
    }

    /** Does a task of the last work: the gradient of the initial h through the weights. */
    void end(int task) {
        Part part = product.part(task);
        float[] products = product.compute(part, 0);
        for (int row = part.row(); row < part.endRow(); row++) {
            passes.add(
                    products,
                    (row - part.row()) * product.rowStride(part),
                    carried.array(),
                    carried.offset() + sequence.position(0, row, 1, part.unit()),
                    part.units());
        }
    }
}
