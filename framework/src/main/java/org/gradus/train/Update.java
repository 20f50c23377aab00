package org.gradus.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.gradus.nn.Module;
import org.gradus.nn.Parameter;

/**
 * One change of parameters within a training step: some parameters move against the gradient of
 * some loss. All other parameters of the model are frozen meanwhile.
 *
 * @param name what it is called: names its optimizer, see {@link Trainer#optimizer(String,
 *     org.gradus.optim.UpdateRule)}, and the mean of its loss, {@code <name>_loss}; that of a
 *     task's first update is called {@code loss}
 * @param parameters what it changes, by their full names in the model
 * @param every it takes place in each step whose number, counted from 1, is a multiple of this
 * @param loss what it makes small
 */
public record Update(String name, Map<String, Parameter> parameters, int every, BatchLoss loss) {
    /** Copies the map, in its order. */
    public Update {
        if (every < 1) {
            throw new IllegalArgumentException(
                    "the update " + name + " takes place every 1 or more steps, not " + every);
        }
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** Returns the update of all parameters of a model in each step. */
    public static Update of(Module model, BatchLoss loss) {
        return new Update("model", model.parameters(), 1, loss);
    }

    /**
     * Returns the update of one part of a model in each step, called as that part is.
     *
     * @param part the name of one of the model's children
     * @throws IllegalArgumentException if nothing in the model is called so
     */
    public static Update ofPart(Module model, String part, BatchLoss loss) {
        Map<String, Parameter> parameters = new LinkedHashMap<>(model.parameters());
        parameters.keySet().removeIf(name -> !name.startsWith(part + "."));
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    model + " has no part \"" + part + "\" with parameters to update");
        }
        return new Update(part, parameters, 1, loss);
    }

    /** Returns this update, taking place in every so many steps only. */
    public Update everySteps(int steps) {
        return new Update(name, parameters, steps, loss);
    }
}
