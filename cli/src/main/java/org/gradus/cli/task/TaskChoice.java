package org.gradus.cli.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.gradus.cli.data.DataFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.nn.Module;

/**
 * The task that a recipe names. Settings: {@code name}, and those of the task.
 *
 * @param name the name by which it was chosen
 * @param builder puts a model to the task
 */
public record TaskChoice(String name, Builder builder) {
    private static final String DEFAULT = "classification";

    /** Puts a model to a task. */
    @FunctionalInterface
    public interface Builder {
        /**
         * Returns a model at its task.
         *
         * @param model the model, without values yet
         * @param format what it learns from
         * @throws org.gradus.cli.input.InputException if the three do not fit
         */
        LearningTask build(Module model, DataFormat format);
    }

    /** Returns the names of all tasks. */
    public static List<String> names() {
        return List.copyOf(tasks().keySet());
    }

    /** Reads the settings of a task. */
    public static TaskChoice read(Section settings) {
        Map<String, Function<Section, Builder>> tasks = tasks();
        String name = settings.choice("name", DEFAULT, tasks.keySet());
        Builder builder = tasks.get(name).apply(settings);
        settings.end();
        return new TaskChoice(name, builder);
    }

    /** Returns what reads the settings of each task, by its name. */
    private static Map<String, Function<Section, Builder>> tasks() {
        Map<String, Function<Section, Builder>> tasks = new LinkedHashMap<>();
        tasks.put(DEFAULT, Classification::read);
        tasks.put("regression", Regression::read);
        tasks.put("reconstruction", Reconstruction::read);
        tasks.put("vae", Variational::read);
        tasks.put("gan", Adversarial::readGan);
        tasks.put("wgan-gp", Adversarial::readWganGp);
        tasks.put("forecasting", Forecasting::read);
        tasks.put("language-model", LanguageModeling::read);
        tasks.put("translation", Translation::read);
        return tasks;
    }

    /**
     * Returns a model as the type that a task needs.
     *
     * @param task the name of the task
     * @param wanted what it needs, with examples of such models
     * @throws org.gradus.cli.input.InputException if the model is of another type
     */
    static <M extends Module> M require(Class<M> type, Module model, String task, String wanted) {
        if (type.isInstance(model)) {
            return type.cast(model);
        }
        throw new InputException(
                "the task "
                        + task
                        + " needs "
                        + wanted
                        + ", not "
                        + model.getClass().getSimpleName()
                        + "; choose another model or task");
    }
}
