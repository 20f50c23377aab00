package org.gradus.cli.task;

/** Makes samples with a trained model. */
@FunctionalInterface
public interface Generation {
    /**
     * Returns samples; the same for the same settings.
     *
     * @throws org.gradus.cli.input.InputException if a setting is not for such a model
     */
    Samples generate(GenerationSettings settings);
}
