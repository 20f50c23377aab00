package org.gradus.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.gradus.nn.Parameter;

/**
 * Parameters that share the settings of their update.
 *
 * @param parameters by full name
 * @param rule how they are updated
 */
public record ParameterGroup(Map<String, Parameter> parameters, UpdateRule rule) {
    /** Copies the map, in its order. */
    public ParameterGroup {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Returns two groups: vectors and scalars (biases, weights of norms) without weight decay, and
     * the rest with it.
     */
    public static List<ParameterGroup> withoutDecayOfVectors(
            Map<String, Parameter> parameters, UpdateRule rule) {
        return split(
                parameters,
                (_, parameter) -> parameter.shape().rank() > 1,
                rule,
                rule.withWeightDecay(0));
    }

    /** Returns two groups: of those that are chosen by name or shape, and of the others. */
    public static List<ParameterGroup> split(
            Map<String, Parameter> parameters,
            BiPredicate<String, Parameter> chosen,
            UpdateRule forChosen,
            UpdateRule forOthers) {
        Map<String, Parameter> yes = new LinkedHashMap<>();
        Map<String, Parameter> no = new LinkedHashMap<>();
        parameters.forEach(
                (name, parameter) ->
                        (chosen.test(name, parameter) ? yes : no).put(name, parameter));
        List<ParameterGroup> groups = new ArrayList<>();
        groups.add(new ParameterGroup(yes, forChosen));
        groups.add(new ParameterGroup(no, forOthers));
        return groups;
    }
}
