package org.gradus.cpu.normalization;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.LaneSum;

/** {@link RowBlocks} with the Vector API; loaded only where it is present. */
final class VectorRowBlocks extends RowBlocks {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorRowBlocks() {}

    @Override
    void sum(float[] x, int at, int n, float[] sums) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = FloatVector.zero(SPECIES);
        FloatVector s2 = FloatVector.zero(SPECIES);
        FloatVector s3 = FloatVector.zero(SPECIES);
        int x0 = at;
        int x1 = at + n;
        int x2 = at + 2 * n;
        int x3 = at + 3 * n;
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            s0 = s0.add(FloatVector.fromArray(SPECIES, x, x0 + i));
            s1 = s1.add(FloatVector.fromArray(SPECIES, x, x1 + i));
            s2 = s2.add(FloatVector.fromArray(SPECIES, x, x2 + i));
            s3 = s3.add(FloatVector.fromArray(SPECIES, x, x3 + i));
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, LANES);
        s2.intoArray(sums, 2 * LANES);
        s3.intoArray(sums, 3 * LANES);
        LaneSum.ofEach(sums, ROWS);
        for (; i < n; i++) {
            for (int row = 0; row < ROWS; row++) {
                sums[row] += x[at + row * n + i];
            }
        }
    }

    @Override
    void sumOfSquares(float[] x, int at, float[] means, int meansAt, int n, float[] sums) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = FloatVector.zero(SPECIES);
        FloatVector s2 = FloatVector.zero(SPECIES);
        FloatVector s3 = FloatVector.zero(SPECIES);
        FloatVector m0 = FloatVector.broadcast(SPECIES, means[meansAt]);
        FloatVector m1 = FloatVector.broadcast(SPECIES, means[meansAt + 1]);
        FloatVector m2 = FloatVector.broadcast(SPECIES, means[meansAt + 2]);
        FloatVector m3 = FloatVector.broadcast(SPECIES, means[meansAt + 3]);
        int x0 = at;
        int x1 = at + n;
        int x2 = at + 2 * n;
        int x3 = at + 3 * n;
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector d0 = FloatVector.fromArray(SPECIES, x, x0 + i).sub(m0);
            s0 = d0.fma(d0, s0);
            FloatVector d1 = FloatVector.fromArray(SPECIES, x, x1 + i).sub(m1);
            s1 = d1.fma(d1, s1);
            FloatVector d2 = FloatVector.fromArray(SPECIES, x, x2 + i).sub(m2);
            s2 = d2.fma(d2, s2);
            FloatVector d3 = FloatVector.fromArray(SPECIES, x, x3 + i).sub(m3);
            s3 = d3.fma(d3, s3);
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, LANES);
        s2.intoArray(sums, 2 * LANES);
        s3.intoArray(sums, 3 * LANES);
        LaneSum.ofEach(sums, ROWS);
        for (; i < n; i++) {
            for (int row = 0; row < ROWS; row++) {
                float d = x[at + row * n + i] - means[meansAt + row];
                sums[row] = Math.fma(d, d, sums[row]);
            }
        }
    }

    @Override
    void normalize(
            float[] x,
            int at,
            float[] means,
            int meansAt,
            float[] scales,
            int scalesAt,
            float[] w,
            float[] b,
            float[] y,
            int yAt,
            int n) {
        FloatVector m0 = FloatVector.broadcast(SPECIES, means[meansAt]);
        FloatVector s0 = FloatVector.broadcast(SPECIES, scales[scalesAt]);
        FloatVector m1 = FloatVector.broadcast(SPECIES, means[meansAt + 1]);
        FloatVector s1 = FloatVector.broadcast(SPECIES, scales[scalesAt + 1]);
        FloatVector m2 = FloatVector.broadcast(SPECIES, means[meansAt + 2]);
        FloatVector s2 = FloatVector.broadcast(SPECIES, scales[scalesAt + 2]);
        FloatVector m3 = FloatVector.broadcast(SPECIES, means[meansAt + 3]);
        FloatVector s3 = FloatVector.broadcast(SPECIES, scales[scalesAt + 3]);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector weight = FloatVector.fromArray(SPECIES, w, i);
            FloatVector bias = FloatVector.fromArray(SPECIES, b, i);
            FloatVector h0 = FloatVector.fromArray(SPECIES, x, at + i).sub(m0).mul(s0);
            h0.fma(weight, bias).intoArray(y, yAt + i);
            FloatVector h1 = FloatVector.fromArray(SPECIES, x, at + n + i).sub(m1).mul(s1);
            h1.fma(weight, bias).intoArray(y, yAt + n + i);
            FloatVector h2 = FloatVector.fromArray(SPECIES, x, at + 2 * n + i).sub(m2).mul(s2);
            h2.fma(weight, bias).intoArray(y, yAt + 2 * n + i);
            FloatVector h3 = FloatVector.fromArray(SPECIES, x, at + 3 * n + i).sub(m3).mul(s3);
            h3.fma(weight, bias).intoArray(y, yAt + 3 * n + i);
        }
        for (; i < n; i++) {
            for (int row = 0; row < ROWS; row++) {
                float h = (x[at + row * n + i] - means[meansAt + row]) * scales[scalesAt + row];
                y[yAt + row * n + i] = Math.fma(h, w[i], b[i]);
            }
        }
    }

    @Override
    void addGradients(
            float[] g,
            int gAt,
            float[] x,
            int at,
            float[] means,
            int meansAt,
            float[] scales,
            int scalesAt,
            float[] w,
            float[] dw,
            float[] db,
            int n,
            float[] sums) {
        FloatVector m0 = FloatVector.broadcast(SPECIES, means[meansAt]);
        FloatVector s0 = FloatVector.broadcast(SPECIES, scales[scalesAt]);
        FloatVector m1 = FloatVector.broadcast(SPECIES, means[meansAt + 1]);
        FloatVector s1 = FloatVector.broadcast(SPECIES, scales[scalesAt + 1]);
        FloatVector m2 = FloatVector.broadcast(SPECIES, means[meansAt + 2]);
        FloatVector s2 = FloatVector.broadcast(SPECIES, scales[scalesAt + 2]);
        FloatVector m3 = FloatVector.broadcast(SPECIES, means[meansAt + 3]);
        FloatVector s3 = FloatVector.broadcast(SPECIES, scales[scalesAt + 3]);
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector product0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector product1 = FloatVector.zero(SPECIES);
        FloatVector sum2 = FloatVector.zero(SPECIES);
        FloatVector product2 = FloatVector.zero(SPECIES);
        FloatVector sum3 = FloatVector.zero(SPECIES);
        FloatVector product3 = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector weight = FloatVector.fromArray(SPECIES, w, i);
            FloatVector weights = FloatVector.fromArray(SPECIES, dw, i);
            FloatVector biases = FloatVector.fromArray(SPECIES, db, i);
            FloatVector g0 = FloatVector.fromArray(SPECIES, g, gAt + i);
            FloatVector d0 = FloatVector.fromArray(SPECIES, x, at + i).sub(m0);
            weights = g0.fma(d0.mul(s0), weights);
            biases = biases.add(g0);
            g0 = g0.mul(weight);
            sum0 = sum0.add(g0);
            product0 = d0.fma(g0, product0);
            FloatVector g1 = FloatVector.fromArray(SPECIES, g, gAt + n + i);
            FloatVector d1 = FloatVector.fromArray(SPECIES, x, at + n + i).sub(m1);
            weights = g1.fma(d1.mul(s1), weights);
            biases = biases.add(g1);
            g1 = g1.mul(weight);
            sum1 = sum1.add(g1);
            product1 = d1.fma(g1, product1);
            FloatVector g2 = FloatVector.fromArray(SPECIES, g, gAt + 2 * n + i);
            FloatVector d2 = FloatVector.fromArray(SPECIES, x, at + 2 * n + i).sub(m2);
            weights = g2.fma(d2.mul(s2), weights);
            biases = biases.add(g2);
            g2 = g2.mul(weight);
            sum2 = sum2.add(g2);
            product2 = d2.fma(g2, product2);
            FloatVector g3 = FloatVector.fromArray(SPECIES, g, gAt + 3 * n + i);
            FloatVector d3 = FloatVector.fromArray(SPECIES, x, at + 3 * n + i).sub(m3);
            weights = g3.fma(d3.mul(s3), weights);
            biases = biases.add(g3);
            g3 = g3.mul(weight);
            sum3 = sum3.add(g3);
            product3 = d3.fma(g3, product3);
            weights.intoArray(dw, i);
            biases.intoArray(db, i);
        }
        sum0.intoArray(sums, 0);
        sum1.intoArray(sums, LANES);
        sum2.intoArray(sums, 2 * LANES);
        sum3.intoArray(sums, 3 * LANES);
        product0.intoArray(sums, 4 * LANES);
        product1.intoArray(sums, 5 * LANES);
        product2.intoArray(sums, 6 * LANES);
        product3.intoArray(sums, 7 * LANES);
        LaneSum.ofEach(sums, 2 * ROWS);
        for (; i < n; i++) {
            for (int row = 0; row < ROWS; row++) {
                float v = g[gAt + row * n + i];
                float d = x[at + row * n + i] - means[meansAt + row];
                dw[i] = Math.fma(v, d * scales[scalesAt + row], dw[i]);
                db[i] += v;
                sums[row] += v * w[i];
                sums[ROWS + row] = Math.fma(d, v * w[i], sums[ROWS + row]);
            }
        }
    }

    @Override
    void combine(
            float[] g,
            int gAt,
            float[] w,
            float[] x,
            int at,
            float[] abc,
            float[] to,
            int toAt,
            int n) {
        FloatVector a0 = FloatVector.broadcast(SPECIES, abc[0]);
        FloatVector b0 = FloatVector.broadcast(SPECIES, abc[ROWS]);
        FloatVector c0 = FloatVector.broadcast(SPECIES, abc[2 * ROWS]);
        FloatVector a1 = FloatVector.broadcast(SPECIES, abc[1]);
        FloatVector b1 = FloatVector.broadcast(SPECIES, abc[ROWS + 1]);
        FloatVector c1 = FloatVector.broadcast(SPECIES, abc[2 * ROWS + 1]);
        FloatVector a2 = FloatVector.broadcast(SPECIES, abc[2]);
        FloatVector b2 = FloatVector.broadcast(SPECIES, abc[ROWS + 2]);
        FloatVector c2 = FloatVector.broadcast(SPECIES, abc[2 * ROWS + 2]);
        FloatVector a3 = FloatVector.broadcast(SPECIES, abc[3]);
        FloatVector b3 = FloatVector.broadcast(SPECIES, abc[ROWS + 3]);
        FloatVector c3 = FloatVector.broadcast(SPECIES, abc[2 * ROWS + 3]);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector weight = FloatVector.fromArray(SPECIES, w, i);
            FloatVector r0 = FloatVector.fromArray(SPECIES, x, at + i).fma(b0, c0);
            FloatVector g0 = FloatVector.fromArray(SPECIES, g, gAt + i).mul(weight);
            g0.fma(a0, r0).intoArray(to, toAt + i);
            FloatVector r1 = FloatVector.fromArray(SPECIES, x, at + n + i).fma(b1, c1);
            FloatVector g1 = FloatVector.fromArray(SPECIES, g, gAt + n + i).mul(weight);
            g1.fma(a1, r1).intoArray(to, toAt + n + i);
            FloatVector r2 = FloatVector.fromArray(SPECIES, x, at + 2 * n + i).fma(b2, c2);
            FloatVector g2 = FloatVector.fromArray(SPECIES, g, gAt + 2 * n + i).mul(weight);
            g2.fma(a2, r2).intoArray(to, toAt + 2 * n + i);
            FloatVector r3 = FloatVector.fromArray(SPECIES, x, at + 3 * n + i).fma(b3, c3);
            FloatVector g3 = FloatVector.fromArray(SPECIES, g, gAt + 3 * n + i).mul(weight);
            g3.fma(a3, r3).intoArray(to, toAt + 3 * n + i);
        }
        for (; i < n; i++) {
            for (int row = 0; row < ROWS; row++) {
                float rest = Math.fma(x[at + row * n + i], abc[ROWS + row], abc[2 * ROWS + row]);
                to[toAt + row * n + i] = Math.fma(g[gAt + row * n + i] * w[i], abc[row], rest);
            }
        }
    }
}
