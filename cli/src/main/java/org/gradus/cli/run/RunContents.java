package org.gradus.cli.run;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.cli.data.DataFormat;
import org.gradus.cli.data.RowFormat;
import org.gradus.cli.recipe.Recipe;
import org.gradus.data.DataException;
import org.gradus.io.Safetensors;
import org.gradus.train.CheckpointFolder;

/** Prints what is in the folder of a run. */
public final class RunContents {
    private static final String MODEL = "model.";

    private RunContents() {}

    /** Prints settings, state, final numbers, checkpoints and the model's tensors. */
    public static void print(RunDirectory run, PrintWriter out) {
        Recipe recipe = run.recipe();
        out.println(
                run.root()
                        + ": a run of "
                        + recipe.name()
                        + (run.isComplete() ? ", complete" : ", not complete"));
        if (run.isComplete()) {
            summary(run.summary(), out);
        }
        out.println();
        out.println("settings (config.yaml)");
        recipe.yaml().lines().forEach(line -> out.println("  " + line));
        out.println();
        DataFormat format = run.format();
        out.println("data (" + run.input().getFileName() + "): " + format.description());
        if (format instanceof RowFormat rows) {
            rows.explanation().forEach(line -> out.println("  " + line));
        }
        List<Path> checkpoints = new CheckpointFolder(run.checkpoints()).files();
        out.println();
        out.println("checkpoints");
        checkpoints.forEach(file -> out.println("  " + file));
        new CheckpointFolder(run.checkpoints()).best().ifPresent(file -> out.println("  " + file));
        if (checkpoints.isEmpty()) {
            out.println("  none yet");
        } else {
            tensors(checkpoints.getFirst(), out);
        }
    }

    private static void summary(Path file, PrintWriter out) {
        try {
            JsonNode tree = new JsonMapper().readTree(Files.readString(file));
            tree.properties()
                    .forEach(entry -> out.println("  " + entry.getKey() + ": " + entry.getValue()));
        } catch (JacksonException problem) {
            throw new DataException(
                    file + ": is not JSON (" + problem.getOriginalMessage() + "); remove it",
                    problem);
        } catch (IOException problem) {
            throw new DataException(file + ": cannot be read (" + problem + ")", problem);
        }
    }

    private static void tensors(Path checkpoint, PrintWriter out) {
        out.println();
        out.println("model (" + checkpoint.getFileName() + ")");
        Safetensors.open(checkpoint)
                .entries()
                .forEach(
                        (name, entry) -> {
                            if (name.startsWith(MODEL)) {
                                out.printf(
                                        "  %-30s %-5s %s%n",
                                        name.substring(MODEL.length()),
                                        entry.dtype(),
                                        entry.shape());
                            }
                        });
    }
}
