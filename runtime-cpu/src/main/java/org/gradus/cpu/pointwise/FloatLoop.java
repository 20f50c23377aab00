package org.gradus.cpu.pointwise;

/** A program on {@code F32} as one loop, made for it: each element is read and written once. */
@FunctionalInterface
interface FloatLoop {
    /**
     * Computes the elements at the places in {@code [from, to)}, the same in all arrays.
     *
     * @param tensors the inputs by number (those not used may be null), then the outputs; one may
     *     be an input, too
     * @param scalars the kernel arguments by number
     */
    void run(float[][] tensors, float[] scalars, int from, int to);
}
