package org.gradus.kernels.families;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.dtype.DType;
import org.gradus.kernels.Dialect;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.Launcher;

/**
 * The kernels' files, and the sources made from them: before a file's text come its settings, and
 * the names by which it knows the words of a launch.
 */
final class Templates {
    private static final String SHARED = read("pointers.h") + read("lanes.h");

    /**
     * What tells the sources of one file apart.
     *
     * @param settings the values of the file's macros
     * @param types the types of the elements behind its pointers
     * @param wide whether indices ({@code ix}) have 64 bits
     */
    private record Key(
            String file,
            Map<String, Integer> settings,
            Map<String, DType> types,
            boolean wide,
            int groupSize) {}

    private final Launcher launcher;
    private final Map<Key, KernelSource> sources = new ConcurrentHashMap<>();

    Templates(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Returns the device. */
    Launcher launcher() {
        return launcher;
    }

    /** Begins a launch of the kernel in the named file, without its {@code .cl}. */
    Launch launch(String file) {
        return new Launch(this, file);
    }

    /**
     * Returns a source.
     *
     * @param before a text to go before that of the file, always the same for a file
     * @param types the types of the elements behind its pointers, by their names
     * @param words a declaration for each word of the launch
     */
    KernelSource source(
            String file,
            String before,
            Map<String, Integer> settings,
            Map<String, DType> types,
            boolean wide,
            int groupSize,
            List<String> words) {
        return sources.computeIfAbsent(
                new Key(file, settings, types, wide, groupSize),
                key -> KernelSource.of(file, text(key, before, words), groupSize));
    }

    private static String text(Key key, String before, List<String> words) {
        StringBuilder text = new StringBuilder();
        text.append("typedef ").append(key.wide() ? "i64" : "i32").append(" ix;\n");
        text.append("typedef ").append(key.wide() ? "u64" : "u32").append(" ux;\n");
        define(text, "GROUP_SIZE", key.groupSize());
        key.settings().forEach((name, value) -> define(text, name, value));
        key.types().forEach((name, type) -> define(text, name, type));
        text.append("DEFINE_WORDS(").append(words.size()).append(")\n");
        text.append("#define WORD_NAMES");
        for (String word : words) {
            text.append(" \\\n    ").append(word);
        }
        text.append('\n').append(SHARED).append(before).append(read(key.file() + ".cl"));
        return text.toString().replace("WORDS(COUNT)", "WORDS(" + words.size() + ")");
    }

    private static void define(StringBuilder text, String name, int value) {
        text.append("#define ").append(name).append(' ').append(value).append('\n');
    }

    private static void define(StringBuilder text, String pointer, DType type) {
        text.append("#define TYPE_").append(pointer).append(' ');
        text.append(Dialect.storage(type)).append('\n');
        text.append("#define LOAD_").append(pointer).append(" load_").append(type).append('\n');
        text.append("#define STORE_").append(pointer).append(" store_").append(type).append('\n');
    }

    /** Returns the text of a file. */
    static String read(String resource) {
        try (InputStream in = Templates.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
