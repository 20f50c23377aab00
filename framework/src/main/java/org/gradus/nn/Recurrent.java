package org.gradus.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Recurrences;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A recurrent network over whole sequences, of one or several layers: each layer's input is the
 * output of the one below. Inputs are {@code [batch, steps, features]} (PyTorch's {@code
 * batch_first=True}, which is not its default), after {@link #stepsFirst} {@code [steps, batch,
 * features]}.
 *
 * <p>Parameters of layer n: {@code weight_ih_ln [gates * hidden, inputs]}, {@code weight_hh_ln
 * [gates * hidden, hidden]}, {@code bias_ih_ln} and {@code bias_hh_ln [gates * hidden]}; those of
 * the reverse direction end in {@code _reverse}. All are uniform with the bound {@code 1 /
 * sqrt(hidden)} at first. Settings are made by methods that return a new network, to be called
 * before it has values.
 *
 * <p>Sequences too long for one backward pass are cut: the state that one piece ends with, detached
 * from the tape, is the initial one of the next (truncated backpropagation through time).
 *
 * <pre>{@code
 * LSTMState state = null;
 * for (Tensor piece : pieces) {
 *     LSTMState before = state;
 *     try (var step = Scope.open()) {
 *         var result = lstm.apply(piece, before);
 *         loss.of(head.apply(result.output()), targets).backward();
 *         optimizer.step();
 *         optimizer.clearGradients();
 *         state = result.state().detach().keep();
 *     }
 *     if (before != null) {
 *         before.release();
 *     }
 * }
 * }</pre>
 *
 * @param <S> the state: a {@link Tensor}, or {@link LSTMState}
 * @param <N> the network
 */
