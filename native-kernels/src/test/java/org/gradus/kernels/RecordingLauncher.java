package org.gradus.kernels;

import java.util.LinkedHashSet;
import java.util.Set;
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
                kernel.text()
                        .lines()
                        .filter(line -> line.startsWith("        GLOBAL"))
                        .flatMapToInt(String::chars)
                        .filter(c -> c == '*')
                        .count();
        if (pointers != buffers.length) {
            throw new AssertionError(buffers.length + " buffers for:\n" + kernel.text());
        }
        sources.add(kernel);
    }

    @Override
    public Buffer indexFault() {
        return new Memory(DType.I32, IndexFault.LENGTH);
    }
}
