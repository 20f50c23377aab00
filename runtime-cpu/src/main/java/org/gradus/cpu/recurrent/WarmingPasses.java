package org.gradus.cpu.recurrent;

import java.util.Arrays;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.vector.Warming;

/** Passes on vectors as soon as they are compiled. */
final class WarmingPasses {
    private static final int SMALLEST_BITS = 128;

    private static final int ROWS = 4;

    /** A multiple of the vectors' length and some more, so that both loops are compiled. */
    private static final int UNITS = 33;

    private final float[] values = new float[ROWS * UNITS * 4];
    private final Matrix one = new Matrix(values, 0, 4 * UNITS, 1);
    private final Matrix other = new Matrix(new float[values.length], 0, 4 * UNITS, 1);
    private final Matrix third = new Matrix(new float[values.length], 0, 4 * UNITS, 1);
    private final Warming<CellPasses> warming =
            new Warming<>(
                    new CellPasses(), SMALLEST_BITS, () -> new VectorCellPasses(), this::exercise);

    /** Returns what is fastest now. */
    CellPasses best() {
        return warming.best();
    }

    private void exercise(CellPasses passes) {
        Arrays.fill(values, 0.5f);
        passes.sum(one, other, other, third, ROWS, UNITS);
        passes.sigmoid(third, ROWS, UNITS);
        passes.tanh(one, third, ROWS, UNITS);
        passes.relu(third, ROWS, UNITS);
        passes.add(one, third, ROWS, UNITS);
        passes.multiply(one, third, ROWS, UNITS);
        passes.lstm(one, UNITS, other, third, ROWS, UNITS);
        passes.candidate(one, third, other, one, third, ROWS, UNITS);
        passes.gru(one, UNITS, other, third, ROWS, UNITS);
        passes.tanhGradient(one, other, third, ROWS, UNITS);
        passes.reluGradient(one, other, third, ROWS, UNITS);
        passes.lstmGradient(one, one, one, other, third, UNITS, ROWS, UNITS);
        passes.gruGradient(one, one, other, third, third, UNITS, ROWS, UNITS);
    }
}
