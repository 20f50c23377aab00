package org.gradus.cpu.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.pointwise.VectorFloatMath;

/** {@link TileLanes} with the Vector API; loaded only where it is present. */
final class VectorTileLanes extends TileLanes {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorTileLanes() {}

    @Override
    boolean softmax(
            float[] tile, int at, int rows, float[] maxima, float[] totals, float[] factors) {
        boolean changed = false;
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector before = FloatVector.fromArray(SPECIES, maxima, lane);
            FloatVector largest = larger(before, columnMaxima(tile, at + lane, rows));
            largest.intoArray(maxima, lane);
            VectorMask<Float> sawNothing =
                    largest.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY);
            FloatVector shift = largest.blend(0f, sawNothing);
            FloatVector factor = exp(before.sub(shift));
            factor.intoArray(factors, lane);
            changed |= factor.compare(VectorOperators.NE, 1f).anyTrue();
            FloatVector total = FloatVector.fromArray(SPECIES, totals, lane).mul(factor);
            exponentials(tile, at + lane, rows, shift, total).intoArray(totals, lane);
        }
        return changed;
    }

    private static FloatVector exp(FloatVector x) {
        VectorMask<Float> isZero = x.compare(VectorOperators.LT, SMALLEST);
        return VectorFloatMath.exp(x.blend(SMALLEST, isZero)).blend(0f, isZero);
    }

    /** Compare and blend cost less than the API's maximum, which orders zeros and keeps NaN. */
    private static FloatVector larger(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    /** Four maxima at once, since one alone would wait for itself. */
    private static FloatVector columnMaxima(float[] tile, int at, int rows) {
        FloatVector first = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector second = first;
        FloatVector third = first;
        FloatVector fourth = first;
        int i = at;
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            first = larger(first, FloatVector.fromArray(SPECIES, tile, i));
            second = larger(second, FloatVector.fromArray(SPECIES, tile, i + WIDTH));
            third = larger(third, FloatVector.fromArray(SPECIES, tile, i + 2 * WIDTH));
            fourth = larger(fourth, FloatVector.fromArray(SPECIES, tile, i + 3 * WIDTH));
            i += 4 * WIDTH;
        }
        for (; row < rows; row++) {
            first = larger(first, FloatVector.fromArray(SPECIES, tile, i));
            i += WIDTH;
        }
        return larger(larger(first, second), larger(third, fourth));
    }

    private static FloatVector exponentials(
            float[] tile, int at, int rows, FloatVector shift, FloatVector total) {
        FloatVector sum = total;
        int i = at;
        for (int row = 0; row < rows; row++) {
            FloatVector e = exp(FloatVector.fromArray(SPECIES, tile, i).sub(shift));
            e.intoArray(tile, i);
            sum = sum.add(e);
            i += WIDTH;
        }
        return sum;
    }

    @Override
    void finish(float[] maxima, float[] totals, float[] factors, float[] logSums) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector total = FloatVector.fromArray(SPECIES, totals, lane);
            VectorMask<Float> sawNothing = total.compare(VectorOperators.EQ, 0f);
            FloatVector inverse = FloatVector.broadcast(SPECIES, 1f).div(total);
            inverse.blend(0f, sawNothing).intoArray(factors, lane);
            VectorFloatMath.log(total)
                    .add(FloatVector.fromArray(SPECIES, maxima, lane))
                    .intoArray(logSums, lane);
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
    void scoreGradients(
            float[] p, float[] g, int at, int rows, float[] logSums, float[] deltas, int from) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector logSum = FloatVector.fromArray(SPECIES, logSums, from + lane);
            FloatVector delta = FloatVector.fromArray(SPECIES, deltas, from + lane);
            int i = at + lane;
            for (int row = 0; row < rows; row++) {
                FloatVector e = exp(FloatVector.fromArray(SPECIES, p, i).sub(logSum));
                e.intoArray(p, i);
                e.mul(FloatVector.fromArray(SPECIES, g, i).sub(delta)).intoArray(g, i);
                i += WIDTH;
            }
        }
    }

    @Override
    void copyRows(float[] rows, int at, int count, float[] target, int to, int stride) {
        int i = at;
        int end = at + count * WIDTH;
        int j = to;
        while (i < end) {
            for (int lane = 0; lane < WIDTH; lane += LANES) {
                FloatVector.fromArray(SPECIES, rows, i + lane).intoArray(target, j + lane);
            }
            i += WIDTH;
            j += stride;
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
