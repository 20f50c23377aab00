package org.gradus.cpu.vector;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the calling thread has taken of the Java heap. */
final class Allocation {
    /** Null where the JVM does not count. */
    private static final ThreadMXBean THREADS =
            ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                            && threads.isThreadAllocatedMemorySupported()
                    ? threads
                    : null;

    private Allocation() {}

    /** Returns how many bytes of objects the thread has made so far; 0 if that is not known. */
    static long bytes() {
        return THREADS == null ? 0 : THREADS.getCurrentThreadAllocatedBytes();
    }
}
