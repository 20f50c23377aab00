package org.gradus.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.TensorException;

/** What a module saves, by full name, in PyTorch's order: parameters, buffers, then children. */
final class StateDict {
    private record Entry(
            DType dtype, Shape shape, Supplier<HostArray> read, Consumer<HostArray> write) {}

    private StateDict() {}

    static Map<String, HostArray> read(Module module) {
        Map<String, HostArray> result = new LinkedHashMap<>();
        entries(module).forEach((name, entry) -> result.put(name, entry.read().get()));
        return Collections.unmodifiableMap(result);
    }

    static void check(Module module, Map<String, HostArray> values) {
        Map<String, Entry> entries = entries(module);
        entries.forEach(
                (name, entry) -> {
                    HostArray value = values.get(name);
                    if (value == null) {
                        throw new TensorException(
                                "loadStateDict: '%s' is missing among the %d tensors given"
                                        .formatted(name, values.size()));
                    }
                    if (value.dtype() != entry.dtype() || !value.shape().equals(entry.shape())) {
                        throw new TensorException(
                                "loadStateDict: '%s' is %s in the model, but %s%s was given"
                                        .formatted(
                                                name,
                                                entry.dtype() + entry.shape().toString(),
                                                value.dtype(),
                                                value.shape()));
                    }
                });
        for (String name : values.keySet()) {
            if (!entries.containsKey(name)) {
                throw new TensorException(
                        "loadStateDict: the model has no '%s'; it belongs to another model"
                                .formatted(name));
            }
        }
    }

    static void write(Module module, Map<String, HostArray> values) {
        entries(module).forEach((name, entry) -> entry.write().accept(values.get(name)));
    }

    private static Map<String, Entry> entries(Module root) {
        Map<String, Entry> result = new LinkedHashMap<>();
        root.modules()
                .forEach(
                        (path, module) -> {
                            module.ownParameters()
                                    .forEach((n, p) -> result.put(Module.join(path, n), entry(p)));
                            module.ownBuffers()
                                    .forEach((n, b) -> result.put(Module.join(path, n), entry(b)));
                            module.ownCounters()
                                    .forEach((n, c) -> result.put(Module.join(path, n), entry(c)));
                        });
        return result;
    }

    private static Entry entry(Parameter parameter) {
        return new Entry(
                parameter.dtype(),
                parameter.shape(),
                () -> parameter.value().toHost(),
                parameter::load);
    }

    private static Entry entry(State buffer) {
        return new Entry(
                buffer.dtype(), buffer.shape(), () -> buffer.value().toHost(), buffer::load);
    }

    private static Entry entry(Counter counter) {
        return new Entry(
                DType.I64,
                Shape.scalar(),
                () -> HostArray.of(new long[] {counter.value()}, Shape.scalar()),
                value -> counter.set(value.getLong(0)));
    }
}
