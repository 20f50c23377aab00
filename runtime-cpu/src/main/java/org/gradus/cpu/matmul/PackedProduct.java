package org.gradus.cpu.matmul;

import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * {@code F32} products of one pair of matrices, cut into blocks that suit the caches.
 *
 * <p>The operand with fewer lines (rows of {@code a}, columns of {@code b}) is packed as a whole,
 * for all tasks. A task packs some lines of the other one and multiplies them, block after block of
 * the depth, while the sums stay in the second-level cache. A large operand is cut first, so that
 * what is packed stays near.
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

    private static final int SLOT_SHARED = 0;
    private static final int SLOT_OWN = 1;
    private static final int SLOT_TILE = 2;

    /** The depth of a block: a panel of {@code b} then stays in the first-level cache. */
    private static final int DEPTH = 256;

    /** The lines of a task: with their sums they stay in the second-level cache. */
    private static final int TASK_LINES = 288;

    /** The rows of a task that are multiplied by one panel of columns after the other. */
    private static final int ROWS_AT_ONCE = 48;

    /** The elements of the columns of which a task goes along at a time: the second-level cache. */
    private static final int COLUMN_ELEMENTS = 1 << 16;

    /** Fewer lines take as long to pack as to multiply. */
    private static final int FEWEST_TASK_LINES = 48;

    /** Tasks for each thread, so that none waits long for the others. */
    private static final int TASKS_PER_THREAD = 2;

    /** The elements that are packed for all tasks at once, if the depth is not extreme. */
    private static final int SHARED_ELEMENTS = 1 << 20;

    /** The depth that is packed for all tasks at once. */
    private static final int SHARED_DEPTH = 16 * DEPTH;

    /** Up to so many elements are packed faster by one thread than by waking others. */
    private static final int PACKED_ALONE = 32_768;

    /** Panels that one packing task packs: long runs in memory where lines are neighbours. */
    private static final int PACKING_PANELS = 16;

    /** Products below this take no longer than to start the other threads. */
    private static final long SERIAL_WORK = 400_000;

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
        } else {
            int threads = work <= SERIAL_WORK ? 1 : pool.threads();
            multiply(rows, columns, depth, a, b, c, epilogue, threads);
        }
    }

    /** Computes a product on the calling thread; parameters as for {@link #multiply}. */
    void multiplySerially(
            int rows, int columns, int depth, Matrix a, Matrix b, Matrix c, Epilogue epilogue) {
        multiply(rows, columns, depth, a, b, c, epilogue, 1);
    }

    private void multiply(
            int rows,
            int columns,
            int depth,
            Matrix a,
            Matrix b,
            Matrix c,
            Epilogue epilogue,
            int threads) {
        if (depth == 0) {
            epilogue.begin(c, 0, rows, 0, columns);
            epilogue.end(c, 0, rows, 0, columns);
            return;
        }
        MicroKernel kernel = kernels.forRows(rows);
        var ofA = new Operand(a, rows, kernel.rows(), epilogue.alpha());
        var ofB = new Operand(b.transposed(), columns, MicroKernel.WIDTH, 1);
        boolean sharesB = columns <= rows;
        Operand shared = sharesB ? ofB : ofA;
        int step = depthStep(depth);
        int deepest = Math.max(1, SHARED_DEPTH / step) * step;
        int lines = Math.max(TASK_LINES, SHARED_ELEMENTS / Math.min(depth, deepest));
        lines = PackedBlock.panels(lines, shared.width) * shared.width;
        for (int line = 0; line < shared.lines; line += lines) {
            int count = Math.min(lines, shared.lines - line);
            Matrix part = sharesB ? c.from(0, line) : c.from(line, 0);
            Epilogue after = sharesB ? epilogue.from(0, line) : epilogue.from(line, 0);
            for (int k = 0; k < depth; k += deepest) {
                new Part(
                                kernel,
                                (sharesB ? ofA : ofB).from(0, k),
                                shared.from(line, k).first(count),
                                sharesB,
                                Math.min(deepest, depth - k),
                                step,
                                part,
                                after,
                                k == 0,
                                k + deepest >= depth)
                        .compute(threads);
            }
        }
    }

    /** Cuts the depth into even parts of about {@link #DEPTH}. */
    public static int depthStep(int depth) {
        int parts = depth <= DEPTH + DEPTH / 4 ? 1 : PackedBlock.panels(depth, DEPTH);
        return PackedBlock.panels(PackedBlock.panels(depth, parts), 8) * 8;
    }

    /**
     * What is to be packed: rows of {@code a} or columns of {@code b}.
     *
     * @param data element {@code [line][k]}
     * @param lines how many there are
     * @param width the lines of a panel
     * @param factor what elements are multiplied by
     */
    private record Operand(Matrix data, int lines, int width, float factor) {
        Operand from(int line, int k) {
            return new Operand(data.from(line, k), lines - line, width, factor);
        }

        Operand first(int count) {
            return new Operand(data, count, width, factor);
        }

        int panels() {
            return PackedBlock.panels(lines, width);
        }

        void pack(Packing packing, int depth, int first, int end, float[] target, int at) {
            packing.pack(
                    data.data(),
                    data.offset(),
                    data.rowStride(),
                    data.columnStride(),
                    lines,
                    depth,
                    width,
                    first,
                    end,
                    target,
                    at);
            if (factor != 1) {
                for (int i = at + first * width * depth; i < at + end * width * depth; i++) {
                    target[i] *= factor;
                }
            }
        }
    }

    /** A part of a product for which one operand is packed as a whole. */
    private final class Part {
        private final MicroKernel kernel;

        /** The operand whose lines are dealt out to tasks. */
        private final Operand cut;

        /** The operand that all tasks read, block after block of the depth. */
        private final Operand shared;

        private final boolean sharesB;
        private final int depth;

        /** The depth of a block. */
        private final int step;

        private final Matrix c;
        private final Epilogue epilogue;
        private final boolean first;
        private final boolean last;
        private final Scratch.Room packed;

        Part(
                MicroKernel kernel,
                Operand cut,
                Operand shared,
                boolean sharesB,
                int depth,
                int step,
                Matrix c,
                Epilogue epilogue,
                boolean first,
                boolean last) {
            this.kernel = kernel;
            this.cut = cut;
            this.shared = shared;
            this.sharesB = sharesB;
            this.depth = depth;
            this.step = step;
            this.c = c;
            this.epilogue = epilogue;
            this.first = first;
            this.last = last;
            packed = scratch.room(SLOT_SHARED, shared.panels() * shared.width * depth);
        }

        void compute(int threads) {
            int groups = PackedBlock.panels(shared.panels(), PACKING_PANELS);
            int packings = groups * PackedBlock.panels(depth, step);
            boolean alone = (long) shared.lines * depth <= PACKED_ALONE;
            run(alone ? 1 : threads, packings, (task, worker) -> packShared(task, groups));
            int parts = PackedBlock.panels(cut.lines, TASK_LINES);
            if (threads > 1 && parts < TASKS_PER_THREAD * threads) {
                int most = PackedBlock.panels(cut.lines, FEWEST_TASK_LINES);
                parts = Math.min(TASKS_PER_THREAD * threads, most);
            }
            int lines = PackedBlock.panels(PackedBlock.panels(cut.lines, parts), cut.width);
            int taskLines = lines * cut.width;
            int tasks = PackedBlock.panels(cut.lines, taskLines);
            run(threads, tasks, (task, worker) -> computeLines(task * taskLines, taskLines));
        }

        private void run(int threads, int tasks, WorkerPool.Task task) {
            if (threads > 1) {
                pool.run(tasks, task);
                return;
            }
            for (int i = 0; i < tasks; i++) {
                task.run(i, 0);
            }
        }

        private void packShared(int task, int groups) {
            int k = task / groups * step;
            int panel = task % groups * PACKING_PANELS;
            int end = Math.min(shared.panels(), panel + PACKING_PANELS);
            int part = Math.min(step, depth - k);
            shared.from(0, k).pack(packing, part, panel, end, packed.array(), sharedAt(k));
        }

        /** Returns where the block of the depth that begins at {@code k} is packed. */
        private int sharedAt(int k) {
            return packed.start() + k * shared.panels() * shared.width;
        }

        private void computeLines(int line, int most) {
            Operand own = cut.from(line, 0).first(Math.min(most, cut.lines - line));
            var room = scratch.room(SLOT_OWN, own.panels() * own.width * step);
            float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
            for (int k = 0; k < depth; k += step) {
                int part = Math.min(step, depth - k);
                own.from(0, k).pack(packing, part, 0, own.panels(), room.array(), room.start());
                computeBlock(block(line, k, part, own, room), tile);
            }
        }

        private PackedBlock block(int line, int k, int part, Operand own, Scratch.Room room) {
            boolean begins = first && k == 0;
            boolean ends = last && k + part == depth;
            if (sharesB) {
                return new PackedBlock(
                        kernel,
                        own.lines,
                        shared.lines,
                        part,
                        room.array(),
                        room.start(),
                        packed.array(),
                        sharedAt(k),
                        c.from(line, 0),
                        epilogue.from(line, 0),
                        begins,
                        ends);
            }
            return new PackedBlock(
                    kernel,
                    shared.lines,
                    own.lines,
                    part,
                    packed.array(),
                    sharedAt(k),
                    room.array(),
                    room.start(),
                    c.from(0, line),
                    epilogue.from(0, line),
                    begins,
                    ends);
        }

        /**
         * Takes few rows at a time, which stay in the first-level cache, and goes along the
         * columns: the processor fetches what is written before it is, as it sees it coming.
         */
        private void computeBlock(PackedBlock block, float[] tile) {
            int panels = Math.max(1, ROWS_AT_ONCE / kernel.rows());
            int wide = Math.max(2, COLUMN_ELEMENTS / (block.depth() * MicroKernel.WIDTH) / 2 * 2);
            for (int column = 0; column < block.columnPanels(); column += wide) {
                int toColumn = Math.min(block.columnPanels(), column + wide);
                for (int row = 0; row < block.rowPanels(); row += panels) {
                    int toRow = Math.min(block.rowPanels(), row + panels);
                    block.compute(row, toRow, column, toColumn, tile);
                }
            }
        }
    }
}
