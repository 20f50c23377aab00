package org.gradus.dtype;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Copies within host memory. Everything here goes through it, because a few bytes at a time cannot
 * be left to {@link MemorySegment#copy}: JDK 25 copies less than 64 bytes in a loop of its own,
 * which its optimizing compiler gets wrong now and then between arrays of floats. With 28 bytes the
 * eight in the middle stayed 0, and training went on with wrong targets.
 */
public final class HostMemory {
    /** From so many bytes on the JDK copies by other means. */
    private static final long BULK_BYTES = 64;

    private HostMemory() {}

    /**
     * Copies bytes; the two places may not overlap, unless they are the same.
     *
     * @param from where they begin in the source, in bytes
     * @param to where they go in the target, in bytes
     * @throws IndexOutOfBoundsException if a segment ends before
     */
    public static void copy(
            MemorySegment source, long from, MemorySegment target, long to, long bytes) {
        if (bytes >= BULK_BYTES) {
            MemorySegment.copy(source, from, target, to, bytes);
            return;
        }
        Objects.checkFromIndexSize(from, bytes, source.byteSize());
        Objects.checkFromIndexSize(to, bytes, target.byteSize());
        if (!copyElements(source, from, target, to, bytes)) {
            for (long i = 0; i < bytes; i++) {
                byte value = source.get(ValueLayout.JAVA_BYTE, from + i);
                target.set(ValueLayout.JAVA_BYTE, to + i, value);
            }
        }
    }

    /** Returns a copy of all bytes of a segment. */
    public static byte[] bytes(MemorySegment source) {
        byte[] result = new byte[Math.toIntExact(source.byteSize())];
        copy(source, 0, MemorySegment.ofArray(result), 0, result.length);
        return result;
    }

    /** Copies whole elements between arrays of one kind, and returns whether that was possible. */
    private static boolean copyElements(
            MemorySegment source, long from, MemorySegment target, long to, long bytes) {
        Object sourceArray = source.heapBase().orElse(null);
        Object targetArray = target.heapBase().orElse(null);
        if (sourceArray == null
                || targetArray == null
                || sourceArray.getClass() != targetArray.getClass()) {
            return false;
        }
        int width = width(sourceArray);
        long first = source.address() + from;
        long place = target.address() + to;
        if (first % width != 0 || place % width != 0 || bytes % width != 0) {
            return false;
        }
        int count = (int) (bytes / width);
        System.arraycopy(
                sourceArray, (int) (first / width), targetArray, (int) (place / width), count);
        return true;
    }

    /** Returns the bytes of an array's element. */
    private static int width(Object array) {
        return switch (array) {
            case float[] floats -> Float.BYTES;
            case int[] ints -> Integer.BYTES;
            case long[] longs -> Long.BYTES;
            case double[] doubles -> Double.BYTES;
            case short[] shorts -> Short.BYTES;
            case char[] chars -> Character.BYTES;
            default -> Byte.BYTES;
        };
    }
}
