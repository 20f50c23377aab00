package org.gradus.cpu.pointwise;

/** A {@link Frame} for each worker of a pool. */
final class Frames {
    private final Frame[] frames;

    Frames(int workers) {
        frames = new Frame[workers];
        for (int i = 0; i < workers; i++) {
            frames[i] = new Frame();
        }
    }

    Frame of(int worker) {
        return frames[worker];
    }
}
