package org.gradus.cpu.matmul;

import org.gradus.cpu.vector.VectorProvider;
import org.gradus.cpu.vector.Warming;

/** Packs with vectors as soon as they are compiled. */
final class WarmingPacking implements Packing {
    private static final int WIDTH = MicroKernel.WIDTH;
    private static final float[] SOURCE = new float[WIDTH * (WIDTH + 1)];
    private static final float[] TARGET = new float[2 * WIDTH * WIDTH];
    private static final int[] STARTS = new int[WIDTH];

    private static final Warming<Packing> WARMING =
            new Warming<>(
                    new ScalarPacking(),
                    MicroKernels.VECTOR_BITS,
                    () ->
                            VectorProvider.bits() >= MicroKernels.WIDE_BITS
                                    ? new WidePacking()
                                    : new VectorPacking(),
                    WarmingPacking::exercise);

    WarmingPacking() {
        // products are what everything needs first
        WARMING.best();
    }

    private static void exercise(Packing packing) {
        for (int width = 12; width <= WIDTH; width += 4) {
            packing.pack(SOURCE, 0, WIDTH, 1, width, WIDTH, width, 0, 1, TARGET, 0);
            packing.pack(SOURCE, 0, WIDTH, 1, width - 1, WIDTH, width, 0, 1, TARGET, 0);
            packing.pack(SOURCE, 0, 1, WIDTH, width, WIDTH, width, 0, 1, TARGET, 0);
            int last = SOURCE.length - (WIDTH - 1) * WIDTH - width;
            packing.pack(SOURCE, last, 1, WIDTH, width, WIDTH, width, 0, 1, TARGET, 0);
            packing.packLines(SOURCE, 1, STARTS, 0, width - 1, WIDTH - 1, width, TARGET, 0);
        }
    }

    @Override
    public void pack(
            float[] source,
            int offset,
            int lineStride,
            int depthStride,
            int lines,
            int depth,
            int width,
            int first,
            int end,
            float[] target,
            int targetOffset) {
        WARMING.best()
                .pack(
                        source,
                        offset,
                        lineStride,
                        depthStride,
                        lines,
                        depth,
                        width,
                        first,
                        end,
                        target,
                        targetOffset);
    }

    @Override
    public void packLines(
            float[] source,
            int offset,
            int[] starts,
            int first,
            int lines,
            int depth,
            int width,
            float[] target,
            int targetOffset) {
        WARMING.best()
                .packLines(
                        source, offset, starts, first, lines, depth, width, target, targetOffset);
    }
}
