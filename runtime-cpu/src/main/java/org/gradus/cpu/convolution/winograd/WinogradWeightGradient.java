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
 * Cost: {@code 32 * filters * channels * tiles} flops.
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

    /** Computes the gradient {@code [filters, channels, 3, 3]} with all threads. */
    void compute(
            Tiles tiles,
            Dense input,
            int channels,
            Dense outputGradient,
            int filters,
            Dense weightGradient) {
        MicroKernel kernel = kernels.forRows(filters);
        int most = Math.min(TILES, tiles.count());
        int height = kernel.rows();
        int rowPanels = PackedBlock.panels(filters, height);
        int columnPanels = PackedBlock.panels(channels, WIDTH);
        int rowElements = Transforms.POINTS * (rowPanels * height * most + Transforms.GAP);
        int columnElements = Transforms.POINTS * (columnPanels * WIDTH * most + Transforms.GAP);
        var packed = scratch.room(SLOT_PANELS, rowElements + columnElements);
        var rows = new Panels(filters, height, packed.array(), packed.start());
        var columns = new Panels(channels, WIDTH, packed.array(), packed.start() + rowElements);
        float[] sums =
                scratch.floats(SLOT_SUMS, Transforms.POINTS * sumsOfPoint(filters, channels));
        int rowTasks = PackedBlock.panels(filters, TASK_ROWS);
        for (int from = 0; from < tiles.count(); from += TILES) {
            int first = from;
            int count = Math.min(TILES, tiles.count() - from);
            pool.run(
                    rowPanels + columnPanels,
                    (task, worker) -> {
                        if (task < rowPanels) {
                            pack(tiles, false, outputGradient, rows, task, first, count);
                        } else {
                            pack(tiles, true, input, columns, task - rowPanels, first, count);
                        }
                    });
            pool.run(
                    Transforms.POINTS * rowTasks,
                    (task, worker) ->
                            multiply(
                                    kernel,
                                    rows,
                                    columns,
                                    task / rowTasks,
                                    task % rowTasks * TASK_ROWS,
                                    count,
                                    sums,
                                    first == 0));
        }
        int size = sumsOfPoint(filters, channels);
        pool.run(
                filters,
                (filter, worker) -> {
                    int at = filter * channels;
                    int to = weightGradient.offset() + at * Filters.TAPS;
                    for (int channel = 0; channel < channels; channel++) {
                        transformBack(sums, at + channel, size, weightGradient.data(), to);
                        to += Filters.TAPS;
                    }
                });
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
            int count,
            float[] sums,
            boolean first) {
        int filters = rows.lines;
        int channels = columns.lines;
        var c = new Matrix(sums, point * sumsOfPoint(filters, channels), channels, 1);
        var block =
                new PackedBlock(
                        kernel,
                        filters,
                        channels,
                        count,
                        rows.packed,
                        rows.offset + point * rows.point(count),
                        columns.packed,
                        columns.offset + point * columns.point(count),
                        c,
                        Epilogue.NONE,
                        first,
                        false);
        block.compute(
                row / kernel.rows(),
                Math.min(rows.count(), (row + TASK_ROWS) / kernel.rows()),
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
