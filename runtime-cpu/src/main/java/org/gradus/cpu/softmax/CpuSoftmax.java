package org.gradus.cpu.softmax;

import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.FloatRows;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.SoftmaxKernels;
import org.gradus.device.View;

/**
 * {@link SoftmaxKernels} for {@code F32}, in parallel over rows.
 *
 * <p>Cost: about 0.4 ns per element and exponential on one core; a row of up to ten thousand
 * classes stays in the first-level cache between its passes.
 */
public final class CpuSoftmax implements SoftmaxKernels {
    private static final int TASK = 1 << 13;

    private final WorkerPool pool;

    /** Creates kernels that share their work among a pool's threads. */
    public CpuSoftmax(WorkerPool pool) {
        this.pool = pool;
    }

    /** What is done to a row. */
    @FunctionalInterface
    private interface RowTask {
        void run(int row, SoftmaxRows rows, RowKernels kernels);
    }

    private void forEachRow(View matrix, RowTask body) {
        int classes = matrix.shape().size(1);
        if (classes == 0) {
            return;
        }
        int count = matrix.shape().size(0);
        int perTask = Math.max(1, TASK / classes);
        pool.run(
                (count + perTask - 1) / perTask,
                (task, worker) -> {
                    SoftmaxRows rows = SoftmaxRows.best();
                    RowKernels kernels = RowKernels.best();
                    int end = Math.min(count, (task + 1) * perTask);
                    for (int row = task * perTask; row < end; row++) {
                        body.run(row, rows, kernels);
                    }
                });
    }

    @Override
    public void softmax(View input, View output) {
        int n = input.shape().size(1);
        FloatRows x = FloatRows.of(input, n);
        FloatRows y = FloatRows.of(output, n);
        forEachRow(
                input,
                (row, rows, kernels) -> {
                    float largest = rows.largest(x.array(), x.at(row), n);
                    float sum =
                            rows.exponentials(
                                    x.array(), x.at(row), largest, y.array(), y.at(row), n);
                    rows.scale(y.array(), y.at(row), 1 / sum, y.array(), y.at(row), n);
                });
    }

    @Override
    public void softmaxGradient(View outputGradient, View output, View inputGradient) {
        int n = output.shape().size(1);
        FloatRows g = FloatRows.of(outputGradient, n);
        FloatRows y = FloatRows.of(output, n);
        FloatRows result = FloatRows.of(inputGradient, n);
        forEachRow(
                output,
                (row, rows, kernels) -> {
                    float dot = kernels.dot(g.array(), g.at(row), y.array(), y.at(row), n);
                    rows.softmaxGradient(
                            g.array(),
                            g.at(row),
                            dot,
                            y.array(),
                            y.at(row),
                            result.array(),
                            result.at(row),
                            n);
                });
    }

    @Override
    public void logSoftmax(View input, View output) {
        int n = input.shape().size(1);
        FloatRows x = FloatRows.of(input, n);
        FloatRows y = FloatRows.of(output, n);
        forEachRow(
                input,
                (row, rows, kernels) -> {
                    float largest = rows.largest(x.array(), x.at(row), n);
                    float rest = logOfSum(rows, x, row, largest, n);
                    // in two steps, so that a large maximum does not swallow the rest
                    rows.subtract(x.array(), x.at(row), largest, y.array(), y.at(row), n);
                    rows.subtract(y.array(), y.at(row), rest, y.array(), y.at(row), n);
                });
    }

    /** Returns {@code log(sum(exp(x - largest)))} of a row. */
    private static float logOfSum(SoftmaxRows rows, FloatRows x, int row, float largest, int n) {
        return (float) Math.log(rows.sumOfExponentials(x.array(), x.at(row), largest, n));
    }

    @Override
    public void logSoftmaxGradient(View outputGradient, View output, View inputGradient) {
        int n = output.shape().size(1);
        FloatRows g = FloatRows.of(outputGradient, n);
        FloatRows y = FloatRows.of(output, n);
        FloatRows result = FloatRows.of(inputGradient, n);
        forEachRow(
                output,
                (row, rows, kernels) -> {
                    float sum = kernels.sum(g.array(), g.at(row), n);
                    rows.logSoftmaxGradient(
                            g.array(),
                            g.at(row),
                            sum,
                            y.array(),
                            y.at(row),
                            result.array(),
                            result.at(row),
                            n);
                });
    }

    @Override
    public void crossEntropy(View logits, View labels, View losses, View logSums) {
        int n = logits.shape().size(1);
        FloatRows x = FloatRows.of(logits, n);
        FloatRows loss = FloatRows.of(losses, 1);
        FloatRows logSum = FloatRows.of(logSums, 1);
        long[] label = CpuBuffer.of(labels).longs();
        int labelAt = (int) labels.offset();
        forEachRow(
                logits,
                (row, rows, kernels) -> {
                    int target = check(label[labelAt + row], n);
                    float largest = rows.largest(x.array(), x.at(row), n);
                    float rest = logOfSum(rows, x, row, largest, n);
                    loss.array()[loss.at(row)] = rest + (largest - x.array()[x.at(row) + target]);
                    logSum.array()[logSum.at(row)] = largest + rest;
                });
    }

    @Override
    public void crossEntropyGradient(
            View lossGradients, View logits, View labels, View logSums, View logitsGradient) {
        int n = logits.shape().size(1);
        FloatRows x = FloatRows.of(logits, n);
        FloatRows factor = FloatRows.of(lossGradients, (int) lossGradients.strides()[0]);
        FloatRows logSum = FloatRows.of(logSums, 1);
        FloatRows result = FloatRows.of(logitsGradient, n);
        long[] label = CpuBuffer.of(labels).longs();
        int labelAt = (int) labels.offset();
        forEachRow(
                logits,
                (row, rows, kernels) -> {
                    int target = check(label[labelAt + row], n);
                    float g = factor.array()[factor.at(row)];
                    float shift = logSum.array()[logSum.at(row)];
                    rows.scaledExponentials(
                            x.array(), x.at(row), shift, g, result.array(), result.at(row), n);
                    result.array()[result.at(row) + target] -= g;
                });
    }

    private static int check(long label, int classes) {
        if (label < 0 || label >= classes) {
            throw new IndexOutOfBoundsException(
                    "label " + label + " is out of bounds for " + classes + " classes");
        }
        return (int) label;
    }
}
