package org.gradus.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gradus.tensor.Recording;
import org.gradus.tensor.Tensor;

/**
 * A row of sums of what is computed on a device. Reading from a device waits for it, so the
 * summands are left there until there are many or the sums are asked for; they are then added one
 * by one in double precision, so the result does not depend on when they were read.
 */
final class Tally {
    private static final int MAXIMUM_UNREAD = 64;

    private final double[] sums;
    private final List<Tensor> unread = new ArrayList<>();

    Tally(int size) {
        this.sums = new double[size];
    }

    /** Adds a tensor of as many elements as there are sums. */
    void add(Tensor summands) {
        Recording.afterwards(
                List.of(summands),
                given -> {
                    unread.add(given.getFirst().detach().compute().unowned());
                    if (unread.size() == MAXIMUM_UNREAD) {
                        read();
                    }
                });
    }

    /** Adds to the first sum. */
    void add(double summand) {
        Recording.afterwards(List.of(), _ -> sums[0] += summand);
    }

    double first() {
        read();
        return sums[0];
    }

    double[] sums() {
        read();
        return sums.clone();
    }

    void set(double... values) {
        clear();
        System.arraycopy(values, 0, sums, 0, sums.length);
    }

    void clear() {
        unread.forEach(Tensor::release);
        unread.clear();
        Arrays.fill(sums, 0);
    }

    private void read() {
        for (Tensor summands : unread) {
            double[] values = summands.toHost().toDoubles();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += values[i];
            }
            summands.release();
        }
        unread.clear();
    }
}
