package org.gradus.cpu.recurrent;

import org.gradus.cpu.matmul.Epilogue;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.PackedProduct;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The products of a sequence's steps: {@code [batch, depth] @ [depth, gates * hidden]}, always with
 * the same right operand, which is packed once. The left operand of a step is packed by the tasks
 * of the step before, each its part; two take turns.
 *
 * <p>A task computes some rows and, for some units, all gates, so that it can go on to apply the
 * cell. How tasks are cut does not show in the result.
 */
final class StepProduct {
    private static final int SLOT_WEIGHTS = 0;
    private static final int SLOT_OPERANDS = 1;
    private static final int SLOT_RESULT = 2;
    private static final int SLOT_TILE = 3;

    /** Arrays that this class uses of the scratch memory it is given. */
    static final int SCRATCH_SLOTS = 4;

    private static final int WIDTH = MicroKernel.WIDTH;

    /** The rows of a task: its packed rows stay in the second-level cache. */
    private static final int TASK_ROWS = 96;

    /** The units of each row lie on a page of their own: fewer tasks change pages less often. */
    private static final int MOST_UNIT_PANELS = 4;

    /**
     * Units are not put together below so many tasks for a thread, and for two threads at least.
     */
    private static final int TASKS_PER_THREAD = 2;

    private final Scratch scratch;
    private final MicroKernel kernel;
    private final Packing packing;
    private final int batch;
    private final int depth;
    private final int hidden;
    private final int gates;
    private final int depthStep;
    private final int paddedRows;
    private final int taskRowPanels;
    private final int rowTasks;
    private final int unitPanels;

    /** Panels of units per task: an even number of panels of gates suits the widest kernels. */
    private final int taskUnitPanels;

    private final Scratch.Room weights;
    private final float[] operands;

    /** Some rows and units, the end excluded. */
    record Part(int row, int endRow, int unit, int endUnit) {
        int units() {
            return endUnit - unit;
        }
    }

    /**
     * Prepares a product; arrays of the calling thread's scratch memory are in use until the last
     * step is done.
     */
    StepProduct(
            Scratch scratch,
            MicroKernel kernel,
            Packing packing,
            int batch,
            int depth,
            int hidden,
            int gates,
            int threads) {
        this.scratch = scratch;
        this.kernel = kernel;
        this.packing = packing;
        this.batch = batch;
        this.depth = depth;
        this.hidden = hidden;
        this.gates = gates;
        depthStep = PackedProduct.depthStep(depth);
        int rowPanels = PackedBlock.panels(batch, kernel.rows());
        paddedRows = rowPanels * kernel.rows();
        taskRowPanels = Math.max(1, Math.min(rowPanels, TASK_ROWS / kernel.rows()));
        rowTasks = PackedBlock.panels(rowPanels, taskRowPanels);
        unitPanels = PackedBlock.panels(hidden, WIDTH);
        int enough = TASKS_PER_THREAD * Math.max(2, threads);
        taskUnitPanels = Math.clamp(unitPanels / enough, gates % 2 == 0 ? 1 : 2, MOST_UNIT_PANELS);
        weights = scratch.room(SLOT_WEIGHTS, unitPanels * gates * WIDTH * depth);
        operands = scratch.floats(SLOT_OPERANDS, 2 * paddedRows * depth);
    }

    /** Returns the work of one step in multiplications. */
    long work() {
        return (long) batch * depth * gates * hidden;
    }

    /** Returns the number of tasks of a step. */
    int tasks() {
        return rowTasks * unitTasks();
    }

    private int unitTasks() {
        return PackedBlock.panels(unitPanels, taskUnitPanels);
    }

    /** Returns what a task computes. */
    Part part(int task) {
        int row = task % rowTasks * taskRowPanels * kernel.rows();
        int unit = task / rowTasks * taskUnitPanels * WIDTH;
        return new Part(
                row,
                Math.min(batch, row + taskRowPanels * kernel.rows()),
                unit,
                Math.min(hidden, unit + taskUnitPanels * WIDTH));
    }

