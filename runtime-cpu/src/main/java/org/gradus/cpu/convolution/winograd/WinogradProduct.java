package org.gradus.cpu.convolution.winograd;

import org.gradus.cpu.convolution.Dense;
import org.gradus.cpu.matmul.Epilogue;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.PackedProduct;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * Convolves images with filters of 3 by 3, without strides: for each of the 16 points of the
 * transformed tiles a product of filters {@code [rows, depth]} and tiles {@code [depth, tiles]}.
 *
 * <p>Tiles are taken in blocks whose transforms stay in the second-level cache. Where there are
 * many, a task takes a block; where there are few, tasks transform channels first, and then make
 * some rows of a block each. Cost: {@code 32 * rows * depth * tiles} flops.
 */
final class WinogradProduct {
    private static final int SLOT_FILTERS = 0;
    private static final int SLOT_TILES = 1;
    private static final int SLOT_PRODUCTS = 2;
    private static final int SLOT_ROWS = 3;
    private static final int SLOT_PLANES = 4;
    private static final int SLOT_TILE = 5;
    private static final int SLOT_ELEMENTS = 6;
    private static final int SCRATCH_SLOTS = 7;

    private static final int WIDTH = MicroKernel.WIDTH;

    /** The elements of a block's transformed tiles, within the limits of their number below. */
    private static final int BLOCK_ELEMENTS = 1 << 18;

    private static final int FEWEST_TILES = 64;
    private static final int MOST_TILES = 256;

    /** A task transforms so many channels, or makes so many rows: a multiple of all kernels'. */
    private static final int TASK_LINES = 48;

    private static final int ENOUGH_TASKS = 8;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final WarmingTransforms transforms;
    private final Packing packing = Packing.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    WinogradProduct(WorkerPool pool, MicroKernels kernels, WarmingTransforms transforms) {
        this.pool = pool;
        this.kernels = kernels;
        this.transforms = transforms;
    }

    /**
     * What is convolved, and where to.
     *
     * @param tiles the tiles of the target
     * @param source the images, {@code [batch, depth, height, width]}
     * @param depth the channels of the source
     * @param weights the filters
     * @param row the distance between the filters of neighbouring channels of the target
     * @param column the distance between the filters of neighbouring channels of the source
     * @param turned whether to turn filters by 180 degrees
     * @param bias one for each channel of the target, or null
     * @param target {@code [batch, rows, outputHeight, outputWidth]}
     * @param rows the channels of the target
     */
    record Operands(
            Tiles tiles,
            Dense source,
            int depth,
            Dense weights,
            int row,
            int column,
            boolean turned,
            Dense bias,
            Dense target,
            int rows) {
        int blockTiles() {
            int fitting = BLOCK_ELEMENTS / (Transforms.POINTS * depth);
            return Math.clamp(fitting / (2 * WIDTH) * (2 * WIDTH), FEWEST_TILES, MOST_TILES);
        }
    }

    /** Computes a convolution with all threads. */
    void multiply(Operands operands) {
        MicroKernel kernel = kernels.forRows(operands.rows);
        int depth = operands.depth;
        int rows = operands.rows;
        float[] packed = scratch.floats(SLOT_FILTERS, Filters.packedSize(kernel, rows, depth));
        var filters = new Filters(kernel, rows, depth, packed);
        filters.pack(
                operands.weights.data(),
                operands.weights.offset(),
                operands.row,
                operands.column,
                operands.turned,
                transforms.best(),
                packing,
                scratch,
                SLOT_ELEMENTS,
                pool);
        int count = operands.tiles.count();
        int blockTiles = operands.blockTiles();
        int blocks = PackedBlock.panels(count, blockTiles);
        if (blocks >= ENOUGH_TASKS) {
            pool.run(
                    blocks,
                    (task, worker) -> {
                        var block = block(operands, task);
                        var tiles = scratch.room(SLOT_TILES, block.size(depth));
                        transform(operands, block, 0, depth, tiles, 0);
                        for (int row = 0; row < rows; row += TASK_LINES) {
                            multiply(operands, filters, block, row, tiles, 0);
                        }
                    });
            return;
        }
        int distance = new Block(0, blockTiles).size(depth);
        var tiles = scratch.room(SLOT_TILES, blocks * distance);
        int channelTasks = PackedBlock.panels(depth, TASK_LINES);
        pool.run(
                blocks * channelTasks,
                (task, worker) -> {
                    int block = task / channelTasks;
                    int channel = task % channelTasks * TASK_LINES;
                    transform(
                            operands,
                            block(operands, block),
                            channel,
                            Math.min(depth, channel + TASK_LINES),
                            tiles,
                            block * distance);
                });
        int rowTasks = PackedBlock.panels(rows, TASK_LINES);
        pool.run(
                blocks * rowTasks,
                (task, worker) -> {
                    int block = task / rowTasks;
                    int row = task % rowTasks * TASK_LINES;
                    var range = block(operands, block);
                    multiply(operands, filters, range, row, tiles, block * distance);
                });
    }

