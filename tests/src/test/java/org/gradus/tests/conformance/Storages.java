package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.gradus.tensor.Tensor;

/** Counts the blocks of device memory that tensors hold. */
final class Storages {
    private Storages() {}

    /** Returns the number there are now. */
    static int count() {
        return Tensor.liveStorages();
    }

    /**
     * Fails if there are more than there should be. Fewer are no mistake: what earlier tests left
     * to the garbage collector may vanish meanwhile.
     */
    static void assertAtMost(int expected) {
        int more = Tensor.liveStorages() - expected;
        assertTrue(more <= 0, () -> more + " storages were not released");
    }
}
