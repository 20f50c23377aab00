package org.gradus.tensor;

import java.util.List;
import java.util.Optional;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Recurrent cells over whole sequences. */
public sealed interface Recurrences permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /**
     * Returns the states of a recurrent cell after each step of a sequence. This tensor is the
     * inputs' share of the gates, {@code [steps, batch, gates * hidden]}: the inputs times the
     * input weights, with their bias. A sequence that has ended keeps its state, so the states
     * after the last step (in reverse: after the first) are the final ones.
     *
     * @param cell what one step computes, and the order of the gates and of the states
     * @param weight of the recurrent connections, {@code [gates * hidden, hidden]}
     * @param bias of the recurrent connections, {@code [gates * hidden]}, or null for 0
     * @param initial the states before the first step, {@code [states, batch, hidden]}
     * @param lengths the steps of each sequence, {@code I64}, {@code [batch]}, or null where all
     *     have as many; more than there are count as all, less than 0 as none
     * @param reverse whether to go from the last step of each sequence to its first
     * @return {@code [states, steps, batch, hidden]}
     */
    default Tensor recurrence(
            Cell cell,
            Tensor weight,
            Tensor bias,
            Tensor initial,
            Tensor lengths,
            boolean reverse) {
        Tensor x = self().floating("recurrence");
        check(cell, x, weight, bias, initial, lengths);
        Tensor share = Autocast.low(x);
        Tensor w = Autocast.low(weight);
        DType type = share.dtype().promote(w.dtype());
        return RecurrenceFunction.of(
                cell,
                share.to(type),
                w.to(type),
                Autocast.low(bias),
                Autocast.low(initial).to(type),
                lengths,
                reverse);
    }

    /**
     * The weights of one direction of a layer, the gates in the cell's order; both biases or none.
     *
     * @param input {@code [gates * hidden, inputs]}
     * @param hidden {@code [gates * hidden, hidden]}
     * @param inputBias {@code [gates * hidden]}, or null
     * @param hiddenBias {@code [gates * hidden]}, or null
     */
    record Weights(Tensor input, Tensor hidden, Tensor inputBias, Tensor hiddenBias) {}

    /**
     * What a layer computes.
     *
     * @param output h after each step, {@code [steps, batch, directions * hidden]}
     * @param last the states after the last step (in reverse: after the first), {@code [states,
     *     directions, batch, hidden]}
     */
    record LayerResult(Tensor output, Tensor last) {}

    /**
     * Runs a layer of a recurrent network over this, {@code [steps, batch, inputs]}: by kernels of
     * the device for whole layers where it has such and all sequences have as many steps, else by
     * {@link #recurrence}.
     *
     * @param directions the weights of one direction, or of two: the second goes from the last step
     *     to the first
     * @param initial the states before the first step, {@code [states, directions, batch, hidden]}
     * @param lengths as {@link #recurrence} takes them, or null
     */
    default LayerResult recurrentLayer(
            Cell cell, List<Weights> directions, Tensor initial, Tensor lengths) {
        Tensor x = self().floating("recurrentLayer");
        if (lengths == null && fits(cell, x, directions, initial)) {
            Tensor low = Autocast.low(x);
            List<Weights> weights = directions.stream().map(Recurrences::low).toList();
            DType type = low.dtype().promote(weights.getFirst().input().dtype());
            Optional<LayerResult> result =
                    RecurrentLayer.of(cell, low.to(type), weights, Autocast.low(initial));
            if (result.isPresent()) {
                return result.get();
            }
        }
        return RecurrentLayer.composed(cell, x, directions, initial, lengths);
    }

    private static Weights low(Weights weights) {
        return new Weights(
                Autocast.low(weights.input()),
                Autocast.low(weights.hidden()),
                Autocast.low(weights.inputBias()),
                Autocast.low(weights.hiddenBias()));
    }

    /** Whether all shapes fit each other; where they do not, the products say what is wrong. */
    private static boolean fits(Cell cell, Tensor x, List<Weights> directions, Tensor initial) {
        if (x.rank() != 3 || initial.rank() != 4) {
            return false;
        }
        int hidden = initial.size(3);
        Shape gates = Shape.of(cell.gates() * hidden);
        boolean biased = directions.getFirst().inputBias() != null;
        return initial.shape().equals(Shape.of(cell.states(), directions.size(), x.size(1), hidden))
                && directions.stream()
                        .allMatch(
                                w ->
                                        w.input().shape().equals(Shape.of(gates.size(0), x.size(2)))
                                                && w.hidden()
                                                        .shape()
                                                        .equals(Shape.of(gates.size(0), hidden))
                                                && (w.inputBias() != null) == biased
                                                && (w.hiddenBias() != null) == biased
                                                && (!biased
                                                        || w.inputBias().shape().equals(gates)
                                                                && w.hiddenBias()
                                                                        .shape()
                                                                        .equals(gates)));
    }

    private static void check(
            Cell cell, Tensor x, Tensor weight, Tensor bias, Tensor initial, Tensor lengths) {
        if (weight.rank() != 2 || weight.size(0) != (long) cell.gates() * weight.size(1)) {
            throw new TensorException(
                    "recurrence: a weight of shape "
                            + weight.shape()
                            + " is not [gates * hidden, hidden] with the "
                            + cell.gates()
                            + " gates of "
                            + cell);
        }
        if (x.rank() != 3 || x.size(2) != weight.size(0)) {
            throw new TensorException(
                    "recurrence: inputs of shape "
                            + x.shape()
                            + " are not [steps, batch, "
                            + weight.size(0)
                            + "], as a weight of shape "
                            + weight.shape()
                            + " needs them");
        }
        Shape states = Shape.of(cell.states(), x.size(1), weight.size(1));
        require("a bias", bias, Shape.of(weight.size(0)), x);
        require("initial states", initial, states, x);
        require("lengths", lengths, Shape.of(x.size(1)), x);
        Pointwise.checkDevice("recurrence", x, weight);
        if (lengths != null && lengths.dtype() != DType.I64) {
            throw new TensorException(
                    "recurrence: lengths of "
                            + lengths.dtype()
                            + "; convert them with to(DType.I64)");
        }
    }

    private static void require(String what, Tensor operand, Shape expected, Tensor x) {
        if (operand == null) {
            return;
        }
        if (!operand.shape().equals(expected)) {
            throw new TensorException(
                    "recurrence: "
                            + what
                            + " of shape "
                            + operand.shape()
                            + " given where inputs of shape "
                            + x.shape()
                            + " need "
                            + expected);
        }
        Pointwise.checkDevice("recurrence", x, operand);
    }
}
