package org.gradus.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.gradus.device.CaptureException;
import org.gradus.device.Device;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.nn.Parameter;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Recording;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Updates parameters by their gradients, following an {@link UpdateRule}. Parameters without a
 * gradient, and frozen ones, are left as they are, and their states with them.
 *
 * <pre>{@code
 * Optimizer optimizer = new Optimizer(model.parameters(), Adam.withLearningRate(1e-3));
 * loss.backward();
 * optimizer.step();
 * optimizer.clearGradients();
 * }</pre>
 *
 * <p>States lie on the device of their parameter and are made with its first update.
 */
public final class Optimizer {
    private static final String STEP = "step";

    /** A rule with its learning rate and its programs by element type. */
    private static final class Group {
        final UpdateRule rule;
        final Map<DType, Program> programs = new EnumMap<>(DType.class);
        final Map<DType, Program> conditional = new EnumMap<>(DType.class);
        final List<Entry> entries = new ArrayList<>();
        double learningRate;

        Group(UpdateRule rule) {
            this.rule = rule;
            this.learningRate = rule.learningRate();
        }

        Program program(DType dtype, boolean isConditional) {
            return (isConditional ? conditional : programs)
                    .computeIfAbsent(dtype, type -> programOf(rule, type, isConditional));
        }
    }

    /** A parameter with its states, which are empty before its first update. */
    private static final class Entry {
        final String name;
        final Parameter parameter;
        List<Tensor> states = List.of();
        long steps;

        Entry(String name, Parameter parameter) {
            this.name = name;
            this.parameter = parameter;
        }
    }

    /** Parameters that one launch can update. */
    private record Batch(Device device, DType dtype, long step) {}

    private final List<Group> groups = new ArrayList<>();

    /** Creates an optimizer of parameters by full name, as a module returns them. */
    public Optimizer(Map<String, Parameter> parameters, UpdateRule rule) {
        this(List.of(new ParameterGroup(parameters, rule)));
    }

