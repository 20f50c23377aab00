package org.gradus.data;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where data sets are looked for: the folder named by the system property {@code gradus.data}, else
 * the one named by the variable {@code GRADUS_DATA} (in either, a sub-folder with the data set's
 * name, or the folder itself), then {@code ~/.gradus/data/NAME}, then where a package of the system
 * puts it.
 */
final class DataFolders {
    private DataFolders() {}

    /** Returns the folders in which a data set is looked for, in order. */
    static List<Path> of(String name, Path... packaged) {
        return of(
                name,
                System.getProperty("gradus.data", System.getenv("GRADUS_DATA")),
                System.getProperty("user.home"),
                packaged);
    }

    static List<Path> of(String name, String configured, String home, Path... packaged) {
        List<Path> folders = new ArrayList<>();
        if (configured != null && !configured.isBlank()) {
            folders.add(Path.of(configured, name));
            folders.add(Path.of(configured));
        }
        if (home != null) {
            folders.add(Path.of(home, ".gradus", "data", name));
        }
        folders.addAll(List.of(packaged));
        return folders;
    }

    /** Returns the folder of a user's own copy of a data set. */
    static Path home(String name) {
        return Path.of(System.getProperty("user.home"), ".gradus", "data", name);
    }

    /** Returns the folders in which npm's packages are found: {@code node_modules}, NODE_PATH. */
    static Path[] npm(String name) {
        return npm(name, System.getenv("NODE_PATH"));
    }

    static Path[] npm(String name, String nodePath) {
        List<Path> folders = new ArrayList<>();
        folders.add(Path.of("node_modules", name));
        if (nodePath != null) {
            for (String folder : nodePath.split(File.pathSeparator)) {
                if (!folder.isBlank()) {
                    folders.add(Path.of(folder, name));
                }
            }
        }
        return folders.toArray(Path[]::new);
    }

    /** Returns the first folder that holds the data set. */
    static Optional<Path> find(List<Path> folders, Predicate<Path> holds) {
        return folders.stream().filter(holds).findFirst();
    }
}
