package org.gradus.cpu.pointwise;

import org.gradus.cpu.vector.Warming;

/** Philox on vectors as soon as they are compiled. */
final class WarmingPhilox extends Philox {
    private static final int SMALLEST_BITS = 128;
    private static final int EXERCISE_BLOCKS = 19;
    private static final int[] EXERCISE = new int[4 * EXERCISE_BLOCKS];

    private final Warming<Philox> warming =
            new Warming<>(
                    new Philox(), SMALLEST_BITS, () -> new VectorPhilox(), WarmingPhilox::exercise);

    private static void exercise(Philox philox) {
        philox.blocks(EXERCISE, 0, 1, EXERCISE_BLOCKS, 2);
    }

    @Override
    void blocks(int[] to, int at, long first, int count, long key) {
        warming.best().blocks(to, at, first, count, key);
    }
}
