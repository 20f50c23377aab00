package org.gradus.train;

import java.nio.file.Path;
import java.util.Map;
import org.gradus.io.TensorBoardWriter;

/**
 * Writes a training's reports as curves for TensorBoard: {@code loss/step}, {@code learning_rate},
 * and for each value of an epoch {@code loss/train}, {@code loss/validation} and the like.
 */
public final class TensorBoardListener implements TrainingListener {
    private final Path folder;
    private TensorBoardWriter writer;

    /** Makes a listener that starts an event file in a folder when the training starts. */
    public TensorBoardListener(Path folder) {
        this.folder = folder;
    }

    @Override
    public void onStart(TrainingStart start) {
        writer = TensorBoardWriter.open(folder);
    }

    @Override
    public void onStep(StepReport report) {
        writer.scalar("loss/step", report.loss(), report.step());
        write(report.otherLosses(), "step", report.step());
        writer.scalar("learning_rate", report.learningRate(), report.step());
        writer.scalar("samples_per_second", report.samplesPerSecond(), report.step());
        if (!Double.isNaN(report.gradientNorm())) {
            writer.scalar("gradient_norm", report.gradientNorm(), report.step());
        }
    }

    @Override
    public void onEpochEnd(EpochReport report) {
        write(report.train(), "train", report.step());
        write(report.validation(), "validation", report.step());
    }

    private void write(Map<String, Double> values, String part, long step) {
        values.forEach((name, value) -> writer.scalar(name + "/" + part, value, step));
    }

    @Override
    public void onClose() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }
}
