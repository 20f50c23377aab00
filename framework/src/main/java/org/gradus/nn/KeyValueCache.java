package org.gradus.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The keys and values of the steps that a Transformer has read, so that each further step costs one
 * step and not all of them. One cache serves one batch of sequences and all attention layers of one
 * model; nothing in it has gradients.
 *
 * <pre>{@code
 * try (var cache = new KeyValueCache()) {
 *     Tensor logits = model.apply(prompt, cache);
 *     logits = model.apply(nextToken, cache);
 * }
 * }</pre>
 */
public final class KeyValueCache implements AutoCloseable {
    private static final int FIRST_CAPACITY = 64;

    /** Keys and values, {@code [batch, keyHeads, steps, size]} each. */
    record Entry(Tensor key, Tensor value) {}

    /** Room for steps, of which the first are used. */
    private static final class Room {
        private Tensor tensor;

        /** Writes steps behind those that are there; returns all of them. */
        Tensor append(Tensor more, int steps) {
            int needed = steps + more.size(2);
            if (tensor == null || tensor.size(2) < needed) {
                int known = tensor == null ? FIRST_CAPACITY : 2 * tensor.size(2);
                Shape shape = more.shape().with(2, Math.max(known, needed));
                Tensor larger = Tensor.zeros(more.device(), more.dtype(), shape).unowned();
                if (tensor != null) {
                    larger.narrow(2, 0, steps).assign(tensor.narrow(2, 0, steps));
                }
                replace(larger);
            }
            tensor.narrow(2, steps, more.size(2)).assign(more);
            return tensor.narrow(2, 0, needed);
        }

        void replace(Tensor other) {
            if (tensor != null) {
                tensor.release();
            }
            tensor = other;
        }
    }

    /** What is remembered for one attention layer. */
    private static final class Memory {
        private final Room key = new Room();
        private final Room value = new Room();
        private int steps;

        List<Room> rooms() {
            return List.of(key, value);
        }
    }

    private final Map<Module, Memory> growing = new LinkedHashMap<>();
    private final Map<Module, Memory> fixed = new LinkedHashMap<>();

    /** Creates a cache that remembers nothing. */
    public KeyValueCache() {}

    /** Returns how many steps were read, of a sequence that attends to itself. */
    public int steps() {
        return growing.isEmpty() ? 0 : growing.values().iterator().next().steps;
    }

    /** Returns how many steps an attention layer has read. */
    int steps(Module attention) {
        Memory memory = growing.get(attention);
        return memory == null ? 0 : memory.steps;
    }

    /** Adds steps to those of an attention layer; returns all of them. */
    Entry append(Module attention, Tensor key, Tensor value) {
        Memory memory = growing.computeIfAbsent(attention, _ -> new Memory());
        if (memory.steps > 0 && memory.key.tensor.size(0) != key.size(0)) {
            throw new TensorException(
                    "KeyValueCache: it remembers %d sequences and was given %d; use another cache"
                            .formatted(memory.key.tensor.size(0), key.size(0)));
        }
        Entry all =
                new Entry(
                        memory.key.append(key, memory.steps),
                        memory.value.append(value, memory.steps));
        memory.steps += key.size(2);
        return all;
    }

    /** Returns what an attention layer has of its memory, computed when asked for first. */
    Entry memory(Module attention, Supplier<Entry> first) {
        Memory memory = fixed.get(attention);
        if (memory == null) {
            memory = new Memory();
            Entry entry = first.get();
            memory.key.replace(entry.key().detach().contiguous().unowned());
            memory.value.replace(entry.value().detach().contiguous().unowned());
            fixed.put(attention, memory);
        }
        return new Entry(memory.key.tensor, memory.value.tensor);
    }

    /**
     * Replaces the sequences by some of them, in a new order and perhaps repeated, as beam search
     * does.
     *
     * @param rows {@code [sequences]}, {@code I64}
     */
    public void select(Tensor rows) {
        List<Room> rooms = new ArrayList<>();
        growing.values().forEach(memory -> rooms.addAll(memory.rooms()));
        fixed.values().forEach(memory -> rooms.addAll(memory.rooms()));
        for (Room room : rooms) {
            try (var _ = Scope.open()) {
                room.replace(
                        Autograd.withoutGradients(
                                () -> room.tensor.indexSelect(0, rows).compute().unowned()));
            }
        }
    }

    /** Forgets everything and gives the memory back. */
    @Override
    public void close() {
        growing.values().forEach(memory -> memory.rooms().forEach(room -> room.replace(null)));
        fixed.values().forEach(memory -> memory.rooms().forEach(room -> room.replace(null)));
        growing.clear();
        fixed.clear();
    }
}
