package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.gradus.device.Device;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * A tensor in double precision, row-major, for computing by plain loops what a kernel should.
 *
 * @param sizes its shape
 * @param values its elements
 */
record Numbers(int[] sizes, double[] values) {
    /** Returns zeros. */
    static Numbers zeros(int... sizes) {
        return new Numbers(sizes, new double[(int) Shape.of(sizes).elements()]);
    }

    /** Returns bell-shaped numbers, rounded to what a type can hold. */
    static Numbers random(Random random, DType type, int... sizes) {
        Numbers result = zeros(sizes);
        for (int i = 0; i < result.values.length; i++) {
            result.values[i] = rounded((float) random.nextGaussian(), type);
        }
        return result;
    }

    private static float rounded(float x, DType type) {
        return switch (type) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(x));
            case BF16 -> Float.intBitsToFloat(Float.floatToIntBits(x) & 0xffff0000);
            default -> x;
        };
    }

    private int position(int... index) {
        int position = 0;
        for (int axis = 0; axis < sizes.length; axis++) {
            position = position * sizes[axis] + index[axis];
        }
        return position;
    }

    double get(int... index) {
        return values[position(index)];
    }

    void set(double value, int... index) {
        values[position(index)] = value;
    }

    void add(double value, int... index) {
        values[position(index)] += value;
    }

    /** Returns a view of a type with these elements. */
    View on(Device device, DType type) {
        return on(device, type, Shape.of(sizes).contiguousStrides());
    }

    /** Returns a view with two of its axes swapped in memory. */
    View swapped(Device device, DType type, int a, int b) {
        int[] order = sizes.clone();
        order[a] = sizes[b];
        order[b] = sizes[a];
        long[] strides = Shape.of(order).contiguousStrides();
        long kept = strides[a];
        strides[a] = strides[b];
        strides[b] = kept;
        return on(device, type, strides);
    }

    private View on(Device device, DType type, long[] strides) {
        Shape shape = Shape.of(sizes);
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[(int) place(i, strides)] = (float) values[i];
        }
        View view = new View(device.allocate(type, Math.max(1, values.length)), shape, strides, 0);
        switch (type) {
            case F32 -> device.upload(MemorySegment.ofArray(floats), view.buffer(), 0);
            case I64 -> {
                long[] longs = new long[floats.length];
                for (int i = 0; i < longs.length; i++) {
                    longs[i] = (long) floats[i];
                }
                device.upload(MemorySegment.ofArray(longs), view.buffer(), 0);
            }
            default -> {
                short[] shorts = new short[floats.length];
                for (int i = 0; i < shorts.length; i++) {
                    shorts[i] =
                            type == DType.F16
                                    ? Float.floatToFloat16(floats[i])
                                    : (short) (Float.floatToIntBits(floats[i]) >>> 16);
                }
                device.upload(MemorySegment.ofArray(shorts), view.buffer(), 0);
            }
        }
        return view;
    }

    /** Returns where an element, counted row-major, is in memory. */
    private long place(int element, long[] strides) {
        long place = 0;
        int rest = element;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            place += rest % sizes[axis] * strides[axis];
            rest /= sizes[axis];
        }
        return place;
    }

    /** Returns a view whose elements are not numbers until a kernel writes them. */
    static View unwritten(Device device, DType type, int... sizes) {
        Shape shape = Shape.of(sizes);
        View view = View.of(device.allocate(type, Math.max(1, shape.elements())), shape);
        device.fill(view, Double.NaN);
        return view;
    }

    /** Compares with what a device has, each element within a part of it or of 1. */
    void assertNear(String what, Device device, View view, double tolerance) {
        float[] actual = download(device, view);
        for (int i = 0; i < values.length; i++) {
            double x = actual[(int) (view.offset() + place(i, view.strides()))];
            double bound = tolerance * Math.max(1, Math.abs(values[i]));
            assertEquals(values[i], x, bound, what + ", element " + i);
        }
    }

    /** Returns all elements of a floating view's buffer. */
    static float[] download(Device device, View view) {
        float[] floats = new float[(int) view.buffer().length()];
        if (view.dtype() == DType.F32) {
            device.download(view.buffer(), 0, MemorySegment.ofArray(floats));
            return floats;
        }
        short[] shorts = new short[floats.length];
        device.download(view.buffer(), 0, MemorySegment.ofArray(shorts));
        for (int i = 0; i < shorts.length; i++) {
            floats[i] =
                    view.dtype() == DType.F16
                            ? Float.float16ToFloat(shorts[i])
                            : Float.intBitsToFloat(shorts[i] << 16);
        }
        return floats;
    }
}
