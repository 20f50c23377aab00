package org.gradus.cli.recipe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.gradus.cli.data.DataChoice;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.cli.settings.Setting;
import org.gradus.cli.settings.SettingsTree;
import org.gradus.cli.task.TaskChoice;

/**
 * Everything that decides a training run.
 *
 * @param name what it is called, in run folders and summaries
 * @param description what it does, in a line
 * @param reaches what it is known to reach
 * @param time how long it takes
 * @param task what is learned
 * @param model the network
 * @param data the data set
 * @param optimizer how parameters are updated
 * @param generatorOptimizer how those of a generator are, where that differs
 * @param schedule how the learning rate changes
 * @param epochs the number of passes over the training set
 * @param steps the number of steps after which training ends, where it ends before the epochs do
 * @param batchSize the number of samples per step
 * @param accumulate the number of batches whose gradients make a step
 * @param clipNorm the norm to which the gradients are clipped, if they are
 * @param clipValue the size to which each element of the gradients is clipped, if they are
 * @param emaDecay the decay of the moving averages of the parameters; 0 for none
 * @param earlyStopping the epochs without improvement after which it ends, if it may
 * @param seed decides the initial parameters, the order of the samples and all else that is random
 * @param device the name of the device, as in {@code auto} or {@code cpu}
 * @param precision of the products: f32, bf16 or f16
 * @param capture whether steps are recorded: auto, on or off
 * @param threads the number of threads of the CPU device; 0 for one per core
 * @param logEvery the number of steps between lines of metrics
 * @param checkpointEvery the number of steps between checkpoints besides those at the end of each
 *     epoch; 0 for none
 * @param resolved all of these settings, those left out with their defaults
 */
public record Recipe(
        String name,
        String description,
        String reaches,
        String time,
        TaskChoice task,
        ModelChoice model,
        DataChoice data,
        OptimizerChoice optimizer,
        Optional<OptimizerChoice> generatorOptimizer,
        ScheduleChoice schedule,
        int epochs,
        Optional<Long> steps,
        int batchSize,
        int accumulate,
        Optional<Double> clipNorm,
        Optional<Double> clipValue,
        double emaDecay,
        Optional<Integer> earlyStopping,
        long seed,
        String device,
        String precision,
        String capture,
        int threads,
        int logEvery,
        int checkpointEvery,
        ObjectNode resolved) {

    private static final List<String> PRECISIONS = List.of("f32", "bf16", "f16");
    private static final List<String> CAPTURES = List.of("auto", "on", "off");
    private static final int DEFAULT_EPOCHS = 5;
    private static final int DEFAULT_BATCH_SIZE = 32;
    private static final int DEFAULT_LOG_EVERY = 50;

    /**
     * Reads a recipe.
     *
     * @param file what the text is called in error messages
     * @param yaml the text
     * @param name what the recipe is called if it does not say
     * @param settings what goes before the text's settings
     * @throws InputException if a setting is unknown or wrong; it names the line
     */
    static Recipe parse(String file, String yaml, String name, List<Setting> settings) {
        return of(SettingsTree.parse(file, yaml).with(settings), name);
    }

    private static Recipe of(SettingsTree tree, String defaultName) {
        ObjectNode resolved = JsonNodeFactory.instance.objectNode();
        Section top = Section.top(tree, resolved);
        String name = top.text("name", defaultName);
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw top.wrong("name", "has letters, digits, dots and dashes, as it names folders");
        }
        String description = top.text("description", "");
        String reaches = top.text("reaches", "");
        String time = top.text("time", "");
        Section task = top.section("task");
        Section model = top.section("model");
        Section data = top.section("data");
        Section optimizer = top.section("optimizer");
        Optional<Section> generatorOptimizer = top.optionalSection("generator_optimizer");
        Section schedule = top.section("schedule");
        int epochs = top.count("epochs", DEFAULT_EPOCHS, 1);
        Optional<Long> steps = top.optionalCount("steps", 1).map(Integer::longValue);
        int batchSize = top.count("batch_size", DEFAULT_BATCH_SIZE, 1);
        int accumulate = top.count("accumulate", 1, 1);
        Optional<Double> clipNorm = top.optionalPositive("clip_norm");
        Optional<Double> clipValue = top.optionalPositive("clip_value");
        double emaDecay = top.between("ema_decay", 0, 0, 1);
        Optional<Integer> earlyStopping = top.optionalCount("early_stopping", 1);
        long seed = top.integer("seed", 0);
        String device = top.text("device", "auto");
        String precision = top.choice("precision", "f32", PRECISIONS);
        String capture = top.choice("capture", "auto", CAPTURES);
        int threads = top.count("threads", 0, 0);
        int logEvery = top.count("log_every", DEFAULT_LOG_EVERY, 1);
        int checkpointEvery = top.count("checkpoint_every", 0, 0);
        // Before the groups are read: a mistyped "model" is not a missing one.
        top.end();
        return new Recipe(
                name,
                description,
                reaches,
                time,
                TaskChoice.read(task),
                ModelChoice.read(model),
                DataChoice.read(data),
                OptimizerChoice.read(optimizer),
                generatorOptimizer.map(OptimizerChoice::read),
                ScheduleChoice.read(schedule),
                epochs,
                steps,
                batchSize,
                accumulate,
                clipNorm,
                clipValue,
                emaDecay,
                earlyStopping,
                seed,
                device,
                precision,
                capture,
                threads,
                logEvery,
                checkpointEvery,
                resolved);
    }

    /** Returns all settings as YAML, a recipe in its own right. */
    public String yaml() {
        return SettingsTree.yaml(resolved);
    }
}
