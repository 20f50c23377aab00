package org.gradus.cpu.normalization;

import org.gradus.cpu.FloatRows;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;

/**
 * Normalization of the rows of {@code [outer, inner]}, in parallel over rows. A row stays in the
 * first-level cache between its passes.
 */
final class LayerNormalization {
    private static final int TASK = 1 << 14;

    /** The most partial sums that parameter gradients are gathered in. */
    private static final int MAX_BLOCKS = 64;

    private final WorkerPool pool;

    LayerNormalization(WorkerPool pool) {
        this.pool = pool;
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
        FloatRows x = FloatRows.of(input, n);
        FloatRows y = FloatRows.of(output, n);
        FloatRows means = FloatRows.of(mean, 1);
        FloatRows scales = FloatRows.of(inverseDeviation, 1);
        int perTask = Math.max(1, TASK / n);
        pool.run(
                (outer + perTask - 1) / perTask,
                (task, worker) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    RowKernels kernels = RowKernels.best();
                    int end = Math.min(outer, (task + 1) * perTask);
                    for (int row = task * perTask; row < end; row++) {
                        int at = x.at(row);
                        float m = kernels.sum(x.array(), at, n) / n;
                        double variance = passes.sumOfSquares(x.array(), at, m, n) / (double) n;
                        float scale = (float) (1 / Math.sqrt(variance + epsilon));
                        means.array()[means.at(row)] = m;
                        scales.array()[scales.at(row)] = scale;
                        passes.normalize(
                                x.array(),
                                at,
                                m,
                                scale,
                                parameters.weight(),
                                parameters.bias(),
                                y.array(),
                                y.at(row),
                                n);
                    }
                });
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
        FloatRows g = FloatRows.of(outputGradient, n);
        FloatRows x = FloatRows.of(input, n);
        FloatRows result = FloatRows.of(gradients.input(), n);
        FloatRows means = FloatRows.of(mean, 1);
        FloatRows scales = FloatRows.of(inverseDeviation, 1);
        int perTask = Math.max(Math.max(1, TASK / n), (outer + MAX_BLOCKS - 1) / MAX_BLOCKS);
        int tasks = (outer + perTask - 1) / perTask;
        float[] weightSums = new float[tasks * n];
        float[] biasSums = new float[tasks * n];
        pool.run(
                tasks,
                (task, worker) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    RowKernels kernels = RowKernels.best();
                    float[] weighted = new float[n];
                    int end = Math.min(outer, (task + 1) * perTask);
                    for (int row = task * perTask; row < end; row++) {
                        float m = means.array()[means.at(row)];
                        float scale = scales.array()[scales.at(row)];
                        int gAt = g.at(row);
                        int at = x.at(row);
                        passes.addParameterGradients(
                                g.array(),
                                gAt,
                                x.array(),
                                at,
                                m,
                                scale,
                                weightSums,
                                biasSums,
                                task * n,
                                n);
                        passes.multiply(g.array(), gAt, parameters.weight(), weighted, n);
                        float a = kernels.sum(weighted, 0, n) / n;
                        float b = passes.sumOfProducts(weighted, 0, x.array(), at, m, n) / n;
                        float k = -b * scale * scale * scale;
                        // scale * (g w - a) - (x - mean) b scale³
                        passes.combine(
                                weighted,
                                0,
                                scale,
                                x.array(),
                                at,
                                k,
                                -a * scale - k * m,
                                result.array(),
                                result.at(row),
                                n);
                    }
                });
        add(weightSums, n, gradients.weight());
        add(biasSums, n, gradients.bias());
    }

    /** Adds up the blocks' sums in order. */
    static void add(float[] blocks, int n, View total) {
        FloatRows result = FloatRows.of(total, n);
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int at = i; at < blocks.length; at += n) {
                sum += blocks[at];
            }
            result.array()[result.offset() + i] = (float) sum;
        }
    }
}
