package org.gradus.cpu.attention;

import org.gradus.cpu.CpuBuffer;
import org.gradus.device.View;

/**
 * A view {@code [batch, heads, steps, size]} of floats, whose last axis is contiguous.
 *
 * @param data the storage
 * @param offset of the first element
 * @param batchStride from a sequence to the next
 * @param headStride from a head to the next
 * @param stepStride from a step to the next
 */
record Heads(
        float[] data,
        int offset,
        int batchStride,
        int headStride,
        int stepStride,
        int batch,
        int heads,
        int steps,
        int size) {
    static Heads of(View view) {
        long[] strides = view.strides();
        return new Heads(
                CpuBuffer.of(view).floats(),
                (int) view.offset(),
                (int) strides[0],
                (int) strides[1],
                (int) strides[2],
                view.shape().size(0),
                view.shape().size(1),
                view.shape().size(2),
                view.shape().size(3));
    }

    /** Returns where a head's first step begins. */
    int at(int sequence, int head) {
        return offset + sequence * batchStride + head * headStride;
    }
}
