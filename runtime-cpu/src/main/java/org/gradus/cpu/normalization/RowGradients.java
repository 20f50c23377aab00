package org.gradus.cpu.normalization;

import static org.gradus.cpu.normalization.RowBlocks.ROWS;

import org.gradus.cpu.FloatRows;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.WorkerPool;

/**
 * The backward pass of a normalization by rows. With h = (x - mean) scale, the gradient of x is
 * {@code scale (g w - average(g w) - h average(g w h))}.
 *
 * @param g the gradient of the output
 * @param x the input
 * @param weight by which normalized elements were multiplied
 * @param means of the rows
 * @param scales of the rows
 * @param centered whether the means are the input's; if not they are constants, and the average of
 *     {@code g w} is left out
 * @param result the gradient of the input
 * @param n the elements of a row
 */
record RowGradients(
        FloatRows g,
        FloatRows x,
        float[] weight,
        FloatRows means,
        FloatRows scales,
        boolean centered,
        FloatRows result,
        int n) {
    /** Computes the input's gradient and returns the sums for those of the parameters. */
    ParameterSums compute(WorkerPool pool, int outer) {
        int perTask = LayerNormalization.rowsPerTask(n, ParameterSums.leastRows(outer));
        int tasks = Math.ceilDiv(outer, perTask);
        ParameterSums sums = new ParameterSums(tasks);
        pool.run(
                tasks,
                (task, worker) -> {
                    float[] weightSums = new float[n];
                    float[] biasSums = new float[n];
                    int end = Math.min(outer, (task + 1) * perTask);
                    run(task * perTask, end, weightSums, biasSums);
                    sums.set(task, weightSums, biasSums);
                });
        return sums;
    }

    private void run(int first, int end, float[] weightSums, float[] biasSums) {
        RowBlocks blocks = RowBlocks.best();
        float[] sums = new float[RowBlocks.ROOM];
        float[] abc = new float[3 * ROWS];
        int row = first;
        for (; row + ROWS <= end; row += ROWS) {
            addBlock(blocks, row, weightSums, biasSums, sums, abc);
        }
        float[] weighted = row < end ? new float[n] : null;
        for (; row < end; row++) {
            addRow(row, weightSums, biasSums, weighted);
        }
    }

    private void addBlock(
            RowBlocks blocks,
            int row,
            float[] weightSums,
            float[] biasSums,
            float[] sums,
            float[] abc) {
        int meansAt = means.at(row);
        int scalesAt = scales.at(row);
        blocks.addGradients(
                g.array(),
                g.at(row),
                x.array(),
                x.at(row),
                means.array(),
                meansAt,
                scales.array(),
                scalesAt,
                weight,
                weightSums,
                biasSums,
                n,
                sums);
        for (int i = 0; i < ROWS; i++) {
            float scale = scales.array()[scalesAt + i];
            float b = b(sums[ROWS + i], scale);
            abc[i] = scale;
            abc[ROWS + i] = b;
            abc[2 * ROWS + i] = c(sums[i], scale, b, means.array()[meansAt + i]);
        }
        blocks.combine(
                g.array(),
                g.at(row),
                weight,
                x.array(),
                x.at(row),
                abc,
                result.array(),
                result.at(row),
                n);
    }

    private void addRow(int row, float[] weightSums, float[] biasSums, float[] weighted) {
        NormalizationPasses passes = NormalizationPasses.best();
        float mean = means.array()[means.at(row)];
        float scale = scales.array()[scales.at(row)];
        passes.addParameterGradients(
                g.array(),
                g.at(row),
                x.array(),
                x.at(row),
                mean,
                scale,
                weightSums,
                biasSums,
                0,
                n);
        passes.multiply(g.array(), g.at(row), weight, weighted, n);
        float sum = centered ? RowKernels.best().sum(weighted, 0, n) : 0;
        float b = b(passes.sumOfProducts(weighted, 0, x.array(), x.at(row), mean, n), scale);
        passes.combine(
                weighted,
                0,
                scale,
                x.array(),
                x.at(row),
                b,
                c(sum, scale, b, mean),
                result.array(),
                result.at(row),
                n);
    }

    // scale g w + b x + c is the gradient of x

    private float b(float sumOfProducts, float scale) {
        return -(sumOfProducts / n) * scale * scale * scale;
    }

    private float c(float sum, float scale, float b, float mean) {
        return centered ? -(sum / n) * scale - b * mean : 0;
    }
}
