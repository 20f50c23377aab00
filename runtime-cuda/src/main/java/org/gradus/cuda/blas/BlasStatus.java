package org.gradus.cuda.blas;

import org.gradus.device.DeviceException;

/** What functions of cuBLAS return: values of {@code cublasStatus_t} in cublas_api.h. */
final class BlasStatus {
    static final int SUCCESS = 0;
    static final int NOT_SUPPORTED = 15;

    private BlasStatus() {}

    /** Returns a status by its name and number. */
    static String name(int status) {
        String name =
                switch (status) {
                    case SUCCESS -> "SUCCESS";
                    case 1 -> "NOT_INITIALIZED";
                    case 3 -> "ALLOC_FAILED";
                    case 7 -> "INVALID_VALUE";
                    case 8 -> "ARCH_MISMATCH";
                    case 11 -> "MAPPING_ERROR";
                    case 13 -> "EXECUTION_FAILED";
                    case 14 -> "INTERNAL_ERROR";
                    case NOT_SUPPORTED -> "NOT_SUPPORTED";
                    case 16 -> "LICENSE_ERROR";
                    default -> "(unknown)";
                };
        return "CUBLAS_STATUS_" + name + " (" + status + ")";
    }

    /**
     * Throws an exception unless a call succeeded.
     *
     * @param device the device's name
     * @param what was to be done, as in "multiply ..."
     * @param function what was called
     */
    static void check(int status, String device, Object what, String function) {
        if (status != SUCCESS) {
            throw new DeviceException(
                    "the device "
                            + device
                            + " could not "
                            + what
                            + ": "
                            + function
                            + " gave "
                            + name(status)
                            + "; with -Dgradus.cuda.blas=own it computes without NVIDIA's library");
        }
    }
}
