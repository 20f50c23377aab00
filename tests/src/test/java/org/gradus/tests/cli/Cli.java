package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.gradus.cli.Main;

/**
 * What a command printed and how it ended.
 *
 * @param code the exit code
 * @param out the standard output
 * @param err the standard error
 */
record Cli(int code, String out, String err) {
    private static final String INCUBATOR = "WARNING: Using incubator modules";
    private static final int PATIENCE_SECONDS = 180;

    /** Runs a command in this process. */
    static Cli run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(texts(arguments), new PrintWriter(out), new PrintWriter(err));
        return new Cli(code, out.toString(), err.toString());
    }

    /** Runs a command in a process of its own and waits for it. */
    static Cli fork(Path folder, Object... arguments) {
        return finish(start(folder, java(true, arguments)), folder);
    }

    /** Starts a command line; what it prints goes to files in a folder. */
    static Process start(Path folder, List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectOutput(folder.resolve("out.txt").toFile())
                    .redirectError(folder.resolve("err.txt").toFile())
                    .start();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** Returns the command line of the program, with or without the Vector API. */
    static List<String> java(boolean vectors, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (vectors) {
            command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        }
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-Djava.awt.headless=true", "-Xmx1g"));
        // The device's settings are those of this process, whose results are compared.
        for (String property : List.of("gradus.device", "gradus.fusion", "gradus.cpu.vector")) {
            if (System.getProperty(property) != null) {
                command.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(texts(arguments)));
        return command;
    }

    /** Waits for a process that {@link #start} made. */
    static Cli finish(Process process, Path folder) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the process did not end: " + process.info());
            }
            return new Cli(
                    process.exitValue(),
                    Files.readString(folder.resolve("out.txt")),
                    Files.readString(folder.resolve("err.txt")));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } catch (InterruptedException problem) {
            Thread.currentThread().interrupt();
            throw new AssertionError(problem);
        }
    }

    /** Checks that it went well, and returns this. */
    Cli succeeded() {
        assertEquals(0, code, () -> "exit code; stderr: " + err);
        return this;
    }

    /** Checks that it ended with a code and one line on stderr that has these parts. */
    Cli failed(int expectedCode, String... parts) {
        List<String> lines = err.lines().filter(line -> !line.startsWith(INCUBATOR)).toList();
        assertEquals(1, lines.size(), () -> "lines on stderr: " + err);
        assertEquals(expectedCode, code, err);
        assertTrue(lines.getFirst().startsWith("gradus: "), err);
        for (String part : parts) {
            assertTrue(
                    lines.getFirst().contains(part),
                    () -> "\"" + part + "\" is not in: " + lines.getFirst());
        }
        assertFalse(lines.getFirst().contains("error in the program"), err);
        return this;
    }

    /** Returns the output as JSON. */
    JsonNode json() {
        return json(out);
    }

    /** Returns a file as JSON. */
    static JsonNode json(Path file) {
        try {
            return json(Files.readString(file));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static String[] texts(Object... arguments) {
        return Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    }
}
