package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.gradus.device.Device;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Tensors on a device from numbers of the host, and back. */
final class DeviceTensors {
    private final Device device;

    DeviceTensors(Device device) {
        this.device = device;
    }

    /** Returns numbers around 0 as a type can hold them. */
    static double[] random(DType dtype, int seed, int... sizes) {
        double[] values = new double[(int) Shape.of(sizes).elements()];
        Random random = new Random(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = rounded(random.nextGaussian(), dtype);
        }
        return values;
    }

    /** Returns a tensor, row-major. */
    View of(DType dtype, double[] values, int... sizes) {
        return spread(dtype, values, 1, 0, sizes);
    }

    /**
     * Returns a tensor.
     *
     * @param step the distance between elements: 1 without gaps
     * @param start the elements before the first
     */
    View spread(DType dtype, double[] values, int step, int start, int... sizes) {
        Shape shape = Shape.of(sizes);
        long[] strides = shape.contiguousStrides();
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] *= step;
        }
        int length = start + values.length * step;
        View view = new View(device.allocate(dtype, length), shape, strides, start);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment content = arena.allocate((long) length * dtype.bytes(), 8);
            for (int i = 0; i < values.length; i++) {
                put(content, dtype, start + (long) i * step, values[i]);
            }
            device.upload(content, view.buffer(), 0);
        }
        return view;
    }

    /** Returns a tensor to be written. */
    View empty(DType dtype, int... sizes) {
        Shape shape = Shape.of(sizes);
        return View.of(device.allocate(dtype, shape.elements()), shape);
    }

    /** Returns the numbers of a row-major tensor. */
    double[] read(View view) {
        int elements = (int) view.elements();
        double[] values = new double[elements];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment content = arena.allocate((long) elements * view.dtype().bytes(), 8);
            device.download(view.buffer(), view.offset(), content);
            for (int i = 0; i < elements; i++) {
                values[i] = get(content, view.dtype(), i);
            }
        }
        return values;
    }

    /** Checks numbers against those that a type's rounding of exact ones may give. */
    static void assertClose(double[] expected, double[] actual, DType dtype, String what) {
        assertEquals(expected.length, actual.length, what);
        // of results and of what is added to them, each about as large as the largest result
        double rounding =
                switch (dtype) {
                    case F64 -> 0x1p-48;
                    case F32 -> 0x1p-18;
                    case F16 -> 0x1p-9;
                    default -> 0x1p-6;
                };
        double largest = 1;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            String where = what + ", element " + i + ": " + actual[i] + ", not " + expected[i];
            assertTrue(Math.abs(expected[i] - actual[i]) <= rounding * largest, where);
        }
    }

    private static void put(MemorySegment data, DType dtype, long i, double x) {
        switch (dtype) {
            case F64 -> data.setAtIndex(ValueLayout.JAVA_DOUBLE, i, x);
            case F32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) x);
            case F16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) x));
            case BF16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, brainFloat((float) x));
            default -> throw new IllegalArgumentException(dtype.toString());
        }
    }

    private static double get(MemorySegment data, DType dtype, long i) {
        return switch (dtype) {
            case F64 -> data.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
            case F32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            case F16 -> Float.float16ToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, i));
            case BF16 -> Float.intBitsToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
            default -> throw new IllegalArgumentException(dtype.toString());
        };
    }

    private static double rounded(double x, DType dtype) {
        return switch (dtype) {
            case F32 -> (float) x;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) x));
            case BF16 -> Float.intBitsToFloat(brainFloat((float) x) << 16);
            default -> x;
        };
    }

    private static short brainFloat(float x) {
        int bits = Float.floatToRawIntBits(x);
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
