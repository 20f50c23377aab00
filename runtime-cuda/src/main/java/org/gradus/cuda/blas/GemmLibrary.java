package org.gradus.cuda.blas;

/** A library that multiplies matrices on one device. Used with the stream's lock held. */
interface GemmLibrary {
    /** Returns whether biases and activations can be applied to a product on the way. */
    boolean hasEpilogues();

    /**
     * Puts a product into the stream: {@code result = epilogue(alpha first @ second + beta
     * result)}. The addresses are the device's.
     *
     * @param bias its address, where the epilogue has one
     * @return whether that was done; not, if the library has no algorithm for it
     * @throws org.gradus.device.DeviceException if the library fails
     */
    boolean multiply(
            Gemm gemm, long first, long second, long result, long bias, double alpha, double beta);

    /** Gives everything back; no work may be under way. */
    void close();
}
