package org.gradus.cuda.library;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where NVIDIA's libraries may be, in this order: the folders of the property {@code
 * gradus.cuda.path} (and no others where it is set), {@code CUDA_HOME} and {@code CUDA_PATH},
 * wherever the system's loader looks, and the packages of a Python on the path or active.
 */
public final class LibrarySearch {
    private static final String PROPERTY = "gradus.cuda.path";

    private final List<Path> before;
    private final boolean asksSystem;
    private final List<Path> after;

    private LibrarySearch(List<Path> before, boolean asksSystem, List<Path> after) {
        this.before = before;
        this.asksSystem = asksSystem;
        this.after = after;
    }

    /** Returns the search that the system properties and the environment ask for. */
    public static LibrarySearch standard() {
        String property = System.getProperty(PROPERTY, "");
        if (!property.isBlank()) {
            return in(Stream.of(property.split(File.pathSeparator)).map(Path::of).toList());
        }
        List<Path> homes = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String home = System.getenv(variable);
            if (home != null && !home.isBlank()) {
                homes.add(Path.of(home, "lib64"));
                homes.add(Path.of(home, "bin"));
            }
        }
        return new LibrarySearch(homes, true, pythonPackages());
    }

    /** Returns a search in some folders only. */
    public static LibrarySearch in(List<Path> folders) {
        return new LibrarySearch(folders, false, List.of());
    }

    /**
     * Opens the first library that is found.
     *
     * @param names file names, the preferred one first
     */
    public Optional<NativeLibrary> open(List<String> names) {
        return openIn(before, names)
                .or(() -> asksSystem ? openBySystem(names) : Optional.empty())
                .or(() -> openIn(after, names));
    }

    /** Returns where was looked, for messages. */
    public String description() {
        List<String> places = new ArrayList<>(before.stream().map(Path::toString).toList());
        if (asksSystem) {
            places.add("the system's library path");
        }
        after.stream().map(Path::toString).forEach(places::add);
        return String.join(", ", places);
    }

    private static Optional<NativeLibrary> openIn(List<Path> folders, List<String> names) {
        for (String name : names) {
            for (Path folder : folders) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    Optional<NativeLibrary> library = load(file);
                    if (library.isPresent()) {
                        return library;
                    }
                }
            }
        }
        return Optional.empty();
    }

    @SuppressWarnings("restricted") // NVIDIA's own libraries
    private static Optional<NativeLibrary> load(Path file) {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(file, Arena.global());
            return Optional.of(new NativeLibrary(file.toString(), symbols));
        } catch (IllegalArgumentException unloadable) {
            // one of another architecture, say: the next one may do
            return Optional.empty();
        }
    }

    @SuppressWarnings("restricted") // NVIDIA's own libraries
    private static Optional<NativeLibrary> openBySystem(List<String> names) {
        for (String name : names) {
            try {
                SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
                return Optional.of(new NativeLibrary(name, symbols));
            } catch (IllegalArgumentException absent) {
                // the next name
            }
        }
        return Optional.empty();
    }

    /** The folders in which pip installs NVIDIA's libraries: site-packages/nvidia/NAME/lib. */
    private static List<Path> pythonPackages() {
        List<Path> roots = new ArrayList<>();
        String active = System.getenv("VIRTUAL_ENV");
        if (active != null) {
            roots.add(Path.of(active));
        }
        String path = System.getenv("PATH");
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            Path python = Path.of(folder, "python3");
            if (Files.isExecutable(python) && python.getParent().getParent() != null) {
                roots.add(python.getParent().getParent());
                // where pip installs for a Python that came with the system, in /usr
                roots.add(python.getParent().getParent().resolve("local"));
            }
        }
        return roots.stream()
                .flatMap(root -> matching(root.resolve("lib"), "python3*"))
                .flatMap(
                        lib ->
                                Stream.of("site-packages", "dist-packages")
                                        .map(name -> lib.resolve(name).resolve("nvidia")))
                .flatMap(nvidia -> matching(nvidia, "*"))
                .map(each -> each.resolve("lib"))
                .filter(Files::isDirectory)
                .distinct()
                .toList();
    }

    private static Stream<Path> matching(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
            entries.forEach(found::add);
        } catch (IOException absent) {
            // a folder that cannot be read has nothing for us
        }
        return found.stream().sorted();
    }
}
