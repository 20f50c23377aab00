package org.gradus.cli.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gradus.cli.settings.Section;
import org.gradus.nn.Parameter;
import org.gradus.optim.Muon;
import org.gradus.optim.ParameterGroup;
import org.gradus.optim.UpdateRule;

/**
 * The optimizer that a recipe names. Settings: {@code name}; those of the rule, see {@link
 * UpdateRules}; {@code decay_vectors}, whether biases and the weights of normalizations decay as
 * the others do; for {@code muon} also {@code others}, the optimizer of all that is no matrix, and
 * {@code left_to_others}, the beginnings of the names of matrices that are its, too.
 *
 * @param name the name by which it was chosen
 * @param rule how it updates parameters, or most of them
 * @param grouping which parameters are updated how
 */
public record OptimizerChoice(String name, UpdateRule rule, Grouping grouping) {
    /** Decides which parameters are updated how. */
    @FunctionalInterface
    public interface Grouping {
        /**
         * Returns groups of parameters.
         *
         * @param parameters all of them, by their names
         */
        List<ParameterGroup> of(Map<String, Parameter> parameters);
    }

    /** Returns the names of all optimizers. */
    public static List<String> names() {
        return List.copyOf(UpdateRules.defaults().keySet());
    }

    static OptimizerChoice read(Section settings) {
        return read(settings, "adam");
    }

    private static OptimizerChoice read(Section settings, String fallback) {
        Map<String, UpdateRule> rules = UpdateRules.defaults();
        String name = settings.choice("name", fallback, rules.keySet());
        UpdateRule rule = UpdateRules.read(rules.get(name), settings);
        Grouping grouping =
                rule instanceof Muon muon ? withOthers(muon, settings) : decaying(rule, settings);
        settings.end();
        return new OptimizerChoice(name, rule, grouping);
    }

    private static Grouping decaying(UpdateRule rule, Section settings) {
        return settings.flag("decay_vectors", true)
                ? parameters -> List.of(new ParameterGroup(parameters, rule))
                : parameters -> ParameterGroup.withoutDecayOfVectors(parameters, rule);
    }

    private static Grouping withOthers(Muon muon, Section settings) {
        OptimizerChoice others = read(settings.section("others"), "adamw");
        String[] left = settings.texts("left_to_others").toArray(String[]::new);
        if (others.rule instanceof Muon) {
            throw settings.wrong("others", "is an optimizer that takes vectors");
        }
        return parameters -> {
            List<ParameterGroup> groups = muon.withOthers(parameters, others.rule, left);
            List<ParameterGroup> rest = others.grouping.of(groups.getLast().parameters());
            List<ParameterGroup> all = new ArrayList<>(List.of(groups.getFirst()));
            all.addAll(rest);
            return all;
        };
    }
}
