package org.gradus.tensor;

import java.util.ArrayList;
import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * The lattice of {@link Alignments#ctc}: at each time one may be at a label or at a blank before,
 * between or after labels. From each of these {@code 2 * length + 1} places one stays, moves to the
 * next, or skips a blank between two different labels. Probabilities are logarithms throughout.
 */
final class CtcLattice {
    /**
     * The logarithm of no probability: finite, so that differences are not NaN, and small enough to
     * swallow whatever is added in {@code F32}.
     */
    private static final double NEVER = -1e30;

    private final int times;
    private final int batch;
    private final int places;
    private final Tensor labels;
    private final Tensor emissions;
    private final Tensor skips;
    private final Tensor ends;
    private final Tensor inputLengths;
    private final Tensor targetLengths;

    /**
     * Prepares the lattice.
     *
     * @param logs log-probabilities {@code [times, batch, classes]}
     * @param targets labels {@code [batch, length]}
     * @param inputLengths how many of the times count, {@code [batch]}
     * @param targetLengths how many of the labels count, {@code [batch]}
     */
    CtcLattice(Tensor logs, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank) {
        this.times = logs.size(0);
        this.batch = logs.size(1);
        this.places = 2 * targets.size(1) + 1;
        this.inputLengths = inputLengths.unsqueeze(1);
        this.targetLengths = targetLengths;
        Tensor counted = range(logs, targets.size(1)).lt(targetLengths.unsqueeze(1));
        this.labels = interleaved(counted.where(targets, blank), blank);
        this.skips = labels.ne(blank).and(labels.ne(before(labels, blank)));
        this.ends = range(logs, places).sub(targetLengths.unsqueeze(1).mul(2));
        this.emissions = logs.gather(2, index()).clamp(NEVER, Double.POSITIVE_INFINITY);
    }

    private static Tensor range(Tensor like, int count) {
        return Tensor.arange(like.device(), DType.I64, 0, count, 1);
    }

    private Tensor index() {
        return labels.unsqueeze(0).expand(times, batch, places);
    }

    /** Returns a blank before, between and after labels. */
    private static Tensor interleaved(Tensor labels, int blank) {
        Tensor blanks = labels.zerosLike().add(blank);
        Tensor pairs = Tensor.stack(2, blanks, labels).flatten(1, 2);
        Shape last = Shape.of(labels.size(0), 1);
        return Tensor.cat(1, pairs, Tensor.full(labels.device(), DType.I64, last, blank));
    }

    /** Returns what is two places before. */
    private static Tensor before(Tensor labels, int blank) {
        Shape two = Shape.of(labels.size(0), 2);
        Tensor padding = Tensor.full(labels.device(), DType.I64, two, blank);
        return Tensor.cat(1, padding, labels).narrow(1, 0, labels.size(1));
    }

    private Tensor never(int... sizes) {
        return Tensor.full(emissions.device(), emissions.dtype(), Shape.of(sizes), NEVER);
    }

    Tensor emissions() {
        return emissions;
    }

    private Tensor first() {
        return range(emissions, places).lt(2).where(emissions.select(0, 0), NEVER);
    }

    /**
     * Returns the probabilities of a time.
     *
     * @param stay those of a time before, or after, at the same place
     * @param move those of it at the next place
     * @param skip those of it at the place after that
     * @param skips where that one counts
     */
    private Tensor step(int time, Tensor stay, Tensor move, Tensor skip, Tensor skips) {
        Tensor skipped = skips.where(skip, NEVER);
        Tensor peak = stay.maximum(move).maximum(skipped);
        Tensor sum = stay.sub(peak).exp().add(move.sub(peak).exp()).add(skipped.sub(peak).exp());
        return sum.log().add(peak).add(emissions.select(0, time));
    }

    /** Returns the step from probabilities with two columns of nothing before them. */
    private Tensor forwardStep(int time, Tensor padded) {
        return step(
                time,
                padded.narrow(1, 2, places),
                padded.narrow(1, 1, places),
                padded.narrow(1, 0, places),
                skips);
    }

    /**
     * Returns the probabilities of all beginnings up to a time and place, that time included:
     * {@code [times, batch, places]}. Not differentiable.
     */
    Tensor forward() {
        Tensor all = never(times, batch, places + 2);
        Tensor result = all.narrow(2, 2, places);
        result.select(0, 0).assign(first());
        for (int t = 1; t < times; t++) {
            result.select(0, t).assign(forwardStep(t, all.select(0, t - 1)));
        }
        return result;
    }

    /** Returns what {@link #forward} does, differentiable. */
    Tensor differentiableForward() {
        Tensor padding = never(batch, 2);
        List<Tensor> all = new ArrayList<>(List.of(first()));
        for (int t = 1; t < times; t++) {
            all.add(forwardStep(t, Tensor.cat(1, padding, all.getLast())));
        }
        return Tensor.stack(0, all.toArray(Tensor[]::new));
    }

    /** Returns the probabilities of all endings from a time and place, that time included. */
    Tensor backward() {
        Tensor all = never(times, batch, places + 2);
        Tensor result = all.narrow(2, 0, places);
        Tensor padding = Tensor.zeros(skips.device(), DType.BOOL, Shape.of(batch, 2));
        Tensor ahead = Tensor.cat(1, skips, padding).narrow(1, 2, places);
        Tensor last = isLast();
        Tensor next = never(batch, places + 2);
        for (int t = times - 1; t >= 0; t--) {
            Tensor recursion =
                    step(
                            t,
                            next.narrow(1, 0, places),
                            next.narrow(1, 1, places),
                            next.narrow(1, 2, places),
                            ahead);
            Tensor start = last.where(emissions.select(0, t), NEVER);
            result.select(0, t).assign(inputLengths.eq(t + 1).where(start, recursion));
            next = all.select(0, t);
        }
        return result;
    }

    /** Returns where a path may end: at the last label or at the blank after it. */
    private Tensor isLast() {
        return ends.eq(0).or(ends.eq(-1));
    }

    /** Returns the log-likelihoods of the targets {@code [batch]} from {@link #forward}. */
    Tensor likelihoods(Tensor forward) {
        Tensor lastTimes = inputLengths.eq(0).where(0, inputLengths.sub(1));
        Tensor index = lastTimes.unsqueeze(0).expand(1, batch, places);
        Tensor ending = isLast().where(forward.gather(0, index).squeeze(0), NEVER);
        return ending.logSumExp(1);
    }

    /** Returns the losses of log-likelihoods, infinite where a target is impossible. */
    Tensor losses(Tensor likelihoods) {
        Tensor losses =
                likelihoods.le(NEVER / 10).where(Double.POSITIVE_INFINITY, likelihoods.neg());
        // no time at all: certain without labels, impossible with any
        Tensor ofNothing = targetLengths.eq(0).where(losses.zerosLike(), Double.POSITIVE_INFINITY);
        return inputLengths.squeeze(1).eq(0).where(ofNothing, losses);
    }

    /**
     * Returns how likely each class is at each time given the targets, {@code [times, batch,
     * classes]}: the gradient of the log-likelihoods.
     *
     * @param weights what each sequence's are multiplied by, {@code [batch]}
     */
    Tensor occupancies(Tensor forward, Tensor likelihoods, Tensor weights, Shape shape) {
        Tensor total = likelihoods.eq(Double.NEGATIVE_INFINITY).where(0, likelihoods).unsqueeze(1);
        Tensor paths = forward.add(backward()).sub(emissions).sub(total).exp();
        return paths.mul(weights.unsqueeze(1)).scatterInto(shape, 2, index());
    }
}
