package org.gradus.device;

import java.util.Arrays;

/**
 * A window that slides over 1 to 3 spatial axes.
 *
 * @param kernel its size along each axis
 * @param stride the step between positions
 * @param padding how far it may reach over each end, on both sides alike
 * @param dilation the distance between the elements it covers
 */
public record Window(int[] kernel, int[] stride, int[] padding, int[] dilation) {
    /** Checks that all have one entry per axis and sensible values. */
    public Window {
        int axes = kernel.length;
        if (stride.length != axes || padding.length != axes || dilation.length != axes) {
            throw new IllegalArgumentException(
                    "kernel, stride, padding and dilation need one entry per spatial axis");
        }
        for (int i = 0; i < axes; i++) {
            if (kernel[i] < 1 || stride[i] < 1 || padding[i] < 0 || dilation[i] < 1) {
                throw new IllegalArgumentException(
                        "kernel, stride and dilation are at least 1 and padding at least 0, but"
                                + " kernel="
                                + Arrays.toString(kernel)
                                + " stride="
                                + Arrays.toString(stride)
                                + " padding="
                                + Arrays.toString(padding)
                                + " dilation="
                                + Arrays.toString(dilation));
            }
        }
    }

    /** Returns the number of spatial axes. */
    public int rank() {
        return kernel.length;
    }

    /** Returns the number of elements it covers. */
    public int elements() {
        return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    /** Returns the number of positions along an axis whose input has the given size; 0 or more. */
    public int outputSize(int axis, int inputSize) {
        int reach = dilation[axis] * (kernel[axis] - 1) + 1;
        int room = inputSize + 2 * padding[axis] - reach;
        return room < 0 ? 0 : room / stride[axis] + 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Window w
                && Arrays.equals(kernel, w.kernel)
                && Arrays.equals(stride, w.stride)
                && Arrays.equals(padding, w.padding)
                && Arrays.equals(dilation, w.dilation);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(new Object[] {kernel, stride, padding, dilation});
    }

    @Override
    public String toString() {
        return "kernel="
                + Arrays.toString(kernel)
                + " stride="
                + Arrays.toString(stride)
                + " padding="
                + Arrays.toString(padding)
                + " dilation="
                + Arrays.toString(dilation);
    }
}