    /**
     * Creates an optimizer of groups with settings of their own.
     *
     * @throws IllegalArgumentException if there is no group, or a parameter is in two
     */
    public Optimizer(List<ParameterGroup> groups) {
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("an optimizer needs at least one parameter group");
        }
        Map<String, Parameter> seen = new LinkedHashMap<>();
        for (ParameterGroup given : groups) {
            Group group = new Group(given.rule());
            given.parameters()
                    .forEach(
                            (name, parameter) -> {
                                if (seen.put(name, parameter) != null) {
                                    throw new IllegalArgumentException(
                                            "parameter '" + name + "' is in two groups");
                                }
                                group.entries.add(new Entry(name, parameter));
                            });
            this.groups.add(group);
        }
    }

    // ---- updates

    /** Updates all parameters that have gradients. */
    public void step() {
        stepIf(null);
    }

    /**
     * Updates all parameters that have gradients, if a condition holds; else parameters and states
     * stay as they are, though the step counts as one. Does not wait for the device.
     *
     * @param condition a scalar of {@code F32}: 0 for no update; null for an update in any case
     */
    public void stepIf(Tensor condition) {
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(() -> groups.forEach(group -> step(group, condition)));
        }
    }

    private static void step(Group group, Tensor condition) {
        Map<Batch, List<Entry>> batches = new LinkedHashMap<>();
        for (Entry entry : group.entries) {
            if (entry.parameter.isTrainable() && entry.parameter.gradient() != null) {
                Tensor value = entry.parameter.value();
                Recording.eachTime(() -> entry.steps++, () -> entry.steps--);
                batches.computeIfAbsent(
                                new Batch(value.device(), value.dtype(), entry.steps),
                                _ -> new ArrayList<>())
                        .add(entry);
            }
        }
        batches.forEach((batch, entries) -> update(group, batch, entries, condition));
    }

    private static void update(Group group, Batch batch, List<Entry> entries, Tensor condition) {
        List<Tensor> directions = new ArrayList<>();
        List<List<View>> inputs = new ArrayList<>(entries.size());
        List<List<View>> outputs = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            prepareStates(group.rule, entry);
            View gradient = entry.parameter.gradient().contiguous().view();
            View value = entry.parameter.value().viewForUpdate();
            List<View> in = new ArrayList<>();
            List<View> out = new ArrayList<>();
            in.add(value);
            in.add(gradient);
            if (group.rule instanceof DirectionRule) {
                Tensor parameter = entry.parameter.value();
                DType compute = batch.dtype().computeType();
                directions.add(Tensor.zeros(parameter.device(), compute, parameter.shape()));
                out.add(directions.getLast().view());
            } else {
                out.add(value);
            }
            for (Tensor state : entry.states) {
                View view = state.viewForUpdate();
                in.add(view);
                out.add(view);
            }
            if (condition != null) {
                in.add(condition.to(batch.device()).expand(entry.parameter.shape()).view());
            }
            inputs.add(in);
            outputs.add(out);
        }
        MultiTensor.map(
                batch.device(),
                batch.dtype(),
                group.program(batch.dtype(), condition != null),
                () -> group.rule.scalars(entries.getFirst().steps, group.learningRate),
                inputs,
                outputs);
        if (group.rule instanceof DirectionRule rule) {
            for (int i = 0; i < entries.size(); i++) {
                Tensor direction = directions.get(i);
                move(
                        entries.get(i).parameter,
                        rule,
                        direction,
                        () -> group.learningRate,
                        condition);
            }
        }
    }

    private static void move(
            Parameter parameter,
            DirectionRule rule,
            Tensor direction,
            DoubleSupplier learningRate,
            Tensor condition) {
        try (var _ = Scope.open()) {
            Tensor value = parameter.value().detach().to(direction.dtype());
            Tensor step = rule.shape(value, direction);
            Tensor rate = Recording.number(value.device(), value.dtype(), learningRate);
            Tensor moved = value.sub(step.mul(rate));
            boolean always = condition == null;
            parameter
                    .value()
                    .assign(always ? moved : condition.to(value.device()).where(moved, value));
        }
    }

    private static void prepareStates(UpdateRule rule, Entry entry) {
        Tensor value = entry.parameter.value();
        DType type = value.dtype().computeType();
        if (entry.states.isEmpty() && !rule.states().isEmpty()) {
            if (Recording.isActive()) {
                throw new CaptureException("a parameter is updated for the first time");
            }
            entry.states =
                    rule.states().stream()
                            .map(_ -> Tensor.zeros(value.device(), type, value.shape()).unowned())
                            .toList();
        } else if (!entry.states.isEmpty() && entry.states.getFirst().device() != value.device()) {
            entry.states = entry.states.stream().map(s -> s.to(value.device()).unowned()).toList();
        }
    }

    /** Inputs of the program are the parameter, its gradient, the states, and a condition. */
    private static Program programOf(UpdateRule rule, DType dtype, boolean isConditional) {
        DType compute = dtype.computeType();
        List<Expr> states = new ArrayList<>();
        for (int i = 0; i < rule.states().size(); i++) {
            states.add(Expr.input(2 + i, compute));
        }
        List<Expr> scalars = new ArrayList<>();
        for (int i = 0; i < rule.scalars(1, rule.learningRate()).length; i++) {
            scalars.add(Expr.scalar(i, compute));
        }
        UpdateRule.Update update =
                rule.update(Expr.input(0, dtype), Expr.input(1, dtype), states, scalars);
        if (update.states().size() != states.size()) {
            throw new IllegalStateException(
                    "%s names %d states but updates %d"
                            .formatted(rule, states.size(), update.states().size()));
        }
        List<Expr> outputs = new ArrayList<>();
        boolean givesDirection = rule instanceof DirectionRule;
        Expr parameter = update.parameter().cast(givesDirection ? compute : dtype);
        Expr holds =
                Expr.input(2 + states.size(), DType.F32).notEqualTo(Expr.constant(0, DType.F32));
        outputs.add(
                isConditional && !givesDirection
                        ? holds.select(parameter, Expr.input(0, dtype))
                        : parameter);
        for (int i = 0; i < states.size(); i++) {
            Expr state = update.states().get(i).cast(compute);
            outputs.add(isConditional ? holds.select(state, states.get(i)) : state);
        }
        return Program.of(outputs.toArray(Expr[]::new));
    }

    /** Forgets the gradients of all parameters. */
    public void clearGradients() {
        for (Group group : groups) {
            for (Entry entry : group.entries) {
                if (entry.parameter.gradient() != null) {
                    entry.parameter.value().clearGradient();
                }
            }
        }
    }

    /** Returns all parameters by full name. */
    public Map<String, Parameter> parameters() {
        Map<String, Parameter> result = new LinkedHashMap<>();
        groups.forEach(group -> group.entries.forEach(e -> result.put(e.name, e.parameter)));
        return Collections.unmodifiableMap(result);
    }

    // ---- learning rate

    /** Returns the present learning rate, of the first group. */
    public double learningRate() {
        return groups.getFirst().learningRate;
    }

    /** Sets the learning rate of the first group; those of the others change in proportion. */
    public void setLearningRate(double learningRate) {
        double factor = learningRate / groups.getFirst().rule.learningRate();
        for (Group group : groups) {
            group.learningRate = group.rule.learningRate() * factor;
        }
        groups.getFirst().learningRate = learningRate;
    }

    /** Sets all learning rates to the factor of a schedule times those of the rules. */
    public void schedule(Schedule schedule, long step) {
        double factor = schedule.factor(step);
        for (Group group : groups) {
            group.learningRate = group.rule.learningRate() * factor;
        }
    }

    /** Returns the largest number of updates that a parameter has had. */
    public long steps() {
        return groups.stream()
                .flatMap(group -> group.entries.stream())
                .mapToLong(entry -> entry.steps)
                .max()
                .orElse(0);
    }

    /** Gives the states' memory back; each parameter starts anew with its next update. */
    public void release() {
        for (Group group : groups) {
            for (Entry entry : group.entries) {
                entry.states.forEach(Tensor::release);
                entry.states = List.of();
                entry.steps = 0;
            }
        }
    }

    // ---- saving

    /**
     * Returns the states, as {@code <parameter>.<state>}, and the numbers of updates, as {@code
     * <parameter>.step}, of all parameters that were updated. Waits for the device.
     */
    public Map<String, HostArray> stateDict() {
        Map<String, HostArray> result = new LinkedHashMap<>();
        for (Group group : groups) {
            List<String> names = group.rule.states();
            for (Entry entry : group.entries) {
                if (entry.steps > 0) {
                    result.put(
                            key(entry, STEP),
                            HostArray.of(new long[] {entry.steps}, Shape.scalar()));
                    for (int i = 0; i < names.size(); i++) {
                        result.put(key(entry, names.get(i)), entry.states.get(i).toHost());
                    }
                }
            }
        }
        return Collections.unmodifiableMap(result);
    }

    /**
     * Continues from saved states. Nothing is changed unless everything fits.
     *
     * @param values as {@link #stateDict} returns them
     * @throws TensorException if a state is missing or unknown, or its shape or type differs
     */
    public void loadStateDict(Map<String, HostArray> values) {
        int expected = 0;
        for (Group group : groups) {
            for (Entry entry : group.entries) {
                if (values.containsKey(key(entry, STEP))) {
                    check(values, key(entry, STEP), DType.I64, Shape.scalar());
                    DType type = entry.parameter.dtype().computeType();
                    for (String state : group.rule.states()) {
                        check(values, key(entry, state), type, entry.parameter.shape());
                    }
                    expected += 1 + group.rule.states().size();
                }
            }
        }
        if (expected != values.size()) {
            throw new TensorException(
                    "loadStateDict: '%s' is no state of this optimizer; it belongs to another"
                            .formatted(firstUnknown(values)));
        }
        for (Group group : groups) {
            for (Entry entry : group.entries) {
                load(group.rule, entry, values);
            }
        }
    }

    private String firstUnknown(Map<String, HostArray> values) {
        List<String> known = new ArrayList<>();
        for (Group group : groups) {
            for (Entry entry : group.entries) {
                if (values.containsKey(key(entry, STEP))) {
                    known.add(key(entry, STEP));
                    group.rule.states().forEach(state -> known.add(key(entry, state)));
                }
            }
        }
        return values.keySet().stream().filter(n -> !known.contains(n)).findFirst().orElse("");
    }

    private static void load(UpdateRule rule, Entry entry, Map<String, HostArray> values) {
        HostArray step = values.get(key(entry, STEP));
        entry.states.forEach(Tensor::release);
        entry.states = List.of();
        entry.steps = 0;
        if (step != null) {
            Device device = entry.parameter.value().device();
            entry.steps = step.getLong(0);
            entry.states =
                    rule.states().stream()
                            .map(name -> Tensor.of(values.get(key(entry, name)), device).unowned())
                            .toList();
        }
    }

    private static void check(Map<String, HostArray> values, String key, DType dtype, Shape shape) {
        HostArray value = values.get(key);
        if (value == null) {
            throw new TensorException("loadStateDict: the state '" + key + "' is missing");
        }
        if (value.dtype() != dtype || !value.shape().equals(shape)) {
            throw new TensorException(
                    "loadStateDict: the state '%s' is %s%s, but %s%s was given"
                            .formatted(key, dtype, shape, value.dtype(), value.shape()));
        }
    }

    private static String key(Entry entry, String state) {
        return entry.name + "." + state;
    }
}
