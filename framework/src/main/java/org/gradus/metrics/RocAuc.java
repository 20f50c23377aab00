package org.gradus.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Recording;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * The area under the ROC curve of two classes, called {@code auc}: the probability that a sample of
 * class 1 scores higher than one of class 0, equal scores counting half (Hanley and McNeil, 1982).
 *
 * <p>Exact, so it keeps all scores: 16 bytes a sample. Outputs are scores in the targets' shape, of
 * which only the order matters; targets are 0 or 1.
 */
public final class RocAuc implements Metric {
    private final List<Tensor> unread = new ArrayList<>();

    /** Pairs of score and target, those of the unread batches not yet among them. */
    private double[] pairs = new double[0];

    private int length;

    /** Makes an empty metric. */
    public RocAuc() {}

    @Override
    public String name() {
        return "auc";
    }

    @Override
    public void update(Tensor output, Tensor target) {
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(
                    () -> {
                        Tensor scores = Labels.logits(name(), output.detach(), target);
                        remember(scores.to(DType.F32));
                        remember(target.to(DType.F32));
                    });
        }
    }

    private void remember(Tensor values) {
        Recording.afterwards(
                List.of(values),
                given -> {
                    unread.add(given.getFirst().detach().compute().unowned());
                    // scores and targets take turns
                    if (unread.size() >= 128 && unread.size() % 2 == 0) {
                        read();
                    }
                });
    }

    private void read() {
        for (int i = 0; i < unread.size(); i += 2) {
            HostArray scores = unread.get(i).toHost();
            HostArray targets = unread.get(i + 1).toHost();
            int count = Math.toIntExact(scores.shape().elements());
            if (length + 2 * count > pairs.length) {
                pairs = Arrays.copyOf(pairs, Math.max(2 * pairs.length, length + 2 * count));
            }
            for (int j = 0; j < count; j++) {
                pairs[length++] = scores.get(j);
                pairs[length++] = targets.get(j);
            }
        }
        unread.forEach(Tensor::release);
        unread.clear();
    }

    @Override
    public double value() {
        read();
        Integer[] order = new Integer[length / 2];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> pairs[2 * i]));
        double positives = 0;
        double rankSum = 0;
        for (int start = 0; start < order.length; ) {
            int end = start;
            int tied = 0;
            while (end < order.length && pairs[2 * order[end]] == pairs[2 * order[start]]) {
                tied += pairs[2 * order[end] + 1] > 0.5 ? 1 : 0;
                end++;
            }
            if (end == start) {
                return Double.NaN;
            }
            // Equal scores share the mean of their ranks, which count from 1.
            rankSum += tied * (start + 1 + end) / 2.0;
            positives += tied;
            start = end;
        }
        double negatives = order.length - positives;
        return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
    }

    @Override
    public void reset() {
        unread.forEach(Tensor::release);
        unread.clear();
        pairs = new double[0];
        length = 0;
    }

    @Override
    public double[] state() {
        read();
        return Arrays.copyOf(pairs, length);
    }

    @Override
    public void restore(double[] state) {
        if (state.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "the state of auc has pairs of numbers, not "
                            + state.length
                            + ": give the one that this metric returned");
        }
        reset();
        pairs = state.clone();
        length = state.length;
    }
}
