package org.gradus.cli.run;

import java.io.PrintWriter;
import org.gradus.train.EpochReport;
import org.gradus.train.StepReport;
import org.gradus.train.TrainingListener;
import org.gradus.train.TrainingStart;

/** Shows a training as plain lines: one per epoch, and one about every ten seconds in between. */
final class ProgressLines implements TrainingListener {
    private static final double SECONDS_BETWEEN_LINES = 10;

    private final PrintWriter out;
    private long epochs;
    private double lastLine;

    ProgressLines(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void onStart(TrainingStart start) {
        epochs = epochs(start);
    }

    @Override
    public void onStep(StepReport report) {
        if (report.seconds() - lastLine >= SECONDS_BETWEEN_LINES) {
            print(report.seconds(), step(report, epochs));
        }
    }

    @Override
    public void onEpochEnd(EpochReport report) {
        print(report.seconds(), epoch(report, epochs));
    }

    @Override
    public void onCaptureRefused(String reason) {
        out.println(refused(reason));
        out.flush();
    }

    static String refused(String reason) {
        return "steps are not recorded for the GPU to repeat: " + reason;
    }

    private void print(double seconds, String line) {
        lastLine = seconds;
        out.println(line);
        out.flush();
    }

    /** Returns the number of epochs that a training takes, the last of which may be a part. */
    static long epochs(TrainingStart start) {
        return Math.ceilDiv(start.totalSteps(), Math.max(1, start.batchesPerEpoch()));
    }

    static String step(StepReport report, long epochs) {
        return "epoch %d/%d, step %s of %s: loss %s, %s samples/s, %s"
                .formatted(
                        report.epoch(),
                        epochs,
                        Numbers.whole(report.step()),
                        Numbers.whole(report.totalSteps()),
                        Numbers.measured(report.loss()),
                        Numbers.whole(Math.round(report.samplesPerSecond())),
                        Numbers.duration(report.seconds()));
    }

    static String epoch(EpochReport report, long epochs) {
        String validation =
                report.validation().isEmpty()
                        ? ""
                        : "; validation " + Numbers.measured(report.validation());
        return "epoch %d/%d: %s%s; %s"
                .formatted(
                        report.epoch(),
                        epochs,
                        Numbers.measured(report.train()),
                        validation,
                        Numbers.duration(report.seconds()));
    }
}
