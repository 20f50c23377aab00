package org.gradus.cpu.matmul;

import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * {@code F32} products of one pair of matrices, cut into blocks that suit the caches.
 *
 * <p>An element is summed in blocks of about {@value #DEPTH} products, each in ascending order, and
 * the blocks in ascending order; how the output is cut into tiles, and who computes them, does not
 * show in the result.
 *
 * <p>Cost: {@code 2 * rows * columns * depth} flops, and packing each operand once. Source of the
 * blocking: K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
 */
public final class PackedProduct {
    private static final int SCRATCH_SLOTS = 3;

    private static final int SLOT_A = 0;
    private static final int SLOT_B = 1;
    private static final int SLOT_TILE = 2;

    /** The depth of a block: a panel of {@code b} then stays in the first-level cache. */
    private static final int DEPTH = 256;

    /** The rows of a tile task: its panels of {@code a} stay in the second-level cache. */
    private static final int TASK_ROWS = 96;

    /** The panels of {@code b} of a tile task. */
    private static final int TASK_COLUMN_PANELS = 8;

    /** The rows and columns that are packed before they are multiplied. */
    private static final int PACKED_ROWS = 1_536;

    private static final int PACKED_COLUMNS = 2_048;

    /** Panels that one packing task packs. */
    private static final int PACKING_PANELS = 8;

    /** Products below this take no longer than to start the other threads. */
    private static final long SERIAL_WORK = 400_000;

    /** If the smaller operand has fewer elements, each thread packs its own copy of it. */
    private static final int COPIED_ELEMENTS = 32_768;

    /** The rows or columns that one thread takes when the other operand is copied. */
    private static final int SLAB = 192;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final Packing packing = Packing.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);
    private final VectorProduct vectors;

    /** Uses a pool's threads and the given micro-kernels. */
    public PackedProduct(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
        vectors = new VectorProduct(pool);
    }

    /**
     * Computes a product with all threads.
     *
     * @param rows the rows of {@code a} and {@code c}, at least 1
     * @param columns the columns of {@code b} and {@code c}, at least 1
     * @param depth the columns of {@code a} and rows of {@code b}
     */
    public void multiply(
            int rows, int columns, int depth, Matrix a, Matrix b, Matrix c, Epilogue epilogue) {
        long work = (long) rows * columns * depth;
        if (rows == 1 || columns == 1) {
            vectors.multiply(rows, columns, depth, a, b, c, epilogue);
        } else if (work <= SERIAL_WORK) {
            multiplySerially(rows, columns, depth, a, b, c, epilogue);
        } else if ((long) Math.min(rows, columns) * depth <= COPIED_ELEMENTS) {
            multiplySlabs(rows, columns, depth, a, b, c, epilogue);
        } else {
            multiplyTogether(rows, columns, depth, a, b, c, epilogue);
        }
    }

    private void multiplySlabs(
            int rows, int columns, int depth, Matrix a, Matrix b, Matrix c, Epilogue epilogue) {
        boolean alongRows = rows > columns;
        int length = alongRows ? rows : columns;
        pool.run(
                PackedBlock.panels(length, SLAB),
                (slab, worker) -> {
                    int from = slab * SLAB;
                    int size = Math.min(SLAB, length - from);
                    if (alongRows) {
                        multiplySerially(
                                size,
                                columns,
                                depth,
                                a.from(from, 0),
                                b,
                                c.from(from, 0),
                                epilogue.from(from, 0));
                    } else {
                        multiplySerially(
                                rows,
                                size,
                                depth,
                                a,
                                b.from(0, from),
                                c.from(0, from),
                                epilogue.from(0, from));
                    }
                });
    }

    /** Computes a product on the calling thread; parameters as for {@link #multiply}. */
    void multiplySerially(
            int rows, int columns, int depth, Matrix a, Matrix b, Matrix c, Epilogue epilogue) {
        if (depth == 0) {
            epilogue.begin(c, 0, rows, 0, columns);
            epilogue.end(c, 0, rows, 0, columns);
            return;
        }
        MicroKernel kernel = kernels.forRows(rows);
        int depthStep = depthStep(depth);
        float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
        for (int column = 0; column < columns; column += PACKED_COLUMNS) {
            int width = Math.min(PACKED_COLUMNS, columns - column);
            for (int k = 0; k < depth; k += depthStep) {
                int part = Math.min(depthStep, depth - k);
                float[] packedB = packB(b.from(k, column), width, part);
                int rowStep = rowStep(rows, kernel);
                for (int row = 0; row < rows; row += rowStep) {
                    int height = Math.min(rowStep, rows - row);
                    float[] packedA = packA(a.from(row, k), height, part, kernel, epilogue.alpha());
                    var block =
                            new PackedBlock(
                                    kernel,
                                    height,
                                    width,
                                    part,
                                    packedA,
                                    0,
                                    packedB,
                                    0,
                                    c.from(row, column),
                                    epilogue.from(row, column),
                                    k == 0,
                                    k + part == depth);
                    block.compute(0, block.rowPanels(), 0, block.columnPanels(), tile);
                }
            }
        }
    }

    private float[] packA(Matrix a, int rows, int depth, MicroKernel kernel, float alpha) {
        int panels = PackedBlock.panels(rows, kernel.rows());
        float[] packed = scratch.floats(SLOT_A, panels * kernel.rows() * depth);
        packA(a, rows, depth, kernel, alpha, 0, panels, packed);
        return packed;
    }

    private void packA(
            Matrix a,
            int rows,
            int depth,
            MicroKernel kernel,
            float alpha,
            int first,
            int end,
            float[] packed) {
        int width = kernel.rows();
        packing.pack(
                a.data(),
                a.offset(),
                a.rowStride(),
                a.columnStride(),
                rows,
                depth,
                width,
                first,
                end,
                packed,
                0);
        if (alpha != 1) {
            for (int i = first * width * depth; i < end * width * depth; i++) {
                packed[i] *= alpha;
            }
        }
    }

    private float[] packB(Matrix b, int columns, int depth) {
        int panels = PackedBlock.panels(columns, MicroKernel.WIDTH);
        float[] packed = scratch.floats(SLOT_B, panels * MicroKernel.WIDTH * depth);
        packB(b, columns, depth, 0, panels, packed);
        return packed;
    }

    private void packB(Matrix b, int columns, int depth, int first, int end, float[] packed) {
        packing.pack(
                b.data(),
                b.offset(),
                b.columnStride(),
                b.rowStride(),
                columns,
                depth,
                MicroKernel.WIDTH,
                first,
                end,
                packed,
                0);
    }

    /** All threads pack both operands, then all compute tiles from them. */
    private void multiplyTogether(
            int rows, int columns, int depth, Matrix a, Matrix b, Matrix c, Epilogue epilogue) {
        MicroKernel kernel = kernels.forRows(rows);
        int rowPanels = PackedBlock.panels(Math.min(rows, PACKED_ROWS), kernel.rows());
        int rowStep = rows <= PACKED_ROWS ? rows : PACKED_ROWS / kernel.rows() * kernel.rows();
        int columnPanels = PackedBlock.panels(Math.min(columns, PACKED_COLUMNS), MicroKernel.WIDTH);
        int depthStep = depthStep(depth);
        float[] packedA = scratch.floats(SLOT_A, rowPanels * kernel.rows() * depthStep);
        float[] packedB = scratch.floats(SLOT_B, columnPanels * MicroKernel.WIDTH * depthStep);
        for (int column = 0; column < columns; column += PACKED_COLUMNS) {
            int width = Math.min(PACKED_COLUMNS, columns - column);
            for (int k = 0; k < depth; k += depthStep) {
                int part = Math.min(depthStep, depth - k);
                for (int row = 0; row < rows; row += rowStep) {
                    var block =
                            new PackedBlock(
                                    kernel,
                                    Math.min(rowStep, rows - row),
                                    width,
                                    part,
                                    packedA,
                                    0,
                                    packedB,
                                    0,
                                    c.from(row, column),
                                    epilogue.from(row, column),
                                    k == 0,
                                    k + part == depth);
                    pack(block, a.from(row, k), row == 0 ? b.from(k, column) : null);
                    compute(block);
                }
            }
        }
    }

    /** Packs a block's panels of {@code a}, and those of {@code b} if it is given. */
    private void pack(PackedBlock block, Matrix a, Matrix b) {
        int aTasks = PackedBlock.panels(block.rowPanels(), PACKING_PANELS);
        int bTasks = b == null ? 0 : PackedBlock.panels(block.columnPanels(), PACKING_PANELS);
        pool.run(
                aTasks + bTasks,
                (task, worker) -> {
                    if (task < bTasks) {
                        int first = task * PACKING_PANELS;
                        int end = Math.min(block.columnPanels(), first + PACKING_PANELS);
                        packB(b, block.columns(), block.depth(), first, end, block.b());
                    } else {
                        int first = (task - bTasks) * PACKING_PANELS;
                        int end = Math.min(block.rowPanels(), first + PACKING_PANELS);
                        packA(
                                a,
                                block.rows(),
                                block.depth(),
                                block.kernel(),
                                block.epilogue().alpha(),
                                first,
                                end,
                                block.a());
                    }
                });
    }

    private void compute(PackedBlock block) {
        int rowPanels = rowStep(block.rows(), block.kernel()) / block.kernel().rows();
        int rowTasks = PackedBlock.panels(block.rowPanels(), rowPanels);
        int columnTasks = PackedBlock.panels(block.columnPanels(), TASK_COLUMN_PANELS);
        pool.run(
                rowTasks * columnTasks,
                (task, worker) -> {
                    int row = task % rowTasks * rowPanels;
                    int column = task / rowTasks * TASK_COLUMN_PANELS;
                    block.compute(
                            row,
                            Math.min(block.rowPanels(), row + rowPanels),
                            column,
                            Math.min(block.columnPanels(), column + TASK_COLUMN_PANELS),
                            scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE));
                });
    }

    /** Cuts the depth into even parts of about {@link #DEPTH}. */
    public static int depthStep(int depth) {
        int parts = PackedBlock.panels(depth, DEPTH + DEPTH / 4);
        return PackedBlock.panels(PackedBlock.panels(depth, parts), 8) * 8;
    }

    /** Cuts rows into even parts of whole panels and about {@link #TASK_ROWS} rows. */
    private static int rowStep(int rows, MicroKernel kernel) {
        int parts = PackedBlock.panels(rows, TASK_ROWS);
        return PackedBlock.panels(PackedBlock.panels(rows, parts), kernel.rows()) * kernel.rows();
    }
}
