package org.gradus.data;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * An image in the making: {@code [channels, height, width]} as floats, to be written back in the
 * type it came in.
 *
 * @param values row-major; bytes are 0..255
 */
record Picture(int channels, int height, int width, float[] values, DType dtype) {
    /** Returns the image in an array; the values are a copy. */
    static Picture of(HostArray array, String transform) {
        Shape shape = array.shape();
        boolean known = array.dtype() == DType.U8 || array.dtype() == DType.F32;
        if (shape.rank() != 3 || shape.elements() == 0 || !known) {
            throw new IllegalArgumentException(
                    transform
                            + " needs images [channels, height, width] of u8 or f32, not "
                            + array.dtype()
                            + shape
                            + "; apply it where the samples are still images");
        }
        return new Picture(
                shape.size(0), shape.size(1), shape.size(2), array.toFloats(), array.dtype());
    }

    /** Returns a black image of another size with the same channels and type. */
    Picture empty(int newHeight, int newWidth) {
        float[] none = new float[channels * newHeight * newWidth];
        return new Picture(channels, newHeight, newWidth, none, dtype);
    }

    /** Returns the position of a pixel in {@link #values}. */
    int at(int channel, int y, int x) {
        return (channel * height + y) * width + x;
    }

    /** Returns the largest value of a pixel: 255 for bytes, else 1. */
    float white() {
        return dtype == DType.U8 ? 255 : 1;
    }

    /** Returns the image in its type; bytes are rounded and limited to 0..255. */
    HostArray toArray() {
        Shape shape = Shape.of(channels, height, width);
        return dtype == DType.U8 ? bytes(values, shape) : HostArray.of(values, shape);
    }

    /** Returns numbers as bytes, rounded and limited to 0..255. */
    static HostArray bytes(float[] values, Shape shape) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.clamp(Math.round(values[i]), 0, 255);
        }
        return HostArray.ofBytes(bytes, shape);
    }
}
