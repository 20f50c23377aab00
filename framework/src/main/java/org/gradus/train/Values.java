package org.gradus.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.dtype.DType;
import org.gradus.metrics.Metric;

/** Named values in the order in which they are shown: the loss, then the metrics. */
final class Values {
    static final String LOSS = "loss";

    /** Under which name checkpoints keep the state of a plateau's reduction. */
    static final String PLATEAU = "reduce_on_plateau";

    private Values() {}

    /** Returns the type of the products in a precision, by its name. */
    static DType precision(String name) {
        return switch (name) {
            case "f32" -> DType.F32;
            case "bf16" -> DType.BF16;
            case "f16" -> DType.F16;
            default ->
                    throw new IllegalArgumentException(
                            "there is no precision \"" + name + "\": choose f32, bf16 or f16");
        };
    }

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
