package org.gradus.cli.run;

import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.gradus.train.EpochReport;
import org.gradus.train.StepReport;
import org.gradus.train.TrainingListener;
import org.gradus.train.TrainingStart;

/** Shows a training on a terminal: a bar over all steps, and a line above it for each epoch. */
final class ProgressDisplay implements TrainingListener {
    private static final int UPDATE_MILLISECONDS = 200;

    private final Line line;
    private ProgressBar bar;
    private long epochs;

    ProgressDisplay(PrintWriter out, int columns) {
        line = new Line(out, columns);
    }

    @Override
    public void onStart(TrainingStart start) {
        epochs = ProgressLines.epochs(start);
        bar =
                new ProgressBarBuilder()
                        .setTaskName("step")
                        .setInitialMax(start.totalSteps())
                        .startsFrom(start.step(), Duration.ZERO)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
                        .setConsumer(line)
                        .build();
    }

    @Override
    public void onStep(StepReport report) {
        bar.stepTo(report.step());
        bar.setExtraMessage("loss " + Numbers.measured(report.loss()));
    }

    @Override
    public void onEpochEnd(EpochReport report) {
        line.above(ProgressLines.epoch(report, epochs));
    }

    @Override
    public void onCaptureRefused(String reason) {
        line.above(ProgressLines.refused(reason));
    }

    @Override
    public void onClose() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    /** The terminal's last line, drawn by the bar's thread; other lines are put above it. */
    private static final class Line implements ProgressBarConsumer {
        private static final String CLEAR = "\r\u001b[K";

        private final PrintWriter out;
        private final int columns;
        private boolean closed;

        Line(PrintWriter out, int columns) {
            this.out = out;
            this.columns = columns;
        }

        @Override
        public int getMaxRenderedLength() {
            return columns - 1;
        }

        @Override
        public synchronized void accept(String text) {
            if (!closed) {
                write(CLEAR + text);
            }
        }

        synchronized void above(String text) {
            write(CLEAR + text + System.lineSeparator());
        }

        @Override
        public synchronized void close() {
            closed = true;
            write(CLEAR);
        }

        private void write(String text) {
            out.print(text);
            out.flush();
        }
    }
}
