package org.gradus.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.gradus.data.DataLoader;
import org.gradus.data.Dataset;
import org.gradus.device.Device;
import org.gradus.metrics.Metric;
import org.gradus.nn.Module;
import org.gradus.tensor.HostArray;

/** One call of {@link Trainer#fit}: where it stands, what is reported and saved, when it ends. */
final class TrainingRun {
    private final Trainer settings;
    private final Task task;
    private final Module model;
    private final Device device;
    private final Dataset validation;
    private final DataLoader loader;
    private final Progress.Run run;
    private final long stepsPerEpoch;
    private final long totalSteps;
    private final Monitor monitor;
    private final CheckpointFolder folder;

    private TrainingStep stepper;
    private int epoch;
    private int batch;
    private long step;
    private long evaluatedStep;
    private Map<String, Double> train = Map.of();
    private Map<String, Double> validated = Map.of();
    private Path lastCheckpoint;
    private long savedStep = -1;
    private int savedEpoch;

    private final long started = System.nanoTime();
    private double secondsBefore;
    private final Throughput throughput = new Throughput();

    TrainingRun(
            Trainer settings,
            Task task,
            Device device,
            Dataset training,
            Dataset validation,
            TrainingLength length) {
        this.settings = settings;
        this.task = task;
        this.model = task.model();
        this.device = device;
        this.validation = validation;
        this.loader = DataLoader.of(training, settings.batchSize).shuffled(settings.seed);
        this.run =
                new Progress.Run(
                        settings.seed, settings.batchSize, settings.accumulation, training.size());
        this.stepsPerEpoch = Math.ceilDiv(loader.batchesPerEpoch(), settings.accumulation);
        this.totalSteps = length.inSteps(stepsPerEpoch);
        this.monitor = Monitor.of(settings.monitored, task, settings.patience);
        this.folder =
                settings.checkpoints == null
                        ? null
                        : new CheckpointFolder(settings.checkpoints.folder());
    }

    TrainingResult run() {
        if (model.isInitialized()) {
            model.to(device);
        } else {
            model.initialize(device, settings.seed);
        }
        stepper = new TrainingStep(settings, task, device);
        task.metrics().forEach(Metric::reset);
        if (settings.plateau != null) {
            settings.plateau.reset();
        }
        restore();
        settings.listeners.forEach(listener -> listener.onStart(start()));
        TrainingResult.Outcome outcome = train();
        TrainingResult result = result(outcome);
        stepper.swapAverages();
        settings.listeners.forEach(listener -> listener.onEnd(result));
        return result;
    }

    private TrainingResult.Outcome train() {
        // After a stop at the end of the last epoch, that end is still to come.
        while ((step < totalSteps || batch == loader.batchesPerEpoch())
                && !monitor.isOutOfPatience()) {
            if (!trainEpoch() || (batch == loader.batchesPerEpoch() && !endEpoch())) {
                save();
                return TrainingResult.Outcome.INTERRUPTED;
            }
        }
        if (evaluatedStep != step) {
            if (!evaluate(false)) {
                save();
                return TrainingResult.Outcome.INTERRUPTED;
            }
            saveIfBest();
        }
        save();
        return step < totalSteps
                ? TrainingResult.Outcome.STOPPED_EARLY
                : TrainingResult.Outcome.COMPLETED;
    }

    /** Trains to the end of the epoch or of the training; returns false if it was stopped. */
    private boolean trainEpoch() {
        model.train();
        stepper.beginEpoch();
        try (BatchFeed batches = feed()) {
            while (batches.hasNext() && step < totalSteps) {
                if (settings.stopRequest.isRequested()) {
                    return false;
                }
                throughput.start();
                int before = batch;
                stepper.take(batches.next(), step + 1);
                step++;
                batch = batches.position();
                boolean last = !batches.hasNext() || step == totalSteps;
                if (!last && !settings.stopRequest.isRequested()) {
                    batches.loadAhead();
                }
                boolean reports = last || step % settings.reportEvery == 0;
                if (reports) {
                    requireFinite();
                }
                throughput.stop(samplesUpTo(batch) - samplesUpTo(before));
                if (reports) {
                    report();
                }
                long every = folder == null ? 0 : settings.checkpoints.everySteps();
                if (!last && every > 0 && step % every == 0) {
                    save();
                }
            }
        }
        return !settings.stopRequest.isRequested();
    }

    private BatchFeed feed() {
        return new BatchFeed(loader.iterator(epoch, batch), settings.accumulation, device);
    }

    private int samplesUpTo(int batches) {
        return (int) Math.min((long) batches * loader.batchSize(), loader.samplesPerEpoch());
    }

    private void report() {
        StepReport report =
                new StepReport(
                        step,
                        totalSteps,
                        epoch + 1,
                        batch,
                        loader.batchesPerEpoch(),
                        stepper.first().losses().recentMean(),
                        otherLosses(),
                        stepper.first().optimizer().learningRate(),
                        stepper.first().norms().last(),
                        seconds(),
                        throughput.recent());
        settings.listeners.forEach(listener -> listener.onStep(report));
    }

