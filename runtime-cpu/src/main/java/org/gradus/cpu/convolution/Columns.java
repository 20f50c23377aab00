package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.device.Window;

/**
 * The elements that a window sees at each position as columns of a matrix, and back, for all
 * floating types. A task takes one channel of one image, so sums are made in one order.
 *
 * <p>Cost: each element of the columns is read and written once.
 */
public final class Columns {
    private final WorkerPool pool;

    /** Uses a pool's threads. */
    public Columns(WorkerPool pool) {
        this.pool = pool;
    }

    /** What a task knows: a plane of the image and its rows of the matrix. */
    private record Layout(
            Planes planes, Reach[] reach, int[] positions, View columns, int elements) {
        static Layout of(View image, Window window, View columns) {
            var planes = Planes.of(image);
            var reach = Reach.of(planes.sizes(), window);
            int[] positions = {1, 1, 1};
            int missing = Geometry.AXES - window.rank();
            for (int axis = 0; axis < window.rank(); axis++) {
                positions[missing + axis] = window.outputSize(axis, planes.sizes()[missing + axis]);
            }
            return new Layout(planes, reach, positions, columns, window.elements());
        }

        /** Returns where the row of a plane's first window element begins in the matrix. */
        int row(int plane) {
            long image = plane / planes.channels() * columns.strides()[0];
            long row = (long) (plane % planes.channels()) * elements * columns.strides()[1];
            return (int) (columns.offset() + image + row);
        }

        int rowStride() {
            return (int) columns.strides()[1];
        }

        int columnStride() {
            return (int) columns.strides()[2];
        }
    }

    /** Something done to one row of positions as one element of the window sees it. */
    private interface RowAction {
        /**
         * Handles a row.
         *
         * @param column where the row's first position lies in the matrix
         * @param z the input's first index, which may lie beyond the edge, as may {@code y}
         * @param element the window's element along the last axis
         */
        void handle(int column, int z, int y, int element);
    }

    private static void forRows(Layout layout, int plane, RowAction action) {
        Reach[] reach = layout.reach;
        int[] positions = layout.positions;
        int row = layout.row(plane);
        for (int ez = 0; ez < reach[0].kernel(); ez++) {
            for (int ey = 0; ey < reach[1].kernel(); ey++) {
                for (int ex = 0; ex < reach[2].kernel(); ex++) {
                    int column = row;
                    for (int z = 0; z < positions[0]; z++) {
                        for (int y = 0; y < positions[1]; y++) {
                            action.handle(column, reach[0].index(z, ez), reach[1].index(y, ey), ex);
                            column += positions[2] * layout.columnStride();
                        }
                    }
                    row += layout.rowStride();
                }
            }
        }
    }

    /** Copies windows to columns; see {@link org.gradus.device.Device#unfold}. */
    public void unfold(View input, Window window, View output) {
        if (output.elements() == 0) {
            return;
        }
        var layout = Layout.of(input, window, output);
        var source = Elements.of(input);
        var target = Elements.of(output);
        var planes = layout.planes;
        int stride = layout.columnStride();
        var reach = layout.reach[2];
        int positions = layout.positions[2];
        int step = reach.stride() * planes.strides()[2];
        pool.run(
                planes.count(),
                (plane, worker) ->
                        forRows(
                                layout,
                                plane,
                                (column, z, y, element) -> {
                                    int first = reach.firstPosition(element);
                                    int end = reach.endPosition(element, positions);
                                    if (outside(planes, z, y) || first >= end) {
                                        target.clear(column, stride, positions);
                                        return;
                                    }
                                    int from =
                                            planes.plane(plane)
                                                    + planes.row(z, y)
                                                    + reach.index(first, element)
                                                            * planes.strides()[2];
                                    target.clear(column, stride, first);
                                    target.set(
                                            column + first * stride,
                                            stride,
                                            source,
                                            from,
                                            step,
                                            end - first);
                                    target.clear(column + end * stride, stride, positions - end);
                                }));
    }

    /** Sums columns back; see {@link org.gradus.device.Device#fold}. */
    public void fold(View input, Window window, View output) {
        if (output.elements() == 0) {
            return;
        }
        var layout = Layout.of(output, window, input);
        var source = Elements.of(input);
        var target = Elements.of(output);
        var planes = layout.planes;
        double[][] scratch = new double[pool.threads()][];
        pool.run(
                planes.count(),
                (plane, worker) -> {
                    if (scratch[worker] == null) {
                        scratch[worker] = new double[planes.size()];
                    }
                    double[] sums = scratch[worker];
                    Arrays.fill(sums, 0);
                    if (input.elements() > 0) {
                        addColumns(layout, source, plane, sums);
                    }
                    store(planes, target, plane, sums);
                });
    }

    private static void addColumns(Layout layout, Elements source, int plane, double[] sums) {
        var planes = layout.planes;
        var reach = layout.reach[2];
        int[] sizes = planes.sizes();
        int stride = layout.columnStride();
        forRows(
                layout,
                plane,
                (column, z, y, element) -> {
                    int first = reach.firstPosition(element);
                    int end = reach.endPosition(element, layout.positions[2]);
                    if (!outside(planes, z, y) && first < end) {
                        source.addTo(
                                sums,
                                (z * sizes[1] + y) * sizes[2] + reach.index(first, element),
                                reach.stride(),
                                column + first * stride,
                                stride,
                                end - first);
                    }
                });
    }

    private static void store(Planes planes, Elements target, int plane, double[] sums) {
        int[] sizes = planes.sizes();
        int from = 0;
        for (int z = 0; z < sizes[0]; z++) {
            for (int y = 0; y < sizes[1]; y++) {
                int at = planes.plane(plane) + planes.row(z, y);
                target.round(at, planes.strides()[2], sums, from, sizes[2]);
                from += sizes[2];
            }
        }
    }

    private static boolean outside(Planes planes, int z, int y) {
        return z < 0 || z >= planes.sizes()[0] || y < 0 || y >= planes.sizes()[1];
    }
}
