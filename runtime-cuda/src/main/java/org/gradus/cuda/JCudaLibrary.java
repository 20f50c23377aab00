package org.gradus.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import jcuda.driver.JCudaDriver;
import org.gradus.device.DeviceException;

/**
 * JCuda's native library, loaded once and from a folder of this process alone: by itself JCuda
 * takes whatever lies under its name in the folder for temporary files, which others may write to.
 */
final class JCudaLibrary {
    private static final String NAME = "JCudaDriver-12.6.0-";
    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

    /** Why it could not be loaded, or nothing. */
    private static final Optional<String> FAILURE = load();

    private JCudaLibrary() {}

    /**
     * Sees to it that JCuda can be called. The driver must be open: it is the one that JCuda finds.
     *
     * @throws DeviceException if the library could not be loaded; the message says why
     */
    static void require() {
        if (FAILURE.isPresent()) {
            throw new DeviceException(FAILURE.get());
        }
    }

    private static Optional<String> load() {
        String system = System.getProperty("os.name").startsWith("Windows") ? "windows" : "linux";
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String platform = system + "-" + (architecture.equals("amd64") ? "x86_64" : architecture);
        String file = System.mapLibraryName(NAME + platform);
        ClassLoader loader = JCudaDriver.class.getClassLoader();
        try (InputStream content = loader.getResourceAsStream("lib/" + file)) {
            return content == null
                    ? Optional.of("JCuda has no library for " + platform + ": it takes x86-64")
                    : load(content, file);
        } catch (IOException e) {
            return Optional.of("JCuda's library " + file + " cannot be unpacked: " + e);
        }
    }

    private static Optional<String> load(InputStream content, String file) throws IOException {
        Path folder = Files.createTempDirectory("gradus-jcuda-");
        String before = System.getProperty(TEMPORARY_FOLDER);
        try {
            Files.copy(content, folder.resolve(file));
            System.setProperty(TEMPORARY_FOLDER, folder.toString());
            // the first call loads it; results are checked here, as not all that fails is an error
            JCudaDriver.setExceptionsEnabled(false);
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
