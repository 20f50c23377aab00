package org.gradus.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.gradus.cli.data.DataFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.recipe.Recipes;
import org.gradus.cli.run.Coverage;
import org.gradus.cli.run.Numbers;
import org.gradus.cli.run.RunDirectory;
import org.gradus.cli.run.TrainedModel;
import org.gradus.cli.settings.Setting;
import org.gradus.data.Dataset;
import org.gradus.train.Evaluation;
import org.gradus.train.Evaluator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a trained model on its validation set. */
@Command(
        name = "evaluate",
        description = {
            "Measures a trained model on its validation set.",
            "",
            "The model is that of the run's newest checkpoint; at the end of a run its numbers are"
                    + " those of summary.json, except that error rates of texts that it makes are those of"
                    + " all, not of some.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus evaluate runs/digits-20260101-120000",
            "  gradus evaluate runs/cnn --data ~/fashion-mnist --json",
            "  gradus evaluate runs/gan --classifier runs/cnn"
        })
final class EvaluateCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "The folder of a run.")
    private String run;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description =
                    "Other data: of your own files all is measured, of a known data set its"
                            + " validation part.")
    private String data;

    @Option(
            names = "--device",
            paramLabel = "D",
            defaultValue = "",
            description = "The device; by default that of the run's settings.")
    private String device;

    @Option(
            names = "--classifier",
            paramLabel = "RUN",
            description =
                    "For a model that makes pictures: classify some with this run's model, and"
                            + " say which share is of each class.")
    private String classifier;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many pictures --classifier is given (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    EvaluateCommand() {}

    @Override
    public void run() {
        RunDirectory directory = RunDirectory.open(run);
        TrainedModel trained = TrainedModel.load(directory, device);
        Dataset measured = data(directory, trained);
        Evaluation evaluation =
                Evaluator.of(trained.learning().evaluation())
                        .precision(trained.recipe().precision())
                        .batchSize(trained.recipe().batchSize())
                        .evaluate(measured);
        Optional<Coverage> coverage = coverage(trained);
        if (json) {
            printJson(directory, trained, measured, evaluation, coverage);
        } else {
            print(directory, trained, measured, evaluation);
            coverage.ifPresent(this::print);
        }
    }

    private Optional<Coverage> coverage(TrainedModel trained) {
        if (classifier == null) {
            return Optional.empty();
        }
        if (samples < 1) {
            throw new InputException("--samples: is a whole number from 1 on, not " + samples);
        }
        TrainedModel judge = TrainedModel.load(RunDirectory.open(classifier), device);
        return Optional.of(Coverage.measure(trained, judge, samples));
    }

    /** Returns what is measured: the run's own validation set, or all of other data. */
    private Dataset data(RunDirectory directory, TrainedModel trained) {
        DataFormat known = trained.format();
        if (data == null || !isOther(trained.recipe())) {
            return trained.recipe().data().load(known).requireFit(known).validation();
        }
        Setting given = Setting.text("--data", "data.path", data);
        return Recipes.read(directory.config(), List.of(given)).data().whole(known);
    }

    private boolean isOther(Recipe recipe) {
        String before = recipe.resolved().path("data").path("path").asText("");
        try {
            return !Path.of(before).toRealPath().equals(Path.of(data).toRealPath());
        } catch (IOException _) {
            return true;
        }
    }

    private void print(
            RunDirectory directory, TrainedModel trained, Dataset measured, Evaluation evaluation) {
        spec.commandLine()
                .getOut()
                .println(
                        "%s: %s on %s (%s samples), checkpoint of step %s, %s on %s"
                                .formatted(
                                        directory.root(),
                                        Numbers.measured(evaluation.values()),
                                        measured.description(),
                                        Numbers.whole(evaluation.samples()),
                                        Numbers.whole(trained.checkpoint().step()),
                                        Numbers.duration(evaluation.seconds()),
                                        trained.device().name()));
    }

    private void print(Coverage coverage) {
        StringJoiner shares = new StringJoiner(", ");
        coverage.shares()
                .forEach(
                        (name, share) ->
                                shares.add(
                                        String.format(
                                                Locale.ROOT, "%s %.1f%%", name, 100 * share)));
        spec.commandLine()
                .getOut()
                .println(
                        "of "
                                + Numbers.whole(coverage.samples())
                                + " generated pictures "
                                + classifier
                                + " sees: "
                                + shares);
    }

    private void printJson(
            RunDirectory directory,
            TrainedModel trained,
            Dataset measured,
            Evaluation evaluation,
            Optional<Coverage> coverage) {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put("run", directory.root().toString());
        tree.put("step", trained.checkpoint().step());
        tree.put("device", trained.device().name());
        tree.put("data", measured.description());
        tree.put("samples", evaluation.samples());
        tree.put("seconds", evaluation.seconds());
        evaluation.values().forEach(tree.putObject("validation")::put);
        coverage.ifPresent(
                found -> {
                    ObjectNode generated = tree.putObject("generated");
                    generated.put("samples", found.samples()).put("least", found.least());
                    found.shares().forEach(generated.putObject("classes")::put);
                });
        spec.commandLine().getOut().println(tree.toPrettyString());
    }
}
