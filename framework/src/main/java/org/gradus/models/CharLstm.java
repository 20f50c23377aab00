package org.gradus.models;

import org.gradus.nn.Dropout;
import org.gradus.nn.Embedding;
import org.gradus.nn.LSTM;
import org.gradus.nn.LSTMState;
import org.gradus.nn.Linear;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A language model of long short-term memory, for characters as a rule (Graves, 2013): each token
 * is embedded, goes through layers of {@link LSTM}, and a linear layer gives the logits of the next
 * one. While it trains, each window of tokens begins with a state of zeros; a {@link #continuation}
 * carries the state on.
 *
 * <p>Parameters: {@code tokens.weight}, those of {@code lstm}, {@code head.weight}, {@code
 * head.bias}.
 */
public final class CharLstm extends LanguageModel {
    private final Embedding tokens;
    private final LSTM lstm;
    private final Dropout dropout;
    private final Linear head;

    /**
     * Makes a model.
     *
     * @param vocabulary the number of tokens
     * @param embedding the size of a token's vector
     * @param hidden the size of each layer's state
     * @param layers the number of layers of the LSTM
     * @param dropout the probability with which what leaves each layer is dropped in training
     */
    public CharLstm(int vocabulary, int embedding, int hidden, int layers, double dropout) {
        this.tokens = module("tokens", new Embedding(vocabulary, embedding));
        this.lstm = module("lstm", new LSTM(embedding, hidden).layers(layers).dropout(dropout));
        this.dropout = module("dropout", new Dropout(dropout));
        this.head = module("head", new Linear(hidden, vocabulary));
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 2) {
            throw new TensorException(
                    "CharLstm: tokens of shape %s are not [batch, steps]".formatted(x.shape()));
        }
        return head.apply(dropout.apply(lstm.apply(tokens.apply(x), null).output()));
    }

    @Override
    public Continuation continuation() {
        return new Reading();
    }

    /** Reads tokens with the state that the tokens before have left. */
    private final class Reading implements Continuation {
        private final boolean wasTraining = isTraining();
        private LSTMState state;

        Reading() {
            eval();
        }

        @Override
        public Tensor read(Tensor next) {
            return Scope.compute(() -> within(() -> Autograd.withoutGradients(() -> logits(next))));
        }

        private Tensor logits(Tensor next) {
            var result = lstm.apply(tokens.apply(next), state);
            Tensor hidden = result.state().hidden().copy();
            remember(new LSTMState(hidden, result.state().cell().copy()));
            return head.apply(result.output().select(1, -1)).copy();
        }

        private void remember(LSTMState later) {
            later.hidden().compute().unowned();
            later.cell().compute().unowned();
            close(state);
            state = later;
        }

        @Override
        public void select(Tensor rows) {
            if (state == null) {
                return;
            }
            try (var _ = Scope.open()) {
                remember(
                        new LSTMState(
                                state.hidden().indexSelect(1, rows),
                                state.cell().indexSelect(1, rows)));
            }
        }

        @Override
        public void close() {
            close(state);
            state = null;
            if (wasTraining) {
                train();
            }
        }

        private static void close(LSTMState old) {
            if (old != null) {
                old.release();
            }
        }
    }
}
