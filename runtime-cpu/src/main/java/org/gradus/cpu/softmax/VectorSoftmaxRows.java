package org.gradus.cpu.softmax;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.pointwise.FloatMath;
import org.gradus.cpu.pointwise.VectorExponentials;
import org.gradus.cpu.vector.Lanes;

/** {@link SoftmaxRows} with the Vector API; loaded only where it is present. */
final class VectorSoftmaxRows extends SoftmaxRows {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorSoftmaxRows() {}

    /**
     * Compare and blend cost less than the API's maximum, which orders zeros and keeps NaN; four
     * maxima at once, since one alone would wait for itself.
     */
    @Override
    float largest(float[] x, int at, int n) {
        FloatVector first = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector second = first;
        FloatVector third = first;
        FloatVector fourth = first;
        int i = 0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, at + i);
            first = first.blend(a, a.compare(VectorOperators.GT, first));
            FloatVector b = FloatVector.fromArray(SPECIES, x, at + i + LANES);
            second = second.blend(b, b.compare(VectorOperators.GT, second));
            FloatVector c = FloatVector.fromArray(SPECIES, x, at + i + 2 * LANES);
            third = third.blend(c, c.compare(VectorOperators.GT, third));
            FloatVector d = FloatVector.fromArray(SPECIES, x, at + i + 3 * LANES);
            fourth = fourth.blend(d, d.compare(VectorOperators.GT, fourth));
        }
        for (; i + LANES <= n; i += LANES) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, at + i);
            first = first.blend(a, a.compare(VectorOperators.GT, first));
        }
        float largest = first.max(second).max(third.max(fourth)).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            largest = x[at + i] > largest ? x[at + i] : largest;
        }
        return largest + 0f;
    }

    @Override
    float exponentials(float[] x, int xAt, float shift, float[] y, int yAt, int n) {
        float[] sums = new float[LANES];
        VectorExponentials.ofRow(x, xAt, shift, 1, y, yAt, n, sums);
        float sum = Lanes.sum(sums);
        for (int i = n - n % LANES; i < n; i++) {
            float e = FloatMath.normalExp(x[xAt + i] - shift);
            y[yAt + i] = e;
            sum += e;
        }
        return sum;
    }

    @Override
    float sumOfExponentials(float[] x, int xAt, float shift, int n) {
        float[] sums = new float[LANES];
        VectorExponentials.ofRow(x, xAt, shift, 1, null, 0, n, sums);
        float sum = Lanes.sum(sums);
        for (int i = n - n % LANES; i < n; i++) {
            sum += FloatMath.normalExp(x[xAt + i] - shift);
        }
        return sum;
    }

    @Override
    void scale(float[] x, int xAt, float factor, float[] y, int yAt, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xAt + i).mul(factor).intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    @Override
    void subtract(float[] x, int xAt, float shift, float[] y, int yAt, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xAt + i).sub(shift).intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] = x[xAt + i] - shift;
        }
    }

    @Override
    void softmaxGradient(
            float[] g, int gAt, float shift, float[] y, int yAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, g, gAt + i).sub(shift);
            v.mul(FloatVector.fromArray(SPECIES, y, yAt + i)).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = (g[gAt + i] - shift) * y[yAt + i];
        }
    }

    @Override
    void logSoftmaxGradient(
            float[] g, int gAt, float sum, float[] y, int yAt, float[] to, int at, int n) {
        // the target is none of the operands
        scaledExponentials(y, yAt, 0, -sum, to, at, n);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector.fromArray(SPECIES, g, gAt + i)
                    .add(FloatVector.fromArray(SPECIES, to, at + i))
                    .intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] += g[gAt + i];
        }
    }

    @Override
    void scaledExponentials(
            float[] x, int xAt, float shift, float factor, float[] y, int yAt, int n) {
        VectorExponentials.ofRow(x, xAt, shift, factor, y, yAt, n, new float[LANES]);
        for (int i = n - n % LANES; i < n; i++) {
            y[yAt + i] = FloatMath.normalExp(x[xAt + i] - shift) * factor;
        }
    }
}
