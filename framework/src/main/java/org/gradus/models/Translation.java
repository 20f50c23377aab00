package org.gradus.models;

import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** The targets of some sources, continued; sources are encoded once. */
final class Translation implements Continuation {
    private final CachedContinuation decoder;
    private Tensor source;
    private Tensor memory;

    Translation(Seq2SeqTransformer model, Tensor tokens) {
        decoder =
                new CachedContinuation(
                        model,
                        Integer.MAX_VALUE,
                        (target, cache) -> model.decode(target, memory, source, cache));
        try (var _ = Scope.open()) {
            source = tokens.copy().unowned();
            memory = Autograd.withoutGradients(() -> model.encode(source)).compute().unowned();
        }
    }

    @Override
    public Tensor read(Tensor tokens) {
        return decoder.read(tokens);
    }

    @Override
    public void select(Tensor rows) {
        decoder.select(rows);
        source = selected(source, rows);
        memory = selected(memory, rows);
    }

    private static Tensor selected(Tensor tensor, Tensor rows) {
        try (var _ = Scope.open()) {
            Tensor result = tensor.indexSelect(0, rows).compute().unowned();
            tensor.release();
            return result;
        }
    }

    @Override
    public void close() {
        decoder.close();
        source.release();
        memory.release();
    }
}
