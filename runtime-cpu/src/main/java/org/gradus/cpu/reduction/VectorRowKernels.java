package org.gradus.cpu.reduction;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.LaneSum;

/**
 * {@link RowKernels} with the Vector API, in four vectors at once, so that none waits for its last
 * result; loaded only where it is present.
 */
final class VectorRowKernels extends RowKernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorRowKernels() {}

    @Override
    public float sum(float[] x, int at, int n) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            s0 = s0.add(FloatVector.fromArray(SPECIES, x, at + i));
            s1 = s1.add(FloatVector.fromArray(SPECIES, x, at + i + LANES));
            s2 = s2.add(FloatVector.fromArray(SPECIES, x, at + i + 2 * LANES));
            s3 = s3.add(FloatVector.fromArray(SPECIES, x, at + i + 3 * LANES));
        }
        for (; i + LANES <= n; i += LANES) {
            s0 = s0.add(FloatVector.fromArray(SPECIES, x, at + i));
        }
        float sum = LaneSum.of(s0.add(s1).add(s2.add(s3)));
        for (; i < n; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    @Override
    public float maximum(float[] x, int at, int n) {
        FloatVector b0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        int i = 0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            b0 = b0.max(FloatVector.fromArray(SPECIES, x, at + i));
            b1 = b1.max(FloatVector.fromArray(SPECIES, x, at + i + LANES));
            b2 = b2.max(FloatVector.fromArray(SPECIES, x, at + i + 2 * LANES));
            b3 = b3.max(FloatVector.fromArray(SPECIES, x, at + i + 3 * LANES));
        }
        for (; i + LANES <= n; i += LANES) {
            b0 = b0.max(FloatVector.fromArray(SPECIES, x, at + i));
        }
        float result = b0.max(b1).max(b2.max(b3)).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            result = Math.max(result, x[at + i]);
        }
        return result;
    }

    @Override
    public float minimum(float[] x, int at, int n) {
        FloatVector b0 = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        int i = 0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            b0 = b0.min(FloatVector.fromArray(SPECIES, x, at + i));
            b1 = b1.min(FloatVector.fromArray(SPECIES, x, at + i + LANES));
            b2 = b2.min(FloatVector.fromArray(SPECIES, x, at + i + 2 * LANES));
            b3 = b3.min(FloatVector.fromArray(SPECIES, x, at + i + 3 * LANES));
        }
        for (; i + LANES <= n; i += LANES) {
            b0 = b0.min(FloatVector.fromArray(SPECIES, x, at + i));
        }
        float result = b0.min(b1).min(b2.min(b3)).reduceLanes(VectorOperators.MIN);
        for (; i < n; i++) {
            result = Math.min(result, x[at + i]);
        }
        return result;
    }

    @Override
    public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        int i = 0;
        for (; i + 2 * LANES <= n; i += 2 * LANES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector x1 = FloatVector.fromArray(SPECIES, x, xAt + i + LANES);
            s0 = x0.fma(FloatVector.fromArray(SPECIES, y, yAt + i), s0);
            s1 = x1.fma(FloatVector.fromArray(SPECIES, y, yAt + i + LANES), s1);
        }
        for (; i + LANES <= n; i += LANES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, xAt + i);
            s0 = x0.fma(FloatVector.fromArray(SPECIES, y, yAt + i), s0);
        }
        float sum = LaneSum.of(s0.add(s1));
        for (; i < n; i++) {
            sum += x[xAt + i] * y[yAt + i];
        }
        return sum;
    }
}
