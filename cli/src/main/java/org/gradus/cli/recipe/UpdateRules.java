package org.gradus.cli.recipe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.gradus.cli.settings.Section;
import org.gradus.optim.Adadelta;
import org.gradus.optim.Adagrad;
import org.gradus.optim.Adam;
import org.gradus.optim.AdamW;
import org.gradus.optim.LAMB;
import org.gradus.optim.Lion;
import org.gradus.optim.Muon;
import org.gradus.optim.NAdam;
import org.gradus.optim.RAdam;
import org.gradus.optim.RMSProp;
import org.gradus.optim.SGD;
import org.gradus.optim.UpdateRule;

/**
 * The update rules by their names in recipes, and how their settings are read. A rule is a record:
 * each of its components is a setting, {@code weightDecay} as {@code weight_decay}; only {@code
 * beta1} and {@code beta2} are one, {@code betas}. The defaults are those of the rule in the table.
 */
final class UpdateRules {
    private static final String FIRST_BETA = "beta1";
    private static final String SECOND_BETA = "beta2";
    private static final String BETAS = "betas";
    private static final String LEARNING_RATE = "learning_rate";

    private UpdateRules() {}

    /** Returns each rule with its defaults, by its name. */
    static Map<String, UpdateRule> defaults() {
        Map<String, UpdateRule> rules = new LinkedHashMap<>();
        rules.put("adam", Adam.withLearningRate(1e-3));
        rules.put("adamw", AdamW.withLearningRate(1e-3));
        rules.put("sgd", SGD.withLearningRate(1e-2));
        rules.put("nadam", NAdam.withLearningRate(2e-3));
        rules.put("radam", RAdam.withLearningRate(1e-3));
        rules.put("rmsprop", RMSProp.withLearningRate(1e-2));
        rules.put("adagrad", Adagrad.withLearningRate(1e-2));
        rules.put("adadelta", Adadelta.withLearningRate(1));
        rules.put("lion", Lion.withLearningRate(1e-4));
        rules.put("lamb", LAMB.withLearningRate(1e-3));
        rules.put("muon", Muon.withLearningRate(1e-3));
        return rules;
    }

    /**
     * Reads the settings of a rule.
     *
     * @param defaults the rule with the values of settings that are left out
     * @throws org.gradus.cli.input.InputException if one is not as the rule needs it
     */
    static UpdateRule read(UpdateRule defaults, Section settings) {
        RecordComponent[] components = defaults.getClass().getRecordComponents();
        Object[] values =
                Arrays.stream(components)
                        .map(component -> value(component, defaults, settings))
                        .toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return defaults.getClass().getConstructor(types).newInstance(values);
        } catch (InvocationTargetException problem) {
            throw settings.refused(LEARNING_RATE, problem.getCause().getMessage());
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException(defaults + " cannot be made", problem);
        }
    }

    private static Object value(RecordComponent component, UpdateRule defaults, Section settings) {
        Object value = of(component, defaults);
        String name = component.getName();
        return switch (name) {
            case FIRST_BETA -> betas(defaults, settings).getFirst();
            case SECOND_BETA -> betas(defaults, settings).getLast();
            case "learningRate" -> settings.positive(LEARNING_RATE, (double) value);
            default ->
                    value instanceof Boolean flag
                            ? settings.flag(key(name), flag)
                            : settings.between(
                                    key(name), (double) value, 0, Double.POSITIVE_INFINITY);
        };
    }

    private static Object of(RecordComponent component, UpdateRule rule) {
        try {
            return component.getAccessor().invoke(rule);
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException(component + " cannot be read", problem);
        }
    }

    private static List<Double> betas(UpdateRule defaults, Section settings) {
        List<Double> standard =
                Arrays.stream(defaults.getClass().getRecordComponents())
                        .filter(component -> component.getName().startsWith("beta"))
                        .map(component -> (Double) of(component, defaults))
                        .toList();
        List<Double> betas = settings.numbers(BETAS, standard);
        if (betas.size() != 2 || betas.stream().anyMatch(beta -> beta < 0 || beta >= 1)) {
            throw settings.wrong(BETAS, "is two numbers from 0 to below 1");
        }
        return betas;
    }

    /** Returns {@code weight_decay} for {@code weightDecay}. */
    private static String key(String component) {
        return component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
