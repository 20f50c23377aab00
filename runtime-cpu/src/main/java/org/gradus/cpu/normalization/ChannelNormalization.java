package org.gradus.cpu.normalization;

import org.gradus.cpu.FloatRows;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;

/**
 * Normalization of the channels of {@code [outer, groups, inner]}, in parallel over channels. A
 * channel's runs of {@code inner} elements are summed in single precision, the runs in double.
 */
final class ChannelNormalization {
    private static final int TASK = 1 << 14;

    private final WorkerPool pool;

    ChannelNormalization(WorkerPool pool) {
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
        int groups = input.shape().size(1);
        int n = input.shape().size(2);
        FloatRows x = FloatRows.of(input, n);
        FloatRows y = FloatRows.of(output, n);
        FloatRows means = FloatRows.of(mean, 1);
        FloatRows scales = FloatRows.of(inverseDeviation, 1);
        double count = (double) outer * n;
        int perTask = (int) Math.max(1, TASK / count);
        pool.run(
                (groups + perTask - 1) / perTask,
                (task, worker) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    RowKernels kernels = RowKernels.best();
                    int end = Math.min(groups, (task + 1) * perTask);
                    for (int group = task * perTask; group < end; group++) {
                        double sum = 0;
                        for (int i = 0; i < outer; i++) {
                            sum += kernels.sum(x.array(), x.at(i * groups + group), n);
                        }
                        float m = (float) (sum / count);
                        double squares = 0;
                        for (int i = 0; i < outer; i++) {
                            int at = x.at(i * groups + group);
                            squares += passes.sumOfSquares(x.array(), at, m, n);
                        }
                        float scale = (float) (1 / Math.sqrt(squares / count + epsilon));
                        means.array()[means.at(group)] = m;
                        scales.array()[scales.at(group)] = scale;
                        float factor = scale * parameters.weight()[group];
                        float shift = parameters.bias()[group] - m * factor;
                        for (int i = 0; i < outer; i++) {
                            int row = i * groups + group;
                            passes.affine(
                                    x.array(), x.at(row), factor, shift, y.array(), y.at(row), n);
                        }
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
        int groups = input.shape().size(1);
        int n = input.shape().size(2);
        FloatRows g = FloatRows.of(outputGradient, n);
        FloatRows x = FloatRows.of(input, n);
        FloatRows result = FloatRows.of(gradients.input(), n);
        FloatRows weights = FloatRows.of(gradients.weight(), 1);
        FloatRows biases = FloatRows.of(gradients.bias(), 1);
        FloatRows means = FloatRows.of(mean, 1);
        FloatRows scales = FloatRows.of(inverseDeviation, 1);
        double count = (double) outer * n;
        int perTask = (int) Math.max(1, TASK / count);
        pool.run(
                (groups + perTask - 1) / perTask,
                (task, worker) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    RowKernels kernels = RowKernels.best();
                    int end = Math.min(groups, (task + 1) * perTask);
                    for (int group = task * perTask; group < end; group++) {
                        float m = means.array()[means.at(group)];
                        double sum = 0;
                        double products = 0;
                        for (int i = 0; i < outer; i++) {
                            int row = i * groups + group;
                            int gAt = g.at(row);
                            sum += kernels.sum(g.array(), gAt, n);
                            products +=
                                    passes.sumOfProducts(
                                            g.array(), gAt, x.array(), x.at(row), m, n);
                        }
                        double scale = scales.array()[scales.at(group)];
                        weights.array()[weights.at(group)] = (float) (products * scale);
                        biases.array()[biases.at(group)] = (float) sum;
                        double a = parameters.weight()[group] * scale;
                        double b = -a * products * scale * scale / count;
                        double c = -a * sum / count - b * m;
                        for (int i = 0; i < outer; i++) {
                            int row = i * groups + group;
                            passes.combine(
                                    g.array(),
                                    g.at(row),
                                    (float) a,
                                    x.array(),
                                    x.at(row),
                                    (float) b,
                                    (float) c,
                                    result.array(),
                                    result.at(row),
                                    n);
                        }
                    }
                });
    }
}
