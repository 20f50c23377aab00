package org.gradus.device;

import java.util.Optional;

/**
 * One layer and direction of a recurrent network over a whole sequence. The products of the inputs
 * with the input weights are made beforehand, in one matmul; so is the gradient of the weights
 * afterwards. What remains here is what depends on the step before.
 *
 * <p>Shapes: {@code steps} in the sequence, {@code batch} sequences, {@code hidden} units, {@code
 * gates} of the cell, {@code states} of the cell. All views are contiguous. Each method overwrites
 * its outputs.
 */
public interface RecurrentKernels extends Kernels {
    /** What one step computes; the gates lie in PyTorch's order. */
    enum Cell {
        /** {@code h' = tanh(x + R h)}. */
        TANH(1, 1, 1),
        /** {@code h' = relu(x + R h)}. */
        RELU(1, 1, 1),
        /**
         * Hochreiter and Schmidhuber (1997): gates i, f, g, o; states h and c. {@code c' =
         * sigmoid(f) c + sigmoid(i) tanh(g)}, {@code h' = sigmoid(o) tanh(c')}.
         */
        LSTM(4, 2, 4),
        /**
         * Cho et al. (2014): gates r, z, n. {@code h' = (1 - z) n + z h} with {@code n = tanh(x_n +
         * sigmoid(r) (R_n h + b_n))}. Kept besides the gates: {@code R_n h + b_n}.
         */
        GRU(3, 1, 4);

        private final int gates;
        private final int states;
        private final int kept;

        Cell(int gates, int states, int kept) {
            this.gates = gates;
            this.states = states;
            this.kept = kept;
        }

        /** Returns the number of gates. */
        public int gates() {
            return gates;
        }

        /** Returns the number of states that pass from step to step: 2 for h and c, else 1. */
        public int states() {
            return states;
        }

        /** Returns how many values per unit and step the gradient needs. */
        public int kept() {
            return kept;
        }
    }

    /**
     * Runs over the sequence. A sequence that has ended keeps its state.
     *
     * @param inputs the inputs' share of the gates, {@code [steps, batch, gates * hidden]}
     * @param weight R, {@code [gates * hidden, hidden]}
     * @param bias added to {@code R h}, {@code [gates * hidden]}
     * @param initial the states before the first step, {@code [states, batch, hidden]}
     * @param lengths the steps of each sequence, {@code I64}, {@code [batch]}; all without it
     * @param reverse from the last step to the first
     * @param states after each step, {@code [states, steps, batch, hidden]}
     * @param kept for the gradient, the gates after their functions, {@code [steps, batch, kept *
     *     hidden]}, of the compute type of the inputs' type; unspecified where a sequence has ended
     */
    void forward(
            Cell cell,
            View inputs,
            View weight,
            Optional<View> bias,
            View initial,
            Optional<View> lengths,
            boolean reverse,
            View states,
            View kept);

    /**
     * Gradient of {@link #forward}.
     *
     * @param statesGradient {@code [states, steps, batch, hidden]}
     * @param inputsGradient {@code [steps, batch, gates * hidden]}; zero where a sequence has ended
     * @param recurrentGradient the gradient of {@code R h + b}, of the same shape; asked for of a
     *     {@code GRU} only, as it equals the inputs' gradient for the others
     * @param initialGradient {@code [states, batch, hidden]}
     */
    void backward(
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
            View initialGradient);
}
