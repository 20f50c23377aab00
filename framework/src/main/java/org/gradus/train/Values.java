package org.gradus.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.metrics.Metric;

/** Named values in the order in which they are shown: the loss, then the metrics. */
final class Values {
    static final String LOSS = "loss";

    /** Under which name checkpoints keep the state of a plateau's reduction. */
    static final String PLATEAU = "reduce_on_plateau";

    private Values() {}

    static Map<String, Double> copy(Map<String, Double> values) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Adds the values of metrics, without those that nothing was measured of. */
    static void addTo(Map<String, Double> values, List<Metric> metrics) {
        for (Metric metric : metrics) {
            double value = metric.value();
            if (!Double.isNaN(value)) {
                values.put(metric.name(), value);
            }
        }
    }
}
