package org.gradus.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.gradus.cli.run.Curves;
import org.gradus.cli.run.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws the curves of runs. */
@Command(
        name = "plot",
        description = {
            "Draws the curves of a run as a picture, or those of several runs together.",
            "",
            "A run may still be going on. Of several runs it shows what was measured on the"
                    + " validation set, one color for each.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus plot runs/digits-20260101-120000 --out digits.png",
            "  gradus plot runs/sgd runs/adam runs/lion --metric loss --out optimizers.png"
        })
final class PlotCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "The folders of runs.")
    private List<String> runs;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description = "What to show, such as loss. May be given several times; by default all.")
    private List<String> metrics = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "curves.png",
            description = "The PNG file that is written; by default ${DEFAULT-VALUE}.")
    private Path out;

    PlotCommand() {}

    @Override
    public void run() {
        BufferedImage image = Curves.draw(runs.stream().map(RunDirectory::open).toList(), metrics);
        Curves.write(image, out);
        spec.commandLine()
                .getOut()
                .println(out + ": " + image.getWidth() + " x " + image.getHeight() + " pixels");
    }
}
