package org.gradus.cpu.normalization;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.LaneSum;

/** {@link NormalizationPasses} with the Vector API; loaded only where it is present. */
final class VectorNormalizationPasses extends NormalizationPasses {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorNormalizationPasses() {}

    @Override
    float sumOfSquares(float[] x, int at, float mean, int n) {
        FloatVector sums = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector d = FloatVector.fromArray(SPECIES, x, at + i).sub(mean);
            sums = d.fma(d, sums);
        }
        float sum = LaneSum.of(sums);
        for (; i < n; i++) {
            float d = x[at + i] - mean;
            sum = Math.fma(d, d, sum);
        }
        return sum;
    }

    @Override
    float sumOfProducts(float[] g, int gAt, float[] x, int at, float mean, int n) {
        FloatVector sums = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector d = FloatVector.fromArray(SPECIES, x, at + i).sub(mean);
            sums = d.fma(FloatVector.fromArray(SPECIES, g, gAt + i), sums);
        }
        float sum = LaneSum.of(sums);
        for (; i < n; i++) {
            sum = Math.fma(x[at + i] - mean, g[gAt + i], sum);
        }
        return sum;
    }

    @Override
    void affine(float[] x, int at, float factor, float shift, float[] y, int yAt, int n) {
        FloatVector factors = FloatVector.broadcast(SPECIES, factor);
        FloatVector shifts = FloatVector.broadcast(SPECIES, shift);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, at + i).fma(factors, shifts).intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] = Math.fma(x[at + i], factor, shift);
        }
    }

    @Override
    void combine(
            float[] g,
            int gAt,
            float a,
            float[] x,
            int at,
            float b,
            float c,
            float[] to,
            int toAt,
            int n) {
        FloatVector as = FloatVector.broadcast(SPECIES, a);
        FloatVector bs = FloatVector.broadcast(SPECIES, b);
        FloatVector cs = FloatVector.broadcast(SPECIES, c);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).fma(bs, cs);
            FloatVector.fromArray(SPECIES, g, gAt + i).fma(as, v).intoArray(to, toAt + i);
        }
        for (; i < n; i++) {
            to[toAt + i] = Math.fma(g[gAt + i], a, Math.fma(x[at + i], b, c));
        }
    }

    @Override
    void affineRows(float[] x, int at, float[] factor, float[] shift, float[] y, int yAt, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector f = FloatVector.fromArray(SPECIES, factor, i);
            FloatVector s = FloatVector.fromArray(SPECIES, shift, i);
            FloatVector.fromArray(SPECIES, x, at + i).fma(f, s).intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] = Math.fma(x[at + i], factor[i], shift[i]);
        }
    }

    @Override
    void normalize(
            float[] x,
            int at,
            float mean,
            float scale,
            float[] w,
            float[] b,
            float[] y,
            int yAt,
            int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(mean).mul(scale);
            v.fma(FloatVector.fromArray(SPECIES, w, i), FloatVector.fromArray(SPECIES, b, i))
                    .intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] = Math.fma((x[at + i] - mean) * scale, w[i], b[i]);
        }
    }

    @Override
    void multiply(float[] x, int at, float[] w, float[] y, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at + i);
            v.mul(FloatVector.fromArray(SPECIES, w, i)).intoArray(y, i);
        }
        for (; i < n; i++) {
            y[i] = x[at + i] * w[i];
        }
    }

    @Override
    void addParameterGradients(
            float[] g,
            int gAt,
            float[] x,
            int at,
            float mean,
            float scale,
            float[] dw,
            float[] db,
            int to,
            int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, g, gAt + i);
            FloatVector h = FloatVector.fromArray(SPECIES, x, at + i).sub(mean).mul(scale);
            v.fma(h, FloatVector.fromArray(SPECIES, dw, to + i)).intoArray(dw, to + i);
            v.add(FloatVector.fromArray(SPECIES, db, to + i)).intoArray(db, to + i);
        }
        for (; i < n; i++) {
            float h = (x[at + i] - mean) * scale;
            dw[to + i] = Math.fma(g[gAt + i], h, dw[to + i]);
            db[to + i] += g[gAt + i];
        }
    }

    @Override
    void addColumnMoments(float[] x, int at, float[] shift, float[] sums, float[] squares, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector d =
                    FloatVector.fromArray(SPECIES, x, at + i)
                            .sub(FloatVector.fromArray(SPECIES, shift, i));
            d.add(FloatVector.fromArray(SPECIES, sums, i)).intoArray(sums, i);
            d.fma(d, FloatVector.fromArray(SPECIES, squares, i)).intoArray(squares, i);
        }
        for (; i < n; i++) {
            float d = x[at + i] - shift[i];
            sums[i] += d;
            squares[i] = Math.fma(d, d, squares[i]);
        }
    }

    @Override
    void addColumnProducts(
            float[] g,
            int gAt,
            float[] x,
            int at,
            float[] shift,
            float[] sums,
            float[] products,
            int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, g, gAt + i);
            FloatVector d =
                    FloatVector.fromArray(SPECIES, x, at + i)
                            .sub(FloatVector.fromArray(SPECIES, shift, i));
            v.add(FloatVector.fromArray(SPECIES, sums, i)).intoArray(sums, i);
            v.fma(d, FloatVector.fromArray(SPECIES, products, i)).intoArray(products, i);
        }
        for (; i < n; i++) {
            sums[i] += g[gAt + i];
            products[i] = Math.fma(g[gAt + i], x[at + i] - shift[i], products[i]);
        }
    }

    @Override
    void combineRows(
            float[] g,
            int gAt,
            float[] a,
            float[] x,
            int at,
            float[] b,
            float[] c,
            float[] to,
            int toAt,
            int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector v =
                    FloatVector.fromArray(SPECIES, x, at + i)
                            .fma(
                                    FloatVector.fromArray(SPECIES, b, i),
                                    FloatVector.fromArray(SPECIES, c, i));
            FloatVector.fromArray(SPECIES, g, gAt + i)
                    .fma(FloatVector.fromArray(SPECIES, a, i), v)
                    .intoArray(to, toAt + i);
        }
        for (; i < n; i++) {
            to[toAt + i] = Math.fma(g[gAt + i], a[i], Math.fma(x[at + i], b[i], c[i]));
        }
    }
}
