package org.gradus.models;

import java.util.function.UnaryOperator;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * A model in the midst of some sequences of tokens, which it reads piece by piece: what generation
 * asks of a model. {@link Gpt#continuation} and {@link Seq2SeqTransformer#continuation} remember
 * what they have read.
 */
public interface Continuation extends AutoCloseable {
    /**
     * Reads the next tokens of each sequence.
     *
     * @param tokens {@code [sequences, steps]}, {@code I64}, at least one step
     * @return the logits of the tokens to follow, {@code [sequences, vocabulary]}
     */
    Tensor read(Tensor tokens);

    /**
     * Replaces the sequences by some of them, in a new order and perhaps repeated.
     *
     * @param rows {@code [sequences]}, {@code I64}
     */
    void select(Tensor rows);

    /** Gives back what was remembered. */
    @Override
    void close();

    /**
     * Returns a continuation by a model that remembers nothing: it reads all tokens each time.
     *
     * @param logits of tokens {@code [sequences, steps]}: {@code [sequences, steps, vocabulary]}
     */
    static Continuation of(UnaryOperator<Tensor> logits) {
        return new Continuation() {
            private Tensor known;

            private void remember(Tensor tokens) {
                close();
                known = tokens.compute().unowned();
            }

            @Override
            public Tensor read(Tensor tokens) {
                try (var _ = Scope.open()) {
                    remember(known == null ? tokens.copy() : Tensor.cat(1, known, tokens));
                    return Autograd.withoutGradients(() -> logits.apply(known).select(1, -1))
                            .keep();
                }
            }

            @Override
            public void select(Tensor rows) {
                try (var _ = Scope.open()) {
                    remember(known.indexSelect(0, rows));
                }
            }

            @Override
            public void close() {
                if (known != null) {
                    known.release();
                    known = null;
                }
            }
        };
    }
}
