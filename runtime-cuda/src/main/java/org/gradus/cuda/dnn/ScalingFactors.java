package org.gradus.cuda.dnn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.gradus.dtype.DType;

/** What results, and what was in an output before, are multiplied by; in the host's memory. */
final class ScalingFactors {
    private static final long SINGLE_AT = JAVA_DOUBLE.byteSize();

    private final MemorySegment ones;
    private final MemorySegment zeros;

    ScalingFactors() {
        Arena arena = Arena.ofAuto();
        this.ones = arena.allocate(JAVA_DOUBLE, 2);
        this.zeros = arena.allocate(JAVA_DOUBLE);
        ones.set(JAVA_DOUBLE, 0, 1);
        ones.set(JAVA_FLOAT, SINGLE_AT, 1);
    }

    /** Returns 1 as cuDNN reads it for tensors of a type: double for {@code F64}, else float. */
    MemorySegment one(DType dtype) {
        return dtype == DType.F64 ? ones : ones.asSlice(SINGLE_AT);
    }

    /** Returns 0, whatever the type. */
    MemorySegment zero() {
        return zeros;
    }
}
