package org.gradus.kernels;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.gradus.device.Buffer;
import org.gradus.dtype.DType;

/** A launcher that runs nothing and keeps the sources of all kernels it was given. */
final class RecordingLauncher implements Launcher {
    private final Set<KernelSource> sources = new LinkedHashSet<>();

    /** Memory that is only asked for its type and size. */
    record Memory(DType dtype, long length) implements Buffer {
        @Override
        public void release() {
            // there is none
        }
    }

    /** Returns the sources so far. */
    Set<KernelSource> sources() {
        return sources;
    }

    @Override
    public DeviceLimits limits() {
        return new DeviceLimits(128, 1024, 48 << 10, 16, true);
    }

    @Override
    public Buffer allocate(DType dtype, long length) {
        return new Memory(dtype, length);
    }

    @Override
    public void launch(KernelSource kernel, long groups, Buffer[] buffers, long[] words) {
        if (!kernel.text().contains("WORDS(" + words.length + ") w")) {
            throw new AssertionError(words.length + " words for:\n" + kernel.text());
        }
        long pointers =
                active(kernel.text())
                        .filter(line -> line.startsWith("        GLOBAL"))
                        .flatMapToInt(String::chars)
                        .filter(c -> c == '*')
                        .count();
        if (pointers != buffers.length) {
            throw new AssertionError(buffers.length + " buffers for:\n" + kernel.text());
        }
        sources.add(kernel);
    }

    /** Returns the lines that are not within an {@code #if} whose macro is 0. */
    private static Stream<String> active(String text) {
        List<String> lines = new ArrayList<>();
        boolean skipping = false;
        for (String line : text.lines().toList()) {
            if (line.startsWith("#if HAS_")) {
                skipping = text.contains("#define " + line.substring("#if ".length()) + " 0\n");
            } else if (line.startsWith("#endif")) {
                skipping = false;
            }
            if (!skipping) {
                lines.add(line);
            }
        }
        return lines.stream();
    }

    @Override
    public Buffer indexFault() {
        return new Memory(DType.I32, IndexFault.LENGTH);
    }
}
