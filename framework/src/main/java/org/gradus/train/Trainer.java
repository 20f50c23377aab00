package org.gradus.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.gradus.data.Dataset;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.dtype.DType;
import org.gradus.metrics.Metric;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.nn.Parameter;
import org.gradus.optim.Adam;
import org.gradus.optim.ParameterGroup;
import org.gradus.optim.ReduceOnPlateau;
import org.gradus.optim.Schedule;
import org.gradus.optim.UpdateRule;

/**
 * Trains a model on a data set. Each setting returns this trainer.
 *
 * <pre>{@code
 * TrainingResult result =
 *         Trainer.of(model)
 *                 .optimizer(Adam.withLearningRate(1e-3))
 *                 .loss(Loss.crossEntropy())
 *                 .metric(new Accuracy())
 *                 .checkpoints(folder)
 *                 .fit(train, validation, epochs(5));
 * }</pre>
 *
 * <p>Defaults: the default device, seed 0, Adam with a learning rate of 0.001 that stays as it is,
 * batches of 64 samples, no clipping, no checkpoints, a report every 10 steps.
 *
 * <p>The same seed, data, settings and device give the same result to the bit, whether the training
 * ran through or was resumed at a checkpoint.
 */
public final class Trainer {
    private static final int DEFAULT_BATCH_SIZE = 64;
    private static final double DEFAULT_LEARNING_RATE = 1e-3;
    private static final int DEFAULT_REPORT_EVERY = 10;

    private final Task task;
    private final Module model;
    private final Forward forward;
    private final List<Metric> metrics = new ArrayList<>();
    final List<TrainingListener> listeners = new ArrayList<>();
    Device device;
    long seed;
    Function<Map<String, Parameter>, List<ParameterGroup>> commonGroups =
            ofAll(Adam.withLearningRate(DEFAULT_LEARNING_RATE));
    final Map<String, Function<Map<String, Parameter>, List<ParameterGroup>>> groups =
            new LinkedHashMap<>();
    double averaging;
    Schedule schedule = Schedule.constant();
    ReduceOnPlateau plateau;
    int batchSize = DEFAULT_BATCH_SIZE;
    int evaluationBatchSize;
    int accumulation = 1;
    DType precision = DType.F32;
    StepRecorder.Mode capture = StepRecorder.Mode.AUTO;
    private Loss loss;
    double clipNorm = Double.POSITIVE_INFINITY;
    double clipValue = Double.POSITIVE_INFINITY;
    Checkpoints checkpoints;
    boolean resume;
    String monitored = Values.LOSS;
    int patience = Integer.MAX_VALUE;
    int reportEvery = DEFAULT_REPORT_EVERY;
    StopRequest stopRequest = new StopRequest();

    private Trainer(Task task, Module model, Forward forward) {
        this.task = task;
        this.model = model;
        this.forward = forward;
    }

    /** Returns a trainer of a model with one input. */
    public static Trainer of(Layer model) {
        return of(model, Batches.singleInput(model));
    }

    /** Returns a trainer of a model that is called in its own way, such as with two inputs. */
    public static Trainer of(Module model, Forward forward) {
        return new Trainer(null, model, forward);
    }

    /** Returns a trainer of a task's model, with the losses and the metrics of the task. */
    public static Trainer of(Task task) {
        return new Trainer(task, task.model(), null);
    }

    /**
     * Chooses the device by name, as in {@code cpu}, {@code cuda} or {@code auto}.
     *
     * @throws org.gradus.device.DeviceException if there is none; the message says why
     */
    public Trainer device(String name) {
        return device(Devices.of(name));
    }

    /** Chooses the device. The model is moved there. */
    public Trainer device(Device chosen) {
        device = chosen;
        return this;
    }

    /** Decides the initial parameters, unless the model has them, and the order of the samples. */
    public Trainer seed(long number) {
        seed = number;
        return this;
    }

    /** Chooses how parameters are updated. */
    public Trainer optimizer(UpdateRule rule) {
        return optimizer(ofAll(rule));
    }

