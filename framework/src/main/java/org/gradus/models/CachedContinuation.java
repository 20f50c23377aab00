package org.gradus.models;

import java.util.function.BiFunction;
import org.gradus.nn.KeyValueCache;
import org.gradus.nn.Module;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Reads with a cache of keys and values, and puts the model into evaluation mode for that time. A
 * model with a longest sequence goes on beyond it: when that is reached, it forgets all but the
 * last half.
 */
final class CachedContinuation implements Continuation {
    private final KeyValueCache cache = new KeyValueCache();
    private final Module model;
    private final boolean wasTraining;
    private final int longest;
    private final BiFunction<Tensor, KeyValueCache, Tensor> logits;

    /** The last tokens that were read, {@code [sequences, steps]}, if there is a longest. */
    private Tensor known;

    /**
     * Begins to read.
     *
     * @param longest how many steps the model can read; {@code Integer.MAX_VALUE} for any
     * @param logits of tokens that follow those in a cache
     */
    CachedContinuation(
            Module model, int longest, BiFunction<Tensor, KeyValueCache, Tensor> logits) {
        this.model = model;
        this.longest = longest;
        this.logits = logits;
        wasTraining = model.isTraining();
        model.eval();
    }

    @Override
    public Tensor read(Tensor tokens) {
        return Scope.compute(
                () ->
                        Autograd.withoutGradients(
                                () -> {
                                    Tensor next = fitting(tokens);
                                    return logits.apply(next, cache).select(1, -1).copy();
                                }));
    }

    /** Returns the tokens, or if they do not fit any more, the last ones to begin with again. */
    private Tensor fitting(Tensor tokens) {
        if (longest == Integer.MAX_VALUE) {
            return tokens;
        }
        Tensor all = known == null ? tokens : Tensor.cat(1, known, tokens);
        int kept = Math.min(all.size(1), longest);
        remember(all.narrow(1, all.size(1) - kept, kept).copy());
        if (cache.steps() + tokens.size(1) <= longest) {
            return tokens;
        }
        cache.close();
        int half = Math.max(1, longest / 2);
        return known.narrow(1, kept - half, half);
    }

    private void remember(Tensor tokens) {
        forget();
        known = tokens.unowned();
    }

    private void forget() {
        if (known != null) {
            known.release();
            known = null;
        }
    }

    @Override
    public void select(Tensor rows) {
        cache.select(rows);
        if (known != null) {
            try (var _ = Scope.open()) {
                remember(known.indexSelect(0, rows).compute());
            }
        }
    }

    @Override
    public void close() {
        cache.close();
        forget();
        if (wasTraining) {
            model.train();
        }
    }
}
