package org.gradus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.gradus.cli.input.InputException;
import org.gradus.cli.run.Numbers;
import org.gradus.cli.run.RunDirectory;
import org.gradus.cli.run.TrainedModel;
import org.gradus.cli.task.Generation;
import org.gradus.cli.task.GenerationSettings;
import org.gradus.cli.task.Samples;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes new samples with a trained model. */
@Command(
        name = "generate",
        description = {
            "Makes new samples with a trained model.",
            "",
            "Pictures are written as one PNG file, side by side; a text is printed, or written to"
                    + " the file that --out names. The same seed gives the same samples.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus generate runs/gan --count 100 --out samples.png",
            "  gradus generate runs/vae --seed 7",
            "  gradus generate runs/text --prompt \"In the beginning\" --temperature 0.7"
        })
final class GenerateCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "The folder of a run.")
    private String run;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many pictures, or how many characters or tokens of a text.")
    private Integer count;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the samples go; pictures by default to generated.png.")
    private Path out;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "The text that a model of text continues.")
    private String prompt;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = {
                "Below 1 for likelier text, above 1 for more surprising text, 0 for the likeliest"
                        + " token each time."
            })
    private Double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Choose among the K likeliest tokens only.")
    private Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Choose among the likeliest tokens that together have probability P.")
    private Double topP;

    @Option(
            names = "--beam",
            paramLabel = "N",
            description = "Search for the likeliest text, with N candidates at a time.")
    private Integer beam;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Decides what is random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--device",
            paramLabel = "D",
            defaultValue = "",
            description = "The device; by default that of the run's settings.")
    private String device;

    GenerateCommand() {}

    @Override
    public void run() {
        GenerationSettings settings = settings();
        TrainedModel trained = TrainedModel.load(RunDirectory.open(run), device);
        Generation generation =
                trained.learning()
                        .generation()
                        .orElseThrow(
                                () ->
                                        new InputException(
                                                run
                                                        + ": its model makes no samples, as its"
                                                        + " task is "
                                                        + trained.recipe().task().name()
                                                        + "; give a run of a recipe that"
                                                        + " generates, such as fashion-gan"));
        try (var _ = Scope.open()) {
            print(Autograd.withoutGradients(() -> generation.generate(settings)));
        }
    }

    private GenerationSettings settings() {
        atLeastOne("--count", count);
        atLeastOne("--top-k", topK);
        atLeastOne("--beam", beam);
        if (temperature != null && !(temperature >= 0)) {
            throw new InputException("--temperature: is a number from 0 on, not " + temperature);
        }
        if (topP != null && !(topP > 0 && topP <= 1)) {
            throw new InputException("--top-p: is a number above 0 and up to 1, not " + topP);
        }
        return new GenerationSettings(
                seed,
                optional(count),
                Optional.ofNullable(prompt),
                optional(temperature),
                optional(topK),
                optional(topP),
                optional(beam));
    }

    private static void atLeastOne(String option, Integer value) {
        if (value != null && value < 1) {
            throw new InputException(option + ": is a whole number from 1 on, not " + value);
        }
    }

    private static OptionalInt optional(Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private static OptionalDouble optional(Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private void print(Samples samples) {
        PrintWriter output = spec.commandLine().getOut();
        switch (samples) {
            case Samples.Text text when out == null -> output.println(text.text());
            case Samples.Text text -> {
                text.write(out);
                output.println("text: " + out);
            }
            case Samples.Pictures pictures -> {
                Path file = out == null ? Path.of("generated.png") : out;
                pictures.write(file);
                output.println(
                        Numbers.whole(pictures.images().shape().size(0)) + " pictures: " + file);
            }
        }
    }
}
