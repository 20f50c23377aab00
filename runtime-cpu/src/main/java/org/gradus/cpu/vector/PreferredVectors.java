package org.gradus.cpu.vector;

import jdk.incubator.vector.FloatVector;

/** Asks the Vector API about the processor; loaded only where the API's module is. */
final class PreferredVectors {
    private PreferredVectors() {}

    /** Returns the width of the preferred float vectors in bits. */
    static int bits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
}
