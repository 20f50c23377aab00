package org.gradus.cpu.convolution;

import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.vector.VectorProvider;

/**
 * Packs panels of 16 neighbouring positions of a window from a {@linkplain PaddedImage padded
 * image}: element {@code [k][position]} is what the window's element {@code k} sees.
 *
 * <p>Positions of a row are neighbours in the image, so a panel is a few runs. Cost: about 0.15 ns
 * an element where rows are long.
 */
abstract class PositionPacking {
    /** Elements behind a panel that may be overwritten. */
    static final int SLACK = 16;

    static final int WIDTH = MicroKernel.WIDTH;

    /** Returns the fastest packing for this processor. */
    static PositionPacking fastest() {
        return VectorProvider.bits() >= 256
                ? new VectorPositionPacking()
                : new ScalarPositionPacking();
    }

    /**
     * Packs panels one behind the other.
     *
     * @param offset the position in the image relative to which the window's elements lie
     * @param taps where the window's elements lie
     * @param from the first of them to pack
     * @param depth how many of them to pack
     * @param positions the sizes of the grid of positions
     * @param image the layout of the image
     * @param first the first panel
     * @param end the panel to stop before
     */
    final void pack(
            float[] source,
            int offset,
            int[] taps,
            int from,
            int depth,
            int[] positions,
            PaddedImage image,
            int first,
            int end,
            float[] target,
            int targetOffset) {
        int count = positions[0] * positions[1] * positions[2];
        int[] starts = new int[WIDTH];
        int[] places = new int[WIDTH + 1];
        for (int panel = first; panel < end; panel++) {
            int position = panel * WIDTH;
            int filled = Math.min(WIDTH, count - position);
            int runs = runs(position, filled, positions, image, starts, places);
            int to = targetOffset + (panel - first) * WIDTH * depth;
            if (runs == 1) {
                packRun(source, offset + starts[0], taps, from, depth, target, to);
            } else {
                packRuns(source, offset, taps, from, depth, runs, starts, places, target, to);
            }
        }
    }

    /**
     * Finds the runs of a panel's positions.
     *
     * @param starts receives where each begins in the image
     * @param places receives where each begins in the panel, and where the last ends
     * @return how many there are
     */
    private static int runs(
            int position,
            int filled,
            int[] positions,
            PaddedImage image,
            int[] starts,
            int[] places) {
        int width = positions[2];
        int runs = 0;
        int place = 0;
        while (place < filled) {
            int x = (position + place) % width;
            int row = (position + place) / width;
            int start = image.cell(row / positions[1], row % positions[1], x);
            boolean goesOn = runs > 0 && start == starts[runs - 1] + place - places[runs - 1];
            if (!goesOn) {
                starts[runs] = start;
                places[runs] = place;
                runs++;
            }
            place += Math.min(width - x, filled - place);
        }
        places[runs] = place;
        return runs;
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
