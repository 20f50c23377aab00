package org.gradus.nn;

import org.gradus.tensor.Generator;
import org.gradus.tensor.TensorException;

/** A module's own source of random numbers, seeded when the model is initialized. */
public final class RandomStream {
    private Generator generator;

    RandomStream() {}

    /**
     * Returns the generator.
     *
     * @throws TensorException if the module has not been initialized
     */
    public Generator generator() {
        if (generator == null) {
            throw new TensorException(
                    "no random numbers yet: call initialize(device, seed) on the model");
        }
        return generator;
    }

    boolean hasValue() {
        return generator != null;
    }

    void set(Generator replacement) {
        generator = replacement;
    }
}
