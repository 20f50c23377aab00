package org.gradus.cuda.library;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Loads the native libraries that JCuda's packages bring from a folder of this process alone: by
 * itself JCuda takes whatever lies under their names in the folder for temporary files, which
 * others may write to.
 */
public final class JCudaNatives {
    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

    private JCudaNatives() {}

    /**
     * Loads the library of a class of JCuda's.
     *
     * @param binding the class that calls the library
     * @param name the library's name and version, as in {@code JCudaDriver-12.6.0}
     * @param firstCall a call of the class, with which JCuda loads the library
     * @return why it could not be loaded, or nothing
     */
    public static Optional<String> load(Class<?> binding, String name, Runnable firstCall) {
        return load(binding, name, name, firstCall);
    }

    /**
     * Loads the library of a class of JCuda's under another name than it is packed.
     *
     * @param binding the class that calls the library
     * @param packed the name and version of the library in its package
     * @param name the name and version that the class asks for
     * @param firstCall a call of the class, with which JCuda loads the library
     * @return why it could not be loaded, or nothing
     */
    public static synchronized Optional<String> load(
            Class<?> binding, String packed, String name, Runnable firstCall) {
        String system = System.getProperty("os.name").startsWith("Windows") ? "windows" : "linux";
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String platform = system + "-" + (architecture.equals("amd64") ? "x86_64" : architecture);
        String resource = System.mapLibraryName(packed + "-" + platform);
        String file = System.mapLibraryName(name + "-" + platform);
        ClassLoader loader = binding.getClassLoader();
        try (InputStream content = loader.getResourceAsStream("lib/" + resource)) {
            return content == null
                    ? Optional.of("JCuda has no library for " + platform + ": it takes x86-64")
                    : load(content, file, firstCall);
        } catch (IOException e) {
            return Optional.of("JCuda's library " + file + " cannot be unpacked: " + e);
        }
    }

    private static Optional<String> load(InputStream content, String file, Runnable firstCall)
            throws IOException {
        Path folder = Files.createTempDirectory("gradus-jcuda-");
        String before = System.getProperty(TEMPORARY_FOLDER);
        try {
            Files.copy(content, folder.resolve(file));
            System.setProperty(TEMPORARY_FOLDER, folder.toString());
            firstCall.run();
            return Optional.empty();
        } catch (LinkageError e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            return Optional.of("JCuda's library " + file + " does not load: " + message);
        } finally {
            System.setProperty(TEMPORARY_FOLDER, before);
            delete(folder, file);
        }
    }

    /** Deletes what was unpacked: a library that is loaded needs its file no more. */
    private static void delete(Path folder, String file) {
        try {
            Files.deleteIfExists(folder.resolve(file));
            Files.deleteIfExists(folder);
        } catch (IOException inUse) {
            folder.resolve(file).toFile().deleteOnExit();
        }
    }
}
