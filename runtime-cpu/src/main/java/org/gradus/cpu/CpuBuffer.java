package org.gradus.cpu;

import java.lang.foreign.MemorySegment;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * A block of the heap: one Java array. {@code F32} is a {@code float[]}, {@code F64} a {@code
 * double[]}, {@code I32} an {@code int[]}, {@code I64} a {@code long[]}, {@code F16} and {@code
 * BF16} a {@code short[]}, {@code U8} and {@code BOOL} a {@code byte[]}.
 *
 * <p>The array comes from a {@link BufferPool} and may be longer than {@link #length()}.
 */
public final class CpuBuffer implements Buffer {
    private final BufferPool pool;
    private final DType dtype;
    private final long length;
    private volatile Object array;

    CpuBuffer(BufferPool pool, DType dtype, long length, Object array) {
        this.pool = pool;
        this.dtype = dtype;
        this.length = length;
        this.array = array;
    }

    /** Returns the buffer that a view reads, which must be one of this device. */
    public static CpuBuffer of(View view) {
        return (CpuBuffer) view.buffer();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long length() {
        return length;
    }

    /**
     * Returns the storage, whatever its type.
     *
     * @throws IllegalStateException if the buffer was released
     */
    public Object array() {
        Object storage = array;
        if (storage == null) {
            throw new IllegalStateException(
                    "a buffer of " + length + " " + dtype + " is used after it was released");
        }
        return storage;
    }

    /** Returns the storage of an {@code F32} buffer. */
    public float[] floats() {
        return (float[]) array();
    }

    /** Returns the storage of an {@code F64} buffer. */
    public double[] doubles() {
        return (double[]) array();
    }

    /** Returns the storage of an {@code I32} buffer. */
    public int[] ints() {
        return (int[]) array();
    }

    /** Returns the storage of an {@code I64} buffer. */
    public long[] longs() {
        return (long[]) array();
    }

    /** Returns the storage of an {@code F16} or {@code BF16} buffer. */
    public short[] shorts() {
        return (short[]) array();
    }

    /** Returns the storage of a {@code U8} or {@code BOOL} buffer. */
    public byte[] bytes() {
        return (byte[]) array();
    }

    /** Returns the bytes of the elements. */
    MemorySegment segment() {
        MemorySegment whole =
                switch (array()) {
                    case float[] x -> MemorySegment.ofArray(x);
                    case double[] x -> MemorySegment.ofArray(x);
                    case int[] x -> MemorySegment.ofArray(x);
                    case long[] x -> MemorySegment.ofArray(x);
                    case short[] x -> MemorySegment.ofArray(x);
                    case byte[] x -> MemorySegment.ofArray(x);
                    default -> throw new IllegalStateException("not an array of elements");
                };
        return whole.asSlice(0, length * dtype.bytes());
    }

    @Override
    public void release() {
        pool.release(this);
    }

    /** Takes the array away; the pool calls this with its lock held. */
    Object detach() {
        Object storage = array;
        if (storage == null) {
            throw new IllegalStateException(
                    "a buffer of " + length + " " + dtype + " was released twice");
        }
        array = null;
        return storage;
    }

    @Override
    public String toString() {
        return "CpuBuffer of " + length + " " + dtype;
    }
}
