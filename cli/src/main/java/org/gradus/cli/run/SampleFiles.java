package org.gradus.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.task.LearningTask;
import org.gradus.cli.task.Samples;
import org.gradus.nn.Module;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.train.EpochReport;
import org.gradus.train.TrainingListener;

/** Writes what the model makes after each epoch, as {@code epoch-03.png} or {@code .txt}. */
final class SampleFiles implements TrainingListener {
    private final LearningTask learning;
    private final DataSplits data;
    private final Path folder;

    SampleFiles(LearningTask learning, DataSplits data, Path folder) {
        this.learning = learning;
        this.data = data;
        this.folder = folder;
    }

    @Override
    public void onEpochEnd(EpochReport report) {
        Module model = learning.task().model();
        model.eval();
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(() -> learning.show(data))
                    .ifPresent(samples -> write(samples, report.epoch()));
        } finally {
            model.train();
        }
    }

    private void write(Samples samples, int epoch) {
        try {
            Files.createDirectories(folder);
        } catch (IOException problem) {
            throw new UncheckedIOException(folder + ": cannot be made (" + problem + ")", problem);
        }
        samples.write(folder.resolve("epoch-%02d%s".formatted(epoch, samples.suffix())));
    }
}