    /** Returns the losses of the second update and those after it, as far as they took place. */
    private Map<String, Double> otherLosses() {
        Map<String, Double> values = new LinkedHashMap<>();
        stepper.updaters().stream()
                .skip(1)
                .forEach(
                        updater -> {
                            double mean = updater.losses().recentMean();
                            if (!Double.isNaN(mean)) {
                                values.put(updater.lossName(), mean);
                            }
                        });
        return values;
    }

    /** Evaluates and moves on to the next epoch; returns false if it was stopped before that. */
    private boolean endEpoch() {
        if (!evaluate(true)) {
            return false;
        }
        epoch++;
        batch = 0;
        stepper.updaters().forEach(updater -> updater.losses().beginEpoch());
        task.metrics().forEach(Metric::reset);
        saveIfBest();
        if (folder != null) {
            Checkpoints when = settings.checkpoints;
            boolean bySteps = when.everySteps() > 0 && step % when.everySteps() == 0;
            boolean byEpochs = when.everyEpochs() > 0 && epoch % when.everyEpochs() == 0;
            if (bySteps || byEpochs) {
                save();
            }
        }
        return true;
    }

    /**
     * Evaluates and reports, with the averages in the place of the parameters where there are any;
     * returns false if it was stopped.
     */
    private boolean evaluate(boolean wholeEpoch) {
        requireFinite();
        stepper.swapAverages();
        try {
            return evaluateAveraged(wholeEpoch);
        } finally {
            stepper.swapAverages();
        }
    }

    private boolean evaluateAveraged(boolean wholeEpoch) {
        Map<String, Double> trained = trainedValues();
        Map<String, Double> measured = Map.of();
        if (validation != null) {
            Optional<Evaluation> evaluation = evaluation();
            if (evaluation.isEmpty()) {
                return false;
            }
            measured = evaluation.get().values();
        }
        train = trained;
        validated = measured;
        evaluatedStep = step;
        Map<String, Double> watched = validation == null ? train : validated;
        boolean best = monitor.update(watched, step, wholeEpoch);
        if (wholeEpoch && settings.plateau != null) {
            settings.plateau.update(monitor.valueIn(watched), monitor.higherIsBetter());
        }
        EpochReport report =
                new EpochReport(
                        epoch + 1,
                        step,
                        train,
                        validated,
                        best,
                        stepper.first().optimizer().learningRate(),
                        seconds());
        settings.listeners.forEach(listener -> listener.onEpochEnd(report));
        return true;
    }

    /** Evaluates with the metrics of the training, whose sums are put aside for that time. */
    private Optional<Evaluation> evaluation() {
        int size = settings.evaluationBatchSize;
        Evaluator evaluator =
                Evaluator.of(task)
                        .precision(settings.precision)
                        .batchSize(size == 0 ? settings.batchSize : size);
        List<double[]> sums = new ArrayList<>();
        task.metrics().forEach(metric -> sums.add(metric.state()));
        Optional<Evaluation> evaluation =
                evaluator.evaluate(validation, settings.stopRequest::isRequested);
        for (int i = 0; i < sums.size(); i++) {
            task.metrics().get(i).restore(sums.get(i));
        }
        return evaluation;
    }

