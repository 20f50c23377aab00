package org.gradus.cpu.convolution.winograd;

import org.gradus.cpu.convolution.Dense;
import org.gradus.cpu.matmul.Epilogue;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The gradient of filters of 3 by 3: for each point of the transformed tiles the product of the
 * output's gradient {@code [filters, tiles]} and the input {@code [tiles, channels]}, and from the
 * sums over all tiles {@code G' sums G}.
 *
 * <p>Some tiles at a time are transformed and packed, then multiplied; points and rows are tasks.
 * Where filters are few, a task does all of that for a part of the tiles instead. Cost: {@code 32 *
 * filters * channels * tiles} flops.
 */
final class WinogradWeightGradient {
    private static final int SLOT_PANELS = 0;
    private static final int SLOT_SUMS = 1;
    private static final int SLOT_PIXELS = 2;
    private static final int SLOT_TILE = 3;
    private static final int SCRATCH_SLOTS = 4;

    private static final int WIDTH = MicroKernel.WIDTH;

    /** Tiles that are transformed before they are multiplied: the depth of a product. */
    private static final int TILES = 256;

    /** Tasks that sum over a part of the tiles each, where filters are few. */
    private static final int PARTS = 8;

    /** The elements of a part's sums at most: they stay in the second-level cache. */
    private static final int PART_ELEMENTS = 1 << 17;

    /** Tiles that a part transforms before they are multiplied. */
    private static final int PART_TILES = 128;

    /** Rows of a task's product: a multiple of all kernels'. */
    private static final int TASK_ROWS = 96;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final WarmingTransforms transforms;
    private final Packing packing = Packing.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    WinogradWeightGradient(WorkerPool pool, MicroKernels kernels, WarmingTransforms transforms) {
        this.pool = pool;
        this.kernels = kernels;
        this.transforms = transforms;
    }

    /** Packed lines of one operand: for each point, panels. */
    private record Panels(int lines, int width, float[] packed, int offset) {
        int count() {
            return PackedBlock.panels(lines, width);
        }

        /** Returns the distance between points of so many tiles. */
        int point(int tiles) {
            return count() * width * tiles + Transforms.GAP;
        }
    }

    /** The panels of a product: of the output's gradient, and of the input. */
    private record Operands(Panels rows, Panels columns) {}

    /** Returns room for panels of so many tiles at most, in the calling thread's scratch memory. */
    private Operands operands(MicroKernel kernel, int filters, int channels, int most) {
        int height = kernel.rows();
        int rowLines = PackedBlock.panels(filters, height) * height;
        int columnLines = PackedBlock.panels(channels, WIDTH) * WIDTH;
        int rowElements = Transforms.POINTS * (rowLines * most + Transforms.GAP);
        int columnElements = Transforms.POINTS * (columnLines * most + Transforms.GAP);
        var room = scratch.room(SLOT_PANELS, rowElements + columnElements);
        return new Operands(
                new Panels(filters, height, room.array(), room.start()),
                new Panels(channels, WIDTH, room.array(), room.start() + rowElements));
    }

    /** Computes the gradient {@code [filters, channels, 3, 3]} with all threads. */
    void compute(
            Tiles tiles,
            Dense input,
            int channels,
            Dense outputGradient,
            int filters,
            Dense weightGradient) {
        if (Transforms.POINTS * sumsOfPoint(filters, channels) <= PART_ELEMENTS) {
            computeParts(tiles, input, channels, outputGradient, filters, weightGradient);
            return;
        }
        MicroKernel kernel = kernels.forRows(filters);
        var operands = operands(kernel, filters, channels, Math.min(TILES, tiles.count()));
        Panels rows = operands.rows;
        Panels columns = operands.columns;
        int rowPanels = rows.count();
        float[] sums =
                scratch.floats(SLOT_SUMS, Transforms.POINTS * sumsOfPoint(filters, channels));
        int rowTasks = PackedBlock.panels(filters, TASK_ROWS);
        for (int from = 0; from < tiles.count(); from += TILES) {
            int first = from;
            int count = Math.min(TILES, tiles.count() - from);
            pool.run(
                    rowPanels + columns.count(),
                    (task, worker) -> {
                        if (task < rowPanels) {
                            pack(tiles, false, outputGradient, rows, task, first, count);
                        } else {
                            pack(tiles, true, input, columns, task - rowPanels, first, count);
                        }
                    });
            pool.run(
                    Transforms.POINTS * rowTasks,
                    (task, worker) -> {
                        int point = task / rowTasks;
                        int row = task % rowTasks * TASK_ROWS;
                        int to = point * sumsOfPoint(filters, channels);
                        var c = new Matrix(sums, to, channels, 1);
                        int end = row + TASK_ROWS;
                        multiply(kernel, rows, columns, point, row, end, count, c, first == 0);
                    });
        }
        transformBack(sums, 1, filters, channels, weightGradient);
    }

    /**
     * Computes gradients of few filters: tasks sum over a part of the tiles each, so that what they
     * transform, and their sums, stay in the second-level cache.
     */
    private void computeParts(
            Tiles tiles,
            Dense input,
            int channels,
            Dense outputGradient,
            int filters,
            Dense weightGradient) {
        MicroKernel kernel = kernels.forRows(filters);
        int most = Math.min(PART_TILES, tiles.count());
        int size = Transforms.POINTS * sumsOfPoint(filters, channels);
        int steps = PackedBlock.panels(tiles.count(), most);
        int parts = Math.min(PARTS, steps);
        float[] sums = scratch.floats(SLOT_SUMS, parts * size);
        pool.run(
                parts,
                (part, worker) -> {
                    var operands = operands(kernel, filters, channels, most);
                    Panels rows = operands.rows;
                    Panels columns = operands.columns;
                    for (int step = part; step < steps; step += parts) {
                        int first = step * most;
                        int count = Math.min(most, tiles.count() - first);
                        for (int panel = 0; panel < rows.count(); panel++) {
                            pack(tiles, false, outputGradient, rows, panel, first, count);
                        }
                        for (int panel = 0; panel < columns.count(); panel++) {
                            pack(tiles, true, input, columns, panel, first, count);
                        }
                        for (int point = 0; point < Transforms.POINTS; point++) {
                            int to = part * size + point * sumsOfPoint(filters, channels);
                            var c = new Matrix(sums, to, channels, 1);
                            boolean isFirst = step == part;
                            multiply(kernel, rows, columns, point, 0, filters, count, c, isFirst);
                        }
                    }
                });
        transformBack(sums, parts, filters, channels, weightGradient);
    }

    /** Adds the sums of the parts, in order, and transforms them back with all threads. */
    private void transformBack(
            float[] sums, int parts, int filters, int channels, Dense weightGradient) {
        int point = sumsOfPoint(filters, channels);
        int size = Transforms.POINTS * point;
        pool.run(
                filters,
                (filter, worker) -> {
                    int at = filter * channels;
                    for (int part = 1; part < parts; part++) {
                        add(sums, at, part * size + at, point, channels);
                    }
                    int to = weightGradient.offset() + at * Filters.TAPS;
                    for (int channel = 0; channel < channels; channel++) {
                        transformBack(sums, at + channel, point, weightGradient.data(), to);
                        to += Filters.TAPS;
                    }
                });
    }

    /** Adds some sums of each point to others. */
    private static void add(float[] sums, int to, int from, int point, int count) {
        for (int i = 0; i < Transforms.POINTS; i++) {
            for (int j = 0; j < count; j++) {
                sums[to + i * point + j] += sums[from + i * point + j];
            }
        }
    }

    /** Returns the distance between points of the sums. */
    private static int sumsOfPoint(int filters, int channels) {
        return filters * channels + Transforms.GAP;
    }

    /** Transforms some channels of some tiles and packs them as one panel for each point. */
    private void pack(
            Tiles tiles,
            boolean isInput,
            Dense source,
            Panels panels,
            int panel,
            int first,
            int count) {
        int line = panel * panels.width;
        Transforms fastest = transforms.best();
        var reader =
                isInput
                        ? PixelReader.ofInput(tiles, fastest, packing)
                        : PixelReader.ofGradient(tiles, fastest, packing);
        int size = reader.channelSize();
        reader.transform(
                source.data(),
                source.offset() + line * size,
                panels.lines * size,
                Math.min(panels.width, panels.lines - line),
                panels.width,
                first,
                count,
                scratch,
                SLOT_PIXELS,
                panels.packed,
                panels.offset + line * count,
                panels.point(count));
    }

    /** Adds the product of some rows of a point's panels to its sums. */
    private void multiply(
            MicroKernel kernel,
            Panels rows,
            Panels columns,
            int point,
            int row,
            int end,
            int count,
            Matrix sums,
            boolean first) {
        var block =
                new PackedBlock(
                        kernel,
                        rows.lines,
                        columns.lines,
                        count,
                        rows.packed,
                        rows.offset + point * rows.point(count),
                        columns.packed,
                        columns.offset + point * columns.point(count),
                        sums,
                        Epilogue.NONE,
                        first,
                        false);
        block.compute(
                row / kernel.rows(),
                Math.min(rows.count(), PackedBlock.panels(end, kernel.rows())),
                0,
                columns.count(),
                scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE));
    }

    /** Computes {@code G' s G} of one filter's sums. */
    private static void transformBack(float[] sums, int from, int point, float[] target, int to) {
        for (int x = 0; x < Filters.SIDE; x++) {
            // the columns of s G
            float s0 = column(sums, from, point, x);
            float s1 = column(sums, from + Transforms.SIDE * point, point, x);
            float s2 = column(sums, from + 2 * Transforms.SIDE * point, point, x);
            float s3 = column(sums, from + 3 * Transforms.SIDE * point, point, x);
            float half = 0.5f * (s1 + s2);
            target[to + x] = s0 + half;
            target[to + Filters.SIDE + x] = 0.5f * (s1 - s2);
            target[to + 2 * Filters.SIDE + x] = half + s3;
        }
    }

    private static float column(float[] sums, int row, int point, int x) {
        float middle1 = sums[row + point];
        float middle2 = sums[row + 2 * point];
        return switch (x) {
            case 0 -> sums[row] + 0.5f * (middle1 + middle2);
            case 1 -> 0.5f * (middle1 - middle2);
            default -> 0.5f * (middle1 + middle2) + sums[row + 3 * point];
        };
    }
}
