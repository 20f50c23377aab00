package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code gradus}: the program as users start it, from its modular jars. */
class LauncherTest {
    @TempDir private Path folder;

    @Test
    void itTrainsAndEvaluates() {
        Path run = folder.resolve("run");
        String out =
                gradus("train", "digits", "--epochs", "2", "--out", run.toString())
                        .succeeded()
                        .out();
        assertTrue(out.contains("validation: loss"), out);
        assertFalse(out.contains("[warning]"), out);
        assertTrue(Files.exists(run.resolve("report.html")));
        assertTrue(gradus("evaluate", run.toString()).succeeded().out().contains("accuracy"));
    }

    @Test
    void itRefusesWrongUsage() {
        gradus("train", "digts").failed(2, "did you mean \"digits\"?");
        gradus("--versoin").failed(2, "did you mean \"--version\"?");
    }

    @Test
    void itKnowsItsVersion() {
        String out = gradus("--version").succeeded().out();
        assertTrue(out.matches("gradus \\d+\\.\\d+\\.\\S+\\s*"), out);
    }

    private Cli gradus(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("gradus.root"), "gradus").toString());
        command.addAll(List.of(arguments));
        return Cli.finish(Cli.start(folder, command), folder);
    }
}
