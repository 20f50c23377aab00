package org.gradus.cpu.vector;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the calling thread has taken of the Java heap. */
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** Returns how many bytes of objects the thread has made so far. */
    static long bytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
