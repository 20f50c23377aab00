package org.gradus.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.gradus.cli.input.InputException;
import org.gradus.cli.run.RunDirectory;
import org.gradus.cli.run.TrainedModel;
import org.gradus.cli.task.Answer;
import org.gradus.cli.task.Predictions;
import org.gradus.data.Dataset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Answers pictures or rows of a table with a trained model. */
@Command(
        name = "predict",
        description = {
            "Tells the classes of pictures or of rows of a table, or the numbers that a table"
                    + " leaves open, with a trained model.",
            "",
            "For a model of pictures each INPUT is a PNG or JPEG file. It is made gray where the"
                    + " model wants that, and scaled to its size, so cut it to the thing it"
                    + " shows. The digits and Fashion-MNIST show light things on black: for dark"
                    + " ones on white add --invert.",
            "",
            "Of a model that reconstructs pictures it tells how far off it is at each.",
            "",
            "For a model of a table each INPUT is a CSV file with the same columns; that of the"
                    + " target may be missing.",
            "",
            "For a model that tells texts apart each INPUT is a text file, or a text itself; for one"
                    + " that makes texts from texts it is a text itself, such as a word.",
            "",
            "For a model of a time series each INPUT is a CSV file of days, and what comes after"
                    + " its last is forecast.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus predict runs/fashion boot.png shirt.jpg",
            "  gradus predict runs/fashion --index 42",
            "  gradus predict runs/irises unknown.csv --json",
            "  gradus predict runs/spam mail.txt 'You have won a prize'",
            "  gradus predict runs/pronounce gradient"
        })
final class PredictCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run.")
    private String run;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "INPUT",
            description = "Pictures, tables in CSV files, or texts; see above.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = "--index",
            paramLabel = "N",
            description = "Classify sample N of the run's validation set, counted from 0.")
    private List<Integer> indices = new ArrayList<>();

    @Option(names = "--invert", description = "Swap light and dark of the pictures.")
    private boolean invert;

    @Option(
            names = "--device",
            paramLabel = "D",
            defaultValue = "",
            description = "The device; by default that of the run's settings.")
    private String device;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    PredictCommand() {}

    @Override
    public void run() {
        if (inputs.isEmpty() && indices.isEmpty()) {
            throw new InputException(
                    "there is nothing to classify; give a picture, a CSV file, or --index N");
        }
        TrainedModel trained = TrainedModel.load(RunDirectory.open(run), device);
        Predictions predictions =
                trained.learning()
                        .predictions()
                        .orElseThrow(
                                () ->
                                        new InputException(
                                                run
                                                        + ": its model answers no inputs, as its"
                                                        + " task is "
                                                        + trained.recipe().task().name()
                                                        + "; try \"gradus generate\""));
        List<Answer> answers = new ArrayList<>(predictions.answer(inputs, invert));
        if (!indices.isEmpty()) {
            Dataset samples = trained.recipe().data().load(trained.format()).validation();
            indices.forEach(index -> answers.add(predictions.answer(samples, index)));
        }
        print(answers);
    }

    private void print(List<Answer> answers) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ArrayNode array = new JsonMapper().createArrayNode();
            answers.forEach(answer -> array.add(answer.json()));
            out.println(array.toPrettyString());
        } else {
            answers.forEach(answer -> out.println(answer.line()));
        }
    }
}
