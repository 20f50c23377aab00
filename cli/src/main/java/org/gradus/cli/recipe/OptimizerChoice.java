package org.gradus.cli.recipe;

import java.util.List;
import org.gradus.cli.settings.Section;
import org.gradus.optim.Adam;
import org.gradus.optim.AdamW;
import org.gradus.optim.SGD;
import org.gradus.optim.UpdateRule;

/**
 * The optimizer that a recipe names. Settings: {@code name}, {@code learning_rate}, {@code
 * weight_decay}; for SGD {@code momentum} and {@code nesterov}; for the others {@code betas} and
 * {@code epsilon}.
 *
 * @param name the name by which it was chosen
 * @param rule how it updates parameters
 */
public record OptimizerChoice(String name, UpdateRule rule) {
    private static final double DEFAULT_LEARNING_RATE = 1e-3;
    private static final double DEFAULT_SGD_LEARNING_RATE = 1e-2;
    private static final double DEFAULT_EPSILON = 1e-8;
    private static final double ADAMW_WEIGHT_DECAY = 1e-2;
    private static final double UNBOUNDED = Double.POSITIVE_INFINITY;

    static OptimizerChoice read(Section settings) {
        String name = settings.choice("name", "adam", List.of("adam", "adamw", "sgd"));
        UpdateRule rule =
                switch (name) {
                    case "adamw" -> adamW(settings);
                    case "sgd" -> sgd(settings);
                    default -> adam(settings);
                };
        settings.end();
        return new OptimizerChoice(name, rule);
    }

    private static UpdateRule adam(Section settings) {
        double rate = settings.positive("learning_rate", DEFAULT_LEARNING_RATE);
        List<Double> betas = betas(settings);
        return Adam.withLearningRate(rate)
                .withBetas(betas.getFirst(), betas.getLast())
                .withEpsilon(settings.positive("epsilon", DEFAULT_EPSILON))
                .withWeightDecay(settings.between("weight_decay", 0, 0, UNBOUNDED));
    }

    private static UpdateRule adamW(Section settings) {
        double rate = settings.positive("learning_rate", DEFAULT_LEARNING_RATE);
        List<Double> betas = betas(settings);
        return AdamW.withLearningRate(rate)
                .withBetas(betas.getFirst(), betas.getLast())
                .withEpsilon(settings.positive("epsilon", DEFAULT_EPSILON))
                .withWeightDecay(
                        settings.between("weight_decay", ADAMW_WEIGHT_DECAY, 0, UNBOUNDED));
    }

    private static UpdateRule sgd(Section settings) {
        double rate = settings.positive("learning_rate", DEFAULT_SGD_LEARNING_RATE);
        double momentum = settings.between("momentum", 0, 0, 1);
        boolean nesterov = settings.flag("nesterov", false);
        if (nesterov && momentum == 0) {
            throw settings.wrong("nesterov", "needs a momentum above 0");
        }
        SGD sgd =
                SGD.withLearningRate(rate)
                        .withWeightDecay(settings.between("weight_decay", 0, 0, UNBOUNDED));
        return nesterov ? sgd.withNesterovMomentum(momentum) : sgd.withMomentum(momentum);
    }

    private static List<Double> betas(Section settings) {
        List<Double> betas = settings.numbers("betas", List.of(0.9, 0.999));
        if (betas.size() != 2 || betas.stream().anyMatch(beta -> beta < 0 || beta >= 1)) {
            throw settings.wrong("betas", "is two numbers from 0 to below 1");
        }
        return betas;
    }
}
