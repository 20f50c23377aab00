package org.gradus.cuda.dnn;

import java.util.List;

/**
 * A cuDNN library with a handle on a device's stream. All addresses are the device's. Used with the
 * stream's lock held.
 *
 * <p>Every method throws {@link CudnnException} if the library does not do what it is told; {@link
 * CudnnException#isUnsupported} tells whether it never will.
 */
public interface Cudnn {
    /** Returns the version, as in {@code 9.14.0}. */
    String version();

    /** Prepares a convolution. */
    Convolution convolution(ConvolutionProblem problem, int mathType);

    /** Gives the handle back. */
    void close();

    /** What was prepared: descriptors, which {@link #close} gives back. */
    interface Prepared {
        /** Gives all descriptors back. */
        void close();
    }

    /** A convolution's descriptors; {@code a}, {@code b} and {@code c} as its direction orders. */
    interface Convolution extends Prepared {
        /** Returns the algorithms, the best one first by the library's guess. */
        List<Algorithm> guess();

        /** Returns the algorithms, the fastest one first; computes with each, and waits. */
        List<Algorithm> measure(long a, long b, long c, long workspace, long workspaceBytes);

        /** Sets the {@code cudnnMathType_t} to compute with. */
        void setMathType(int mathType);

        /** Returns how much memory an algorithm needs besides. */
        long workspaceBytes(int algorithm);

        /** Computes. */
        void run(long a, long b, long c, int algorithm, long workspace, long workspaceBytes);

        /** Adds a bias for each filter to the output. */
        void addBias(long bias, long output);
    }
}