public abstract sealed class Recurrent<S, N extends Recurrent<S, N>> extends Module
        permits RNN, LSTM, GRU {
    /** What a network is made of; changed only in the copies that {@link #with} makes. */
    static final class Settings {
        private Cell cell;
        private final int inputs;
        private final int hidden;
        private int layers = 1;
        private boolean biased = true;
        private boolean bidirectional;
        private double dropout;
        private boolean stepsFirst;

        private Settings(Cell cell, int inputs, int hidden) {
            this.cell = cell;
            this.inputs = inputs;
            this.hidden = hidden;
        }

        Settings with(Consumer<Settings> change) {
            Settings copy = new Settings(cell, inputs, hidden);
            copy.layers = layers;
            copy.biased = biased;
            copy.bidirectional = bidirectional;
            copy.dropout = dropout;
            copy.stepsFirst = stepsFirst;
            change.accept(copy);
            return copy;
        }

        Settings withCell(Cell other) {
            return with(copy -> copy.cell = other);
        }

        int directions() {
            return bidirectional ? 2 : 1;
        }
    }

    private final Settings settings;
    private final List<RecurrentWeights> weights = new ArrayList<>();
    private final RandomStream random;

    Recurrent(Settings settings) {
        this.settings = settings;
        int directions = settings.directions();
        for (int layer = 0; layer < settings.layers; layer++) {
            int inputs = layer == 0 ? settings.inputs : directions * settings.hidden;
            for (int direction = 0; direction < directions; direction++) {
                String suffix = "_l" + layer + (direction == 0 ? "" : "_reverse");
                weights.add(
                        new RecurrentWeights(
                                this,
                                settings.cell,
                                suffix,
                                inputs,
                                settings.hidden,
                                settings.biased));
            }
        }
        random = settings.dropout > 0 ? randomStream("generator") : null;
    }

    static Settings settings(String network, Cell cell, int inputs, int hidden) {
        return new Settings(
                cell,
                Arguments.positive(network, "inputs", inputs),
                Arguments.positive(network, "hidden", hidden));
    }

    abstract N with(Settings other);

    final Settings settings() {
        requireUnused();
        return settings;
    }

    /** Returns the parts of a state, h first, each {@code [layers * directions, batch, hidden]}. */
    abstract List<Tensor> parts(S state);

    /** Returns the state of such parts. */
    abstract S state(List<Tensor> parts);

    /** Returns a network like this one with so many layers; 1 by default. */
    public final N layers(int layers) {
        Arguments.positive(name(), "layers", layers);
        return with(settings().with(copy -> copy.layers = layers));
    }

    /**
     * Returns a network like this one that also goes through each sequence from its last step to
     * its first: outputs are twice as wide, and states twice as many.
     */
    public final N bidirectional() {
        return with(settings().with(copy -> copy.bidirectional = true));
    }

    /**
     * Returns a network like this one that, while training, sets elements of the outputs of all
     * layers but the last to 0 with a probability; 0 by default.
     */
    public final N dropout(double probability) {
        Arguments.probability(name(), probability);
        return with(settings().with(copy -> copy.dropout = probability));
    }

    /** Returns a network like this one without biases. */
    public final N withoutBias() {
        return with(settings().with(copy -> copy.biased = false));
    }

    /**
     * Returns a network like this one with inputs and outputs {@code [steps, batch, ...]}, which
     * saves copies. States are {@code [layers * directions, batch, hidden]} all the same.
     */
    public final N stepsFirst() {
        return with(settings().with(copy -> copy.stepsFirst = true));
    }

    /**
     * Runs over sequences of one length, from states of 0.
     *
     * @param x {@code [batch, steps, inputs]}
     * @throws TensorException if the input does not fit; the message starts with the path of the
     *     network
     */
    public final RecurrentResult<S> apply(Tensor x) {
        return apply(x, null, null);
    }

    /**
     * Runs over sequences of one length.
     *
     * @param x {@code [batch, steps, inputs]}
     * @param initial the states before the first step (in reverse: the last), or null for 0
     * @throws TensorException if input or states do not fit
     */
    public final RecurrentResult<S> apply(Tensor x, S initial) {
        return apply(x, initial, null);
    }

    /**
     * Runs over sequences of several lengths, padded to the longest. Which (finite) numbers stand
     * in the padding does not matter: outputs there are 0, final states are those after a
     * sequence's own last step, and the reverse direction begins there. (In PyTorch this takes
     * {@code pack_padded_sequence} and {@code pad_packed_sequence}.)
     *
     * @param x {@code [batch, steps, inputs]}
     * @param initial the states before the first step, or null for 0
     * @param lengths the steps of each sequence, {@code I64}, {@code [batch]}, or null where all
     *     have as many; more than there are count as all
     * @throws TensorException if input, states or lengths do not fit
     */
    public final RecurrentResult<S> apply(Tensor x, S initial, Tensor lengths) {
        ensureInitialized(x::device);
        return within(
                () -> forward(x, initial == null ? null : parts(initial), lengths),
                result -> {
                    List<Tensor> kept = new ArrayList<>(parts(result.state()));
                    kept.add(result.output());
                    return kept;
                });
    }

    private RecurrentResult<S> forward(Tensor input, List<Tensor> initial, Tensor lengths) {
        check(input, initial, lengths);
        Tensor x = settings.stepsFirst ? input : input.transpose(0, 1);
        int steps = x.size(0);
        Tensor[] last = new Tensor[settings.layers];
        for (int layer = 0; layer < settings.layers; layer++) {
            if (layer > 0 && random != null && isTraining()) {
                x = random.generator().dropout(x, settings.dropout);
            }
            Recurrences.LayerResult result =
                    x.recurrentLayer(
                            settings.cell, weights(layer), before(layer, x, initial), lengths);
            x = result.output();
            last[layer] = result.last();
        }
        Tensor output = lengths == null ? x : valid(steps, lengths).where(x, 0);
        Tensor all = last.length == 1 ? last[0] : Tensor.cat(1, last);
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < settings.cell.states(); i++) {
            parts.add(all.select(0, i));
        }
        return new RecurrentResult<>(
                settings.stepsFirst ? output : output.transpose(0, 1), state(parts));
    }

    private List<Recurrences.Weights> weights(int layer) {
        int directions = settings.directions();
        return weights.subList(layer * directions, (layer + 1) * directions).stream()
                .map(RecurrentWeights::values)
                .toList();
    }

    /** The states {@code [states, directions, batch, hidden]} that a layer starts with. */
    private Tensor before(int layer, Tensor x, List<Tensor> initial) {
        int directions = settings.directions();
        if (initial == null) {
            Shape shape = Shape.of(settings.cell.states(), directions, x.size(1), settings.hidden);
            return Tensor.zeros(x.device(), x.dtype(), shape);
        }
        return Tensor.stack(
                0,
                initial.stream()
                        .map(part -> part.narrow(0, layer * directions, directions))
                        .toArray(Tensor[]::new));
    }

    /** Where sequences have not ended, {@code [steps, batch, 1]}. */
    private static Tensor valid(int steps, Tensor lengths) {
        Tensor step = Tensor.arange(lengths.device(), DType.I64, 0, steps, 1);
        return step.unsqueeze(1).lt(lengths).unsqueeze(2);
    }

    private void check(Tensor x, List<Tensor> initial, Tensor lengths) {
        if (x.rank() != 3 || x.size(2) != settings.inputs) {
            throw new TensorException(
                    "%s: an input of shape %s is not [%s, %d]"
                            .formatted(
                                    name(),
                                    x.shape(),
                                    settings.stepsFirst ? "steps, batch" : "batch, steps",
                                    settings.inputs));
        }
        int batch = x.size(settings.stepsFirst ? 1 : 0);
        if (initial != null) {
            Shape expected = Shape.of(weights.size(), batch, settings.hidden);
            for (Tensor part : initial) {
                if (!part.shape().equals(expected)) {
                    throw new TensorException(
                            ("%s: an initial state of shape %s is not [layers * directions,"
                                            + " batch, hidden] = %s, as an input of shape %s needs"
                                            + " it")
                                    .formatted(name(), part.shape(), expected, x.shape()));
                }
            }
        }
        if (lengths != null && !lengths.shape().equals(Shape.of(batch))) {
            throw new TensorException(
                    ("%s: lengths of shape %s are not one for each of the %d sequences of an"
                                    + " input of shape %s")
                            .formatted(name(), lengths.shape(), batch, x.shape()));
        }
    }

    private String name() {
        return getClass().getSimpleName();
    }

    /** Returns the name of the class and the settings that are not the defaults. */
    @Override
    public final String toString() {
        Settings s = settings;
        StringBuilder text = new StringBuilder(name()).append('(').append(s.inputs).append(", ");
        text.append(s.hidden);
        if (s.layers > 1) {
            text.append(", layers ").append(s.layers);
        }
        if (s.cell == Cell.RELU) {
            text.append(", relu");
        }
        if (s.bidirectional) {
            text.append(", bidirectional");
        }
        if (s.dropout > 0) {
            text.append(", dropout ").append(s.dropout);
        }
        if (!s.biased) {
            text.append(", no bias");
        }
        return text.append(s.stepsFirst ? ", steps first)" : ")").toString();
    }
}
