package org.gradus.cli.benchmark;

/** Something that is done again and again while it is timed. */
@FunctionalInterface
public interface Step {
    /** Does it once. The device may still be at work when this returns. */
    void run();
}
