package org.gradus.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gradus.cli.input.InputException;
import org.gradus.cli.run.FileContents;
import org.gradus.cli.run.RunContents;
import org.gradus.cli.run.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a file or a run. */
@Command(
        name = "inspect",
        description = {
            "Shows what is in a checkpoint, a weights file, a data file, or a run.",
            "",
            "Of tensors it shows types, shapes and ranges, besides metadata and settings. It knows"
                    + " safetensors (checkpoints too), npy, npz, IDX (also .gz), CSV, pictures,"
                    + " and the folders that \"gradus train\" makes.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus inspect runs/digits-20260101-120000",
            "  gradus inspect runs/cnn/checkpoints/best.safetensors",
            "  gradus inspect train-images-idx3-ubyte.gz"
        })
final class InspectCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE|RUN", description = "A file, or the folder of a run.")
    private String name;

    InspectCommand() {}

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Path path = Path.of(name);
        if (Files.isRegularFile(path)) {
            FileContents.print(path, out);
        } else if (!Files.exists(path) && looksLikeAFile(path)) {
            throw new InputException(
                    name + ": there is no such file; give a file or the folder of a run");
        } else {
            RunContents.print(RunDirectory.open(name), out);
        }
    }

    private static boolean looksLikeAFile(Path path) {
        return path.getFileName() != null && path.getFileName().toString().contains(".");
    }
}
