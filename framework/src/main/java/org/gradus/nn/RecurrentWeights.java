package org.gradus.nn;

import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.shape.Shape;
import org.gradus.tensor.Recurrences;

/** The parameters of one layer and direction of a recurrent network. */
final class RecurrentWeights {
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
        int wide = cell.gates() * hidden;
        Initializer uniform = Initializer.uniform(1 / Math.sqrt(hidden));
        inputWeight = module.parameter("weight_ih" + suffix, Shape.of(wide, inputs), uniform);
        hiddenWeight = module.parameter("weight_hh" + suffix, Shape.of(wide, hidden), uniform);
        Shape bias = Shape.of(wide);
        inputBias = hasBias ? module.parameter("bias_ih" + suffix, bias, uniform) : null;
        hiddenBias = hasBias ? module.parameter("bias_hh" + suffix, bias, uniform) : null;
    }

    /** Returns the present values. */
    Recurrences.Weights values() {
        return new Recurrences.Weights(
                inputWeight.value(),
                hiddenWeight.value(),
                inputBias == null ? null : inputBias.value(),
                hiddenBias == null ? null : hiddenBias.value());
    }
}
