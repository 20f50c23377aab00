package org.gradus.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named values in the order in which they are shown: the loss, then the metrics. */
final class Values {
    static final String LOSS = "loss";

    private Values() {}

    static Map<String, Double> copy(Map<String, Double> values) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
}
