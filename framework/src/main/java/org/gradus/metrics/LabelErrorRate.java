package org.gradus.metrics;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.gradus.dtype.DType;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The {@linkplain EditDistance edit distances} of predicted and expected sequences, divided by the
 * length of the expected: phoneme, character or word error rate, as the labels are. It may exceed
 * 1.
 *
 * <p>Outputs are scores {@code [times, batch, classes]} as for CTC; the prediction is the best
 * class at each time, without repetitions and blanks. Targets are labels {@code [batch, length]},
 * negative ones at the end being padding. Sequences that were decoded otherwise are added by {@link
 * #add(long[], long[])}. Each batch waits for the device.
 */
public final class LabelErrorRate implements Metric {
    private final String name;
    private final int blank;
    private double distance;
    private double length;

    /**
     * Makes an empty metric.
     *
     * @param name as it is reported, {@code phoneme_error_rate} for example
     * @param blank the class that means no label
     */
    public LabelErrorRate(String name, int blank) {
        this.name = name;
        this.blank = blank;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        if (output.rank() != 3 || target.rank() != 2 || output.size(1) != target.size(0)) {
            throw new TensorException(
                    name
                            + ": an output of shape "
                            + output.shape()
                            + " and a target of shape "
                            + target.shape()
                            + " do not fit; give scores [times, batch, classes] and labels [batch,"
                            + " length]");
        }
        try (var _ = Scope.open()) {
            long[] best = Autograd.withoutGradients(() -> output.detach().argmax(2).mT().toLongs());
            long[] expected = target.to(DType.I64).toLongs();
            int times = output.size(0);
            int longest = target.size(1);
            for (int i = 0; i < target.size(0); i++) {
                long[] path = Arrays.copyOfRange(best, i * times, (i + 1) * times);
                long[] labels = Arrays.copyOfRange(expected, i * longest, (i + 1) * longest);
                add(collapsed(path), LongStream.of(labels).takeWhile(l -> l >= 0).toArray());
            }
        }
    }

    private long[] collapsed(long[] path) {
        long[] labels = new long[path.length];
        int count = 0;
        for (int t = 0; t < path.length; t++) {
            if (path[t] != blank && (t == 0 || path[t] != path[t - 1])) {
                labels[count++] = path[t];
            }
        }
        return Arrays.copyOf(labels, count);
    }

    /** Adds a pair of sequences. */
    public void add(long[] predicted, long[] expected) {
        distance += EditDistance.between(predicted, expected);
        length += expected.length;
    }

    @Override
    public double value() {
        return distance / length;
    }

    @Override
    public void reset() {
        distance = 0;
        length = 0;
    }

    @Override
    public double[] state() {
        return new double[] {distance, length};
    }

    @Override
    public void restore(double[] state) {
        States.requireSize(name, state, 2);
        distance = state[0];
        length = state[1];
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }
}
