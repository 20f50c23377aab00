package org.gradus.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.gradus.metrics.Metric;

/** Watches one value for the best so far, and for how long there was no better. */
final class Monitor {
    private final String name;
    private final boolean higherIsBetter;
    private final int patience;
    private Progress.Best best;

    private Monitor(String name, boolean higherIsBetter, int patience) {
        this.name = name;
        this.higherIsBetter = higherIsBetter;
        this.patience = patience;
        this.best = new Progress.Best(name, Double.NaN, 0, 0);
    }

    /** Returns a monitor of the loss or of one of the metrics, whose names must differ. */
    static Monitor of(String name, Task task, int patience) {
        List<Metric> metrics = task.metrics();
        List<String> names = new ArrayList<>(List.of(Values.LOSS));
        metrics.forEach(metric -> names.add(metric.name()));
        if (new HashSet<>(names).size() < names.size()) {
            throw new TrainingException(
                    "the metrics are called " + names + ": each may be measured once only");
        }
        if (!names.contains(name)) {
            throw new TrainingException(
                    "\""
                            + name
                            + "\" cannot be monitored: there are "
                            + names
                            + "; add the metric");
        }
        boolean higher =
                metrics.stream()
                        .filter(metric -> metric.name().equals(name))
                        .anyMatch(Metric::higherIsBetter);
        return new Monitor(name, higher, patience);
    }

    /** Takes in a report; returns whether it is the best so far. */
    boolean update(Map<String, Double> values, long step, boolean wholeEpoch) {
        double value = valueIn(values);
        boolean first = best.step() == 0;
        boolean better =
                !Double.isNaN(value)
                        && (first
                                || (higherIsBetter ? value > best.value() : value < best.value()));
        if (better) {
            best = new Progress.Best(name, value, step, 0);
        } else if (wholeEpoch) {
            best = new Progress.Best(name, best.value(), best.step(), best.reportsSince() + 1);
        }
        return better;
    }

    /** Returns what is watched among values, NaN if it is not there. */
    double valueIn(Map<String, Double> values) {
        return values.getOrDefault(name, Double.NaN);
    }

    boolean higherIsBetter() {
        return higherIsBetter;
    }

    boolean isOutOfPatience() {
        return best.reportsSince() >= patience;
    }

    Progress.Best best() {
        return best;
    }

    /** Continues from a checkpoint, unless that one watched something else. */
    void restore(Progress.Best saved) {
        if (saved.name().equals(name)) {
            best = saved;
        }
    }
}
