package org.gradus.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.recipe.Recipes;
import org.gradus.cli.run.Numbers;
import org.gradus.cli.run.RunDirectory;
import org.gradus.cli.run.Training;
import org.gradus.cli.settings.Setting;
import org.gradus.train.TrainingResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Trains a model by a recipe. */
@Command(
        name = "train",
        description = {
            "Trains a model by a recipe, built-in or your own.",
            "",
            "The run is written to a folder of its own: settings, metrics, checkpoints, events for"
                    + " TensorBoard, and in the end report.html and summary.json. Ctrl-C stops"
                    + " after the current step, with a checkpoint from which --resume goes on"
                    + " exactly.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus train digits",
            "  gradus train fashion-cnn --epochs 10 --learning-rate 0.003 --out runs/cnn",
            "  gradus train fashion-cnn --resume --out runs/cnn",
            "  gradus train fashion-mlp --set model.hidden=[256,128] --set model.dropout=0.3",
            "  gradus recipes fashion-mlp > mine.yaml; gradus train mine.yaml",
            "",
            "A table of your own, in a file table.yaml:",
            "  model: {name: mlp, hidden: [32]}",
            "  data: {name: csv, path: irises.csv, target: species}",
            "  optimizer: {name: adam, learning_rate: 0.01}",
            "  epochs: 50"
        })
final class TrainCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    /** What may change when a run goes on: how long it takes and where, not what it computes. */
    private static final Set<String> CHANGEABLE =
            Set.of("epochs", "steps", "device", "threads", "capture", "data.path", "log_every");

    @Spec private CommandSpec spec;
    @ParentCommand private Main main;

    @Parameters(
            paramLabel = "RECIPE|FILE.yaml",
            description =
                    "The name of a built-in recipe (see \"gradus recipes\"), or a file like them.")
    private String recipe;

    @Option(
            names = "--device",
            paramLabel = "D",
            description = "auto (the default), cpu, cuda, cuda:1, opencl:0, ...")
    private String device;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "Where the data set is: a folder, or a CSV file.")
    private String data;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training set.")
    private String epochs;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Steps (batches) to train, instead of epochs.")
    private String steps;

    @Option(names = "--batch-size", paramLabel = "N", description = "Samples per step.")
    private String batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "The optimizer's learning rate.")
    private String learningRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides all that is random; the same seed gives the same run.")
    private String seed;

    @Option(
            names = "--precision",
            paramLabel = "P",
            description =
                    "The precision of products and of what lies between them: f32 (the default),"
                            + " bf16 or f16; parameters stay f32.")
    private String precision;

    @Option(
            names = "--capture",
            paramLabel = "C",
            description =
                    "Whether the GPU records a step once and repeats it: auto (the default), on or"
                            + " off; the result is the same.")
    private String capture;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of the CPU device; the result is the same for any number.")
    private String threads;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder of the run; by default runs/RECIPE-TIME.")
    private Path out;

    @Option(
            names = "--resume",
            description =
                    "Continue the run in --out, or the newest of this recipe in runs/, from its"
                            + " last checkpoint.")
    private boolean resume;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Change any setting of the recipe, such as optimizer.weight_decay=0.01."
                            + " May be given several times.")
    private List<String> set = new ArrayList<>();

    TrainCommand() {}

    @Override
    public Integer call() {
        PrintWriter output = spec.commandLine().getOut();
        List<Setting> settings = settings();
        Recipe wanted = Recipes.find(recipe, settings);
        RunDirectory run = directory(wanted);
        Recipe resolved = wanted;
        if (run.holdsRun()) {
            resolved = continued(run, wanted, settings);
            if (run.isComplete() && resolved.resolved().equals(run.recipe().resolved())) {
                output.println(run.root() + " is complete; to go on, raise --epochs.");
                return ExitCode.OK;
            }
        }
        Training training = Training.prepare(resolved, run);
        output.println(training.description());
        output.flush();
        var stopRequest = main.interruption().beginTraining();
        TrainingResult result = training.start(main.terminal(), stopRequest);
        return finish(output, run, result);
    }

    private RunDirectory directory(Recipe wanted) {
        if (resume) {
            RunDirectory run =
                    out == null ? RunDirectory.newest(wanted.name()) : RunDirectory.at(out);
            if (!run.holdsRun()) {
                run.requireFree();
            }
            return run;
        }
        RunDirectory run =
                out == null
                        ? RunDirectory.fresh(wanted.name(), LocalDateTime.now())
                        : RunDirectory.at(out);
        run.requireFree();
        return run;
    }

    /** Returns the settings of a run that goes on: those it began with, but for its length. */
    private static Recipe continued(RunDirectory run, Recipe wanted, List<Setting> settings) {
        Recipe begun = run.recipe();
        if (!begun.name().equals(wanted.name())) {
            throw new InputException(
                    run.root()
                            + ": is a run of "
                            + begun.name()
                            + ", not of "
                            + wanted.name()
                            + "; name that recipe, or another folder with --out");
        }
        Recipe continued = Recipes.read(run.config(), settings);
        for (Setting setting : settings) {
            String pointer = "/" + setting.path().replace('.', '/');
            JsonNode before = begun.resolved().at(pointer);
            JsonNode now = continued.resolved().at(pointer);
            if (!before.equals(now) && !CHANGEABLE.contains(setting.path())) {
                throw new InputException(
                        setting.origin()
                                + ": the run in "
                                + run.root()
                                + " was begun with "
                                + (before.isValueNode() ? before.asText() : before)
                                + ", and goes on as it began; leave it out, or start a new run");
            }
        }
        return continued;
    }

    private static int finish(PrintWriter output, RunDirectory run, TrainingResult result) {
        if (result.outcome() == TrainingResult.Outcome.INTERRUPTED) {
            output.println(
                    "interrupted after step "
                            + Numbers.whole(result.steps())
                            + ", checkpoint written");
            output.println("run: " + run.root());
            output.println("next: " + run.resumption());
            return INTERRUPTED;
        }
        output.println(
                "validation: "
                        + Numbers.measured(result.validation())
                        + " after "
                        + Numbers.whole(result.steps())
                        + " steps in "
                        + Numbers.duration(result.seconds()));
        output.println("run: " + run.root());
        output.println("next: gradus evaluate " + run.root() + ", or look at " + run.report());
        return ExitCode.OK;
    }

    private List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        set.forEach(text -> settings.add(Setting.parse(text)));
        if (device != null) {
            settings.add(Setting.text("--device", "device", device));
        }
        if (data != null) {
            settings.add(Setting.text("--data", "data.path", data));
        }
        add(settings, "--epochs", "epochs", epochs);
        if (epochs != null) {
            // Else the steps of a recipe would decide after all.
            add(settings, "--epochs", "steps", "null");
        }
        add(settings, "--steps", "steps", steps);
        add(settings, "--batch-size", "batch_size", batchSize);
        add(settings, "--learning-rate", "optimizer.learning_rate", learningRate);
        add(settings, "--seed", "seed", seed);
        add(settings, "--precision", "precision", precision);
        add(settings, "--capture", "capture", capture);
        add(settings, "--threads", "threads", threads);
        return settings;
    }

    private static void add(List<Setting> settings, String option, String path, String value) {
        if (value != null) {
            settings.add(new Setting(option, path, value));
        }
    }
}
