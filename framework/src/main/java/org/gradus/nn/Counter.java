package org.gradus.nn;

/**
 * A whole number that a module keeps on the host and saves among its buffers, as an {@code I64}
 * scalar: batches seen, for example.
 */
public final class Counter {
    private final String name;
    private long value;

    Counter(String name) {
        this.name = name;
    }

    /** Returns the name in its module, as in {@code num_batches_tracked}. */
    public String name() {
        return name;
    }

    /** Returns the number. */
    public long value() {
        return value;
    }

    /** Overwrites the number. */
    public void set(long number) {
        value = number;
    }

    /** Adds 1; returns the new number. */
    public long increment() {
        return ++value;
    }
}
