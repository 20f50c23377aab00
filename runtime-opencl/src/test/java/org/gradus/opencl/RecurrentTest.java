package org.gradus.opencl;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.device.RecurrentKernels;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Recurrent cells against plain loops, and their gradients against finite differences of those. */
class RecurrentTest {
    private static OpenClDevice device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    @AfterAll
    static void close() {
        if (device != null) {
            device.close();
        }
    }

    /** A cell and sizes. Sequences have from 0 steps to all, where they have lengths. */
    record Case(
            Cell cell,
            int steps,
            int batch,
            int hidden,
            boolean biased,
            boolean shortened,
            boolean reverse) {
        int gates() {
            return cell.gates() * hidden;
        }

        int length(int n) {
            return shortened ? Math.min(n, steps) : steps;
        }
    }

    /** Cases that a simulator can run. */
    static Stream<Case> tiny() {
        return Stream.of(Cell.values())
                .flatMap(
                        cell ->
                                Stream.of(
                                        new Case(cell, 2, 3, 2, true, true, false),
                                        new Case(cell, 3, 1, 1, false, false, true)));
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(Cell.LSTM, 5, 3, 7, true, true, true),
                new Case(Cell.LSTM, 2, 2, 67, true, false, false),
                new Case(Cell.GRU, 5, 3, 7, true, true, true),
                new Case(Cell.GRU, 2, 2, 67, false, false, true),
                new Case(Cell.TANH, 4, 67, 3, true, true, false),
                new Case(Cell.RELU, 4, 5, 17, true, true, true));
    }

    /** The operands of a case; what is added to {@code R h + b} is 0 but for its gradient. */
    private record Operands(
            Numbers inputs, Numbers weight, Numbers bias, Numbers initial, Numbers added) {
        static Operands of(Case c, DType type) {
            Random random = new Random(c.hashCode());
            return new Operands(
                    Numbers.random(random, type, c.steps, c.batch, c.gates()),
                    Numbers.random(random, type, c.gates(), c.hidden),
                    Numbers.random(random, type, c.gates()),
                    Numbers.random(random, type, c.cell.states(), c.batch, c.hidden),
                    Numbers.zeros(c.steps, c.batch, c.gates()));
        }
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static Numbers forward(Case c, Operands o) {
        Numbers states = Numbers.zeros(c.cell.states(), c.steps, c.batch, c.hidden);
        double[] share = new double[c.gates()];
        double[] h = new double[c.hidden];
        double[] cell = new double[c.hidden];
        for (int n = 0; n < c.batch; n++) {
            for (int u = 0; u < c.hidden; u++) {
                h[u] = o.initial.get(0, n, u);
                cell[u] = c.cell.states() > 1 ? o.initial.get(1, n, u) : 0;
            }
            for (int i = 0; i < c.steps; i++) {
                int step = c.reverse ? c.steps - 1 - i : i;
                for (int g = 0; g < c.gates() && step < c.length(n); g++) {
                    share[g] = o.added.get(step, n, g) + (c.biased ? o.bias.get(g) : 0);
                    for (int u = 0; u < c.hidden; u++) {
                        share[g] += o.weight.get(g, u) * h[u];
                    }
                }
                for (int u = 0; u < c.hidden; u++) {
                    if (step < c.length(n)) {
                        step(c, o, share, h, cell, step, n, u);
                    }
                    states.set(h[u], 0, step, n, u);
                    if (c.cell.states() > 1) {
                        states.set(cell[u], 1, step, n, u);
                    }
                }
            }
        }
        return states;
    }

    private static void step(
            Case c, Operands o, double[] share, double[] h, double[] cell, int step, int n, int u) {
        double[] x = new double[c.cell.gates()];
        for (int g = 0; g < x.length; g++) {
            x[g] = o.inputs.get(step, n, g * c.hidden + u);
        }
        int m = c.hidden;
        switch (c.cell) {
            case TANH -> h[u] = Math.tanh(x[0] + share[u]);
            case RELU -> h[u] = Math.max(0, x[0] + share[u]);
            case LSTM -> {
                double in = logistic(x[0] + share[u]);
                double forget = logistic(x[1] + share[m + u]);
                double out = logistic(x[3] + share[3 * m + u]);
                cell[u] = forget * cell[u] + in * Math.tanh(x[2] + share[2 * m + u]);
                h[u] = out * Math.tanh(cell[u]);
            }
            case GRU -> {
                double reset = logistic(x[0] + share[u]);
                double update = logistic(x[1] + share[m + u]);
                double candidate = Math.tanh(x[2] + reset * share[2 * m + u]);
                h[u] = (1 - update) * candidate + update * h[u];
            }
        }
    }

    /** Returns the gradient of the states' product with others, by central differences. */
    private static Numbers differences(Case c, Operands o, Numbers operand, Numbers gradient) {
        double delta = 1e-6;
        Numbers result = Numbers.zeros(operand.sizes());
        for (int i = 0; i < operand.values().length; i++) {
            double value = operand.values()[i];
            operand.values()[i] = value + delta;
            double above = product(forward(c, o), gradient);
            operand.values()[i] = value - delta;
            result.values()[i] = (above - product(forward(c, o), gradient)) / (2 * delta);
            operand.values()[i] = value;
        }
        return result;
    }

    private static double product(Numbers a, Numbers b) {
        double sum = 0;
        for (int i = 0; i < a.values().length; i++) {
            sum += a.values()[i] * b.values()[i];
        }
        return sum;
    }

    /** Runs forward and backward and compares all results. */
    static void check(OpenClDevice on, Case c, DType type, double tolerance) {
        Operands o = Operands.of(c, type);
        RecurrentKernels kernels = on.kernels(RecurrentKernels.class, type).orElseThrow();
        Numbers lengths = Numbers.zeros(c.batch);
        for (int n = 0; n < c.batch; n++) {
            lengths.set(c.length(n), n);
        }
        Optional<View> some =
                c.shortened ? Optional.of(lengths.on(on, DType.I64)) : Optional.empty();
        View weight = o.weight.on(on, type);
        View initial = o.initial.on(on, type);
        Numbers expected = forward(c, o);
        View states = Numbers.unwritten(on, type, expected.sizes());
        View kept = Numbers.unwritten(on, DType.F32, c.steps, c.batch, c.cell.kept() * c.hidden);
        kernels.forward(
                c.cell,
                o.inputs.on(on, type),
                weight,
                c.biased ? Optional.of(o.bias.on(on, type)) : Optional.empty(),
                initial,
                some,
                c.reverse,
                states,
                kept);
        expected.assertNear(c + " states", on, states, tolerance);

        Numbers gradient = Numbers.random(new Random(3), type, expected.sizes());
        View dx = Numbers.unwritten(on, type, o.inputs.sizes());
        View recurrent = Numbers.unwritten(on, type, o.inputs.sizes());
        View dInitial = Numbers.unwritten(on, type, o.initial.sizes());
        boolean both = c.cell == Cell.GRU;
        kernels.backward(
                c.cell,
                gradient.on(on, type),
                weight,
                initial,
                some,
                c.reverse,
                states,
                kept,
                dx,
                both ? Optional.of(recurrent) : Optional.empty(),
                dInitial);
        differences(c, o, o.inputs, gradient).assertNear(c + " inputs", on, dx, tolerance);
        differences(c, o, o.initial, gradient).assertNear(c + " initial", on, dInitial, tolerance);
        differences(c, o, o.added, gradient)
                .assertNear(c + " recurrent", on, both ? recurrent : dx, tolerance);
    }

    @ParameterizedTest
    @MethodSource({"tiny", "cases"})
    void isWhatLoopsGive(Case c) {
        check(device, c, DType.F32, 3e-5);
    }

    /** States and gates are rounded at each step, and the next ones are made from them. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void isTheSameInSixteenBits(DType type) {
        double tolerance = type == DType.F16 ? 0x1p-8 : 0x1p-5;
        check(device, new Case(Cell.LSTM, 3, 3, 5, true, true, false), type, tolerance);
        check(device, new Case(Cell.GRU, 3, 3, 5, true, true, true), type, tolerance);
    }
}
