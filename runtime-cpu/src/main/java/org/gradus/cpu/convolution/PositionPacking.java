package org.gradus.cpu.convolution;

import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.cpu.vector.Warming;

/**
 * Packs panels of 16 neighbouring positions of a window from {@linkplain PaddedImage padded
 * images}: element {@code [k][position]} is what the window's element {@code k} sees. The positions
 * of some images are counted on from one image to the next, so that only the last panel of all may
 * have fewer.
 *
 * <p>Positions of a row are neighbours in the image, so a panel is a few runs. Cost: 0.05 to 0.15
 * ns an element where rows are long.
 */
abstract class PositionPacking {
    /** Elements behind a panel that may be overwritten. */
    static final int SLACK = 16;

    static final int WIDTH = MicroKernel.WIDTH;

    private static final int SMALLEST_BITS = 256;

    private static final Warming<PositionPacking> WARMING =
            new Warming<>(
                    new ScalarPositionPacking(),
                    SMALLEST_BITS,
                    () ->
                            VectorProvider.bits() >= 512
                                    ? new WidePositionPacking()
                                    : new VectorPositionPacking(),
                    new Exercise()::of);

    /** Returns the packing that is fastest now. */
    static PositionPacking best() {
        return WARMING.best();
    }

    /** What the compiler must have seen: panels of one run and of several. */
    private static final class Exercise {
        private static final int DEPTH = 3;
        private static final int MOST_RUNS = 5;

        private final float[] source = new float[2 * WIDTH + SLACK];
        private final float[] target = new float[DEPTH * WIDTH + SLACK];
        private final int[] taps = new int[DEPTH];
        private final int[] starts = new int[WIDTH];
        private final int[] places = new int[WIDTH + 1];

        void of(PositionPacking packing) {
            packing.packRun(source, 0, taps, 0, DEPTH, target, 0);
            for (int runs = 2; runs <= MOST_RUNS; runs++) {
                for (int run = 0; run <= runs; run++) {
                    places[run] = run * WIDTH / runs;
                    starts[run] = places[run];
                }
                packing.packRuns(source, 0, taps, 0, DEPTH, runs, starts, places, target, 0);
            }
        }
    }

    /**
     * Some images, one behind the other, and the positions of a window on each.
     *
     * @param data where they lie
     * @param offset where the first begins
     * @param distance from one to the next
     * @param count how many there are
     * @param layout of each channel
     * @param positions the sizes of the grid of positions
     */
    record Images(
            float[] data,
            int offset,
            int distance,
            int count,
            PaddedImage layout,
            int[] positions) {
        int positionsOfOne() {
            return positions[0] * positions[1] * positions[2];
        }
    }

    /**
     * Packs panels one behind the other.
     *
     * @param channel where the channels to read begin in each image
     * @param taps where the window's elements lie, relative to that
     * @param from the first of them to pack
     * @param depth how many of them to pack
     * @param first the first panel
     * @param end the panel to stop before
     */
    final void pack(
            Images images,
            int channel,
            int[] taps,
            int from,
            int depth,
            int first,
            int end,
            float[] target,
            int targetOffset) {
        int total = images.count * images.positionsOfOne();
        int offset = images.offset + channel;
        int[] starts = new int[WIDTH];
        int[] places = new int[WIDTH + 1];
        var runs = new Runs(images, first * WIDTH);
        for (int panel = first; panel < end; panel++) {
            int filled = Math.min(WIDTH, total - panel * WIDTH);
            int count = runs.next(filled, starts, places);
            int to = targetOffset + (panel - first) * WIDTH * depth;
            if (count == 1) {
                packRun(images.data, offset + starts[0], taps, from, depth, target, to);
            } else {
                packRuns(images.data, offset, taps, from, depth, count, starts, places, target, to);
            }
        }
    }

    /** Goes through the positions of some images and finds those that are neighbours in memory. */
    private static final class Runs {
        private final Images images;
        private int image;
        private int z;
        private int y;
        private int x;

        Runs(Images images, int position) {
            this.images = images;
            int[] sizes = images.positions;
            x = position % sizes[2];
            y = position / sizes[2] % sizes[1];
            z = position / (sizes[2] * sizes[1]) % sizes[0];
            image = position / images.positionsOfOne();
        }

        /**
         * Finds the runs of the next positions.
         *
         * @param filled how many positions
         * @param starts receives where each begins, relative to the first image
         * @param places receives the number of positions before each, and of all
         * @return how many runs there are
         */
        int next(int filled, int[] starts, int[] places) {
            int width = images.positions[2];
            int runs = 0;
            int place = 0;
            while (place < filled) {
                int start = image * images.distance + images.layout.cell(z, y, x);
                boolean goesOn = runs > 0 && start == starts[runs - 1] + place - places[runs - 1];
                if (!goesOn) {
                    starts[runs] = start;
                    places[runs] = place;
                    runs++;
                }
                int length = Math.min(width - x, filled - place);
                place += length;
                x += length;
                if (x == width) {
                    nextRow();
                }
            }
            places[runs] = place;
            return runs;
        }

        private void nextRow() {
            x = 0;
            y++;
            if (y == images.positions[1]) {
                y = 0;
                z++;
            }
            if (z == images.positions[0]) {
                z = 0;
                image++;
            }
        }
    }

    /** Packs a panel of one run; what lies behind a short run in the image is packed as well. */
    abstract void packRun(
            float[] source, int start, int[] taps, int from, int depth, float[] target, int to);

    /** Packs a panel of several runs, in ascending order. */
    abstract void packRuns(
            float[] source,
            int offset,
            int[] taps,
            int from,
            int depth,
            int runs,
            int[] starts,
            int[] places,
            float[] target,
            int to);
}