    /** Some neighbouring tiles. */
    private record Block(int first, int count) {
        int panels() {
            return PackedBlock.panels(count, WIDTH);
        }

        /** Returns the number of tiles with those that fill the last panel. */
        int width() {
            return panels() * WIDTH;
        }

        /** Returns the distance between points of so many channels or rows. */
        int point(int lines) {
            return lines * width() + Transforms.GAP;
        }

        /** Returns how many elements the transformed tiles of some channels take. */
        int size(int channels) {
            return Transforms.POINTS * point(channels);
        }
    }

    private static Block block(Operands operands, int number) {
        int first = number * operands.blockTiles();
        int left = operands.tiles.count() - first;
        return new Block(first, Math.min(operands.blockTiles(), left));
    }

    /** Transforms some channels of a block's tiles into panels. */
    private void transform(
            Operands operands, Block block, int channel, int end, Scratch.Room target, int offset) {
        var tiles = operands.tiles;
        var reader =
                new TileReader(
                        tiles,
                        transforms.best(),
                        scratch.floats(SLOT_ROWS, TileReader.rowsSize(tiles)),
                        scratch.floats(SLOT_PLANES, TileReader.planesSize(block.width())));
        int size = tiles.height() * tiles.width();
        int depth = operands.depth;
        int step = PackedProduct.depthStep(depth);
        int point = block.point(depth);
        for (int k = channel; k < end; k++) {
            int part = k / step * step;
            int partDepth = Math.min(step, depth - part);
            int start = operands.source.offset() + k * size;
            reader.read(operands.source.data(), start, depth * size, block.first, block.count);
            int to = target.start() + offset + part * block.width() + (k - part) * WIDTH;
            for (int panel = 0; panel < block.panels(); panel++) {
                reader.transform(panel, target.array(), to + panel * WIDTH * partDepth, point);
            }
        }
    }

    /** Multiplies a block's tiles with some rows of filters and transforms the products back. */
    private void multiply(
            Operands operands,
            Filters filters,
            Block block,
            int row,
            Scratch.Room tiles,
            int offset) {
        int rows = Math.min(TASK_LINES, operands.rows - row);
        int width = block.width();
        int point = block.point(rows);
        var products = scratch.room(SLOT_PRODUCTS, Transforms.POINTS * point);
        float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
        int depth = operands.depth;
        int step = PackedProduct.depthStep(depth);
        int height = filters.kernel().rows();
        int endPanel = PackedBlock.panels(rows, height);
        int tilesAt = tiles.start() + offset;
        for (int i = 0; i < Transforms.POINTS; i++) {
            var c = new Matrix(products.array(), products.start() + i * point, width, 1);
            for (int part = 0; part < depth; part += step) {
                int partDepth = Math.min(step, depth - part);
                var product =
                        new PackedBlock(
                                filters.kernel(),
                                rows,
                                width,
                                partDepth,
                                filters.packed(),
                                filters.position(i, row, part),
                                tiles.array(),
                                tilesAt + i * block.point(depth) + part * width,
                                c,
                                Epilogue.NONE,
                                part == 0,
                                part + partDepth == depth);
                product.compute(0, endPanel, 0, block.panels(), tile);
            }
        }
        store(operands, block, row, rows, products, point);
    }

    /** Transforms products back and writes the tiles' rows into the target. */
    private void store(
            Operands operands, Block block, int row, int rows, Scratch.Room products, int point) {
        var tiles = operands.tiles;
        int width = block.width();
        int rowSize = Tiles.STEP * width;
        float[] lines = scratch.floats(SLOT_ROWS, Tiles.STEP * rowSize);
        Transforms fastest = transforms.best();
        for (int r = 0; r < rows; r++) {
            Dense bias = operands.bias;
            float added = bias == null ? 0 : bias.data()[bias.offset() + row + r];
            for (int t = 0; t < width; t += Transforms.GROUP) {
                int upper = Tiles.STEP * t;
                int from = products.start() + r * width + t;
                fastest.output(products.array(), from, point, added, lines, upper, rowSize + upper);
            }
            tiles.write(
                    lines,
                    rowSize,
                    block.first,
                    block.count,
                    operands.target.data(),
                    operands.target.offset() + (row + r) * tiles.outputSize(),
                    operands.rows * tiles.outputSize());
        }
    }
}
