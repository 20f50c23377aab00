package org.gradus.cpu;

import java.util.Random;
import org.gradus.device.Device;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Views of every layout with known content, for tests. */
public final class TestTensors {
    private final Device device;
    private final Random random;

    public TestTensors(Device device, long seed) {
        this.device = device;
        this.random = new Random(seed);
    }

    /** How a view lies in its buffer. */
    public enum Layout {
        CONTIGUOUS,
        TRANSPOSED,
        FLIPPED,
        GAPS,
        OFFSET,
        BROADCAST_FIRST,
        BROADCAST_LAST,
        SCALAR
    }

    /** Returns a view of unspecified content; broadcast layouts are not for outputs. */
    public View empty(DType dtype, Shape shape, Layout layout) {
        int rank = shape.rank();
        long[] strides = shape.contiguousStrides();
        long length = Math.max(1, shape.elements());
        long offset = 0;
        switch (layout) {
            case CONTIGUOUS -> {}
            case TRANSPOSED -> {
                long stride = 1;
                for (int axis = 0; axis < rank; axis++) {
                    strides[axis] = stride;
                    stride *= Math.max(1, shape.size(axis));
                }
            }
            case FLIPPED -> {
                for (int axis = 0; axis < rank; axis++) {
                    offset += strides[axis] * Math.max(0, shape.size(axis) - 1);
                    strides[axis] = -strides[axis];
                }
            }
            case GAPS -> {
                for (int axis = 0; axis < rank; axis++) {
                    strides[axis] *= 3;
                }
                length *= 3;
            }
            case OFFSET -> {
                offset = 5;
                length += 5;
            }
            case BROADCAST_FIRST -> {
                if (rank > 0) {
                    strides[0] = 0;
                }
            }
            case BROADCAST_LAST -> {
                if (rank > 0) {
                    strides[rank - 1] = 0;
                }
            }
            case SCALAR -> java.util.Arrays.fill(strides, 0);
        }
        return new View(device.allocate(dtype, length), shape, strides, offset);
    }

    /** Returns a view of random content. */
    public View random(DType dtype, Shape shape, Layout layout) {
        View view = empty(dtype, shape, layout);
        Object array = CpuBuffer.of(view).array();
        for (int i = 0; i < view.buffer().length(); i++) {
            if (dtype.isFloating()) {
                Elements.set(array, dtype, i, value());
            } else if (dtype == DType.BOOL) {
                Elements.set(array, dtype, i, (long) random.nextInt(2));
            } else {
                Elements.set(array, dtype, i, (long) random.nextInt(-20, 20));
            }
        }
        return view;
    }

    /** Mostly ordinary numbers, now and then a special one. */
    private double value() {
        return switch (random.nextInt(40)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> 0;
            case 4 -> -0.0;
            case 5 -> 1e-40;
            case 6 -> random.nextInt(-3, 4);
            case 7 -> random.nextInt(-3, 4) + 0.5;
            default -> random.nextGaussian() * 3;
        };
    }

    /** Returns a view of given numbers, row-major. */
    public View of(DType dtype, Shape shape, double... values) {
        View view = empty(dtype, shape, Layout.CONTIGUOUS);
        for (int i = 0; i < values.length; i++) {
            Elements.set(CpuBuffer.of(view).array(), dtype, i, values[i]);
        }
        return view;
    }

    public static int offset(View view, long position) {
        long offset = view.offset();
        for (int axis = view.shape().rank() - 1; axis >= 0; axis--) {
            int size = view.shape().size(axis);
            offset += position % size * view.strides()[axis];
            position /= size;
        }
        return (int) offset;
    }

    /** Returns the element at a row-major position. */
    public static double get(View view, long position) {
        return Elements.getDouble(CpuBuffer.of(view).array(), view.dtype(), offset(view, position));
    }

    /** Returns the element at a row-major position. */
    public static long getLong(View view, long position) {
        return Elements.getLong(CpuBuffer.of(view).array(), view.dtype(), offset(view, position));
    }

    public static double[] toDoubles(View view) {
        double[] result = new double[(int) view.elements()];
        for (int i = 0; i < result.length; i++) {
            result[i] = get(view, i);
        }
        return result;
    }

    public static long[] toLongs(View view) {
        long[] result = new long[(int) view.elements()];
        for (int i = 0; i < result.length; i++) {
            result[i] = getLong(view, i);
        }
        return result;
    }
}
