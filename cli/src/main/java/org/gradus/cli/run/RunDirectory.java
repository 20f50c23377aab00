package org.gradus.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.gradus.cli.data.DataFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.recipe.Recipes;
import org.gradus.data.DataException;
import org.gradus.io.AtomicFiles;
import org.gradus.train.Checkpoint;
import org.gradus.train.CheckpointFolder;

/**
 * The folder of a run: {@code config.yaml} (all settings), {@code input.json} (what the model
 * expects), {@code metrics.jsonl}, {@code checkpoints/}, {@code events/} (for TensorBoard), {@code
 * samples/} (what a model that generates makes after each epoch), and in the end {@code
 * summary.json} and {@code report.html}.
 */
public final class RunDirectory {
    /** Where runs are made and looked for, under the current folder. */
    public static final Path RUNS = Path.of("runs");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path root;

    private RunDirectory(Path root) {
        this.root = root;
    }

    /** Refers to a folder, which need not exist. */
    public static RunDirectory at(Path root) {
        return new RunDirectory(root);
    }

    /** Refers to a new folder of a recipe, named by the time, in {@link #RUNS}. */
    public static RunDirectory fresh(String recipe, LocalDateTime time) {
        String name = recipe + "-" + TIME.format(time);
        Path root = RUNS.resolve(name);
        for (int number = 2; Files.exists(root); number++) {
            root = RUNS.resolve(name + "-" + number);
        }
        return new RunDirectory(root);
    }

    /**
     * Returns the newest run of a recipe in {@link #RUNS}.
     *
     * @throws InputException if there is none
     */
    public static RunDirectory newest(String recipe) {
        return runs().stream()
                .filter(run -> run.root.getFileName().toString().matches(namePattern(recipe)))
                .max(Comparator.comparing(run -> run.root.getFileName().toString()))
                .orElseThrow(
                        () ->
                                new InputException(
                                        "there is no run of "
                                                + recipe
                                                + " to resume in "
                                                + RUNS
                                                + "; name its folder with --out, or leave out"
                                                + " --resume to start one"));
    }

    private static String namePattern(String recipe) {
        return Pattern.quote(recipe) + "-\\d{8}-\\d{6}(-\\d+)?";
    }

    /**
     * Returns an existing run.
     *
     * @param name the path of its folder, or the name of one in {@link #RUNS}
     * @throws InputException if there is none; the message names the nearest
     */
    public static RunDirectory open(String name) {
        for (Path path : List.of(Path.of(name), RUNS.resolve(name))) {
            if (new RunDirectory(path).holdsRun()) {
                return new RunDirectory(path);
            }
        }
        if (Files.exists(Path.of(name))) {
            throw new InputException(
                    name
                            + ": holds no run, as it has no config.yaml; give a folder that"
                            + " \"gradus train\" made");
        }
        List<String> names = runs().stream().map(run -> run.root.toString()).toList();
        String hint =
                names.isEmpty()
                        ? "make one with \"gradus train digits\""
                        : Names.nearest(name, names)
                                .map(nearest -> "did you mean \"" + nearest + "\"?")
                                .orElse("the newest is " + newest(names));
        throw new InputException("there is no run \"" + name + "\": " + hint);
    }

    private static String newest(List<String> names) {
        return names.stream()
                .max(Comparator.comparing((String name) -> modified(Path.of(name))))
                .orElseThrow();
    }

    private static long modified(Path path) {
        return path.toFile().lastModified();
    }

    private static List<RunDirectory> runs() {
        List<RunDirectory> runs = new ArrayList<>();
        if (Files.isDirectory(RUNS)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(RUNS)) {
                folders.forEach(folder -> runs.add(new RunDirectory(folder)));
            } catch (IOException problem) {
                throw new UncheckedIOException(
                        RUNS + ": cannot be listed (" + problem + ")", problem);
            }
        }
        return runs.stream().filter(RunDirectory::holdsRun).toList();
    }

    /** Returns the folder. */
    public Path root() {
        return root;
    }

    /** Returns the file of all settings. */
    public Path config() {
        return root.resolve("config.yaml");
    }

    /** Returns the file that says what the model expects as input. */
    public Path input() {
        return root.resolve("input.json");
    }

    /** Returns the file of all that was measured on the way. */
    public Path metrics() {
        return root.resolve("metrics.jsonl");
    }

    /** Returns the folder of checkpoints. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Returns the folder of TensorBoard's event files. */
    public Path events() {
        return root.resolve("events");
    }

    /** Returns the folder of what the model made after each epoch. */
    public Path samples() {
        return root.resolve("samples");
    }

    /** Returns the file of the final numbers. */
    public Path summary() {
        return root.resolve("summary.json");
    }

    /** Returns the page that shows the run. */
    public Path report() {
        return root.resolve("report.html");
    }

    /** Returns whether a run was begun here. */
    public boolean holdsRun() {
        return Files.isRegularFile(config());
    }

    /** Returns whether a run ended here. */
    public boolean isComplete() {
        return Files.isRegularFile(summary());
    }

    /**
     * Checks that a new run can be made here, without making anything.
     *
     * @throws InputException if the folder holds a run or something else, or cannot be written
     */
    public void requireFree() {
        if (holdsRun()) {
            throw new InputException(
                    root
                            + ": holds another run; continue it with --resume, or choose another"
                            + " folder with --out");
        }
        if (Files.exists(root) && (!Files.isDirectory(root) || !isEmpty())) {
            throw new InputException(
                    root + ": is there already and holds no run; choose another folder with --out");
        }
        Path existing = root.toAbsolutePath();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new InputException(
                    root
                            + ": cannot be made, as "
                            + existing
                            + " is no folder that can be written; choose another with --out");
        }
    }

    /** A process that was killed at the very start may have left what comes before config.yaml. */
    private boolean isEmpty() {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(
                        root,
                        file ->
                                !file.equals(input())
                                        && !file.getFileName().toString().endsWith(".tmp"))) {
            return !files.iterator().hasNext();
        } catch (IOException problem) {
            throw new UncheckedIOException(root + ": cannot be listed (" + problem + ")", problem);
        }
    }

    /** Makes the folder; from then on it holds a run. */
    public void create(Recipe recipe, DataFormat format) {
        try {
            Files.createDirectories(root);
        } catch (IOException problem) {
            throw new InputException(
                    root + ": cannot be made (" + problem + "); choose another with --out",
                    problem);
        }
        InputFile.write(input(), format);
        writeConfig(recipe);
    }

    /** Writes the settings anew, where a resumed run changes some. */
    void writeConfig(Recipe recipe) {
        AtomicFiles.write(config(), recipe.yaml());
    }

    /** Returns the settings that the run was made with. */
    public Recipe recipe() {
        return Recipes.read(config(), List.of());
    }

    /**
     * Returns what the model expects.
     *
     * @throws DataException if the file is missing or damaged
     */
    public DataFormat format() {
        return InputFile.read(input());
    }

    /** Returns the command that continues the run. */
    public String resumption() {
        String name = recipe().name();
        String recipe = Recipes.names().contains(name) ? name : config().toString();
        return "gradus train " + recipe + " --resume --out " + root;
    }

    /**
     * Returns the newest checkpoint.
     *
     * @throws InputException if there is none yet
     * @throws DataException if there are some and none can be read
     */
    public Checkpoint checkpoint() {
        Optional<Checkpoint> newest = new CheckpointFolder(checkpoints()).newest();
        return newest.orElseThrow(
                () ->
                        new InputException(
                                root
                                        + ": has no checkpoint yet; continue the run with \""
                                        + resumption()
                                        + "\""));
    }
}
