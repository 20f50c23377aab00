package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernels on Oclgrind, a simulator that sees data races, reads of what was never written, and
 * what lies beyond a buffer or the local memory. It reports in a log and does not fail by itself.
 *
 * <p>Where {@code gradus.test.devices} names an OpenCL device the simulator must be there, else the
 * test is skipped without it. The property {@code gradus.oclgrind} says where it is.
 */
class OclgrindTest {
    private static final String LIBRARY = "liboclgrind-rt-icd.so";
    private static final String[] FOLDERS = {
        "/usr/lib/oclgrind", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib"
    };
    private static final int MINUTES = 10;

    @TempDir Path folder;

    @Test
    void everyKernelIsFreeOfRacesAndStaysInBounds() throws Exception {
        Path log = folder.resolve("oclgrind.log");
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx512m",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OclgrindRun.class.getName(),
                        folder.resolve("kernels").toString());
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                // the ICD loader takes this for the only driver
                                "OCL_ICD_VENDORS", library().toString(),
                                "OCLGRIND_LOG", log.toString(),
                                "OCLGRIND_CHECK_API", "1",
                                "OCLGRIND_DATA_RACES", "1",
                                "OCLGRIND_UNINITIALIZED", "1",
                                // it does not know the "freeze" that LLVM's optimizer makes
                                "OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable"));
        Process process = builder.start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        String text = Files.readString(output);
        assertTrue(ended, "not done in " + MINUTES + " minutes: " + text);
        assertEquals(0, process.exitValue(), text);
        assertTrue(text.contains("Oclgrind Simulator"), "it ran elsewhere: " + text);
        assertTrue(Files.exists(log), "no log was written: " + text);
        assertEquals("", Files.readString(log).strip(), "the simulator's log");
    }

    private static Path library() {
        String given = System.getProperty("gradus.oclgrind");
        Stream<Path> places =
                given != null
                        ? Stream.of(Path.of(given))
                        : Stream.of(FOLDERS).map(place -> Path.of(place, LIBRARY));
        Path found = places.filter(Files::isRegularFile).findFirst().orElse(null);
        if (found == null) {
            String message = LIBRARY + " is missing: 'apt-get install oclgrind' brings it";
            if (System.getProperty("gradus.test.devices", "").contains("opencl")) {
                fail(message);
            }
            Assumptions.abort(message);
        }
        return found;
    }
}
