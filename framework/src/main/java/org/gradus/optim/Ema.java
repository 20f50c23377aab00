package org.gradus.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.nn.Parameter;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Exponential moving averages of parameters, which often generalize better than the parameters
 * (Polyak and Juditsky, 1992): {@code average = decay * average + (1 - decay) * parameter}.
 *
 * <pre>{@code
 * Ema ema = new Ema(model.parameters(), 0.999);
 * // after each step of the optimizer
 * ema.update();
 * // evaluate with the averages, then go on training
 * ema.swap();
 * evaluate(model);
 * ema.swap();
 * }</pre>
 */
public final class Ema {
    private record Place(Device device, DType dtype) {}

    private interface Definition {
        Program of(DType dtype);
    }

    private final Map<String, Parameter> parameters;
    private final double decay;
    private final Map<String, Tensor> averages = new LinkedHashMap<>();

    /** Starts with copies of the parameters, which must have values. */
    public Ema(Map<String, Parameter> parameters, double decay) {
        Settings.fraction("Ema", "decay", decay);
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        this.decay = decay;
        // what is only needed on the way is given back at once
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(
                    () ->
                            parameters.forEach(
                                    (name, parameter) ->
                                            averages.put(
                                                    name,
                                                    parameter.value().detach().copy().unowned())));
        }
    }

    /** Moves the averages towards the parameters. */
    public void update() {
        double[] scalars = {1 - decay};
        map(scalars, 1, Ema::approach);
    }

    /** Exchanges averages and parameters; a second call undoes the first. */
    public void swap() {
        map(new double[0], 2, Ema::exchange);
    }

    private static Program approach(DType type) {
        Expr average = Expr.input(0, type);
        Expr way = Expr.input(1, type).subtract(average).multiply(Expr.scalar(0, type));
        return Program.of(average.add(way).cast(type));
    }

    private static Program exchange(DType type) {
        return Program.of(Expr.input(1, type), Expr.input(0, type));
    }

    /** Runs a program of averages and parameters, which changes the first {@code outputs}. */
    private void map(double[] scalars, int outputs, Definition program) {
        Map<Place, List<List<View>>> views = new LinkedHashMap<>();
        averages.forEach(
                (name, average) -> {
                    Tensor value = parameters.get(name).value();
                    if (average.device() != value.device() || average.dtype() != value.dtype()) {
                        throw new TensorException(
                                "Ema: parameter '%s' is %s on %s, its average %s on %s; make a new"
                                                .formatted(
                                                        name,
                                                        value.dtype(),
                                                        value.device().name(),
                                                        average.dtype(),
                                                        average.device().name())
                                        + " Ema after moving a model");
                    }
                    View source = outputs > 1 ? value.viewForUpdate() : value.view();
                    views.computeIfAbsent(
                                    new Place(value.device(), value.dtype()),
                                    _ -> new ArrayList<>())
                            .add(List.of(average.viewForUpdate(), source));
                });
        views.forEach(
                (place, groups) ->
                        MultiTensor.map(
                                place.device(),
                                place.dtype(),
                                program.of(place.dtype()),
                                () -> scalars,
                                groups,
                                groups.stream().map(group -> group.subList(0, outputs)).toList()));
    }

    /** Gives the memory of the averages back; this object cannot be used any more. */
    public void release() {
        averages.values().forEach(Tensor::release);
        averages.clear();
    }

    /** Returns copies of the averages by the full names of the parameters. */
    public Map<String, HostArray> stateDict() {
        Map<String, HostArray> result = new LinkedHashMap<>();
        averages.forEach((name, average) -> result.put(name, average.toHost()));
        return Collections.unmodifiableMap(result);
    }

    /**
     * Continues from saved averages. Nothing is changed unless everything fits.
     *
     * @throws TensorException if an average is missing or unknown, or its shape or type differs
     */
    public void loadStateDict(Map<String, HostArray> values) {
        averages.forEach(
                (name, average) -> {
                    HostArray value = values.get(name);
                    if (value == null
                            || value.dtype() != average.dtype()
                            || !value.shape().equals(average.shape())) {
                        throw new TensorException(
                                "loadStateDict: the average of '%s' is %s%s, but %s was given"
                                        .formatted(
                                                name,
                                                average.dtype(),
                                                average.shape(),
                                                value == null ? "none" : value));
                    }
                });
        for (String name : values.keySet()) {
            if (!averages.containsKey(name)) {
                throw new TensorException(
                        "loadStateDict: there is no average of '" + name + "' here");
            }
        }
        try (var _ = Scope.open()) {
            averages.forEach(
                    (name, average) ->
                            average.assign(Tensor.of(values.get(name), average.device())));
        }
    }
}
