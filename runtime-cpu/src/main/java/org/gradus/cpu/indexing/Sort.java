package org.gradus.cpu.indexing;

import java.util.Arrays;
import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.Elements;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * Sorts along an axis; see {@link org.gradus.device.Device#sort}.
 *
 * <p>Elements become integer keys of the same order, NaN the largest; for descending order the keys
 * are complemented. A key of 32 bits is sorted together with its position in one {@code long}; keys
 * of 64 bits are merged stably.
 */
public final class Sort {
    private static final int TASK = 1 << 12;

    private final WorkerPool pool;

    /** Creates sorts that share their work among a pool's threads. */
    public Sort(WorkerPool pool) {
        this.pool = pool;
    }

    /** Sorts the lines along an axis, each by itself. */
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        if (input.elements() == 0) {
            return;
        }
        Lines lines = new Lines(input.shape(), axis, List.of(input, values, indices));
        long perTask = lines.perTask(TASK);
        boolean wide = input.dtype().bytes() == Long.BYTES;
        pool.run(
                Math.toIntExact((lines.count() + perTask - 1) / perTask),
                (task, worker) -> {
                    long[] keys = new long[lines.length()];
                    int[] order = new int[lines.length()];
                    long end = Math.min(lines.count(), (task + 1) * perTask);
                    for (long line = task * perTask; line < end; line++) {
                        readKeys(input, lines, line, descending, keys);
                        if (wide) {
                            sortWide(keys, order);
                        } else {
                            sortNarrow(keys, order);
                        }
                        write(input, values, indices, lines, line, order);
                    }
                });
    }

    private static void readKeys(
            View input, Lines lines, long line, boolean descending, long[] keys) {
        Object array = CpuBuffer.of(input).array();
        DType dtype = input.dtype();
        int at = lines.start(0, line);
        for (int i = 0; i < keys.length; i++) {
            long key =
                    switch (dtype) {
                        case F64 -> key(((double[]) array)[at]);
                        case F32, F16, BF16 -> key((float) Elements.getDouble(array, dtype, at));
                        default -> Elements.getLong(array, dtype, at);
                    };
            keys[i] = descending ? ~key : key;
            at += lines.stride(0);
        }
    }

    /** Returns an integer of the same order; zeros are equal and NaN is the largest. */
    private static long key(double x) {
        long bits = Double.doubleToLongBits(x + 0.0);
        return bits ^ (bits >> 63 & Long.MAX_VALUE);
    }

    private static int key(float x) {
        int bits = Float.floatToIntBits(x + 0f);
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }

    private static void sortNarrow(long[] keys, int[] order) {
        for (int i = 0; i < keys.length; i++) {
            keys[i] = keys[i] << 32 | i;
        }
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++) {
            order[i] = (int) keys[i];
        }
    }

    private static void sortWide(long[] keys, int[] order) {
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        int[] from = order;
        int[] to = new int[order.length];
        for (long width = 1; width < order.length; width *= 2) {
            for (long start = 0; start < order.length; start += 2 * width) {
                int middle = (int) Math.min(start + width, order.length);
                int end = (int) Math.min(start + 2 * width, order.length);
                merge(keys, from, (int) start, middle, end, to);
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        if (from != order) {
            System.arraycopy(from, 0, order, 0, order.length);
        }
    }

    private static void merge(long[] keys, int[] from, int start, int middle, int end, int[] to) {
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            boolean takeLeft =
                    left < middle && (right >= end || keys[from[left]] <= keys[from[right]]);
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }

    private static void write(
            View input, View values, View indices, Lines lines, long line, int[] order) {
        Object from = CpuBuffer.of(input).array();
        Object to = CpuBuffer.of(values).array();
        long[] positions = CpuBuffer.of(indices).longs();
        int start = lines.start(0, line);
        int valueAt = lines.start(1, line);
        int indexAt = lines.start(2, line);
        for (int i = 0; i < order.length; i++) {
            Elements.copy(from, start + order[i] * lines.stride(0), 1, to, valueAt, 1, 1);
            positions[indexAt] = order[i];
            valueAt += lines.stride(1);
            indexAt += lines.stride(2);
        }
    }
}