    /** Chooses how parameters are updated by groups, which are made of the model's parameters. */
    public Trainer optimizer(Function<Map<String, Parameter>, List<ParameterGroup>> grouping) {
        commonGroups = grouping;
        return this;
    }

    /**
     * Chooses how the parameters of one of the task's updates are updated, as in {@code
     * optimizer("generator", ...)}; the other updates go by {@link #optimizer(UpdateRule)}.
     */
    public Trainer optimizer(String update, UpdateRule rule) {
        return optimizer(update, ofAll(rule));
    }

    /** Chooses how the parameters of one of the task's updates are updated, by groups. */
    public Trainer optimizer(
            String update, Function<Map<String, Parameter>, List<ParameterGroup>> grouping) {
        groups.put(update, grouping);
        return this;
    }

    /**
     * Keeps moving averages of the parameters, see {@link org.gradus.optim.Ema}. Evaluations are of
     * these, and the model has them at the end.
     *
     * @param decay the weight of the average against that of the new parameters, from 0 to below 1;
     *     0 for no averages, as by default
     */
    public Trainer averaging(double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException(
                    "the decay of averages is from 0 to below 1, not " + decay);
        }
        averaging = decay;
        return this;
    }

    private static Function<Map<String, Parameter>, List<ParameterGroup>> ofAll(UpdateRule rule) {
        return parameters -> List.of(new ParameterGroup(parameters, rule));
    }

    /** Chooses the factor of the optimizer's learning rate at each step. */
    public Trainer schedule(Schedule factors) {
        schedule = factors;
        return this;
    }

    /**
     * Multiplies the learning rate, besides the schedule, by a factor that falls when the {@link
     * #monitor monitored} value stops improving from epoch to epoch. Its state is part of the
     * checkpoints; a training that begins resets it.
     */
    public Trainer reduceOnPlateau(ReduceOnPlateau reduction) {
        plateau = reduction;
        return this;
    }

    Schedule scheduleWithPlateau() {
        return plateau == null ? schedule : schedule.times(_ -> plateau.factor());
    }

    /** Sets the number of samples of a batch, which must not exceed those of the training set. */
    public Trainer batchSize(int samples) {
        batchSize = atLeastOne("a batch size", samples);
        return this;
    }

    /** Sets the number of samples that are evaluated at once; by default those of a batch. */
    public Trainer evaluationBatchSize(int samples) {
        evaluationBatchSize = atLeastOne("a batch size", samples);
        return this;
    }

    /**
     * Makes each step of the mean gradient over several batches: like batches of as many samples
     * together, in less memory. At the end of an epoch a step may have fewer.
     */
    public Trainer accumulate(int batches) {
        accumulation = atLeastOne("a number of batches to accumulate", batches);
        return this;
    }

    /**
     * Sets what is to be made small: a mean over the samples of a batch. Must be set, unless this
     * trains a {@link Task}.
     */
    public Trainer loss(Loss minimized) {
        requireNoTask("loss");
        loss = minimized;
        return this;
    }

    /** Measures one more metric, on the training set as it goes along and on the validation set. */
    public Trainer metric(Metric metric) {
        requireNoTask("metric");
        metrics.add(metric);
        return this;
    }

    private void requireNoTask(String what) {
        if (task != null) {
            throw new IllegalStateException(
                    "a task has its own " + what + ": leave out the call of " + what);
        }
    }

    /** Scales the gradients down in each step so that their norm is at most this. */
    public Trainer clipNorm(double maximum) {
        clipNorm = positive("a norm to clip to", maximum);
        return this;
    }

    /** Limits each element of the gradients to this absolute value. */
    public Trainer clipValue(double maximum) {
        clipValue = positive("a value to clip to", maximum);
        return this;
    }

    /**
     * Sets in what precision matrices are multiplied and activations kept: {@code f32}, as by
     * default, {@code bf16} or {@code f16}. Parameters and the optimizer's states are of {@code
     * F32} in each; {@link org.gradus.tensor.Autocast} says what else is. With {@code f16} the loss
     * is {@linkplain org.gradus.optim.LossScale scaled}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public Trainer precision(String name) {
        precision = Values.precision(name);
        return this;
    }

    /**
     * Chooses whether steps are {@linkplain org.gradus.tensor.Recording recorded}: {@code auto}, as
     * by default, where the device does it (CUDA) and the step allows it; {@code on}, so that a
     * step which cannot be recorded is an error; or {@code off}. The results are the same to the
     * bit. Numbers that a loss depends on and the host changes, other than those of optimizers,
     * schedules and generators, may change at the ends of epochs. If they change in each step, that
     * is found out, and ends recording. If they change at other times, they need {@code off}, or to
     * be kept in a tensor that is changed in place: a recorded step keeps them.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public Trainer capture(String name) {
        capture =
                switch (name) {
                    case "auto" -> StepRecorder.Mode.AUTO;
                    case "on" -> StepRecorder.Mode.ON;
                    case "off" -> StepRecorder.Mode.OFF;
                    default ->
                            throw new IllegalArgumentException(
                                    "capture is auto, on or off, not \"" + name + "\"");
                };
        return this;
    }

    /** Writes checkpoints to a folder, see {@link Checkpoints#in}. */
    public Trainer checkpoints(Path folder) {
        return checkpoints(Checkpoints.in(folder));
    }

    /** Writes checkpoints. */
    public Trainer checkpoints(Checkpoints wanted) {
        checkpoints = wanted;
        return this;
    }

    /**
     * Continues from the newest checkpoint of the folder; begins where there is none. Without this,
     * a folder that has checkpoints is refused.
     */
    public Trainer resume(boolean wanted) {
        resume = wanted;
        return this;
    }

    /**
     * Chooses what decides which model is the best: {@code loss}, as by default, or a metric's
     * name; on the validation set, or on the training set where there is none.
     */
    public Trainer monitor(String name) {
        monitored = name;
        return this;
    }

    /** Stops when the monitored value has not improved in this many epochs. */
    public Trainer earlyStopping(int epochs) {
        patience = atLeastOne("the patience of early stopping", epochs);
        return this;
    }

    /** Tells a listener how it goes; listeners are called in the order of these calls. */
    public Trainer listener(TrainingListener listener) {
        listeners.add(listener);
        return this;
    }

    /** Sets after how many steps listeners are told. Each report waits for the device. */
    public Trainer reportEvery(int steps) {
        reportEvery = atLeastOne("a number of steps between reports", steps);
        return this;
    }

    /** Gives others a way to stop the training. */
    public Trainer stopRequest(StopRequest request) {
        stopRequest = request;
        return this;
    }

    /** Trains without a validation set. */
    public TrainingResult fit(Dataset train, TrainingLength length) {
        return fit(train, null, length);
    }

    /**
     * Trains, and evaluates on a validation set after each epoch and at the end.
     *
     * @param validation null for none
     * @param length how long, counted from the beginning, also when resumed
     * @throws TrainingException if the settings do not fit together, a loss is not finite, or a
     *     checkpoint cannot be written or does not fit
     */
    public TrainingResult fit(Dataset train, Dataset validation, TrainingLength length) {
        Device target = device == null ? Devices.getDefault() : device;
        Task learned = task == null ? supervised() : task;
        TrainingRun run = new TrainingRun(this, learned, target, train, validation, length);
        try {
            return run.run();
        } finally {
            run.close();
        }
    }

    private Task supervised() {
        if (loss == null) {
            throw new TrainingException(
                    "a training needs a loss: set one, as in loss(Loss.crossEntropy())");
        }
        Supervised supervised = Supervised.of(model, forward, loss);
        metrics.forEach(supervised::metric);
        return supervised;
    }

    private static int atLeastOne(String what, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(what + " is 1 or more, not " + number);
        }
        return number;
    }

    private static double positive(String what, double number) {
        if (!(number > 0)) {
            throw new IllegalArgumentException(what + " is above 0, not " + number);
        }
        return number;
    }
}
