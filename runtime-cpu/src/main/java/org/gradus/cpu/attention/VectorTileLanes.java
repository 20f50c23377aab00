package org.gradus.cpu.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.pointwise.VectorFloatMath;

/** {@link TileLanes} with the Vector API; loaded only where it is present. */
final class VectorTileLanes extends TileLanes {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorTileLanes() {}

    @Override
    void maxima(float[] tile, int at, int rows, float[] maxima) {
        int even = rows & ~1;
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector first = FloatVector.fromArray(SPECIES, maxima, lane);
            FloatVector second = first;
            int i = at + lane;
            for (int row = 0; row < even; row += 2) {
                first = first.max(FloatVector.fromArray(SPECIES, tile, i));
                second = second.max(FloatVector.fromArray(SPECIES, tile, i + WIDTH));
                i += 2 * WIDTH;
            }
            if (even < rows) {
                first = first.max(FloatVector.fromArray(SPECIES, tile, i));
            }
            first.max(second).intoArray(maxima, lane);
        }
    }

    @Override
    void exponentials(float[] tile, int at, int rows, float[] shifts, int shiftsAt, float[] sums) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector shift = FloatVector.fromArray(SPECIES, shifts, shiftsAt + lane);
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, lane);
            int i = at + lane;
            for (int row = 0; row < rows; row++) {
                FloatVector e =
                        VectorFloatMath.exp(FloatVector.fromArray(SPECIES, tile, i).sub(shift));
                e.intoArray(tile, i);
                sum = sum.add(e);
                i += WIDTH;
            }
            sum.intoArray(sums, lane);
        }
    }

    @Override
    void scale(float[] tile, int at, int rows, float[] factors) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector factor = FloatVector.fromArray(SPECIES, factors, lane);
            int i = at + lane;
            for (int row = 0; row < rows; row++) {
                FloatVector.fromArray(SPECIES, tile, i).mul(factor).intoArray(tile, i);
                i += WIDTH;
            }
        }
    }

    @Override
    void scale(float[] numbers, int at, int count, float factor) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            FloatVector.fromArray(SPECIES, numbers, at + i).mul(factor).intoArray(numbers, at + i);
        }
        for (; i < count; i++) {
            numbers[at + i] *= factor;
        }
    }

    @Override
    void scoreGradients(float[] p, float[] g, int at, int rows, float[] shifts, int shiftsAt) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector shift = FloatVector.fromArray(SPECIES, shifts, shiftsAt + lane);
            int i = at + lane;
            for (int row = 0; row < rows; row++) {
                FloatVector difference = FloatVector.fromArray(SPECIES, g, i).sub(shift);
                FloatVector.fromArray(SPECIES, p, i).mul(difference).intoArray(g, i);
                i += WIDTH;
            }
        }
    }

    @Override
    void add(float[] more, int moreAt, float[] tile, int at, int rows) {
        // a row is a whole number of vectors: there is no rest
        for (int i = 0; i < rows * WIDTH; i += LANES) {
            FloatVector.fromArray(SPECIES, tile, at + i)
                    .add(FloatVector.fromArray(SPECIES, more, moreAt + i))
                    .intoArray(tile, at + i);
        }
    }

    @Override
    void addToRows(float[] numbers, int from, int stride, float[] tile, int at, int rows) {
        for (int row = 0; row < rows; row++) {
            float number = numbers[from + row * stride];
            for (int lane = 0; lane < WIDTH; lane += LANES) {
                int i = at + row * WIDTH + lane;
                FloatVector.fromArray(SPECIES, tile, i).add(number).intoArray(tile, i);
            }
        }
    }
}
