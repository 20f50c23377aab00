package org.gradus.cpu;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceMemoryException;
import org.gradus.device.MemoryReport;
import org.gradus.dtype.DType;

/**
 * Hands out arrays and keeps the released ones for the next allocation of their size: a fresh array
 * costs its zeroing (0.3 ns per element, twice a fused kernel), a kept one nothing.
 *
 * <p>Lengths are rounded up to size classes, four to each power of two, so that a kept array wastes
 * at most a fifth. What is kept is bounded; beyond it arrays go back to the garbage collector.
 * Thread-safe.
 */
final class BufferPool {
    /** The longest array that every JVM can make. */
    private static final long MAX_LENGTH = Integer.MAX_VALUE - 8;

    private static final int SMALLEST_BITS = 4;

    /** What an array's elements are and how many there are. */
    private record SizeClass(Class<?> arrayType, int length) {}

    private final Map<SizeClass, ArrayDeque<Object>> cache = new HashMap<>();
    private final long cacheLimit;
    private final boolean poison;
    private long used;
    private long cached;
    private long peak;
    private long buffers;

    /**
     * Creates an empty pool.
     *
     * @param cacheLimit the most bytes that are kept
     * @param poison whether to fill what is handed out with NaN or garbage, to show reads of
     *     elements that were never written
     */
    BufferPool(long cacheLimit, boolean poison) {
        this.cacheLimit = cacheLimit;
        this.poison = poison;
    }

    /**
     * Returns a buffer of unspecified content.
     *
     * @throws DeviceMemoryException if there is no memory left, even without the cache
     */
    CpuBuffer allocate(DType dtype, long length) {
        if (length < 0 || length > MAX_LENGTH) {
            throw new DeviceException(
                    "the CPU device was asked for a buffer of "
                            + length
                            + " "
                            + dtype
                            + " elements, but one holds at most "
                            + MAX_LENGTH
                            + ": use a smaller batch or split the tensor");
        }
        int capacity = capacity((int) length);
        Object array = take(dtype, capacity);
        if (array == null) {
            array = create(dtype, capacity);
        }
        if (poison) {
            fillWithGarbage(dtype, array);
        }
        synchronized (this) {
            used += (long) capacity * dtype.bytes();
            peak = Math.max(peak, used);
            buffers++;
        }
        return new CpuBuffer(this, dtype, length, array);
    }

    private synchronized Object take(DType dtype, int capacity) {
        ArrayDeque<Object> kept = cache.get(new SizeClass(arrayType(dtype), capacity));
        Object array = kept == null ? null : kept.pollLast();
        if (array != null) {
            cached -= (long) capacity * dtype.bytes();
        }
        return array;
    }

    private Object create(DType dtype, int capacity) {
        try {
            return newArray(dtype, capacity);
        } catch (OutOfMemoryError first) {
            trim();
        }
        try {
            return newArray(dtype, capacity);
        } catch (OutOfMemoryError second) {
            throw new DeviceMemoryException(
                    "out of memory on the CPU: "
                            + (long) capacity * dtype.bytes()
                            + " bytes wanted, "
                            + report().usedBytes()
                            + " in use by tensors, "
                            + Runtime.getRuntime().maxMemory()
                            + " is the limit of the heap; use a smaller batch or raise -Xmx",
                    second);
        }
    }

    /** Takes a buffer's array back. */
    synchronized void release(CpuBuffer buffer) {
        Object array = buffer.detach();
        int capacity = capacity((int) buffer.length());
        long bytes = (long) capacity * buffer.dtype().bytes();
        used -= bytes;
        buffers--;
        if (cached + bytes <= cacheLimit) {
            cached += bytes;
            cache.computeIfAbsent(
                            new SizeClass(array.getClass(), capacity), key -> new ArrayDeque<>())
                    .addLast(array);
        }
    }

    /** Lets go of all arrays that are kept. */
    synchronized void trim() {
        cache.clear();
        cached = 0;
    }

    synchronized MemoryReport report() {
        return new MemoryReport(used, cached, peak, buffers);
    }

    /** Rounds a length up to 2^k, 1.25, 1.5 or 1.75 times 2^k. */
    private static int capacity(int length) {
        if (length <= 1 << SMALLEST_BITS) {
            return 1 << SMALLEST_BITS;
        }
        int step = Integer.highestOneBit(length - 1) >> 2;
        long rounded = ((long) length + step - 1) / step * step;
        return (int) Math.min(rounded, MAX_LENGTH);
    }

    private static Class<?> arrayType(DType dtype) {
        return switch (dtype) {
            case F32 -> float[].class;
            case F64 -> double[].class;
            case I32 -> int[].class;
            case I64 -> long[].class;
            case F16, BF16 -> short[].class;
            case U8, BOOL -> byte[].class;
        };
    }

    private static Object newArray(DType dtype, int length) {
        return switch (dtype) {
            case F32 -> new float[length];
            case F64 -> new double[length];
            case I32 -> new int[length];
            case I64 -> new long[length];
            case F16, BF16 -> new short[length];
            case U8, BOOL -> new byte[length];
        };
    }

    private static void fillWithGarbage(DType dtype, Object array) {
        switch (dtype) {
            case F32 -> Arrays.fill((float[]) array, Float.NaN);
            case F64 -> Arrays.fill((double[]) array, Double.NaN);
            case I32 -> Arrays.fill((int[]) array, 0xDEADBEEF);
            case I64 -> Arrays.fill((long[]) array, 0xDEADBEEF_DEADBEEFL);
            case F16, BF16 -> Arrays.fill((short[]) array, (short) 0x7FFF);
            case U8 -> Arrays.fill((byte[]) array, (byte) 0xA5);
            case BOOL -> Arrays.fill((byte[]) array, (byte) 1);
        }
    }
}
