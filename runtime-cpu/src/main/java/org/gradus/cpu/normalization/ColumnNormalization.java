package org.gradus.cpu.normalization;

import java.util.Arrays;
import org.gradus.cpu.FloatRows;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;

/**
 * Normalization of the channels of {@code [outer, groups]}: neighbouring channels side by side, in
 * parallel over strips of them. Sums are gathered around the first row, so that a mean far from 0
 * costs no precision, and brought into double precision now and then.
 */
final class ColumnNormalization {
    /** The most channels of a strip. */
    private static final int STRIP = 256;

    /** The rows that are summed in single precision. */
    private static final int BLOCK = 128;

    private static final int TASK = 1 << 14;

    private final WorkerPool pool;

    ColumnNormalization(WorkerPool pool) {
        this.pool = pool;
    }

    /** What is done to the channels from {@code first} to {@code end}. */
    @FunctionalInterface
    private interface Strip {
        void run(int first, int end);
    }

    private void forEachStrip(int outer, int groups, Strip body) {
        int width = Math.clamp(TASK / outer / 16 * 16, 16, STRIP);
        pool.run(
                (groups + width - 1) / width,
                (task, worker) -> body.run(task * width, Math.min(groups, (task + 1) * width)));
    }

    /** Sums of a strip: single-precision ones of a block of rows, and the totals. */
    private static final class Sums {
        final float[] sums;
        final float[] products;
        final double[] totalSums;
        final double[] totalProducts;

        Sums(int width) {
            sums = new float[width];
            products = new float[width];
            totalSums = new double[width];
            totalProducts = new double[width];
        }

        void flush() {
            for (int i = 0; i < sums.length; i++) {
                totalSums[i] += sums[i];
                totalProducts[i] += products[i];
            }
            Arrays.fill(sums, 0);
            Arrays.fill(products, 0);
        }
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
        FloatRows x = FloatRows.of(input, groups);
        FloatRows y = FloatRows.of(output, groups);
        FloatRows means = FloatRows.of(mean, 1);
        FloatRows scales = FloatRows.of(inverseDeviation, 1);
        forEachStrip(
                outer,
                groups,
                (first, end) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    int n = end - first;
                    float[] shift = Arrays.copyOfRange(x.array(), x.at(0) + first, x.at(0) + end);
                    Sums sums = new Sums(n);
                    for (int row = 0; row < outer; row++) {
                        passes.addColumnMoments(
                                x.array(), x.at(row) + first, shift, sums.sums, sums.products, n);
                        if (row % BLOCK == BLOCK - 1) {
                            sums.flush();
                        }
                    }
                    sums.flush();
                    float[] factors = new float[n];
                    float[] shifts = new float[n];
                    for (int i = 0; i < n; i++) {
                        int group = first + i;
                        double distance = sums.totalSums[i] / outer;
                        double variance =
                                Math.max(0, sums.totalProducts[i] / outer - distance * distance);
                        float m = (float) (shift[i] + distance);
                        float scale = (float) (1 / Math.sqrt(variance + epsilon));
                        means.array()[means.at(group)] = m;
                        scales.array()[scales.at(group)] = scale;
                        factors[i] = scale * parameters.weight()[group];
                        shifts[i] = parameters.bias()[group] - m * factors[i];
                    }
                    for (int row = 0; row < outer; row++) {
                        passes.affineRows(
                                x.array(),
                                x.at(row) + first,
                                factors,
                                shifts,
                                y.array(),
                                y.at(row) + first,
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
        int groups = input.shape().size(1);
        FloatRows g = FloatRows.of(outputGradient, groups);
        FloatRows x = FloatRows.of(input, groups);
        FloatRows result = FloatRows.of(gradients.input(), groups);
        FloatRows weights = FloatRows.of(gradients.weight(), 1);
        FloatRows biases = FloatRows.of(gradients.bias(), 1);
        FloatRows means = FloatRows.of(mean, 1);
        FloatRows scales = FloatRows.of(inverseDeviation, 1);
        forEachStrip(
                outer,
                groups,
                (first, end) -> {
                    NormalizationPasses passes = NormalizationPasses.best();
                    int n = end - first;
                    float[] m = Arrays.copyOfRange(means.array(), means.at(first), means.at(end));
                    Sums sums = new Sums(n);
                    for (int row = 0; row < outer; row++) {
                        passes.addColumnProducts(
                                g.array(),
                                g.at(row) + first,
                                x.array(),
                                x.at(row) + first,
                                m,
                                sums.sums,
                                sums.products,
                                n);
                        if (row % BLOCK == BLOCK - 1) {
                            sums.flush();
                        }
                    }
                    sums.flush();
                    float[] as = new float[n];
                    float[] bs = new float[n];
                    float[] cs = new float[n];
                    for (int i = 0; i < n; i++) {
                        int group = first + i;
                        double scale = scales.array()[scales.at(group)];
                        double sum = sums.totalSums[i];
                        double products = sums.totalProducts[i];
                        weights.array()[weights.at(group)] = (float) (products * scale);
                        biases.array()[biases.at(group)] = (float) sum;
                        double a = parameters.weight()[group] * scale;
                        double b = -a * products * scale * scale / outer;
                        as[i] = (float) a;
                        bs[i] = (float) b;
                        cs[i] = (float) (-a * sum / outer - b * m[i]);
                    }
                    for (int row = 0; row < outer; row++) {
                        passes.combineRows(
                                g.array(),
                                g.at(row) + first,
                                as,
                                x.array(),
                                x.at(row) + first,
                                bs,
                                cs,
                                result.array(),
                                result.at(row) + first,
                                n);
                    }
                });
    }
}
