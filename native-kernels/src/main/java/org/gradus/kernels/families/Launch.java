package org.gradus.kernels.families;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.Words;

/**
 * One launch of a kernel file: its settings, its pointers in the order of the file's parameters,
 * and its words, each under the name that the file reads it by.
 */
final class Launch {
    /** What fits into 31 bits, with room for a last group that reaches beyond the end. */
    private static final long NARROW = Integer.MAX_VALUE - (1 << 16);

    private static final String[] SPATIAL = {"_z", "_y", "_x"};

    private final Templates templates;
    private final String file;
    private final Map<String, Integer> settings = new TreeMap<>();
    private final Map<String, DType> types = new TreeMap<>();
    private final List<Buffer> pointers = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Words words = new Words();
    private String before = "";
    private int groupSize;

    Launch(Templates templates, String file) {
        this.templates = templates;
        this.file = file;
        this.groupSize = templates.launcher().limits().groupSize();
    }

    /** Sets a macro of the file. */
    Launch set(String macro, int value) {
        settings.put(macro, value);
        return this;
    }

    /** Sets a macro of the file to 1 or 0. */
    Launch set(String macro, boolean value) {
        return set(macro, value ? 1 : 0);
    }

    /** Sets another number of work-items than the one that the device prefers. */
    Launch groupSize(int size) {
        groupSize = size;
        return this;
    }

    /** Sets a text to go before that of the file. */
    Launch before(String text) {
        before = text;
        return this;
    }

    /** Sets a file whose text goes before. */
    Launch include(String header) {
        return before(Templates.read(header));
    }

    /** Adds a whole number. */
    Launch word(String name, long value) {
        names.add("const ix " + name + " = (ix)w.v[" + words.count() + "];");
        words.add(value);
        return this;
    }

    /** Adds three whole numbers, for the axes z, y and x. */
    Launch spatial(String name, long... values) {
        for (int axis = 0; axis < SPATIAL.length; axis++) {
            word(name + SPATIAL[axis], values[axis]);
        }
        return this;
    }

    /** Adds three whole numbers, for the axes z, y and x. */
    Launch spatial(String name, int... values) {
        return spatial(name, (long) values[0], (long) values[1], (long) values[2]);
    }

    /** Adds a number in single precision. */
    Launch number(String name, double value) {
        names.add("const float " + name + " = bits_f32((u32)w.v[" + words.count() + "]);");
        words.add(value, DType.F32);
        return this;
    }

    /** Adds a pointer: the file's {@code TYPE(name)}, {@code LOAD} and {@code STORE} know it. */
    Launch pointer(String name, Buffer buffer) {
        types.put(name, buffer.dtype());
        pointers.add(buffer);
        return this;
    }

    /** Adds a view's pointer and, as {@code name_at}, where its first element is. */
    Launch view(String name, View view) {
        return pointer(name, view.buffer()).word(name + "_at", view.offset());
    }

    /** Sets {@code HAS_NAME} to whether there is a view, and adds it as {@link #view} does. */
    Launch optional(String name, Optional<View> view) {
        set("HAS_" + name.toUpperCase(Locale.ROOT), view.isPresent());
        view.ifPresent(present -> view(name, present));
        return this;
    }

    /**
     * Adds a view {@code [batch, channels, spatial...]} with its strides: {@code name_n}, {@code
     * name_c}, {@code name_z}, {@code name_y} and {@code name_x}.
     */
    Launch image(String name, View view) {
        return view(name, view)
                .word(name + "_n", view.strides()[0])
                .word(name + "_c", view.strides()[1])
                .spatial(name, Spatial.strides(view));
    }

    /** Runs the kernel with so many groups. */
    void run(long groups) {
        boolean wide = pointers.stream().anyMatch(buffer -> buffer.length() > NARROW);
        templates
                .launcher()
                .launch(
                        templates.source(file, before, settings, types, wide, groupSize, names),
                        groups,
                        pointers.toArray(Buffer[]::new),
                        words.toArray());
    }

    /** Runs the kernel with a work-item for each of so many elements, if there are any. */
    void runForEach(long elements) {
        if (elements > 0) {
            run((elements + groupSize - 1) / groupSize);
        }
    }
}
