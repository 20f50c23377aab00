package org.gradus.cpu.matmul;

import org.gradus.cpu.threads.WorkerPool;
import org.gradus.dtype.DType;

/** Converts matrices between a 16-bit floating type and dense {@code F32} ones, row-major. */
public final class Widening {
    private static final int TASK_ELEMENTS = 16_384;

    private final WorkerPool pool;
    private final boolean brain;

    /**
     * Prepares for a type.
     *
     * @param dtype {@code F16} or {@code BF16}
     */
    Widening(WorkerPool pool, DType dtype) {
        this.pool = pool;
        brain = dtype == DType.BF16;
    }

    /**
     * Widens a matrix.
     *
     * @param source the elements
     * @param layout where they lie in the source, and the array that they are written to
     */
    void widen(short[] source, Matrix layout, int rows, int columns) {
        forRows(
                rows,
                columns,
                row -> {
                    float[] target = layout.data();
                    int from = layout.offset() + row * layout.rowStride();
                    for (int column = 0; column < columns; column++) {
                        short bits = source[from + column * layout.columnStride()];
                        target[row * columns + column] =
                                brain
                                        ? Float.intBitsToFloat(bits << 16)
                                        : Float.float16ToFloat(bits);
                    }
                });
    }

    /**
     * Rounds a matrix to the nearest, ties to even.
     *
     * @param target where the elements are written to
     * @param layout where they lie in the target, and the array that they are read from
     */
    void round(short[] target, Matrix layout, int rows, int columns) {
        forRows(
                rows,
                columns,
                row -> {
                    float[] source = layout.data();
                    int to = layout.offset() + row * layout.rowStride();
                    for (int column = 0; column < columns; column++) {
                        float value = source[row * columns + column];
                        target[to + column * layout.columnStride()] =
                                brain ? toBrain(value) : Float.floatToFloat16(value);
                    }
                });
    }

    /** Returns the BF16 bits of a value, rounded to the nearest, ties to even; a NaN stays one. */
    public static short toBrain(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private void forRows(int rows, int columns, Row action) {
        int rowsAtOnce = Math.max(1, TASK_ELEMENTS / Math.max(columns, 1));
        pool.run(
                PackedBlock.panels(rows, rowsAtOnce),
                (task, worker) -> {
                    int end = Math.min(rows, (task + 1) * rowsAtOnce);
                    for (int row = task * rowsAtOnce; row < end; row++) {
                        action.convert(row);
                    }
                });
    }

    private interface Row {
        void convert(int row);
    }
}
