package org.gradus.device;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.dtype.DType;

/**
 * A whole layer of a recurrent network, products of the inputs and both directions included: what
 * libraries offer, asked before {@link RecurrentKernels}. All sequences have as many steps. All
 * views are contiguous, of the layer's type but for what is kept. Each method overwrites its
 * outputs.
 */
public interface RecurrentLayerKernels extends Kernels {
    /**
     * What decides how a layer is computed.
     *
     * @param inputs the features of its input
     * @param directions 1, or 2 with the one from the last step to the first
     * @param biased whether both products have a bias
     * @param differentiable whether a gradient will be asked for
     */
    record Layer(
            Cell cell,
            DType dtype,
            int steps,
            int batch,
            int inputs,
            int hidden,
            int directions,
            boolean biased,
            boolean differentiable) {
        @Override
        public String toString() {
            return "run %s over %s[%d, %d, %d] with %d units in %d direction%s"
                    .formatted(
                            cell,
                            dtype,
                            steps,
                            batch,
                            inputs,
                            hidden,
                            directions,
                            directions == 1 ? "" : "s");
        }
    }

    /**
     * The weights of a direction, or their gradients; the gates in the cell's order.
     *
     * @param input {@code [gates * hidden, inputs]}
     * @param hidden {@code [gates * hidden, hidden]}
     * @param inputBias {@code [gates * hidden]}
     * @param hiddenBias {@code [gates * hidden]}
     */
    record Weights(View input, View hidden, Optional<View> inputBias, Optional<View> hiddenBias) {}

    /**
     * What a layer computes, or the gradient of that.
     *
     * @param outputs {@code [steps, batch, directions * hidden]}
     * @param last the states after the last step, {@code [states, directions, batch, hidden]}
     */
    record Results(View outputs, View last) {}

    /**
     * Returns how many {@code I32} elements are kept for the gradient (0 where none will be asked
     * for), or nothing where the layer is not computed here.
     */
    OptionalLong keptLength(Layer layer);

    /**
     * Runs over the sequences.
     *
     * @param x {@code [steps, batch, inputs]}
     * @param weights those of each direction
     * @param initial the states before the first step, {@code [states, directions, batch, hidden]}
     * @param kept for the gradient, of type {@code I32}
     * @return whether it was done; if not, nothing was written that counts
     */
    boolean forward(
            Layer layer, View x, List<Weights> weights, View initial, Results results, View kept);

    /**
     * Gradient of {@link #forward}.
     *
     * @param gradient of the results
     * @param outputs as {@link #forward} gave them
     * @param kept likewise; not changed
     * @param xGradient {@code [steps, batch, inputs]}
     * @param initialGradient {@code [states, directions, batch, hidden]}
     */
    void backward(
            Layer layer,
            Results gradient,
            View x,
            List<Weights> weights,
            View initial,
            View outputs,
            View kept,
            View xGradient,
            List<Weights> weightGradients,
            View initialGradient);
}
