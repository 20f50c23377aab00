package org.gradus.kernels.families;

import java.util.List;
import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.MatmulOptions;
import org.gradus.device.RecurrentKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.MatrixProduct;
import org.gradus.kernels.Pointwise;
import org.gradus.shape.Shape;

/**
 * Recurrent cells over sequences: for each step a product of matrices, and one kernel for all that
 * is done to it. The product, and the gradient that is carried from step to step, are in single
 * precision.
 *
 * <p>Cost: 2 steps batch gates hidden² flops, and two launches for each step.
 */
final class NativeRecurrent implements RecurrentKernels {
    private final Templates templates;
    private final Launcher launcher;
    private final MatrixProduct product;
    private final Pointwise pointwise;

    NativeRecurrent(Templates templates) {
        this.templates = templates;
        this.launcher = templates.launcher();
        this.product = new MatrixProduct(launcher);
        this.pointwise = new Pointwise(launcher);
    }

    @Override
    public void forward(
            Cell cell,
            View inputs,
            View weight,
            Optional<View> bias,
            View initial,
            Optional<View> lengths,
            boolean reverse,
            View states,
            View kept) {
        Sequence sequence = new Sequence(cell, initial, states, lengths, reverse);
        if (sequence.isEmpty()) {
            return;
        }
        int gates = cell.gates() * sequence.hidden();
        Shape each = Shape.of(sequence.batch(), gates);
        View products = View.of(launcher.allocate(DType.F32, each.elements()), each);
        MatmulOptions options =
                bias.map(MatmulOptions.DEFAULT::withBias).orElse(MatmulOptions.DEFAULT);
        View transposed = transposed(weight);
        for (int i = 0; i < sequence.steps(); i++) {
            int step = sequence.step(i);
            View previous = sequence.before(i);
            product.matmul(previous, transposed, products, options);
            sequence.begin(templates, "recurrent_cell", i)
                    .view("inputs", at(inputs, step))
                    .pointer("products", products.buffer())
                    .view("previous", previous)
                    .optional("lengths", lengths)
                    .view("states", at(states, step))
                    .view("kept", at(kept, step))
                    .runForEach(sequence.units());
        }
        products.buffer().release();
    }

    @Override
    public void backward(
            Cell cell,
            View statesGradient,
            View weight,
            View initial,
            Optional<View> lengths,
            boolean reverse,
            View states,
            View kept,
            View inputsGradient,
            Optional<View> recurrentGradient,
            View initialGradient) {
        Sequence sequence = new Sequence(cell, initial, states, lengths, reverse);
        Buffer carried = launcher.allocate(DType.F32, Math.max(1, initial.elements()));
        View all = View.of(carried, initial.shape());
        fill(all);
        MatmulOptions adding =
                new MatmulOptions(1, 1, Optional.empty(), MatmulOptions.Activation.NONE);
        View ofHidden = View.of(carried, Shape.of(sequence.batch(), sequence.hidden()));
        // of all other cells the two gradients are the same
        Optional<View> own = cell == Cell.GRU ? recurrentGradient : Optional.empty();
        View recurrent = cell == Cell.GRU ? recurrentGradient.orElseThrow() : inputsGradient;
        for (int i = sequence.isEmpty() ? -1 : sequence.steps() - 1; i >= 0; i--) {
            int step = sequence.step(i);
            sequence.begin(templates, "recurrent_cell_gradient", i)
                    .view("gradient", at(statesGradient, step))
                    .view("previous", sequence.before(i))
                    .optional("lengths", lengths)
                    .view("states", at(states, step))
                    .view("kept", at(kept, step))
                    .view("inputs", at(inputsGradient, step))
                    .optional("recurrent", own.map(view -> at(view, step)))
                    .pointer("carried", carried)
                    .runForEach(sequence.units());
            product.matmul(at(recurrent, step), weight, ofHidden, adding);
        }
        pointwise.map(
                Program.of(Expr.input(0, DType.F32)),
                initial.shape(),
                new long[0],
                List.of(all),
                List.of(initialGradient));
        carried.release();
    }

    private void fill(View view) {
        pointwise.map(
                Program.of(Expr.constant(0, DType.F32)),
                view.shape(),
                new long[0],
                List.of(),
                List.of(view));
    }

    private static View transposed(View matrix) {
        long[] strides = {matrix.strides()[1], matrix.strides()[0]};
        Shape shape = Shape.of(matrix.shape().size(1), matrix.shape().size(0));
        return new View(matrix.buffer(), shape, strides, matrix.offset());
    }

    /** Returns one step, {@code [batch, ...]}, of {@code [steps, batch, ...]} or of all states. */
    private static View at(View sequence, int step) {
        int axis = sequence.shape().rank() - 3;
        Shape shape = Shape.of(sequence.shape().size(-2), sequence.shape().size(-1));
        long[] strides = {shape.size(1), 1};
        long from = sequence.offset() + step * sequence.strides()[axis];
        return new View(sequence.buffer(), shape, strides, from);
    }

    /** The order of the steps, and the states between them. */
    private record Sequence(
            Cell cell, View initial, View states, Optional<View> lengths, boolean reverse) {
        int steps() {
            return states.shape().size(1);
        }

        int batch() {
            return states.shape().size(2);
        }

        int hidden() {
            return states.shape().size(3);
        }

        long units() {
            return (long) batch() * hidden();
        }

        boolean isEmpty() {
            return states.elements() == 0;
        }

        /** Returns the step that is the {@code i}-th to be done. */
        int step(int i) {
            return reverse ? steps() - 1 - i : i;
        }

        /** Returns the first state before the {@code i}-th step that is done. */
        View before(int i) {
            if (i > 0) {
                return at(states, step(i - 1));
            }
            Shape shape = Shape.of(batch(), hidden());
            return new View(initial.buffer(), shape, shape.contiguousStrides(), initial.offset());
        }

        Launch begin(Templates templates, String file, int i) {
            return templates
                    .launch(file)
                    .include("recurrent.h")
                    .set("CELL", cell.ordinal())
                    .set("GATES", cell.gates())
                    .set("KEPT", cell.kept())
                    .word("batch", batch())
                    .word("hidden", hidden())
                    .word("step", step(i))
                    .word("previous_state", i > 0 ? steps() * units() : units())
                    .word("next_state", steps() * units());
        }
    }
}
