package org.gradus.cpu;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Random;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Views for kernel tests: random or poisoned, dense or laid out oddly, read element by element. */
public final class TestViews {
    private TestViews() {}

    /** Returns a view of an array. */
    public static View of(DType dtype, Object array, Shape shape, long[] strides, long offset) {
        int length = Array.getLength(array);
        return new View(new CpuBuffer(null, dtype, length, array), shape, strides, offset);
    }

    /** Returns a dense view of new storage, all NaN (or -1 in integers). */
    public static View poisoned(DType dtype, int... sizes) {
        var shape = Shape.of(sizes);
        return of(
                dtype, poison(dtype, (int) shape.elements()), shape, shape.contiguousStrides(), 0);
    }

    /** Returns a dense view of random values in [-1, 1). */
    public static View random(DType dtype, long seed, int... sizes) {
        return fill(poisoned(dtype, sizes), seed);
    }

    /**
     * Returns a view whose axes lie in memory in another order, with gaps, poison around it, and
     * some axes flipped.
     *
     * @param order the axes, outermost in memory first
     * @param flipped a bit for each axis that runs backwards
     */
    public static View odd(DType dtype, int[] order, int flipped, int... sizes) {
        long[] strides = new long[sizes.length];
        long stride = 1;
        long offset = 3;
        for (int i = sizes.length - 1; i >= 0; i--) {
            int axis = order[i];
            boolean backwards = (flipped >> axis & 1) != 0;
            strides[axis] = backwards ? -stride : stride;
            if (backwards) {
                offset += stride * Math.max(0, sizes[axis] - 1);
            }
            stride *= sizes[axis] + 1;
        }
        Object array = poison(dtype, (int) (stride + 6));
        return of(dtype, array, Shape.of(sizes), strides, offset);
    }

    /** Fills a view with random values in [-1, 1). */
    public static View fill(View view, long seed) {
        var random = new Random(seed);
        for (long i = 0; i < view.elements(); i++) {
            set(view, i, random.nextDouble() * 2 - 1);
        }
        return view;
    }

    /** Returns all elements in row-major order. */
    public static double[] values(View view) {
        double[] result = new double[(int) view.elements()];
        for (int i = 0; i < result.length; i++) {
            result[i] = get(view, i);
        }
        return result;
    }

    /** Returns an element by its row-major index. */
    public static double get(View view, long index) {
        int at = position(view, index);
        return switch (CpuBuffer.of(view).array()) {
            case float[] a -> a[at];
            case double[] a -> a[at];
            case long[] a -> a[at];
            case short[] a ->
                    view.dtype() == DType.BF16
                            ? Float.intBitsToFloat(a[at] << 16)
                            : Float.float16ToFloat(a[at]);
            default -> throw new IllegalArgumentException(view.toString());
        };
    }

    /** Sets an element by its row-major index, exactly if its type can hold it, else truncated. */
    public static void set(View view, long index, double value) {
        int at = position(view, index);
        switch (CpuBuffer.of(view).array()) {
            case float[] a -> a[at] = (float) value;
            case double[] a -> a[at] = value;
            case long[] a -> a[at] = (long) value;
            case short[] a ->
                    a[at] =
                            view.dtype() == DType.BF16
                                    ? (short) (Float.floatToRawIntBits((float) value) >>> 16)
                                    : Float.floatToFloat16((float) value);
            default -> throw new IllegalArgumentException(view.toString());
        }
    }

    private static int position(View view, long index) {
        long at = view.offset();
        for (int axis = view.shape().rank() - 1; axis >= 0; axis--) {
            int size = view.shape().size(axis);
            at += index % size * view.strides()[axis];
            index /= size;
        }
        return (int) at;
    }

    private static Object poison(DType dtype, int length) {
        switch (dtype) {
            case F32 -> {
                float[] array = new float[length];
                Arrays.fill(array, Float.NaN);
                return array;
            }
            case F64 -> {
                double[] array = new double[length];
                Arrays.fill(array, Double.NaN);
                return array;
            }
            case F16, BF16 -> {
                short[] array = new short[length];
                Arrays.fill(array, (short) 0x7FFF);
                return array;
            }
            case I64 -> {
                long[] array = new long[length];
                Arrays.fill(array, -1);
                return array;
            }
            default -> throw new IllegalArgumentException(dtype.toString());
        }
    }
}
