package org.gradus.cpu.attention;

import java.util.Arrays;

/** What the compiler must have seen of {@link TileLanes}. */
final class LaneExercise {
    /** Blocks of four rows, and what is left. */
    private static final int ROWS = 7;

    private static final int WIDTH = TileLanes.WIDTH;

    private final float[] tile = new float[ROWS * WIDTH];
    private final float[] other = new float[ROWS * WIDTH];
    private final float[] panel = new float[WIDTH * WIDTH];
    private final float[] maxima = new float[WIDTH];
    private final float[] totals = new float[WIDTH];
    private final float[] factors = new float[WIDTH];

    void of(TileLanes lanes) {
        Arrays.fill(tile, 0.5f);
        lanes.scoreGradients(tile, other, 0, ROWS, maxima, maxima, 0);
        lanes.softmax(tile, 0, ROWS, maxima, totals, factors);
        lanes.finish(maxima, totals, factors, maxima);
        lanes.scale(tile, 0, ROWS, factors);
        lanes.scale(tile, 0, ROWS * WIDTH - 1, 0.5f);
        lanes.copyRows(tile, 0, ROWS, other, 0, WIDTH);
        lanes.add(tile, 0, other, 0, ROWS);
        lanes.addProducts(tile, 0, ROWS, panel, 0, other, 0);
        lanes.addToRows(tile, 0, 1, other, 0, ROWS);
        lanes.hide(other, 0, ROWS, 1);
        Arrays.fill(maxima, 0);
        Arrays.fill(totals, 0);
        Arrays.fill(other, 0);
    }
}
