package org.gradus.cli;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.gradus.cli.input.InputException;
import org.gradus.cli.run.Numbers;
import org.gradus.cli.run.RunDirectory;
import org.gradus.io.Npz;
import org.gradus.io.Safetensors;
import org.gradus.tensor.HostArray;
import org.gradus.train.Checkpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a trained model's weights for other programs. */
@Command(
        name = "export",
        description = {
            "Writes the weights of a trained model for other programs.",
            "",
            "The tensors have the names of PyTorch's state dicts: load_state_dict takes"
                    + " what safetensors.torch.load_file reads from the file.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus export runs/fashion --format safetensors --out fashion.safetensors",
            "  gradus export runs/fashion --format npz --out fashion.npz"
        })
final class ExportCommand implements Runnable {

    /** The kinds of files that weights are written to. */
    enum Format {
        SAFETENSORS,
        NPZ
    }

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "The folder of a run.")
    private String run;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            description = "safetensors, or npz for NumPy.")
    private Format format;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "The file that is written.")
    private Path out;

    ExportCommand() {}

    @Override
    public void run() {
        RunDirectory directory = RunDirectory.open(run);
        Checkpoint checkpoint = directory.checkpoint();
        Map<String, HostArray> tensors = checkpoint.model();
        try {
            switch (format) {
                case SAFETENSORS ->
                        Safetensors.write(out, tensors, metadata(directory, checkpoint));
                case NPZ -> Npz.write(out, tensors);
            }
        } catch (UncheckedIOException problem) {
            throw new InputException(
                    problem.getMessage() + "; choose another file with --out", problem);
        }
        long elements =
                tensors.values().stream().mapToLong(tensor -> tensor.shape().elements()).sum();
        spec.commandLine()
                .getOut()
                .println(
                        tensors.size()
                                + " tensors of "
                                + Numbers.whole(elements)
                                + " elements, from step "
                                + Numbers.whole(checkpoint.step())
                                + ": "
                                + out);
    }

    private static Map<String, String> metadata(RunDirectory directory, Checkpoint checkpoint) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put("gradus.recipe", directory.recipe().name());
        metadata.put("gradus.step", Long.toString(checkpoint.step()));
        return metadata;
    }
}
