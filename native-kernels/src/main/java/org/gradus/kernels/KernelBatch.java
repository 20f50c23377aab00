package org.gradus.kernels;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Several kernels as one program text. Compilers read long headers of their own before the first
 * line of a program, so that ten kernels together take little longer than one.
 *
 * <p>Each kernel's text is written as if it were alone. What it defines besides the kernel gets
 * names of its own, and its macros end with it.
 */
public final class KernelBatch {
    private static final Pattern MACRO = Pattern.compile("(?m)^#define (\\w+)");

    /** The name that a definition gives to a function or type, in one of the groups. */
    private static final Pattern NAME =
            Pattern.compile(
                    "\\bFN\\b[^(;{]*?\\b(\\w+)\\("
                            + "|(?m:^)DEFINE_\\w+\\(([A-Za-z_]\\w*)"
                            + "|\\btypedef\\b[^;{]*?\\b(\\w+);");

    private static final Pattern WORDS = Pattern.compile("\\bDEFINE_WORDS\\((\\d+)\\)");

    private KernelBatch() {}

    /**
     * Returns the kernels' texts as one, which goes after the {@linkplain Dialect#header() header}.
     *
     * @param kernels distinct ones
     */
    public static String text(Collection<KernelSource> kernels) {
        StringBuilder text = new StringBuilder();
        for (KernelSource kernel : kernels) {
            append(text, kernel);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, KernelSource kernel) {
        Set<String> names = names(kernel.text());
        for (String name : names) {
            text.append("#define ").append(name).append(' ');
            text.append(name).append("_of_").append(kernel.name()).append('\n');
        }
        text.append(kernel.text());
        MACRO.matcher(kernel.text()).results().forEach(found -> names.add(found.group(1)));
        for (String name : names) {
            text.append("#undef ").append(name).append('\n');
        }
    }

    private static Set<String> names(String text) {
        Set<String> names = new TreeSet<>();
        NAME.matcher(text)
                .results()
                .forEach(
                        found -> {
                            for (int group = 1; group <= found.groupCount(); group++) {
                                if (found.group(group) != null) {
                                    names.add(found.group(group));
                                }
                            }
                        });
        WORDS.matcher(text).results().forEach(found -> names.add("words_" + found.group(1)));
        return names;
    }
}
