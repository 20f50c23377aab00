package org.gradus.cpu;

import org.gradus.device.View;

/**
 * The rows of a contiguous {@code F32} view: where each begins in the array.
 *
 * @param array the storage
 * @param offset where the first row begins
 * @param length the elements of a row
 */
public record FloatRows(float[] array, int offset, int length) {
    /** Returns the rows of a view, each of the given length. */
    public static FloatRows of(View view, int length) {
        return new FloatRows(CpuBuffer.of(view).floats(), (int) view.offset(), length);
    }

    /** Returns where a row begins. */
    public int at(int row) {
        return offset + row * length;
    }
}
