package org.gradus.cpu.indexing;

import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.Elements;
import org.gradus.cpu.pointwise.FloatOps;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;
import org.gradus.shape.Shape;

/**
 * Adds elements to places along an axis; see {@link org.gradus.device.Device#scatterAdd}.
 *
 * <p>Work is shared by the other axes, so that what goes to one place is added by one thread, in
 * the order of the source. Where an index is broadcast over the innermost axes, whole rows are
 * added.
 */
public final class ScatterAdd {
    /**
     * The fewest columns of a task: pieces of rows that are shorter cost more to find than to add.
     */
    private static final int MIN_COLUMNS = 64;

    /** The number of parts into which the columns are cut if there are enough. */
    private static final int PARTS = 8;

    /** Below this number of elements one thread does it all. */
    private static final int SMALL = 1 << 13;

    private final WorkerPool pool;
    private final FloatOps ops = FloatOps.create();

    /** Creates scatters that share their work among a pool's threads. */
    public ScatterAdd(WorkerPool pool) {
        this.pool = pool;
    }

    /**
     * Adds along an axis.
     *
     * @throws IndexOutOfBoundsException if an index is negative or too large
     */
    public void scatterAdd(View source, int axis, View index, View target) {
        if (source.elements() == 0) {
            return;
        }
        Launch launch = new Launch(source, axis, index, target);
        long outer = launch.outer.elements();
        long columns = launch.inner.elements();
        long perPart = (columns + PARTS - 1) / PARTS;
        long aligned = (perPart + MIN_COLUMNS - 1) / MIN_COLUMNS * MIN_COLUMNS;
        long width = source.elements() < SMALL || outer >= PARTS ? columns : aligned;
        long parts = (columns + width - 1) / width;
        pool.run(
                source.elements() < SMALL ? 1 : Math.toIntExact(outer * parts),
                (task, worker) -> {
                    if (source.elements() < SMALL) {
                        for (long group = 0; group < outer; group++) {
                            launch.add(group, 0, columns);
                        }
                    } else {
                        long first = task % parts * width;
                        launch.add(task / parts, first, Math.min(columns, first + width));
                    }
                });
    }

    /** One call under way: the axes before the indexed one are outer, those after it inner. */
    private final class Launch {
        private final IterationSpace outer;
        private final IterationSpace inner;
        private final int size;
        private final Bounds bounds;
        private final DType dtype;
        private final Object from;
        private final long[] indices;
        private final Object to;
        private final long fromStep;
        private final long indexStep;
        private final long toStep;

        Launch(View source, int axis, View index, View target) {
            Shape shape = source.shape();
            View base = new View(target.buffer(), shape, target.strides(), target.offset());
            int[] before = new int[axis];
            for (int i = 0; i < before.length; i++) {
                before[i] = i;
            }
            int[] after = new int[shape.rank() - axis - 1];
            for (int i = 0; i < after.length; i++) {
                after[i] = axis + 1 + i;
            }
            List<View> views = List.of(source, index, base);
            this.outer = IterationSpace.of(shape, views, before);
            this.inner = IterationSpace.of(shape, views, after);
            this.size = shape.size(axis);
            this.bounds = new Bounds(axis, target.shape().size(axis));
            this.dtype = target.dtype();
            this.from = CpuBuffer.of(source).array();
            this.indices = CpuBuffer.of(index).longs();
            this.to = CpuBuffer.of(target).array();
            this.fromStep = source.strides()[axis];
            this.indexStep = index.strides()[axis];
            this.toStep = target.strides()[axis];
        }

        /** Adds the columns in {@code [first, end)} of one outer position. */
        void add(long group, long first, long end) {
            if (dtype == DType.F32 && inner.elements() == 1) {
                addElements(group, (float[]) from, (float[]) to);
                return;
            }
            if (isRows()) {
                addRows(group, first, (int) (end - first), (float[]) from, (float[]) to);
                return;
            }
            int indexStride = (int) inner.innerStride(1);
            long run = inner.inner();
            for (long row = 0; row < size; row++) {
                long column = first;
                while (column < end) {
                    int n = (int) Math.min(run - column % run, end - column);
                    long fromAt = offset(0, group, column) + row * fromStep;
                    int indexAt = (int) (offset(1, group, column) + row * indexStep);
                    long toAt = offset(2, group, column);
                    int same = indexStride == 0 ? n : 1;
                    for (int i = 0; i < n; i += same) {
                        long place = bounds.check(indices[indexAt + i * indexStride]) * toStep;
                        addRun(
                                (int) (fromAt + i * inner.innerStride(0)),
                                (int) (toAt + place + i * inner.innerStride(2)),
                                same);
                    }
                    column += n;
                }
            }
        }

        /** The whole axis where it is the last one: each index names one element. */
        private void addElements(long group, float[] source, float[] total) {
            int fromAt = (int) offset(0, group, 0);
            int indexAt = (int) offset(1, group, 0);
            int toAt = (int) offset(2, group, 0);
            int sourceStep = (int) fromStep;
            int placeStep = (int) indexStep;
            int totalStep = (int) toStep;
            for (int row = 0; row < size; row++) {
                int place = bounds.check(indices[indexAt + row * placeStep]);
                total[toAt + place * totalStep] += source[fromAt + row * sourceStep];
            }
        }

        /** Returns whether each index names a whole row, as those of an embedding do. */
        private boolean isRows() {
            return dtype == DType.F32
                    && inner.inner() == inner.elements()
                    && inner.innerStride(0) == 1
                    && inner.innerStride(1) == 0
                    && inner.innerStride(2) == 1;
        }

        /** The whole axis where each index names a row, of which some columns are added. */
        private void addRows(long group, long first, int columns, float[] source, float[] total) {
            int fromAt = (int) offset(0, group, first);
            int indexAt = (int) offset(1, group, first);
            int toAt = (int) offset(2, group, first);
            for (int row = 0; row < size; row++) {
                int place = bounds.check(indices[indexAt + row * (int) indexStep]);
                int at = toAt + place * (int) toStep;
                ops.binary(
                        Op.ADD,
                        total,
                        at,
                        total,
                        at,
                        source,
                        fromAt + row * (int) fromStep,
                        columns);
            }
        }

        /** The offset of the view itself is counted in both spaces. */
        private long offset(int operand, long group, long column) {
            return outer.offset(operand, group)
                    + inner.offset(operand, column)
                    - inner.offset(operand, 0);
        }

        private void addRun(int fromAt, int toAt, int n) {
            int fromStride = (int) inner.innerStride(0);
            int toStride = (int) inner.innerStride(2);
            if (dtype == DType.F32 && n > 1 && fromStride == 1 && toStride == 1) {
                float[] total = (float[]) to;
                ops.binary(Op.ADD, total, toAt, total, toAt, (float[]) from, fromAt, n);
                return;
            }
            for (int i = 0, f = fromAt, t = toAt; i < n; i++, f += fromStride, t += toStride) {
                if (dtype == DType.F32) {
                    ((float[]) to)[t] += ((float[]) from)[f];
                } else if (dtype.isFloating()) {
                    double sum =
                            Elements.getDouble(to, dtype, t) + Elements.getDouble(from, dtype, f);
                    Elements.set(to, dtype, t, sum);
                } else {
                    long sum = Elements.getLong(to, dtype, t) + Elements.getLong(from, dtype, f);
                    Elements.set(to, dtype, t, sum);
                }
            }
        }
    }
}
