package org.gradus.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.recipe.Recipes;
import org.gradus.cli.run.Numbers;
import org.gradus.cli.run.RunDirectory;
import org.gradus.cli.run.TrainedModel;
import org.gradus.cli.settings.Setting;
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
                    + " those of summary.json.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus evaluate runs/digits-20260101-120000",
            "  gradus evaluate runs/cnn --data ~/fashion-mnist --json"
        })
final class EvaluateCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "The folder of a run.")
    private String run;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "Where the data set is, if not where the run found it.")
    private String data;

    @Option(
            names = "--device",
            paramLabel = "D",
            defaultValue = "",
            description = "The device; by default that of the run's settings.")
    private String device;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    EvaluateCommand() {}

    @Override
    public void run() {
        RunDirectory directory = RunDirectory.open(run);
        TrainedModel trained = TrainedModel.load(directory, device);
        DataSplits splits = data(directory, trained).data().load();
        if (!trained.format().fits(splits.format())) {
            throw new InputException(
                    splits.validation().description()
                            + ": has "
                            + splits.format().description()
                            + ", but the model was trained on "
                            + trained.format().description()
                            + "; give the same kind of data");
        }
        Evaluation evaluation =
                Evaluator.of(trained.learning().task())
                        .batchSize(trained.recipe().batchSize())
                        .evaluate(splits.validation());
        print(directory, trained, splits, evaluation);
    }

    private Recipe data(RunDirectory directory, TrainedModel trained) {
        return data == null
                ? trained.recipe()
                : Recipes.read(
                        directory.config(), List.of(Setting.text("--data", "data.path", data)));
    }

    private void print(
            RunDirectory directory,
            TrainedModel trained,
            DataSplits splits,
            Evaluation evaluation) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode tree = new JsonMapper().createObjectNode();
            tree.put("run", directory.root().toString());
            tree.put("step", trained.checkpoint().step());
            tree.put("device", trained.device().name());
            tree.put("data", splits.validation().description());
            tree.put("samples", evaluation.samples());
            tree.put("seconds", evaluation.seconds());
            evaluation.values().forEach(tree.putObject("validation")::put);
            out.println(tree.toPrettyString());
        } else {
            out.println(
                    "%s: %s on %s (%s samples), checkpoint of step %s, %s on %s"
                            .formatted(
                                    directory.root(),
                                    Numbers.measured(evaluation.values()),
                                    splits.validation().description(),
                                    Numbers.whole(evaluation.samples()),
                                    Numbers.whole(trained.checkpoint().step()),
                                    Numbers.duration(evaluation.seconds()),
                                    trained.device().name()));
        }
    }
}
