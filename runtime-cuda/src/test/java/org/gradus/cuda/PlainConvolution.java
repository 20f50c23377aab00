package org.gradus.cuda;

import org.gradus.device.Window;
import org.gradus.shape.Shape;

/** A convolution as its definition says: sums of products in double precision. */
record PlainConvolution(int[] image, int filters, int groups, Window window) {
    /** Returns the weight's sizes. */
    int[] weight() {
        int[] sizes = image.clone();
        sizes[0] = filters;
        sizes[1] = image[1] / groups;
        System.arraycopy(window.kernel(), 0, sizes, 2, window.rank());
        return sizes;
    }

    /** Returns the output's sizes. */
    int[] output() {
        int[] sizes = image.clone();
        sizes[1] = filters;
        for (int axis = 0; axis < window.rank(); axis++) {
            sizes[axis + 2] = window.outputSize(axis, image[axis + 2]);
        }
        return sizes;
    }

    /** Sees each product: the positions of its image, weight and output elements. */
    private interface Visitor {
        void visit(int x, int w, int y);
    }

    private void products(Visitor visitor) {
        long[] outputs = Shape.of(output()).contiguousStrides();
        long[] taps = Shape.of(weight()).contiguousStrides();
        int outputCount = (int) Shape.of(output()).elements();
        int tapCount = (int) Shape.of(weight()).elements() / filters;
        for (int y = 0; y < outputCount; y++) {
            int filter = (int) (y / outputs[1] % filters);
            for (int tap = 0; tap < tapCount; tap++) {
                int x = position(y, outputs, filter, tap, taps);
                if (x >= 0) {
                    visitor.visit(x, filter * tapCount + tap, y);
                }
            }
        }
    }

    /** Returns the element of the image that a tap sees, or a negative number for padding. */
    private int position(int y, long[] outputs, int filter, int tap, long[] taps) {
        long[] strides = Shape.of(image).contiguousStrides();
        int channel = filter / (filters / groups) * weight()[1] + (int) (tap / taps[1]);
        long at = y / outputs[0] * strides[0] + channel * strides[1];
        for (int axis = 2; axis < image.length; axis++) {
            long place = y % outputs[axis - 1] / outputs[axis];
            long of = tap % taps[axis - 1] / taps[axis];
            long i =
                    place * window.stride()[axis - 2]
                            - window.padding()[axis - 2]
                            + of * window.dilation()[axis - 2];
            if (i < 0 || i >= image[axis]) {
                return -1;
            }
            at += i * strides[axis];
        }
        return (int) at;
    }

    /** Returns the output. */
    double[] forward(double[] x, double[] w, double[] bias) {
        double[] result = new double[(int) Shape.of(output()).elements()];
        products((i, j, k) -> result[k] += x[i] * w[j]);
        int positions = result.length / output()[0] / filters;
        for (int k = 0; k < result.length; k++) {
            result[k] += bias[k / positions % filters];
        }
        return result;
    }

    /** Returns the gradient of the image. */
    double[] inputGradient(double[] gradient, double[] w) {
        double[] result = new double[(int) Shape.of(image).elements()];
        products((i, j, k) -> result[i] += gradient[k] * w[j]);
        return result;
    }

    /** Returns the gradient of the weight. */
    double[] weightGradient(double[] x, double[] gradient) {
        double[] result = new double[(int) Shape.of(weight()).elements()];
        products((i, j, k) -> result[j] += gradient[k] * x[i]);
        return result;
    }
}
