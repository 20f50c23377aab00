package org.gradus.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.InputFormat;
import org.gradus.cli.run.Inputs;
import org.gradus.cli.run.RunDirectory;
import org.gradus.cli.run.TrainedModel;
import org.gradus.data.Dataset;
import org.gradus.train.Prediction;
import org.gradus.train.Predictor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Classifies pictures or rows of a table with a trained model. */
@Command(
        name = "predict",
        description = {
            "Classifies pictures, or rows of a table, with a trained model.",
            "",
            "For a model of pictures each INPUT is a PNG or JPEG file. It is made gray where the"
                    + " model wants that, and scaled to its size, so cut it to the thing it"
                    + " shows. The digits and Fashion-MNIST show light things on black: for dark"
                    + " ones on white add --invert.",
            "",
            "For a model of a table each INPUT is a CSV file with the same columns; that of the"
                    + " target may be missing.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus predict runs/fashion boot.png shirt.jpg",
            "  gradus predict runs/fashion --index 42",
            "  gradus predict runs/irises unknown.csv --json"
        })
final class PredictCommand implements Runnable {
    private static final int SHOWN = 3;

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run.")
    private String run;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "INPUT",
            description = "Pictures, or tables in CSV files.")
    private List<String> files = new ArrayList<>();

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
        if (files.isEmpty() && indices.isEmpty()) {
            throw new InputException(
                    "there is nothing to classify; give a picture, a CSV file, or --index N");
        }
        RunDirectory directory = RunDirectory.open(run);
        InputFormat format = directory.format();
        List<Inputs.Input> inputs = new ArrayList<>();
        for (String file : files) {
            inputs.addAll(Inputs.read(Path.of(file), format, invert));
        }
        TrainedModel trained = TrainedModel.load(directory, device);
        if (!indices.isEmpty()) {
            Dataset samples = trained.recipe().data().load().validation();
            indices.forEach(index -> inputs.add(Inputs.sample(samples, index)));
        }
        Predictor predictor = Predictor.of(trained.model()).classes(format.classes());
        List<Prediction> predictions =
                inputs.stream().map(input -> predictor.predict(input.values())).toList();
        if (json) {
            printJson(inputs, predictions, format);
        } else {
            printLines(inputs, predictions, format);
        }
    }

    private void printLines(
            List<Inputs.Input> inputs, List<Prediction> predictions, InputFormat format) {
        PrintWriter out = spec.commandLine().getOut();
        for (int i = 0; i < inputs.size(); i++) {
            Prediction prediction = predictions.get(i);
            List<String> others =
                    ranked(prediction).stream()
                            .skip(1)
                            .limit(SHOWN - 1L)
                            .map(label -> named(label, prediction, format))
                            .toList();
            out.println(
                    inputs.get(i).name()
                            + ": "
                            + named(prediction.label(), prediction, format)
                            + (others.isEmpty() ? "" : " (" + String.join(", ", others) + ")"));
        }
    }

    private void printJson(
            List<Inputs.Input> inputs, List<Prediction> predictions, InputFormat format) {
        ArrayNode array = new JsonMapper().createArrayNode();
        for (int i = 0; i < inputs.size(); i++) {
            Prediction prediction = predictions.get(i);
            ObjectNode node = array.addObject();
            node.put("input", inputs.get(i).name());
            node.put("label", prediction.label());
            node.put("class", prediction.name());
            node.put("probability", prediction.probability());
            ObjectNode probabilities = node.putObject("probabilities");
            for (int label = 0; label < prediction.probabilities().size(); label++) {
                probabilities.put(
                        format.classes().get(label), prediction.probabilities().get(label));
            }
        }
        spec.commandLine().getOut().println(array.toPrettyString());
    }

    private static List<Integer> ranked(Prediction prediction) {
        return IntStream.range(0, prediction.probabilities().size())
                .boxed()
                .sorted(Comparator.comparing(prediction.probabilities()::get).reversed())
                .toList();
    }

    private static String named(int label, Prediction prediction, InputFormat format) {
        return String.format(
                Locale.ROOT,
                "%s %.3f",
                format.classes().get(label),
                prediction.probabilities().get(label));
    }
}
