package org.gradus.device;

/**
 * Connectionist temporal classification (Graves et al., 2006): likelihoods of labels without their
 * places in time, over contiguous views of {@code F32} and {@code I64}. Each method overwrites its
 * outputs.
 *
 * <p>The places of a target are its labels and the blanks before, between and after them, {@code 2
 * * length + 1}.
 */
public interface CtcKernels extends Kernels {
    /**
     * What is aligned with log-probabilities {@code [times, batch, classes]}. A label that counts
     * and is no class, and a number of times that is not there, are reported as {@link
     * Device#gather} reports an index.
     *
     * @param labels {@code I64}, {@code [batch, length]}; those that do not count may be anything
     * @param times how many of the times count, {@code I64}, {@code [batch]}
     * @param lengths how many of the labels count, {@code I64}, {@code [batch]}; a target of less
     *     than 0 or more than there are is impossible
     * @param blank the class that means no label
     */
    record Targets(View labels, View times, View lengths, int blank) {
        /** Returns how many labels a target has at most. */
        public int length() {
            return labels.shape().size(1);
        }

        /** Returns how many places the longest target has. */
        public int places() {
            return 2 * length() + 1;
        }
    }

    /**
     * Sums over all alignments, in log space.
     *
     * @param logs log-probabilities {@code [times, batch, classes]}
     * @param losses the negative log-likelihoods {@code [batch]}; infinite where a target is
     *     impossible, and 0 where neither times nor labels count
     * @param sums kept for the gradient, {@code [batch, times, places]}: the log-likelihood of all
     *     beginnings up to a time and place; unspecified beyond those that count
     */
    void likelihoods(View logs, Targets targets, View losses, View sums);

    /**
     * Gradient of {@link #likelihoods}: how likely each class is at each time, given the target,
     * times minus the gradient of the loss. It is 0 for impossible targets and at times that do not
     * count.
     *
     * @param lossGradients {@code [batch]}
     * @param logsGradient {@code [times, batch, classes]}
     */
    void gradient(
            View lossGradients,
            View logs,
            Targets targets,
            View losses,
            View sums,
            View logsGradient);
}
