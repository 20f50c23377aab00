package org.gradus.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts the tests that passed on each device, by the device's name in the test's, into a file in
 * the folder that the system property {@code gradus.test.cases} names; {@code .ci/run} prints the
 * sums. So a device on which nothing ran does not go unnoticed.
 */
public final class DeviceCases implements TestExecutionListener {
    /** Not within the name of a package, as the tests of the architecture have them. */
    private static final Pattern DEVICE =
            Pattern.compile("(?<![\\w.])(?:cpu|(?:opencl|cuda)(?::\\d+)?)\\b");

    private final Map<String, Integer> passed = new TreeMap<>();

    /** Creates the listener; called by JUnit. */
    public DeviceCases() {}

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            DEVICE.matcher(test.getDisplayName())
                    .results()
                    .map(MatchResult::group)
                    .findFirst()
                    .map(name -> name.equals("opencl") || name.equals("cuda") ? name + ":0" : name)
                    .ifPresent(name -> passed.merge(name, 1, Integer::sum));
        }
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        String folder = System.getProperty("gradus.test.cases");
        if (folder == null || passed.isEmpty()) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        passed.forEach((name, count) -> lines.append(name).append(' ').append(count).append('\n'));
        try {
            Path file = Path.of(folder, ProcessHandle.current().pid() + ".txt");
            Files.createDirectories(file.getParent());
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("the count of tests per device cannot be kept", e);
        }
    }
}
