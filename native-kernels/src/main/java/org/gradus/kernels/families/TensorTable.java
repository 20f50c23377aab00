package org.gradus.kernels.families;

import java.util.ArrayList;
import java.util.List;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.Dialect;
import org.gradus.kernels.Words;

/**
 * How one launch reaches many tensors. OpenCL 1.2 has no pointers in memory, so each tensor's are
 * arguments: a group finds out which tensor it belongs to by the first groups of all of them, and
 * takes that one's pointers.
 *
 * <p>An entry of the table has a pointer and an offset for each slot, a number of elements, and a
 * first group. Entries that are left over have no groups.
 *
 * @param slots what each entry has, in order
 * @param capacity the number of entries
 */
record TensorTable(List<Slot> slots, int capacity) {
    /** The words and pointers of a launch: OpenCL guarantees 1024 bytes. */
    private static final int MAX_ARGUMENTS = 128;

    /** With more entries, finding one's own takes longer than another launch. */
    private static final int MOST = 16;

    /**
     * A tensor of each entry.
     *
     * @param type of the elements
     * @param written whether it is not only read
     */
    record Slot(DType type, boolean written) {}

    /** Returns a table with as many entries as fit beside so many other words and pointers. */
    static TensorTable of(List<Slot> slots, int others) {
        int fit = (MAX_ARGUMENTS - others) / (2 * slots.size() + 2);
        return new TensorTable(slots, Math.min(fit, MOST));
    }

    /** Returns the number of words, which are the first ones of the launch. */
    int words() {
        return capacity * entryWords();
    }

    private int entryWords() {
        return slots.size() + 2;
    }

    /** Returns the text of the kernel's parameters. */
    String parameters() {
        StringBuilder text = new StringBuilder();
        for (int entry = 0; entry < capacity; entry++) {
            for (int slot = 0; slot < slots.size(); slot++) {
                text.append("        ").append(pointerType(slot));
                text.append(" *x").append(slot).append('_').append(entry).append(",\n");
            }
        }
        return text.toString();
    }

    private String pointerType(int slot) {
        String type = Dialect.storage(slots.get(slot).type());
        return slots.get(slot).written() ? "GLOBAL " + type : "GLOBAL const " + type;
    }

    /**
     * Returns statements that define, for the tensors of this group, the pointers {@code x0},
     * {@code x1}, ..., the positions {@code at0}, {@code at1}, ... of their first elements, their
     * {@code size}, and their {@code first} group.
     */
    String selection() {
        StringBuilder text = new StringBuilder();
        for (int slot = 0; slot < slots.size(); slot++) {
            text.append("    ").append(pointerType(slot)).append(" *x").append(slot);
            text.append(" = x").append(slot).append("_0;\n");
            text.append("    i64 at").append(slot).append(" = w.v[").append(slot).append("];\n");
        }
        text.append("    i64 size = w.v[").append(slots.size()).append("];\n");
        text.append("    i64 first = 0;\n");
        for (int entry = 1; entry < capacity; entry++) {
            int word = entry * entryWords();
            int first = word + slots.size() + 1;
            text.append("    if (GROUP_ID >= w.v[").append(first).append("]) {\n");
            for (int slot = 0; slot < slots.size(); slot++) {
                text.append("        x").append(slot).append(" = x").append(slot).append('_');
                text.append(entry).append(";\n        at").append(slot).append(" = w.v[");
                text.append(word + slot).append("];\n");
            }
            text.append("        size = w.v[").append(first - 1).append("];\n");
            text.append("        first = w.v[").append(first).append("];\n    }\n");
        }
        return text.toString();
    }

    /** Returns how many groups the entries need, of which each has so many elements. */
    static long groups(List<List<View>> entries, int groupElements) {
        return entries.stream()
                .mapToLong(entry -> Math.ceilDiv(entry.getFirst().elements(), groupElements))
                .sum();
    }

    /** Returns the words of a launch. */
    Words words(List<List<View>> entries, int groupElements) {
        Words words = new Words();
        long first = 0;
        for (int i = 0; i < capacity; i++) {
            boolean left = i >= entries.size();
            List<View> entry = entries.get(left ? 0 : i);
            entry.forEach(view -> words.add(view.offset()));
            words.add(left ? 0 : entry.getFirst().elements()).add(first);
            first += left ? 0 : Math.ceilDiv(entry.getFirst().elements(), groupElements);
        }
        return words;
    }

    /** Returns the pointers of a launch. */
    List<Buffer> buffers(List<List<View>> entries) {
        List<Buffer> buffers = new ArrayList<>();
        for (int i = 0; i < capacity; i++) {
            entries.get(i < entries.size() ? i : 0).forEach(view -> buffers.add(view.buffer()));
        }
        return buffers;
    }
}
