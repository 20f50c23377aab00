package org.gradus.train;

import java.util.ArrayList;
import java.util.List;
import org.gradus.tensor.Tensor;

/**
 * Adds up the losses of batches, weighted by their samples: over the epoch, and since the last
 * report. Losses stay on the device until they are asked for, so that steps need not wait for it.
 */
final class LossSums {
    private static final int MAXIMUM_UNREAD = 256;

    /** The loss of a batch that was not read yet. */
    private record Unread(long step, Tensor loss, int samples) {}

    /** A loss that was no number, or no finite one. */
    record NotFinite(long step, double loss) {}

    private final List<Unread> unread = new ArrayList<>();
    private double epochSum;
    private double epochSamples;
    private double recentSum;
    private double recentSamples;
    private NotFinite notFinite;

    /** Adds the mean loss of a batch that belongs to a step. */
    void add(long step, Tensor loss, int samples) {
        unread.add(new Unread(step, loss.detach().compute().unowned(), samples));
        if (unread.size() == MAXIMUM_UNREAD) {
            read();
        }
    }

    /** Reads all losses; returns the first that was not finite, null if all were. */
    NotFinite read() {
        for (Unread batch : unread) {
            double loss = batch.loss.item();
            batch.loss.release();
            if (notFinite == null && !Double.isFinite(loss)) {
                notFinite = new NotFinite(batch.step, loss);
            }
            epochSum += loss * batch.samples;
            epochSamples += batch.samples;
            recentSum += loss * batch.samples;
            recentSamples += batch.samples;
        }
        unread.clear();
        return notFinite;
    }

    /** Returns whether nothing was added in this epoch. */
    boolean isEmpty() {
        return unread.isEmpty() && epochSamples == 0;
    }

    /** Returns the mean over the epoch. */
    double epochMean() {
        read();
        return epochSum / epochSamples;
    }

    /** Returns the mean since this was last called. */
    double recentMean() {
        read();
        double mean = recentSum / recentSamples;
        recentSum = 0;
        recentSamples = 0;
        return mean;
    }

    void beginEpoch() {
        read();
        epochSum = 0;
        epochSamples = 0;
    }

    double[] state() {
        read();
        return new double[] {epochSum, epochSamples, recentSum, recentSamples};
    }

    void restore(double[] state) {
        epochSum = state[0];
        epochSamples = state[1];
        recentSum = state[2];
        recentSamples = state[3];
    }

    /** Gives unread losses back, after a failure. */
    void release() {
        unread.forEach(batch -> batch.loss.release());
        unread.clear();
    }
}
