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
        var backward =
                new RowGradients(
                        FloatRows.of(outputGradient, n),
                        FloatRows.of(input, n),
                        parameters.weight(),
                        new FloatRows(new float[outer], 0, 1),
                        FloatRows.of(inverseRoot, 1),
                        false,
                        FloatRows.of(inputGradient, n),
                        n);
        backward.compute(pool, outer).storeWeights(weightGradient);
    }
}
