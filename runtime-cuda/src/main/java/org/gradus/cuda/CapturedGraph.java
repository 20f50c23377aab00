package org.gradus.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.device.CapturedWork;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.runtime.MemoryPool;

/** Recorded work, with its memory and the kernels whose arguments change. */
final class CapturedGraph implements CapturedWork {
    private final CommandStream stream;
    private final MemoryPool<DevicePointer>.Recorded memory;
    private final Arena arena = Arena.ofShared();
    private final List<RecordedKernel> changing = new ArrayList<>();
    private MemorySegment executable;
    private boolean checksIndices;
    private long fingerprint;

    /** Begins without work. */
    CapturedGraph(CommandStream stream, MemoryPool<DevicePointer>.Recorded memory) {
        this.stream = stream;
        this.memory = memory;
    }

    MemoryPool<DevicePointer>.Recorded memory() {
        return memory;
    }

    Arena arena() {
        return arena;
    }

    /** Adds a kernel whose arguments change. */
    void add(RecordedKernel kernel) {
        changing.add(kernel);
    }

    /**
     * Adds to the fingerprint what a kernel was launched with besides memory. The order of launches
     * does not count: those that do not depend on each other come in any.
     */
    void note(KernelSource source, int groups, long[] words) {
        long hash = mix(source.hashCode(), groups);
        for (long word : words) {
            hash = mix(hash, word);
        }
        fingerprint += hash;
    }

    /** Mixes two words with the steps of MurmurHash3 for 64 bits. */
    private static long mix(long hash, long word) {
        long mixed = (hash ^ word) * 0xff51afd7ed558ccdL;
        return (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L + 1;
    }

    @Override
    public long fingerprint() {
        return fingerprint;
    }

    /** Notes that a kernel may find an index out of bounds. */
    void checkIndices() {
        checksIndices = true;
    }

    boolean checksIndices() {
        return checksIndices;
    }

    /** Ends recording. */
    void complete(MemorySegment graph) {
        executable = graph;
    }

    /** Puts the work into the stream; called with the stream's lock held. */
    void launch(Graphs graphs, MemorySegment streamHandle, long[] values) {
        if (executable == null) {
            throw new IllegalStateException("recorded work is repeated after it was closed");
        }
        changing.forEach(kernel -> kernel.set(graphs, executable, values));
        graphs.launch(executable, streamHandle);
    }

    /** Gives everything back; called with the stream's lock held and its work done. */
    void destroy(Graphs graphs) {
        if (executable != null) {
            graphs.destroy(executable);
            executable = null;
        }
        if (arena.scope().isAlive()) {
            arena.close();
            memory.giveBack();
        }
    }

    @Override
    public boolean isForgotten() {
        return stream.hasForgotten(this);
    }

    /** Returns whether it can be launched; asked with the stream's lock held. */
    boolean isAlive() {
        return executable != null;
    }

    @Override
    public void replay(long[] values) {
        stream.replay(this, values);
    }

    @Override
    public void close() {
        stream.destroy(this);
    }
}
