package org.gradus.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.task.LearningTask;
import org.gradus.data.DataLoader;
import org.gradus.io.AtomicFiles;
import org.gradus.nn.Module;
import org.gradus.train.CheckpointFolder;
import org.gradus.train.Checkpoints;
import org.gradus.train.MetricsLog;
import org.gradus.train.StopRequest;
import org.gradus.train.TensorBoardListener;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingLength;
import org.gradus.train.TrainingListener;
import org.gradus.train.TrainingResult;

/**
 * A training that is ready to start: its settings, data, device and model were found to fit, and
 * nothing was written yet.
 */
public final class Training {
    private final Recipe recipe;
    private final RunDirectory run;
    private final DeviceChoice device;
    private final DataSplits data;
    private final LearningTask learning;
    private final Module model;

    private Training(
            Recipe recipe,
            RunDirectory run,
            DeviceChoice device,
            DataSplits data,
            LearningTask learning) {
        this.recipe = recipe;
        this.run = run;
        this.device = device;
        this.data = data;
        this.learning = learning;
        this.model = learning.task().model();
    }

    /**
     * Opens the device, reads the data and makes the model.
     *
     * @param run where it will be written; it may hold an earlier part of this training
     * @throws InputException if something is missing or does not fit
     */
    public static Training prepare(Recipe recipe, RunDirectory run) {
        DeviceChoice device = DeviceChoice.open(recipe.device(), recipe.threads());
        // A run that goes on keeps its tokens and scales, whatever became of the data.
        DataSplits data = run.holdsRun() ? recipe.data().load(run.format()) : recipe.data().load();
        int samples = data.train().size();
        if (recipe.batchSize() > samples) {
            throw new InputException(
                    "a batch size of "
                            + recipe.batchSize()
                            + " is more than the "
                            + samples
                            + " samples of "
                            + data.train().description()
                            + "; lower it with --batch-size");
        }
        LearningTask learning = TrainedModel.build(recipe, data.format(), device.device());
        if (!new CheckpointFolder(run.checkpoints()).files().isEmpty()) {
            TrainedModel.fill(learning.task().model(), run.checkpoint());
        }
        return new Training(recipe, run, device, data, learning);
    }

    /** Returns what will be done, in a line. */
    public String description() {
        String choice = device.reason().isEmpty() ? "" : " (" + device.reason() + ")";
        return "%s: %s of %s parameters on %s%s, %s; %s, %s samples, and %s to validate"
                .formatted(
                        recipe.name(),
                        recipe.model().name(),
                        Numbers.whole(model.parameterCount()),
                        device.device().name(),
                        choice,
                        recipe.precision(),
                        data.train().description(),
                        Numbers.whole(data.train().size()),
                        Numbers.whole(data.validation().size()));
    }

    /**
     * Trains, and writes the run.
     *
     * @param terminal where progress is shown
     * @param stopRequest what ends the training early, after a checkpoint
     */
    public TrainingResult start(Terminal terminal, StopRequest stopRequest) {
        if (run.holdsRun()) {
            reopen();
        } else {
            run.create(recipe, data.format());
        }
        Trainer trainer =
                trainer(stopRequest)
                        .listener(new MetricsLog(run.metrics()))
                        .listener(new TensorBoardListener(run.events()))
                        .listener(terminal.progress())
                        .listener(new SampleFiles(learning, data, run.samples()))
                        .listener(reports());
        try {
            return trainer.fit(data.train(), data.validation(), length());
        } finally {
            model.release();
        }
    }

    /** What a finished run shows is not true any more when it goes on. */
    private void reopen() {
        try {
            Files.deleteIfExists(run.summary());
        } catch (IOException problem) {
            throw new UncheckedIOException(
                    run.summary() + ": cannot be removed (" + problem + ")", problem);
        }
        run.writeConfig(recipe);
    }

    private Trainer trainer(StopRequest stopRequest) {
        int batches = DataLoader.of(data.train(), recipe.batchSize()).batchesPerEpoch();
        long steps = length().inSteps(Math.ceilDiv(batches, recipe.accumulate()));
        Trainer trainer =
                Trainer.of(learning.task())
                        .device(device.device())
                        .seed(recipe.seed())
                        .precision(recipe.precision())
                        .capture(recipe.capture())
                        .optimizer(recipe.optimizer().grouping()::of)
                        .schedule(recipe.schedule().schedule().apply(steps))
                        .batchSize(recipe.batchSize())
                        .accumulate(recipe.accumulate())
                        .averaging(recipe.emaDecay())
                        .monitor(learning.monitored())
                        .reportEvery(recipe.logEvery())
                        .checkpoints(
                                Checkpoints.in(run.checkpoints())
                                        .everySteps(recipe.checkpointEvery()))
                        .resume(true)
                        .stopRequest(stopRequest);
        recipe.generatorOptimizer()
                .ifPresent(optimizer -> trainer.optimizer("generator", optimizer.grouping()::of));
        recipe.schedule().plateau().ifPresent(plateau -> trainer.reduceOnPlateau(plateau.get()));
        recipe.clipNorm().ifPresent(trainer::clipNorm);
        recipe.clipValue().ifPresent(trainer::clipValue);
        recipe.earlyStopping().ifPresent(trainer::earlyStopping);
        return trainer;
    }

    private TrainingLength length() {
        return recipe.steps()
                .map(TrainingLength::steps)
                .orElseGet(() -> TrainingLength.epochs(recipe.epochs()));
    }

    /** Writes the summary of a training that ran to its end, and the page of any. */
    private TrainingListener reports() {
        return new TrainingListener() {
            @Override
            public void onEnd(TrainingResult result) {
                Summary summary =
                        new Summary(recipe, device.device().name(), model.parameterCount(), result);
                if (result.outcome() != TrainingResult.Outcome.INTERRUPTED) {
                    AtomicFiles.write(run.summary(), summary.json());
                }
                AtomicFiles.write(run.report(), Report.html(summary, run));
            }
        };
    }
}
