package org.gradus.nn;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A part of a network that has parameters, or other modules, or both. A subclass registers them in
 * its constructor, each under a name; a full name is the path to it, as in {@code
 * encoder.0.weight}.
 *
 * <pre>{@code
 * final class Classifier extends Layer {
 *     private final Linear hidden = module("hidden", new Linear(784, 128));
 *     private final Linear output = module("output", new Linear(128, 10));
 *
 *     @Override
 *     protected Tensor forward(Tensor x) {
 *         return output.apply(hidden.apply(x).relu());
 *     }
 * }
 * }</pre>
 *
 * <p>What computes one tensor from one tensor extends {@link Layer}; a module with other arguments
 * defines a method of its own and runs it {@link #within}.
 */
public abstract class Module {
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, State> buffers = new LinkedHashMap<>();
    private final Map<String, Counter> counters = new LinkedHashMap<>();
    private final Map<String, RandomStream> streams = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();
    private String name = "";
    private Module parent;
    private boolean training = true;

    /** Where the parameters are; null while some of this module or of a child have no values. */
    private Device device;

    private BiConsumer<Module, Object> observer;

    /** Creates a module without parameters; in training mode. */
    protected Module() {}

    // ---- registration

    /** Registers a parameter, in PyTorch's order and under PyTorch's name. */
    protected final Parameter parameter(String name, Shape shape, Initializer initializer) {
        checkName(name);
        Parameter parameter = new Parameter(name, shape, initializer);
        parameters.put(name, parameter);
        return parameter;
    }

    /** Registers a tensor that is saved but not learned, filled with one value at first. */
    protected final State buffer(String name, Shape shape, DType dtype, double initial) {
        return buffer(name, shape, dtype, Initializer.constant(initial));
    }

    /** Registers a tensor that is saved but not learned. */
    protected final State buffer(String name, Shape shape, DType dtype, Initializer initial) {
        checkName(name);
        State buffer = new State(name, shape, dtype, initial);
        buffers.put(name, buffer);
        return buffer;
    }

    /** Registers a whole number that is saved, 0 at first. */
    protected final Counter counter(String name) {
        checkName(name);
        Counter counter = new Counter(name);
        counters.put(name, counter);
        return counter;
    }

    /** Registers a source of random numbers, whose state goes into checkpoints. */
    protected final RandomStream randomStream(String name) {
        checkName(name);
        RandomStream stream = new RandomStream();
        streams.put(name, stream);
        return stream;
    }

    /**
     * Registers a module as a part of this one. It may be a part of several; the path in error
     * messages is then the one by which it was registered first.
     */
    protected final <M extends Module> M module(String name, M child) {
        checkName(name);
        children.put(name, child);
        Module part = child;
        if (part.parent == null) {
            part.parent = this;
            part.name = name;
        }
        return child;
    }

    /**
     * Called by methods that return a layer like this one with another setting: the new one would
     * take no part in the model, and have other values.
     */
    final void requireUnused() {
        if (parent != null || isInitialized()) {
            throw new IllegalStateException(
                    this
                            + " is part of a model or has values already: change the settings of a"
                            + " layer right where it is made");
        }
    }

    private void checkName(String candidate) {
        if (candidate.isEmpty() || candidate.contains(".")) {
            throw new IllegalArgumentException(
                    "'%s' cannot name a part of %s: a name has at least one character and no dot"
                            .formatted(candidate, getClass().getSimpleName()));
        }
        boolean taken =
                parameters.containsKey(candidate)
                        || buffers.containsKey(candidate)
                        || counters.containsKey(candidate)
                        || streams.containsKey(candidate)
                        || children.containsKey(candidate);
        if (taken) {
            throw new IllegalArgumentException(
                    "%s has a part named '%s' already; choose another name"
                            .formatted(getClass().getSimpleName(), candidate));
        }
        for (Module module = this; module != null; module = module.parent) {
            module.device = null;
        }
    }

    // ---- values

    /**
     * Fills all parameters, buffers and random streams anew. Each is drawn from a generator of its
     * own, seeded by {@code seed} and the full name: the values are the same on every device and do
     * not depend on the order of registration.
     *
     * @return this module
     */
    public final Module initialize(Device target, long seed) {
        fill(target, new Generator(seed), true);
        return this;
    }

    /** Returns whether all parameters have values. */
    public final boolean isInitialized() {
        return device != null;
    }

    private void fill(Device target, Generator seed, boolean anew) {
        Set<Module> done = Collections.newSetFromMap(new IdentityHashMap<>());
        modules()
                .forEach(
                        (path, module) -> {
                            if (done.add(module)) {
                                module.fillOwn(path, target, seed, anew);
                            }
                        });
    }

    private void fillOwn(String path, Device target, Generator seed, boolean anew) {
        for (Parameter parameter : parameters.values()) {
            if (anew || !parameter.hasValue()) {
                parameter.fill(target, streamOf(seed, path, parameter.name()));
            }
        }
        for (State buffer : buffers.values()) {
            if (anew || !buffer.hasValue()) {
                buffer.fill(target, streamOf(seed, path, buffer.name()));
            }
        }
        if (anew) {
            counters.values().forEach(counter -> counter.set(0));
        }
        streams.forEach(
                (local, stream) -> {
                    if (anew || !stream.hasValue()) {
                        stream.set(streamOf(seed, path, local));
                    }
                });
        device = target;
    }

    /** Forks by the FNV-1a hash of the full name. */
    private static Generator streamOf(Generator seed, String path, String local) {
        long hash = FNV_BASIS;
        for (byte b : join(path, local).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return seed.fork(hash);
    }

    /**
     * Gives the memory of all parameters and buffers back at once, rather than when the garbage
     * collector finds this module. It is then as it was before {@link #initialize}.
     */
    public final void release() {
        forEachModule(
                module -> {
                    module.parameters.values().forEach(Parameter::release);
                    module.buffers.values().forEach(State::release);
                    module.device = null;
                });
        for (Module above = parent; above != null; above = above.parent) {
            above.device = null;
        }
    }

    private void ensureInitialized() {
        if (device == null) {
            ensureInitialized(Devices::getDefault);
        }
    }

    /** Fills what has no values, on the device of what has, else on the one that is given. */
    final void ensureInitialized(Supplier<Device> otherwise) {
        if (device == null) {
            Module root = this;
            while (root.parent != null) {
                root = root.parent;
            }
            Device known =
                    root.parameters().values().stream()
                            .filter(Parameter::hasValue)
                            .map(parameter -> parameter.value().device())
                            .findFirst()
                            .orElseGet(otherwise);
            root.fill(known, new Generator(0), false);
        }
    }

    /** Returns the device of the parameters; the default device before they have values. */
    public final Device device() {
        return device == null ? Devices.getDefault() : device;
    }

    /**
     * Moves parameters and buffers to a device; gradients are left behind.
     *
     * @return this module
     */
    public final Module to(Device target) {
        ensureInitialized(() -> target);
        forEachModule(
                module -> {
                    module.parameters.values().forEach(parameter -> parameter.moveTo(target));
                    module.buffers.values().forEach(buffer -> buffer.moveTo(target));
                    module.device = target;
                });
        return this;
    }

    /**
     * Converts parameters and floating-point buffers to another floating-point type.
     *
     * @return this module
     */
    public final Module to(DType type) {
        if (!type.isFloating()) {
            throw new IllegalArgumentException(
                    "parameters cannot be of " + type + ": no fractions");
        }
        ensureInitialized();
        forEachModule(
                module -> {
                    module.parameters.values().forEach(parameter -> parameter.convertTo(type));
                    module.buffers.values().forEach(buffer -> buffer.convertTo(type));
                });
        return this;
    }

    // ---- what is in it

    /** Returns all parameters by full name, in order; one that occurs twice by its first name. */
    public final Map<String, Parameter> parameters() {
        Map<String, Parameter> result = new LinkedHashMap<>();
        Set<Parameter> seen = new HashSet<>();
        modules()
                .forEach(
                        (path, module) ->
                                module.parameters.forEach(
                                        (local, parameter) -> {
                                            if (seen.add(parameter)) {
                                                result.put(join(path, local), parameter);
                                            }
                                        }));
        return Collections.unmodifiableMap(result);
    }

    /** Returns the random generators by full name; their states belong in checkpoints. */
    public final Map<String, Generator> generators() {
        ensureInitialized();
        Map<String, Generator> result = new LinkedHashMap<>();
        modules()
                .forEach(
                        (path, module) ->
                                module.streams.forEach(
                                        (local, stream) ->
                                                result.put(join(path, local), stream.generator())));
        return Collections.unmodifiableMap(result);
    }

    /**
     * Continues random numbers from saved states, as {@link #generators} returned them.
     *
     * @throws TensorException if the names are not those of this module's generators
     */
    public final void setGenerators(Map<String, Generator> states) {
        Set<String> names = generators().keySet();
        if (!names.equals(states.keySet())) {
            throw new TensorException(
                    "setGenerators: the model has the generators %s, the states given are of %s"
                            .formatted(names, states.keySet()));
        }
        modules()
                .forEach(
                        (path, module) ->
                                module.streams.forEach(
                                        (local, stream) -> {
                                            Generator state = states.get(join(path, local));
                                            stream.set(new Generator(state.seed(), state.offset()));
                                        }));
    }

    /** Returns the modules registered with this one, by name. */
    public final Map<String, Module> children() {
        return Collections.unmodifiableMap(children);
    }

    /** Returns this module (its path is empty) and all below it, by path, parents first. */
    public final Map<String, Module> modules() {
        Map<String, Module> result = new LinkedHashMap<>();
        collect("", result);
        return result;
    }

    private void collect(String path, Map<String, Module> result) {
        result.put(path, this);
        children.forEach((local, child) -> child.collect(join(path, local), result));
    }

    private void forEachModule(Consumer<Module> action) {
        modules().values().forEach(action);
    }

    static String join(String path, String local) {
        return path.isEmpty() ? local : path + "." + local;
    }

    Map<String, Parameter> ownParameters() {
        return parameters;
    }

    Map<String, State> ownBuffers() {
        return buffers;
    }

    Map<String, Counter> ownCounters() {
        return counters;
    }

    /** Returns the number of numbers that are learned or frozen. */
    public final long parameterCount() {
        return parameters().values().stream().mapToLong(p -> p.shape().elements()).sum();
    }

    /** Excludes all parameters from learning; returns this module. */
    public final Module freeze() {
        parameters().values().forEach(Parameter::freeze);
        return this;
    }

    /** Includes all parameters in learning again; returns this module. */
    public final Module unfreeze() {
        parameters().values().forEach(Parameter::unfreeze);
        return this;
    }

    // ---- saving

    /**
     * Returns copies of all parameters and buffers by full name: PyTorch's state dict. Waits for
     * the device.
     */
    public final Map<String, HostArray> stateDict() {
        ensureInitialized();
        return StateDict.read(this);
    }

    /**
     * Overwrites all parameters and buffers. Nothing is changed unless everything fits.
     *
     * @param values as {@link #stateDict} returns them
     * @throws TensorException if a name is missing or unknown, or a shape or type differs; the
     *     message names the first such tensor
     */
    public final void loadStateDict(Map<String, HostArray> values) {
        StateDict.check(this, values);
        ensureInitialized();
        StateDict.write(this, values);
    }

    // ---- modes

    /** Switches to training mode: dropout drops, batch statistics are used. Returns this module. */
    public final Module train() {
        forEachModule(module -> module.training = true);
        return this;
    }

    /** Switches to evaluation mode; returns this module. */
    public final Module eval() {
        forEachModule(module -> module.training = false);
        return this;
    }

    final void setTraining(boolean mode) {
        training = mode;
    }

    /** Returns whether this is in training mode, as it is at first. */
    public final boolean isTraining() {
        return training;
    }

    // ---- running

    /** Runs work as {@link #within(Supplier, Function)} does, for a single tensor. */
    protected final Tensor within(Supplier<Tensor> work) {
        return within(work, List::of);
    }

    /**
     * Runs the work of this module: in a scope of its own, from which the results are kept, and
     * with the name of this module put before the path of a {@link TensorException}. A model that
     * nobody has initialized is now, on the default device and with the seed 0.
     *
     * @param tensors gives the tensors of a result
     */
    protected final <T> T within(Supplier<T> work, Function<T, List<Tensor>> tensors) {
        ensureInitialized();
        try (var _ = Scope.open()) {
            T result = work.get();
            tensors.apply(result).forEach(Tensor::keep);
            if (observer != null) {
                observer.accept(this, result);
            }
            return result;
        } catch (TensorException e) {
            throw name.isEmpty() ? e : e.within(name);
        }
    }

    /** Has the results of all modules of this tree reported; null ends it. */
    final void observe(BiConsumer<Module, Object> reporter) {
        forEachModule(module -> module.observer = reporter);
    }

    /** Returns a table of the modules and their parameters. */
    public final String summary() {
        return Summary.of(this, Map.of());
    }

    /** Returns the name of the class; layers add their sizes. */
    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
