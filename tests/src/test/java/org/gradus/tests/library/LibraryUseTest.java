package org.gradus.tests.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The project in {@code tests/library-use}, compiled and run as its users would: with the framework
 * and the CPU runtime on the class path, and no other part of Gradus.
 */
class LibraryUseTest {
    private static final String VECTORS = "--add-modules=jdk.incubator.vector";
    private static final Pattern ACCURACY = Pattern.compile("cpu .*accuracy=([0-9.]+)");

    @TempDir static Path classes;
    private static String classPath;

    private record Run(int exit, String output, String errors) {}

    @BeforeAll
    static void compile() {
        List<String> foreign = List.of("cli", "runtime-opencl", "runtime-cuda", "tests");
        classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> foreign.stream().noneMatch(m -> isModule(entry, m)))
                        .collect(Collectors.joining(File.pathSeparator));
        Path source = Path.of("library-use/src/main/java/example/DigitsExample.java");
        int result =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-d",
                                classes.toString(),
                                "-cp",
                                classPath,
                                "-proc:none",
                                source.toString());
        assertEquals(0, result, "the example does not compile");
    }

    private static boolean isModule(String entry, String module) {
        return entry.contains(module + "/target/") || entry.contains("gradus-" + module);
    }

    private static Run run(Map<String, String> variables, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classes + File.pathSeparator + classPath));
        command.add("example.DigitsExample");
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(classes, "run", ".out");
        Path errors = Files.createTempFile(classes, "run", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().remove("GRADUS_DEVICE");
        builder.environment().putAll(variables);
        Process process = builder.start();
        if (!process.waitFor(300, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the example did not end: " + command);
        }
        return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private static void assertTrained(Run run) {
        Matcher accuracy = ACCURACY.matcher(run.output());
        assertEquals(0, run.exit(), run.errors());
        assertTrue(accuracy.find(), run.output());
        assertTrue(Double.parseDouble(accuracy.group(1)) > 0.9, run.output());
    }

    @Test
    void trainsOnADeviceThatIsNamed() throws Exception {
        assertTrained(run(Map.of(), List.of(VECTORS), "cpu"));
    }

    @Test
    void takesTheDeviceFromThePropertyOrTheVariable() throws Exception {
        assertTrained(run(Map.of(), List.of(VECTORS, "-Dgradus.device=cpu")));
        assertTrained(run(Map.of("GRADUS_DEVICE", "cpu"), List.of(VECTORS)));
    }

    @Test
    void saysWhichDevicesThereAreWhenOneIsMissing() throws Exception {
        for (Run run :
                List.of(
                        run(Map.of(), List.of(VECTORS), "cuda"),
                        run(Map.of(), List.of(VECTORS, "-Dgradus.device=cuda")),
                        run(Map.of("GRADUS_DEVICE", "cuda"), List.of(VECTORS)))) {
            assertEquals(1, run.exit());
            assertTrue(run.errors().contains("no device 'cuda'; available: cpu"), run.errors());
        }
    }

    @Test
    void worksWithoutTheVectorApiAndSaysOnceWhichFlagWouldAddIt() throws Exception {
        Run run = run(Map.of(), List.of(), "cpu");
        assertTrained(run);
        int first = run.errors().indexOf("--add-modules jdk.incubator.vector");
        assertTrue(first >= 0, run.errors());
        assertEquals(first, run.errors().lastIndexOf("--add-modules jdk.incubator.vector"));
    }
}
