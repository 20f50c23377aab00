package org.gradus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.cli.run.Numbers;
import org.gradus.data.Catalogue;
import org.gradus.data.Dataset;
import org.gradus.data.DatasetInfo;
import org.gradus.data.Sample;
import org.gradus.data.Split;
import org.gradus.shape.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the known data sets, or checks one and shows a sample. */
@Command(
        name = "data",
        description = {
            "Lists the known data sets, or checks one and shows a sample.",
            "",
            "With a name, says how to get that data set, where it was looked for and under what"
                    + " licence it comes; reads all of it, which checks its files; and shows a"
                    + " sample.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus data",
            "  gradus data fashion-mnist",
            "  gradus data mnist --data ~/mnist --index 7"
        })
final class DataCommand implements Runnable {
    /** From black to white, for terminals that are dark. */
    private static final String SHADES = " .:-=+*#%@";

    @Spec private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The data set.")
    private String name;

    @Option(names = "--data", paramLabel = "PATH", description = "The folder that holds it.")
    private Path folder;

    @Option(
            names = "--index",
            paramLabel = "N",
            defaultValue = "0",
            description = "The sample of the training set to show, counted from 0.")
    private int index;

    DataCommand() {}

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        if (name == null) {
            Catalogue.all().forEach(info -> out.printf("%-14s %s%n", info.name(), line(info)));
            out.println("\"gradus data NAME\" says more and checks the files.");
            return;
        }
        List<String> names = Catalogue.all().stream().map(DatasetInfo::name).toList();
        if (!names.contains(name)) {
            throw new InputException(
                    "there is no data set \"" + name + "\": " + Names.suggestion(name, names));
        }
        describe(out, Catalogue.of(name));
        out.flush();
        check(out, folder == null ? Catalogue.read(name) : Catalogue.read(name, folder));
    }

    private static String line(DatasetInfo info) {
        String place =
                info.folders().isEmpty()
                        ? "part of Gradus"
                        : Catalogue.locate(info.name())
                                .map(path -> "found in " + path)
                                .orElse("not found");
        return info.description() + "; " + place;
    }

    private static void describe(PrintWriter out, DatasetInfo info) {
        out.println(info.name() + ": " + info.description());
        out.println("  source     " + info.source());
        out.println("  licence    " + info.licence());
        out.println(
                "  samples    %s to train on, %s to validate on, %s each, %d classes"
                        .formatted(
                                Numbers.whole(info.trainSamples()),
                                Numbers.whole(info.validationSamples()),
                                info.inputShape(),
                                info.classes()));
        out.println("  to get it  " + info.howToGet());
        for (Path place : info.folders()) {
            out.println("  looked in  " + place);
        }
        Catalogue.locate(info.name()).ifPresent(path -> out.println("  found in   " + path));
    }

    private void check(PrintWriter out, Split split) {
        out.println();
        count(out, split.train());
        count(out, split.validation());
        if (index < 0 || index >= split.train().size()) {
            throw new InputException(
                    "--index: there are the samples 0 to "
                            + (split.train().size() - 1)
                            + ", not "
                            + index);
        }
        Sample sample = split.train().get(index);
        out.println();
        out.println(
                "sample "
                        + index
                        + ": "
                        + split.train().classes().get((int) sample.target().getLong(0)));
        draw(out, sample);
    }

    /** Reads every sample once, which is the check. */
    private static void count(PrintWriter out, Dataset part) {
        int[] counts = new int[part.classes().size()];
        for (int i = 0; i < part.size(); i++) {
            counts[(int) part.get(i).target().getLong(0)]++;
        }
        StringJoiner text = new StringJoiner(", ");
        for (int label = 0; label < counts.length; label++) {
            text.add(part.classes().get(label) + " " + Numbers.whole(counts[label]));
        }
        out.println(part.description() + ": " + Numbers.whole(part.size()) + " samples");
        out.println("  " + text);
    }

    private static void draw(PrintWriter out, Sample sample) {
        Shape shape = sample.input().shape();
        float[] pixels = sample.input().toFloats();
        int height = shape.size(1);
        int width = shape.size(2);
        for (int row = 0; row < height; row++) {
            StringBuilder text = new StringBuilder("  ");
            for (int column = 0; column < width; column++) {
                float shade = 0;
                for (int channel = 0; channel < shape.size(0); channel++) {
                    shade += pixels[(channel * height + row) * width + column] / shape.size(0);
                }
                char mark = SHADES.charAt(Math.round(shade * (SHADES.length() - 1)));
                // Two marks per pixel: letters are about twice as high as wide.
                text.append(mark).append(mark);
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