    private Map<String, Double> trainedValues() {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Updater updater : stepper.updaters()) {
            if (updater == stepper.first() || !updater.losses().isEmpty()) {
                values.put(updater.lossName(), updater.losses().epochMean());
            }
        }
        Values.addTo(values, task.metrics());
        return values;
    }

    private void requireFinite() {
        for (Updater updater : stepper.updaters()) {
            LossSums.NotFinite found = updater.losses().read();
            if (found != null) {
                throw diverged(updater, "the " + said(updater), found.loss(), found.step());
            }
            GradientNorms.NotFinite norm = updater.norms().read();
            if (norm != null) {
                throw diverged(updater, "the norm of the gradients", norm.norm(), norm.step());
            }
            updater.requireScale(step);
        }
    }

    private static String said(Updater updater) {
        return updater.lossName().replace('_', ' ');
    }

    private TrainingException diverged(Updater updater, String what, double value, long atStep) {
        String remaining =
                lastCheckpoint == null
                        ? "no checkpoint had been written"
                        : "the checkpoint " + lastCheckpoint + " is from before";
        return new TrainingException(
                what
                        + " became "
                        + value
                        + " in step "
                        + atStep
                        + " (epoch "
                        + (epoch + 1)
                        + ", learning rate "
                        + updater.optimizer().learningRate()
                        + "): lower the learning rate, clip the gradients with clipNorm, or look"
                        + " for numbers like this in the inputs; "
                        + remaining);
    }

    // ---- checkpoints

    /** Writes a checkpoint, unless that of this very place was just written. */
    private void save() {
        boolean saved = savedStep == step && savedEpoch == epoch;
        if (folder != null && !saved) {
            requireFinite();
            written(folder.write(checkpoint(), settings.checkpoints.keep()));
            savedStep = step;
            savedEpoch = epoch;
        }
    }

    private void saveIfBest() {
        if (folder != null && monitor.best().step() == step) {
            written(folder.writeBest(checkpoint()));
        }
    }

    private void written(Path file) {
        lastCheckpoint = file;
        settings.listeners.forEach(listener -> listener.onCheckpoint(file, step));
    }

    private Checkpoint checkpoint() {
        Progress progress =
                new Progress(
                        run,
                        epoch,
                        batch,
                        step,
                        seconds(),
                        monitor.best(),
                        evaluatedStep,
                        train,
                        validated,
                        model.generators());
        Map<String, double[]> sums = new LinkedHashMap<>();
        stepper.updaters().forEach(updater -> updater.addSums(sums));
        task.metrics().forEach(metric -> sums.put(metric.name(), metric.state()));
        if (settings.plateau != null) {
            sums.put(Values.PLATEAU, settings.plateau.state());
        }
        return Checkpoint.of(
                progress, model.stateDict(), stepper.averages(), stepper.optimizerStates(), sums);
    }

    private void restore() {
        if (folder == null) {
            if (settings.resume) {
                throw new TrainingException(
                        "nothing can be resumed without a folder of checkpoints: name one, as in"
                                + " checkpoints(folder)");
            }
            return;
        }
        folder.prepare();
        if (settings.resume) {
            folder.newest().ifPresent(this::restore);
        } else if (!folder.files().isEmpty()) {
            throw new TrainingException(
                    folder.files().getFirst()
                            + ": is of an earlier training; resume that one, remove it, or choose"
                            + " another folder");
        }
    }

    private void restore(Checkpoint checkpoint) {
        Progress progress = checkpoint.progress();
        requireSame(checkpoint, "seed", progress.run().seed(), run.seed());
        requireSame(checkpoint, "batch size", progress.run().batchSize(), run.batchSize());
        requireSame(
                checkpoint,
                "number of batches to accumulate",
                progress.run().accumulation(),
                run.accumulation());
        requireSame(
                checkpoint, "number of training samples", progress.run().samples(), run.samples());
        checkpoint.loadTrainedInto(model);
        try {
            stepper.load(checkpoint.optimizer(), checkpoint.averages());
            model.setGenerators(progress.generators());
            restoreSums(checkpoint.metrics());
        } catch (RuntimeException problem) {
            throw new TrainingException(
                    checkpoint.file()
                            + ": does not fit this training: "
                            + problem.getMessage()
                            + "; resume with the same settings or start anew",
                    problem);
        }
        epoch = progress.epoch();
        batch = progress.batch();
        step = progress.step();
        secondsBefore = progress.seconds();
        monitor.restore(progress.best());
        evaluatedStep = progress.evaluatedStep();
        train = progress.train();
        validated = progress.validation();
        lastCheckpoint = checkpoint.file();
        savedStep = step;
        savedEpoch = epoch;
    }

    private void restoreSums(Map<String, HostArray> sums) {
        stepper.updaters().forEach(updater -> updater.restoreSums(name -> sums(sums, name)));
        task.metrics().forEach(metric -> metric.restore(sums(sums, metric.name())));
        if (settings.plateau != null) {
            settings.plateau.restore(sums(sums, Values.PLATEAU));
        }
    }

    private static double[] sums(Map<String, HostArray> sums, String name) {
        HostArray found = sums.get(name);
        if (found == null) {
            throw new IllegalArgumentException("it has no sums of the metric " + name);
        }
        return found.toDoubles();
    }

    private static void requireSame(Checkpoint checkpoint, String what, long before, long now) {
        if (before != now) {
            throw new TrainingException(
                    checkpoint.file()
                            + ": was written with a "
                            + what
                            + " of "
                            + before
                            + ", not "
                            + now
                            + "; resume with the same or start anew in another folder");
        }
    }

    // ---- what is told

    private TrainingStart start() {
        return new TrainingStart(
                device,
                model.parameterCount(),
                loader.samplesPerEpoch(),
                validation == null ? 0 : validation.size(),
                loader.batchesPerEpoch(),
                totalSteps,
                step);
    }

    private TrainingResult result(TrainingResult.Outcome outcome) {
        return new TrainingResult(
                outcome,
                epoch,
                step,
                seconds(),
                throughput.total(),
                device.memory().peakUsedBytes(),
                evaluatedStep == step ? train : trainedValues(),
                validated,
                monitor.best().step());
    }

    private double seconds() {
        return secondsBefore + (System.nanoTime() - started) * 1e-9;
    }

    /** Gives back what the training held besides the model, and lets listeners close. */
    void close() {
        task.metrics().forEach(Metric::reset);
        if (stepper != null) {
            stepper.release();
        }
        settings.listeners.forEach(TrainingListener::onClose);
    }
}
