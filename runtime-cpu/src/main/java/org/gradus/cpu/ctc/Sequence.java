package org.gradus.cpu.ctc;

import org.gradus.cpu.FloatRows;
import org.gradus.cpu.pointwise.FloatMath;

/**
 * A sequence of log-probabilities and its target. Probabilities are logarithms; minus infinity is
 * that of nothing.
 *
 * @param logs a row for each time of each sequence
 * @param n which of the {@code batch} sequences this is
 * @param times how many of its times count
 * @param places the class of each place: labels, with a blank before, between and after them
 * @param exists whether there is such a target
 */
record Sequence(
        FloatRows logs, int n, int batch, int times, int[] places, int blank, boolean exists) {
    private static final float NEVER = Float.NEGATIVE_INFINITY;

    /** Returns where the log-probabilities of a time are. */
    private int at(int time) {
        return logs.at(time * batch + n);
    }

    /** Returns whether a blank may be left out before a place. */
    private boolean skips(int place) {
        return place > 1 && places[place] != blank && places[place] != places[place - 2];
    }

    /** Returns {@code log(exp(a) + exp(b))}. */
    static float logSum(float a, float b) {
        float peak = Math.max(a, b);
        float rest = Math.min(a, b);
        return rest == NEVER ? peak : peak + (float) Math.log(1 + FloatMath.exp(rest - peak));
    }

    /** Returns {@code log(exp(a) + exp(b) + exp(c))}. */
    static float logSum(float a, float b, float c) {
        float larger = Math.max(a, b);
        float least = Math.min(a, b);
        float peak = Math.max(larger, c);
        if (peak == NEVER) {
            return NEVER;
        }
        float rest = FloatMath.exp(least - peak) + FloatMath.exp(Math.min(larger, c) - peak);
        return peak + (float) Math.log(1 + rest);
    }

    /**
     * Stores the log-likelihoods of all beginnings up to each time and place, and returns the loss.
     *
     * @param sums a row for each time, the first of this sequence's being {@code first}
     */
    float loss(FloatRows sums, int first) {
        if (!exists || times == 0) {
            return exists && places.length == 1 ? 0 : Float.POSITIVE_INFINITY;
        }
        float[] to = sums.array();
        for (int t = 0; t < times; t++) {
            int row = sums.at(first + t);
            int before = row - sums.length();
            int emissions = at(t);
            for (int p = 0; p < places.length; p++) {
                float sum = p < 2 ? 0 : NEVER;
                if (t > 0) {
                    int from = before + p;
                    float moved = p > 0 ? to[from - 1] : NEVER;
                    sum =
                            skips(p)
                                    ? logSum(to[from], moved, to[from - 2])
                                    : logSum(to[from], moved);
                }
                to[row + p] = sum + logs.array()[emissions + places[p]];
            }
        }
        int end = sums.at(first + times - 1) + places.length - 1;
        return -logSum(to[end], places.length > 1 ? to[end - 1] : NEVER);
    }

    /**
     * Adds the gradient of the log-likelihood times a factor.
     *
     * @param loss that of this sequence
     * @param endings scratch memory for the places of a time
     * @param after likewise
     * @param result a row for each time of each sequence, as the logs
     */
    void addGradient(
            FloatRows sums,
            int first,
            float loss,
            float factor,
            float[] endings,
            float[] after,
            FloatRows result) {
        float[] now = endings;
        float[] next = after;
        for (int t = times - 1; t >= 0; t--) {
            int row = sums.at(first + t);
            int to = result.at(t * batch + n);
            for (int p = 0; p < places.length; p++) {
                float ending = t < times - 1 ? continued(next, p) : last(p);
                float log = logs.array()[at(t) + places[p]];
                now[p] = ending + log;
                float sum = sums.array()[row + p];
                // of what is impossible the difference of two infinities would be NaN
                if (sum != NEVER && now[p] != NEVER) {
                    result.array()[to + places[p]] += factor * FloatMath.exp(sum + ending + loss);
                }
            }
            float[] free = next;
            next = now;
            now = free;
        }
    }

    private float last(int place) {
        return place >= places.length - 2 ? 0 : NEVER;
    }

    /** The endings after a place, from those of the next time. */
    private float continued(float[] next, int place) {
        float moved = place + 1 < places.length ? next[place + 1] : NEVER;
        return place + 2 < places.length && skips(place + 2)
                ? logSum(next[place], moved, next[place + 2])
                : logSum(next[place], moved);
    }
}