    /**
     * Packs the right operand with all threads.
     *
     * @param columns element {@code [gate * hidden + unit][k]}: the right operand transposed
     */
    void packWeights(WorkerPool pool, Matrix columns) {
        pool.run(unitTasks(), (task, worker) -> packWeights(columns, task));
    }

    private void packWeights(Matrix columns, int task) {
        int first = task * taskUnitPanels;
        int end = Math.min(unitPanels, first + taskUnitPanels);
        for (int k = 0; k < depth; k += depthStep) {
            int part = Math.min(depthStep, depth - k);
            int target = weightsAt(first, end, k);
            for (int gate = 0; gate < gates; gate++) {
                packing.pack(
                        columns.data(),
                        columns.position(gate * hidden, k),
                        columns.rowStride(),
                        columns.columnStride(),
                        hidden,
                        part,
                        WIDTH,
                        first,
                        end,
                        weights.array(),
                        target + (gate * (end - first) - first) * WIDTH * part);
            }
        }
    }

    /** Where the panels of a part of the depth begin that belong to a task's units. */
    private int weightsAt(int firstPanel, int endPanel, int k) {
        int panels = firstPanel * depth + (endPanel - firstPanel) * k;
        return weights.start() + gates * WIDTH * panels;
    }

    /** Returns the distance between gates in a task's {@linkplain #compute results}. */
    int gateStride(Part part) {
        return PackedBlock.panels(part.units(), WIDTH) * WIDTH;
    }

    /** Returns the distance between rows in a task's {@linkplain #compute results}. */
    int rowStride(Part part) {
        return gates * gateStride(part);
    }

    /** Returns room for a task's results, with unspecified content. */
    float[] results(Part part) {
        int rows = PackedBlock.panels(part.endRow - part.row, kernel.rows()) * kernel.rows();
        return scratch.floats(SLOT_RESULT, rows * rowStride(part));
    }

    /**
     * Multiplies a task's rows of the operand with its columns.
     *
     * @param turn which operand, 0 or 1
     * @return the products, row by row and gate by gate; the calling thread's scratch memory
     */
    float[] compute(Part part, int turn) {
        float[] results = results(part);
        float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
        int firstPanel = part.unit / WIDTH;
        int panels = PackedBlock.panels(part.units(), WIDTH);
        int rowPanels = PackedBlock.panels(part.endRow - part.row, kernel.rows());
        for (int k = 0; k < depth; k += depthStep) {
            int size = Math.min(depthStep, depth - k);
            var block =
                    new PackedBlock(
                            kernel,
                            rowPanels * kernel.rows(),
                            rowStride(part),
                            size,
                            operands,
                            operandAt(turn, part.row, k, 0),
                            weights.array(),
                            weightsAt(firstPanel, firstPanel + panels, k),
                            new Matrix(results, 0, rowStride(part), 1),
                            Epilogue.NONE,
                            k == 0,
                            k + size == depth);
            block.compute(0, rowPanels, 0, gates * panels, tile);
        }
        return results;
    }

    /**
     * Packs some rows and elements of an operand.
     *
     * @param turn which operand, 0 or 1
     * @param source element {@code [row][k]} of those rows and elements, columns being neighbours
     * @param row the first row, at which a panel begins
     * @param from the first element
     */
    void store(int turn, Matrix source, int row, int endRow, int from, int to) {
        int height = kernel.rows();
        for (int top = row; top < endRow; top += height) {
            int k = from;
            while (k < to) {
                int end = Math.min(to, k / depthStep * depthStep + depthStep);
                packing.pack(
                        source.data(),
                        source.position(top - row, k - from),
                        source.rowStride(),
                        1,
                        Math.min(height, endRow - top),
                        end - k,
                        height,
                        0,
                        1,
                        operands,
                        operandAt(turn, top, k / depthStep * depthStep, k % depthStep));
                k = end;
            }
        }
    }

    /**
     * Where an element of a panel lies: the panel's first row, a part of the depth, and there k.
     */
    private int operandAt(int turn, int row, int partStart, int k) {
        int size = Math.min(depthStep, depth - partStart);
        return (turn * depth + partStart) * paddedRows + row * size + k * kernel.rows();
    }
}
