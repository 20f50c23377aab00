package org.gradus.cpu.convolution;

/** Packs without the Vector API. */
final class ScalarPositionPacking extends PositionPacking {
    @Override
    void packRun(
            float[] source, int start, int[] taps, int from, int depth, float[] target, int to) {
        for (int k = 0; k < depth; k++) {
            int s = start + taps[from + k];
            System.arraycopy(source, s, target, to + k * WIDTH, WIDTH);
        }
    }

    @Override
    void packRuns(
            float[] source,
            int offset,
            int[] taps,
            int from,
            int depth,
            int runs,
            int[] starts,
            int[] places,
            float[] target,
            int to) {
        for (int k = 0; k < depth; k++) {
            int tap = offset + taps[from + k];
            int t = to + k * WIDTH;
            for (int run = 0; run < runs; run++) {
                int s = tap + starts[run] - places[run];
                for (int i = places[run]; i < places[run + 1]; i++) {
                    target[t + i] = source[s + i];
                }
            }
        }
    }
}
