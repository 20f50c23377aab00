package org.gradus.opencl;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.gradus.kernels.KernelSource;

/**
 * Work that waits because of a kernel that is not compiled yet. New kernels are collected until
 * somebody waits for results, and compiled as one program: most of what that takes, a driver spends
 * on each program and not on each kernel. Used with the queue's lock held.
 */
final class Backlog {
    /** So many kernels make the cost of their program small beside their own. */
    private static final int MOST_KERNELS = 32;

    private static final int MOST_WORK = 1024;

    /** Larger uploads are not worth a copy of what they copy. */
    private static final long MOST_UPLOAD_BYTES = 1 << 16;

    private final List<Work> work = new ArrayList<>();
    private final Set<KernelSource> kernels = new LinkedHashSet<>();

    boolean isEmpty() {
        return work.isEmpty();
    }

    /** Returns whether there is no use in waiting longer. */
    boolean isFull() {
        return kernels.size() >= MOST_KERNELS || work.size() >= MOST_WORK;
    }

    /** Returns whether an upload of so many bytes should wait, too. */
    boolean takesUpload(long bytes) {
        return !isEmpty() && !isFull() && bytes <= MOST_UPLOAD_BYTES;
    }

    /** Adds work whose kernel, if it has one, is known. */
    void add(Work added) {
        added.retain();
        work.add(added);
    }

    /** Adds a launch of a kernel that is to be compiled. */
    void addNew(Work.Launch launch) {
        add(launch);
        kernels.add(launch.source());
    }

    /** Returns the kernels that are to be compiled. */
    List<KernelSource> kernels() {
        return List.copyOf(kernels);
    }

    /** Removes and returns the work, each piece of which must be released. */
    List<Work> takeAll() {
        List<Work> all = List.copyOf(work);
        work.clear();
        kernels.clear();
        return all;
    }
}
