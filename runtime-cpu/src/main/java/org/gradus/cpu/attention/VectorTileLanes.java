package org.gradus.cpu.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.pointwise.VectorExponentials;
import org.gradus.cpu.pointwise.VectorFloatMath;

/**
 * {@link TileLanes} with the Vector API; loaded only where it is present. Loops call nothing else,
 * and no method takes or returns a vector: what the compiler does not inline would put it on the
 * heap.
 */
final class VectorTileLanes extends TileLanes {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorTileLanes() {}

    @Override
    boolean softmax(
            float[] tile, int at, int rows, float[] maxima, float[] totals, float[] factors) {
        System.arraycopy(maxima, 0, factors, 0, WIDTH);
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            raise(maxima, lane, tile, at + lane, rows);
        }
        boolean changed = rescale(maxima, totals, factors);
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            VectorExponentials.ofColumns(tile, at + lane, WIDTH, rows, maxima, lane, totals);
        }
        return changed;
    }

    /**
     * Raises the maxima of columns. Compare and blend cost less than the API's maximum, which
     * orders zeros and keeps NaN; four maxima at once, since one alone would wait for itself.
     */
    private static void raise(float[] maxima, int lane, float[] tile, int at, int rows) {
        FloatVector first = FloatVector.fromArray(SPECIES, maxima, lane);
        FloatVector second = first;
        FloatVector third = first;
        FloatVector fourth = first;
        int i = at;
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            FloatVector a = FloatVector.fromArray(SPECIES, tile, i);
            first = first.blend(a, a.compare(VectorOperators.GT, first));
            FloatVector b = FloatVector.fromArray(SPECIES, tile, i + WIDTH);
            second = second.blend(b, b.compare(VectorOperators.GT, second));
            FloatVector c = FloatVector.fromArray(SPECIES, tile, i + 2 * WIDTH);
            third = third.blend(c, c.compare(VectorOperators.GT, third));
            FloatVector d = FloatVector.fromArray(SPECIES, tile, i + 3 * WIDTH);
            fourth = fourth.blend(d, d.compare(VectorOperators.GT, fourth));
            i += 4 * WIDTH;
        }
        for (; row < rows; row++) {
            FloatVector a = FloatVector.fromArray(SPECIES, tile, i);
            first = first.blend(a, a.compare(VectorOperators.GT, first));
            i += WIDTH;
        }
        first = first.blend(second, second.compare(VectorOperators.GT, first));
        third = third.blend(fourth, fourth.compare(VectorOperators.GT, third));
        first.blend(third, third.compare(VectorOperators.GT, first)).intoArray(maxima, lane);
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
            VectorExponentials.ofColumns(p, at + lane, WIDTH, rows, logSums, from + lane, null);
            FloatVector delta = FloatVector.fromArray(SPECIES, deltas, from + lane);
            int i = at + lane;
            for (int row = 0; row < rows; row++) {
                FloatVector.fromArray(SPECIES, g, i)
                        .sub(delta)
                        .mul(FloatVector.fromArray(SPECIES, p, i))
                        .intoArray(g, i);
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
    void addProducts(
            float[] tile, int at, int rows, float[] panel, int panelAt, float[] sums, int sumsAt) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            for (int k = 0; k < WIDTH; k += 8) {
                int b = panelAt + k * WIDTH + lane;
                addEight(tile, at + k, rows, panel, b, sums, sumsAt + lane);
            }
        }
    }

    /** Adds the products with eight rows of a panel, which stay in registers. */
    private static void addEight(
            float[] tile, int at, int rows, float[] panel, int b, float[] sums, int sumsAt) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, panel, b);
        FloatVector b1 = FloatVector.fromArray(SPECIES, panel, b + WIDTH);
        FloatVector b2 = FloatVector.fromArray(SPECIES, panel, b + 2 * WIDTH);
        FloatVector b3 = FloatVector.fromArray(SPECIES, panel, b + 3 * WIDTH);
        FloatVector b4 = FloatVector.fromArray(SPECIES, panel, b + 4 * WIDTH);
        FloatVector b5 = FloatVector.fromArray(SPECIES, panel, b + 5 * WIDTH);
        FloatVector b6 = FloatVector.fromArray(SPECIES, panel, b + 6 * WIDTH);
        FloatVector b7 = FloatVector.fromArray(SPECIES, panel, b + 7 * WIDTH);
        int a = at;
        int i = sumsAt;
        for (int row = 0; row < rows; row++) {
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, i);
            sum = FloatVector.broadcast(SPECIES, tile[a]).fma(b0, sum);
            sum = FloatVector.broadcast(SPECIES, tile[a + 1]).fma(b1, sum);
            sum = FloatVector.broadcast(SPECIES, tile[a + 2]).fma(b2, sum);
            sum = FloatVector.broadcast(SPECIES, tile[a + 3]).fma(b3, sum);
            sum = FloatVector.broadcast(SPECIES, tile[a + 4]).fma(b4, sum);
            sum = FloatVector.broadcast(SPECIES, tile[a + 5]).fma(b5, sum);
            sum = FloatVector.broadcast(SPECIES, tile[a + 6]).fma(b6, sum);
            sum = FloatVector.broadcast(SPECIES, tile[a + 7]).fma(b7, sum);
            sum.intoArray(sums, i);
            a += WIDTH;
            i += WIDTH;
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
