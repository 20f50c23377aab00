package org.gradus.tests.gpu;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes where there is no build, one after the other, with a line of counts for each
 * and what failed. Ends with 1 if a test failed, or if none passed.
 */
public final class TestRun implements TestExecutionListener {
    private static final int LONGEST_MESSAGE = 600;
    private static final double NANOS = 1e9;

    private int passed;
    private int failed;
    private int skipped;

    private TestRun() {}

    /** Runs the classes that are named. */
    public static void main(String[] classes) {
        int passed = 0;
        int failed = 0;
        for (String name : classes) {
            TestRun run = new TestRun();
            long start = System.nanoTime();
            run.execute(name);
            System.out.printf(
                    "%-55s %5d passed, %d failed, %d skipped, %.1f s%n",
                    name, run.passed, run.failed, run.skipped, (System.nanoTime() - start) / NANOS);
            passed += run.passed;
            failed += run.failed;
        }
        System.out.printf("%d passed, %d failed%n", passed, failed);
        System.exit(failed > 0 || passed == 0 ? 1 : 0);
    }

    private void execute(String name) {
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request().selectors(selectClass(name)).build(),
                this);
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped++;
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == Status.FAILED) {
            // what a class or a factory throws counts, too
            failed++;
            String message = String.valueOf(result.getThrowable().orElse(null));
            System.out.println("FAILED " + test.getDisplayName());
            System.out.println(
                    "       " + message.substring(0, Math.min(LONGEST_MESSAGE, message.length())));
        } else if (test.isTest()) {
            passed += result.getStatus() == Status.SUCCESSFUL ? 1 : 0;
            skipped += result.getStatus() == Status.ABORTED ? 1 : 0;
        }
    }
}
