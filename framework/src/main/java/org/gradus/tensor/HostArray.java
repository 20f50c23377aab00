package org.gradus.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.dtype.HostMemory;
import org.gradus.shape.Shape;

/**
 * An array in host memory, row-major, in native byte order: what readers of files produce, and what
 * goes to a device and comes back from it.
 *
 * @param dtype the type of the elements
 * @param shape the sizes of the axes
 * @param data exactly the bytes of the elements, on the heap or off it
 */
public record HostArray(DType dtype, Shape shape, MemorySegment data) {
    /** Checks that the memory has the size of the elements. */
    public HostArray {
        long expected = shape.elements() * dtype.bytes();
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    "an array of "
                            + dtype
                            + " and shape "
                            + shape
                            + " has "
                            + expected
                            + " bytes, not "
                            + data.byteSize());
        }
    }

    /** Returns an array of zeros. */
    public static HostArray zeros(DType dtype, Shape shape) {
        return switch (dtype) {
            case F32 -> of(new float[Math.toIntExact(shape.elements())], shape);
            case F64 -> of(new double[Math.toIntExact(shape.elements())], shape);
            case I32 -> of(new int[Math.toIntExact(shape.elements())], shape);
            case I64 -> of(new long[Math.toIntExact(shape.elements())], shape);
            case F16, BF16 ->
                    new HostArray(
                            dtype,
                            shape,
                            MemorySegment.ofArray(new short[Math.toIntExact(shape.elements())]));
            case U8, BOOL ->
                    new HostArray(
                            dtype,
                            shape,
                            MemorySegment.ofArray(new byte[Math.toIntExact(shape.elements())]));
        };
    }

    /** Returns an array over the given values, not copied. */
    public static HostArray of(float[] values, Shape shape) {
        return new HostArray(DType.F32, shape, MemorySegment.ofArray(values));
    }

    /** Returns an array over the given values, not copied. */
    public static HostArray of(double[] values, Shape shape) {
        return new HostArray(DType.F64, shape, MemorySegment.ofArray(values));
    }

    /** Returns an array over the given values, not copied. */
    public static HostArray of(int[] values, Shape shape) {
        return new HostArray(DType.I32, shape, MemorySegment.ofArray(values));
    }

    /** Returns an array over the given values, not copied. */
    public static HostArray of(long[] values, Shape shape) {
        return new HostArray(DType.I64, shape, MemorySegment.ofArray(values));
    }

    /** Returns an array of unsigned bytes over the given values, not copied. */
    public static HostArray ofBytes(byte[] values, Shape shape) {
        return new HostArray(DType.U8, shape, MemorySegment.ofArray(values));
    }

    /** Returns an array of truth values, copied. */
    public static HostArray of(boolean[] values, Shape shape) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return new HostArray(DType.BOOL, shape, MemorySegment.ofArray(bytes));
    }

    /** Returns the element at a row-major position as a {@code double}. */
    public double get(long position) {
        return switch (dtype) {
            case F32 -> data.getAtIndex(FLOAT, position);
            case F64 -> data.getAtIndex(DOUBLE, position);
            case I32 -> data.getAtIndex(INT, position);
            case I64 -> data.getAtIndex(LONG, position);
            case F16 -> Float.float16ToFloat(data.getAtIndex(SHORT, position));
            case BF16 -> Float.intBitsToFloat(data.getAtIndex(SHORT, position) << 16);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, position) & 0xff;
            case BOOL -> data.get(ValueLayout.JAVA_BYTE, position);
        };
    }

    /** Returns the element at a row-major position as a {@code long}; floats are truncated. */
    public long getLong(long position) {
        return dtype == DType.I64 ? data.getAtIndex(LONG, position) : (long) get(position);
    }

    /** Returns all elements as floats. */
    public float[] toFloats() {
        float[] result = new float[Math.toIntExact(shape.elements())];
        if (dtype == DType.F32) {
            HostMemory.copy(data, 0, MemorySegment.ofArray(result), 0, data.byteSize());
        } else {
            for (int i = 0; i < result.length; i++) {
                result[i] = (float) get(i);
            }
        }
        return result;
    }

    /** Returns all elements as doubles. */
    public double[] toDoubles() {
        double[] result = new double[Math.toIntExact(shape.elements())];
        for (int i = 0; i < result.length; i++) {
            result[i] = get(i);
        }
        return result;
    }

    /** Returns all elements as longs; floats are truncated. */
    public long[] toLongs() {
        long[] result = new long[Math.toIntExact(shape.elements())];
        for (int i = 0; i < result.length; i++) {
            result[i] = getLong(i);
        }
        return result;
    }

    /** Returns the same elements in another shape of as many. */
    public HostArray reshape(Shape other) {
        return new HostArray(dtype, other, data);
    }

    /** Returns element {@code index} of the first axis, sharing memory. */
    public HostArray row(int index) {
        Shape row = shape.without(0);
        long bytes = row.elements() * dtype.bytes();
        return new HostArray(dtype, row, data.asSlice(index * bytes, bytes));
    }

    /**
     * Returns arrays of one type and shape stacked along a new first axis.
     *
     * @throws IllegalArgumentException if there are none or they differ
     */
    public static HostArray stack(List<HostArray> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("cannot stack no arrays at all");
        }
        HostArray first = rows.getFirst();
        HostArray result = zeros(first.dtype, first.shape.insert(0, rows.size()));
        for (int i = 0; i < rows.size(); i++) {
            HostArray row = rows.get(i);
            if (row.dtype != first.dtype || !row.shape.equals(first.shape)) {
                throw new IllegalArgumentException(
                        "cannot stack "
                                + first.dtype
                                + first.shape
                                + " and "
                                + row.dtype
                                + row.shape
                                + " (row "
                                + i
                                + ")");
            }
            long bytes = row.data.byteSize();
            HostMemory.copy(row.data, 0, result.data, i * bytes, bytes);
        }
        return result;
    }

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    @Override
    public String toString() {
        return dtype + shape.toString();
    }
}
