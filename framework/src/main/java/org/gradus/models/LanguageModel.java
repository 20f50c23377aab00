package org.gradus.models;

import org.gradus.nn.Layer;

/**
 * A model of what comes next: tokens {@code [batch, steps]}, {@code I64}, to logits of the token
 * that follows each step, {@code [batch, steps, vocabulary]}, which no later step decides.
 *
 * <p>{@link org.gradus.nn.Loss#crossEntropy} and metrics want the classes on axis 1, so it is
 * trained as {@code Supervised.of(model, inputs -> model.apply(inputs.getFirst()).transpose(1, 2),
 * Loss.crossEntropy())} on a {@link org.gradus.data.LanguageModelDataset}.
 */
public abstract class LanguageModel extends Layer {
    /** Makes a model without values. */
    protected LanguageModel() {}

    /**
     * Begins to continue sequences of tokens, of any length. The model is in evaluation mode until
     * the continuation is closed.
     */
    public abstract Continuation continuation();
}
