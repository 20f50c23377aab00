package org.gradus.cpu.convolution;

import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;

/**
 * Row-major copies of {@code F32} views that are not row-major themselves, in scratch memory.
 *
 * @param data the view's own array, or a scratch array
 * @param offset where it begins
 */
public record Dense(float[] data, int offset) {
    private static final int TASK_ELEMENTS = 32_768;

    /** Returns a view's elements for reading: its own storage, if that is row-major. */
    public static Dense read(View view, WorkerPool pool, Scratch scratch, int slot) {
        Dense dense = place(view, scratch, slot);
        if (!view.isContiguous()) {
            float[] source = CpuBuffer.of(view).floats();
            forRows(
                    view,
                    pool,
                    (from, stride, to, length) -> {
                        for (int i = 0; i < length; i++) {
                            dense.data[to + i] = source[from + i * stride];
                        }
                    });
        }
        return dense;
    }

    /** Returns where to write a view's elements, to be {@linkplain #store stored} afterwards. */
    public static Dense place(View view, Scratch scratch, int slot) {
        return view.isContiguous()
                ? new Dense(CpuBuffer.of(view).floats(), (int) view.offset())
                : new Dense(scratch.floats(slot, (int) view.elements()), 0);
    }

    /** Copies elements that were written back to their view, unless this is its own storage. */
    public void store(View view, WorkerPool pool) {
        if (view.isContiguous()) {
            return;
        }
        float[] target = CpuBuffer.of(view).floats();
        forRows(
                view,
                pool,
                (to, stride, from, length) -> {
                    for (int i = 0; i < length; i++) {
                        target[to + i * stride] = data[from + i];
                    }
                });
    }

    private static void forRows(View view, WorkerPool pool, Row action) {
        int last = view.shape().rank() - 1;
        int length = view.shape().size(last);
        if (view.elements() == 0) {
            return;
        }
        int rows = (int) (view.elements() / length);
        int together = Math.max(1, TASK_ELEMENTS / length);
        pool.run(
                (rows + together - 1) / together,
                (task, worker) -> {
                    int end = Math.min(rows, (task + 1) * together);
                    for (int row = task * together; row < end; row++) {
                        long at = view.offset();
                        int rest = row;
                        for (int axis = last - 1; axis >= 0; axis--) {
                            int size = view.shape().size(axis);
                            at += rest % size * view.strides()[axis];
                            rest /= size;
                        }
                        action.copy((int) at, (int) view.strides()[last], row * length, length);
                    }
                });
    }

    private interface Row {
        void copy(int at, int stride, int denseAt, int length);
    }
}
