package org.gradus.cpu.normalization;

import org.gradus.cpu.FloatRows;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;

/**
 * Division of the rows of {@code [outer, inner]} by the root of their mean square, in parallel over
 * rows. A row stays in the first-level cache between its passes.
 */
final class RootMeanSquareNormalization {
    private static final int TASK = 1 << 14;

    /** The most partial sums that the weight's gradient is gathered in. */
    private static final int MAX_BLOCKS = 64;

    private final WorkerPool pool;

    RootMeanSquareNormalization(WorkerPool pool) {
        this.pool = pool;
    }

    void forward(View input, Parameters parameters, double epsilon, View output, View inverseRoot) {
        int outer = input.shape().size(0);
        int n = input.shape().size(1);
        FloatRows x = FloatRows.of(input, n);
        FloatRows y = FloatRows.of(output, n);
        FloatRows scales = FloatRows.of(inverseRoot, 1);
        int perTask = Math.max(1, TASK / n);
        pool.run(
                Math.ceilDiv(outer, perTask),
                (task, worker) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    int end = Math.min(outer, (task + 1) * perTask);
                    for (int row = task * perTask; row < end; row++) {
                        int at = x.at(row);
                        double square = passes.sumOfSquares(x.array(), at, 0, n) / (double) n;
                        float scale = (float) (1 / Math.sqrt(square + epsilon));
                        scales.array()[scales.at(row)] = scale;
                        passes.normalize(
                                x.array(),
                                at,
                                0,
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
            View inverseRoot,
            View inputGradient,
            View weightGradient) {
        int outer = input.shape().size(0);
        int n = input.shape().size(1);
        FloatRows g = FloatRows.of(outputGradient, n);
        FloatRows x = FloatRows.of(input, n);
        FloatRows result = FloatRows.of(inputGradient, n);
        FloatRows scales = FloatRows.of(inverseRoot, 1);
        int perTask = Math.max(TASK / Math.max(1, n), Math.ceilDiv(outer, MAX_BLOCKS));
        int tasks = Math.ceilDiv(outer, Math.max(1, perTask));
        float[] weightSums = new float[tasks * n];
        float[] biasSums = new float[tasks * n];
        pool.run(
                tasks,
                (task, worker) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    float[] weighted = new float[n];
                    int end = Math.min(outer, (task + 1) * perTask);
                    for (int row = task * perTask; row < end; row++) {
                        float scale = scales.array()[scales.at(row)];
                        int gAt = g.at(row);
                        int at = x.at(row);
                        passes.addParameterGradients(
                                g.array(),
                                gAt,
                                x.array(),
                                at,
                                0,
                                scale,
                                weightSums,
                                biasSums,
                                task * n,
                                n);
                        passes.multiply(g.array(), gAt, parameters.weight(), weighted, n);
                        float b = passes.sumOfProducts(weighted, 0, x.array(), at, 0, n) / n;
                        // scale * g w - x b scale³
                        passes.combine(
                                weighted,
                                0,
                                scale,
                                x.array(),
                                at,
                                -b * scale * scale * scale,
                                0,
                                result.array(),
                                result.at(row),
                                n);
                    }
                });
        LayerNormalization.add(weightSums, n, weightGradient);
    }
}
