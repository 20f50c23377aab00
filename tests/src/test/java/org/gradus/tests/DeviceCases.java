package org.gradus.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.gradus.device.Devices;
import org.gradus.tests.conformance.TestDevices;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts the tests that passed on each device, by the device's name in the test's, into a file in
 * the folder that the system property {@code gradus.test.cases} names; {@code .ci/run} prints the
 * sums. So a device on which nothing ran does not go unnoticed. Tests that name a device which this
 * run was not asked to test are about something else.
 */
public final class DeviceCases implements TestExecutionListener {
    /** Not within the name of a package, as the tests of the architecture have them. */
    private static final Pattern DEVICE =
            Pattern.compile("(?<![\\w.])(?:cpu|(?:opencl|cuda)(?::\\d+)?)\\b");

    private static final Set<String> ASKED_FOR =
            TestDevices.names().stream()
                    .map(DeviceCases::withNumber)
                    .collect(Collectors.toUnmodifiableSet());

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
                    .map(DeviceCases::withNumber)
                    .filter(ASKED_FOR::contains)
                    .ifPresent(name -> passed.merge(name, 1, Integer::sum));
        }
    }

    private static String withNumber(String device) {
        return device.equals("opencl") || device.equals("cuda") ? device + ":0" : device;
    }

    /** Says of the emulated GPU that it is one. */
    private static String label(String device) {
        return TestDevices.isEmulated(Devices.of(device)) ? device + " (emulated)" : device;
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        String folder = System.getProperty("gradus.test.cases");
        if (folder == null || passed.isEmpty()) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        passed.forEach((name, count) -> lines.append(count + " " + label(name) + "\n"));
        try {
            Path file = Path.of(folder, ProcessHandle.current().pid() + ".txt");
            Files.createDirectories(file.getParent());
            // a process may have several plans, each with a listener or all with one
            Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            passed.clear();
        } catch (IOException e) {
            throw new UncheckedIOException("the count of tests per device cannot be kept", e);
        }
    }
}
