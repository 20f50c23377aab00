package org.gradus.nn;

import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/** The parameters of one layer and direction of a recurrent network, and what they compute. */
final class RecurrentWeights {
    private final Cell cell;
    private final Parameter inputWeight;
    private final Parameter hiddenWeight;
    private final Parameter inputBias;
    private final Parameter hiddenBias;

    /**
     * Registers the parameters with their module, in PyTorch's order.
     *
     * @param suffix what PyTorch puts behind their names, as in {@code _l0_reverse}
     */
    RecurrentWeights(
            Module module, Cell cell, String suffix, int inputs, int hidden, boolean hasBias) {
        this.cell = cell;
        int wide = cell.gates() * hidden;
        Initializer uniform = Initializer.uniform(1 / Math.sqrt(hidden));
        inputWeight = module.parameter("weight_ih" + suffix, Shape.of(wide, inputs), uniform);
        hiddenWeight = module.parameter("weight_hh" + suffix, Shape.of(wide, hidden), uniform);
        Shape bias = Shape.of(wide);
        inputBias = hasBias ? module.parameter("bias_ih" + suffix, bias, uniform) : null;
        hiddenBias = hasBias ? module.parameter("bias_hh" + suffix, bias, uniform) : null;
    }

    /**
     * Returns the states after each step, {@code [states, steps, batch, hidden]}.
     *
     * @param x {@code [steps, batch, inputs]}
     * @param initial {@code [states, batch, hidden]}
     * @param lengths {@code [batch]}, or null
     */
    Tensor states(Tensor x, Tensor initial, Tensor lengths, boolean reverse) {
        Tensor weight = hiddenWeight.value();
        if (inputBias == null) {
            Tensor shares = x.linear(inputWeight.value(), null);
            return shares.recurrence(cell, weight, null, initial, lengths, reverse);
        }
        if (cell == Cell.GRU) {
            Tensor shares = x.linear(inputWeight.value(), inputBias.value());
            return shares.recurrence(cell, weight, hiddenBias.value(), initial, lengths, reverse);
        }
        // both biases are added to the same sum: together they cost one gradient
        Tensor bias = inputBias.value().add(hiddenBias.value());
        Tensor shares = x.linear(inputWeight.value(), bias);
        return shares.recurrence(cell, weight, null, initial, lengths, reverse);
    }
}
