package org.gradus.cpu.normalization;

import static org.gradus.cpu.normalization.RowBlocks.ROWS;

import org.gradus.cpu.FloatRows;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;

/**
 * Normalization of the rows of {@code [outer, inner]}, in parallel over rows, four at a time. Rows
 * stay in a cache of the core between their passes.
 */
final class LayerNormalization {
    private static final int TASK = 1 << 14;

    private final WorkerPool pool;

    LayerNormalization(WorkerPool pool) {
        this.pool = pool;
    }

    /** Returns how many rows make a task: whole blocks where there is room for one. */
    static int rowsPerTask(int n, int least) {
        int rows = Math.max(TASK / Math.max(1, n), least);
        return rows < ROWS ? Math.max(1, rows) : Math.ceilDiv(rows, ROWS) * ROWS;
    }

    void forward(
            View input,
            Parameters parameters,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation) {
        int outer = input.shape().size(0);
        int n = input.shape().size(1);
        var forward =
                new Forward(
                        FloatRows.of(input, n),
                        parameters,
                        epsilon,
                        FloatRows.of(output, n),
                        FloatRows.of(mean, 1),
                        FloatRows.of(inverseDeviation, 1),
                        n);
        int perTask = rowsPerTask(n, 1);
        pool.run(
                Math.ceilDiv(outer, perTask),
                (task, worker) ->
                        forward.run(task * perTask, Math.min(outer, (task + 1) * perTask)));
    }

    private record Forward(
            FloatRows x,
            Parameters parameters,
            double epsilon,
            FloatRows y,
            FloatRows means,
            FloatRows scales,
            int n) {
        void run(int first, int end) {
            RowBlocks blocks = RowBlocks.best();
            float[] sums = new float[RowBlocks.ROOM];
            int row = first;
            for (; row + ROWS <= end; row += ROWS) {
                normalizeBlock(blocks, row, sums);
            }
            for (; row < end; row++) {
                normalizeRow(row);
            }
        }

        private void normalizeBlock(RowBlocks blocks, int row, float[] sums) {
            int meansAt = means.at(row);
            int scalesAt = scales.at(row);
            blocks.sum(x.array(), x.at(row), n, sums);
            for (int i = 0; i < ROWS; i++) {
                means.array()[meansAt + i] = sums[i] / n;
            }
            blocks.sumOfSquares(x.array(), x.at(row), means.array(), meansAt, n, sums);
            for (int i = 0; i < ROWS; i++) {
                scales.array()[scalesAt + i] = scale(sums[i]);
            }
            blocks.normalize(
                    x.array(),
                    x.at(row),
                    means.array(),
                    meansAt,
                    scales.array(),
                    scalesAt,
                    parameters.weight(),
                    parameters.bias(),
                    y.array(),
                    y.at(row),
                    n);
        }

        private void normalizeRow(int row) {
            NormalizationPasses passes = NormalizationPasses.best();
            int at = x.at(row);
            float mean = RowKernels.best().sum(x.array(), at, n) / n;
            float scale = scale(passes.sumOfSquares(x.array(), at, mean, n));
            means.array()[means.at(row)] = mean;
            scales.array()[scales.at(row)] = scale;
            passes.normalize(
                    x.array(),
                    at,
                    mean,
                    scale,
                    parameters.weight(),
                    parameters.bias(),
                    y.array(),
                    y.at(row),
                    n);
        }

        private float scale(float sumOfSquares) {
            return (float) (1 / Math.sqrt(sumOfSquares / (double) n + epsilon));
        }
    }

    void backward(
            View outputGradient,
            View input,
            Parameters parameters,
            View mean,
            View inverseDeviation,
            Gradients gradients) {
        int outer = input.shape().size(0);
        int n = input.shape().size(1);
        var backward =
                new RowGradients(
                        FloatRows.of(outputGradient, n),
                        FloatRows.of(input, n),
                        parameters.weight(),
                        FloatRows.of(mean, 1),
                        FloatRows.of(inverseDeviation, 1),
                        true,
                        FloatRows.of(gradients.input(), n),
                        n);
        ParameterSums sums = backward.compute(pool, outer);
        sums.storeWeights(gradients.weight());
        sums.storeBiases(gradients.bias());
    }
}
