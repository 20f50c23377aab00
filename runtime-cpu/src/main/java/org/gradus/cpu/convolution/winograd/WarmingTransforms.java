package org.gradus.cpu.convolution.winograd;

import java.util.Arrays;
import org.gradus.cpu.vector.Warming;

/** Transforms with vectors as soon as they are compiled. */
final class WarmingTransforms {
    private static final int SMALLEST_BITS = 256;

    private static final int TILES = 32;
    private static final int POINT = TILES + Transforms.SLACK;
    private static final int[] ROWS = {0, 10, 20, 30};

    private final float[] values = new float[Transforms.POINTS * POINT];
    private final float[] results = new float[Transforms.POINTS * POINT];
    private final Warming<Transforms> warming =
            new Warming<>(
                    new Transforms(), SMALLEST_BITS, () -> new VectorTransforms(), this::exercise);

    WarmingTransforms() {
        Arrays.fill(values, 0.5f);
    }

    /** Returns what is fastest now. */
    Transforms best() {
        return warming.best();
    }

    private void exercise(Transforms vectors) {
        for (int from = 0; from < TILES; from += Transforms.GROUP) {
            vectors.inputColumns(values, from, POINT, results, from, POINT);
            vectors.output(values, from, POINT, 1, results, from, POINT * 2 + from);
        }
        // also lengths that are no multiples of a vector's
        for (int tiles = 1; tiles < TILES; tiles += Transforms.GROUP - 1) {
            vectors.inputRow(values, tiles, tiles, results, tiles, 4 * POINT, POINT);
        }
        for (int width = 6; width <= Transforms.GROUP; width += 10) {
            vectors.input(values, ROWS, width, 2, results, 0, POINT);
            vectors.gradient(values, ROWS, width, 2, results, 0, POINT);
            vectors.filters(values, 0, width, width, 2, results, 0, POINT);
        }
    }
}
