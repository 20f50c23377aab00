package org.gradus.tensor;

import java.util.function.Supplier;

/** Turns mistakes found by shape arithmetic into errors that name the operation. */
final class Checks {
    private Checks() {}

    /** Returns what the work returns; an illegal argument becomes an error of the operation. */
    static <T> T of(String operation, Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new TensorException(operation + ": " + e.getMessage(), e);
        }
    }

    /** Fails with a sentence unless a condition holds. */
    static void require(boolean condition, Supplier<String> sentence) {
        if (!condition) {
            throw new TensorException(sentence.get());
        }
    }
}
