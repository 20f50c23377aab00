package org.gradus.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.gradus.data.DataException;

/**
 * A folder of checkpoints: {@code step-0000001200.safetensors} for those of the last steps, {@code
 * best.safetensors} for that with the best monitored value.
 */
public final class CheckpointFolder {
    private static final Logger LOG = System.getLogger("org.gradus.train");
    private static final String BEST = "best.safetensors";

    private final Path folder;

    /** Refers to a folder, which need not exist. */
    public CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /** Returns the checkpoints of the last steps, the newest first; none if there is no folder. */
    public List<Path> files() {
        List<Path> files = matching("step-*.safetensors");
        files.sort(Comparator.comparing((Path file) -> file.getFileName().toString()).reversed());
        return files;
    }

    /** Returns the checkpoint with the best monitored value, if there is one. */
    public Optional<Path> best() {
        Path file = folder.resolve(BEST);
        return Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    /**
     * Reads the newest checkpoint. One that cannot be read is passed over with a warning.
     *
     * @return empty if there is none
     * @throws DataException if there are some and none can be read; the message is that of the
     *     newest
     */
    public Optional<Checkpoint> newest() {
        DataException first = null;
        for (Path file : files()) {
            try {
                Checkpoint checkpoint = Checkpoint.read(file);
                if (first != null) {
                    LOG.log(
                            Level.WARNING,
                            "{0}; continuing from {1}",
                            first.getMessage(),
                            file.getFileName());
                }
                return Optional.of(checkpoint);
            } catch (DataException problem) {
                first = first == null ? problem : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return Optional.empty();
    }

    /** Makes the folder, and removes what a killed process left half-written. */
    void prepare() {
        try {
            Files.createDirectories(folder);
        } catch (IOException problem) {
            throw new TrainingException(
                    folder
                            + ": the folder of the checkpoints cannot be made ("
                            + problem
                            + "); choose another",
                    problem);
        }
        matching(".{step-,best.}*.tmp").forEach(CheckpointFolder::delete);
    }

    /**
     * Writes a checkpoint as the newest and removes all but the last few. Files of later steps go
     * too: they are damaged, or the training would have continued from them.
     */
    Path write(Checkpoint checkpoint, int keep) {
        Path file = folder.resolve("step-%010d.safetensors".formatted(checkpoint.step()));
        write(checkpoint, file);
        List<Path> files = files();
        int newest = files.indexOf(file);
        for (int i = 0; i < files.size(); i++) {
            if (i < newest || i >= newest + keep) {
                delete(files.get(i));
            }
        }
        return file;
    }

    /** Writes a checkpoint as the best. */
    Path writeBest(Checkpoint checkpoint) {
        Path file = folder.resolve(BEST);
        write(checkpoint, file);
        return file;
    }

    private static void write(Checkpoint checkpoint, Path file) {
        try {
            checkpoint.write(file);
        } catch (UncheckedIOException problem) {
            throw new TrainingException(
                    problem.getMessage()
                            + "; make room or choose another folder, then resume the training",
                    problem);
        }
    }

    private List<Path> matching(String glob) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
                found.forEach(files::add);
            } catch (IOException problem) {
                throw new UncheckedIOException(
                        folder + ": cannot be listed (" + problem + ")", problem);
            }
        }
        return files;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException problem) {
            // It only takes room: the training need not end for it.
            LOG.log(Level.WARNING, "{0}: cannot be removed ({1})", file, problem);
        }
    }
}
