package org.gradus.cuda.blas;

import java.lang.foreign.MemorySegment;

/**
 * What cublasLt needs to know of a product: descriptors, which {@link #close} gives back, and the
 * algorithm; nothing of it where the library has none.
 */
final class LtPlan {
    MemorySegment operation = MemorySegment.NULL;
    MemorySegment a = MemorySegment.NULL;
    MemorySegment b = MemorySegment.NULL;
    MemorySegment c = MemorySegment.NULL;
    MemorySegment algorithm = MemorySegment.NULL;

    /** The bias that the operation's descriptor names. */
    long bias;

    /** Returns whether there is an algorithm. */
    boolean isSupported() {
        return algorithm.address() != 0;
    }

    /** Gives the descriptors back: what was put into the stream needs them no more. */
    void close(CublasLt library) {
        if (operation.address() != 0) {
            library.descDestroy(operation);
        }
        for (MemorySegment layout : new MemorySegment[] {a, b, c}) {
            if (layout.address() != 0) {
                library.layoutDestroy(layout);
            }
        }
        operation = MemorySegment.NULL;
        a = MemorySegment.NULL;
        b = MemorySegment.NULL;
        c = MemorySegment.NULL;
        algorithm = MemorySegment.NULL;
    }
}
