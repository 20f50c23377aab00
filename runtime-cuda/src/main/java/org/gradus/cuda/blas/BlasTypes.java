package org.gradus.cuda.blas;

import org.gradus.dtype.DType;

/** What cuBLAS calls types. */
final class BlasTypes {
    private BlasTypes() {}

    /** Returns a floating type's value of {@code cudaDataType} in library_types.h. */
    static int dataType(DType dtype) {
        return switch (dtype) {
            case F32 -> 0;
            case F64 -> 1;
            case F16 -> 2;
            case BF16 -> 14;
            default -> throw new IllegalArgumentException("cuBLAS has no products of " + dtype);
        };
    }

    /**
     * Returns the value of {@code cublasComputeType_t} in cublas_api.h for sums in a type.
     *
     * @param tensorFloat32 whether factors of {@code F32} may be rounded to 11 bits
     */
    static int computeType(DType compute, boolean tensorFloat32) {
        if (compute == DType.F64) {
            return 70;
        }
        return tensorFloat32 ? 77 : 68;
    }
}
