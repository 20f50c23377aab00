package org.gradus.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.nn.Module;
import org.gradus.nn.Parameter;
import org.gradus.optim.Ema;
import org.gradus.tensor.HostArray;

/** What happens in one step: the updates of a task, one after the other, and the averages. */
final class TrainingStep {
    private final Trainer settings;
    private final Module model;
    private final List<Updater> updaters = new ArrayList<>();
    private final Ema averages;

    /** One for each choice of updates that take place in a step. */
    private final Map<List<Updater>, StepRecorder> recorders = new HashMap<>();

    private final Device device;
    private boolean isRefusalTold;
    private long step;

    TrainingStep(Trainer settings, Task task, Device device) {
        this.settings = settings;
        this.device = device;
        this.model = task.model();
        for (Update update : task.updates()) {
            updaters.add(new Updater(settings, update, device, updaters.isEmpty()));
        }
        requireKnown(settings.groups.keySet());
        requireApart(updaters);
        this.averages =
                settings.averaging == 0 ? null : new Ema(model.parameters(), settings.averaging);
    }

    private StepRecorder recorder(List<Updater> taking) {
        return new StepRecorder(
                settings.capture, device, batches -> make(taking, batches), this::tellRefusal);
    }

    private void tellRefusal(String reason) {
        if (!isRefusalTold) {
            isRefusalTold = true;
            settings.listeners.forEach(each -> each.onCaptureRefused(reason));
        }
    }

    private void requireKnown(Iterable<String> names) {
        List<String> known = updaters.stream().map(Updater::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new TrainingException(
                        "an optimizer is set for \""
                                + name
                                + "\", but the updates of the task are "
                                + known
                                + "; name one of these");
            }
        }
    }

    private static void requireApart(List<Updater> updaters) {
        Map<Parameter, String> owners = new LinkedHashMap<>();
        for (Updater updater : updaters) {
            for (Parameter parameter : updater.parameters()) {
                String other = owners.put(parameter, updater.name());
                if (other != null) {
                    throw new TrainingException(
                            "the parameter "
                                    + parameter
                                    + " is changed by the updates "
                                    + other
                                    + " and "
                                    + updater.name()
                                    + "; leave it to one of them");
                }
            }
        }
    }

    List<Updater> updaters() {
        return updaters;
    }

    /** Returns the first update, whose learning rate and gradients are those that are reported. */
    Updater first() {
        return updaters.getFirst();
    }

    /** Begins an epoch. */
    void beginEpoch() {
        recorders.values().forEach(StepRecorder::beginEpoch);
    }

    /**
     * Makes the updates of a step, and releases its batches.
     *
     * @param number the step, counted from 1
     */
    void take(List<TensorBatch> batches, long number) {
        step = number;
        List<Updater> taking =
                updaters.stream().filter(updater -> updater.takesPartIn(step)).toList();
        try {
            if (!recorders.computeIfAbsent(taking, this::recorder).take(batches)) {
                make(taking, batches);
            }
        } finally {
            batches.forEach(TensorBatch::release);
        }
    }

    private void make(List<Updater> taking, List<TensorBatch> batches) {
        int samples = batches.stream().mapToInt(TensorBatch::size).sum();
        for (Updater updater : taking) {
            List<Parameter> frozen = freezeOthers(updater);
            try {
                updater.update(batches, samples, () -> step);
            } finally {
                frozen.forEach(Parameter::unfreeze);
            }
        }
        if (averages != null) {
            averages.update();
        }
    }

    /** Saves the gradients that nobody uses: those with respect to another update's parameters. */
    private List<Parameter> freezeOthers(Updater updater) {
        List<Parameter> frozen = new ArrayList<>();
        for (Updater other : updaters) {
            if (other != updater) {
                other.parameters().stream().filter(Parameter::isTrainable).forEach(frozen::add);
            }
        }
        frozen.forEach(Parameter::freeze);
        return frozen;
    }

    // ---- averages

    /** Exchanges the parameters and their averages, if there are any. */
    void swapAverages() {
        if (averages != null) {
            averages.swap();
        }
    }

    /** Returns the averages by the names of their parameters; none without averaging. */
    Map<String, HostArray> averages() {
        return averages == null ? Map.of() : averages.stateDict();
    }

    // ---- saving

    /** Returns the states of all optimizers. */
    Map<String, HostArray> optimizerStates() {
        Map<String, HostArray> states = new LinkedHashMap<>();
        updaters.forEach(updater -> states.putAll(updater.optimizer().stateDict()));
        return states;
    }

    /** Continues from saved states; one that belongs to none is refused by the first. */
    void load(Map<String, HostArray> optimizerStates, Map<String, HostArray> saved) {
        Map<Updater, Map<String, HostArray>> parts = new LinkedHashMap<>();
        updaters.forEach(updater -> parts.put(updater, new LinkedHashMap<>()));
        optimizerStates.forEach(
                (name, state) ->
                        parts.get(
                                        updaters.stream()
                                                .filter(updater -> updater.owns(name))
                                                .findFirst()
                                                .orElse(first()))
                                .put(name, state));
        parts.forEach((updater, states) -> updater.optimizer().loadStateDict(states));
        if (averages != null) {
            averages.loadStateDict(saved);
        } else if (!saved.isEmpty()) {
            throw new IllegalArgumentException("it has averages of parameters");
        }
    }

    /** Gives back what the steps held besides the model. */
    void release() {
        recorders.values().forEach(StepRecorder::close);
        updaters.forEach(Updater::release);
        if (averages != null) {
            averages.release();
        }
    }
}
