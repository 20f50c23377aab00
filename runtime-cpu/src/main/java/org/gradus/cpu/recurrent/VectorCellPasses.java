package org.gradus.cpu.recurrent;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.pointwise.VectorFloatMath;

/**
 * {@link CellPasses} with the Vector API, the units that fill no vector left to those; loaded only
 * where it is present.
 */
final class VectorCellPasses extends CellPasses {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorCellPasses() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static FloatVector one() {
        return FloatVector.broadcast(SPECIES, 1f);
    }

    /** Returns {@code 1 - x²}. */
    private static FloatVector oneMinusSquare(FloatVector x) {
        return x.neg().fma(x, one());
    }

    @Override
    void sigmoid(
            float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector sum = load(x, xAt + i).add(load(y, yAt + i).add(load(z, zAt + i)));
            one().div(VectorFloatMath.exp(sum.neg()).add(1f)).intoArray(to, at + i);
        }
        super.sigmoid(x, xAt + i, y, yAt + i, z, zAt + i, to, at + i, n - i);
    }

    @Override
    void tanh(
            float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector sum = load(x, xAt + i).add(load(y, yAt + i).add(load(z, zAt + i)));
            VectorFloatMath.tanh(sum).intoArray(to, at + i);
        }
        super.tanh(x, xAt + i, y, yAt + i, z, zAt + i, to, at + i, n - i);
    }

    @Override
    void relu(
            float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector sum = load(x, xAt + i).add(load(y, yAt + i).add(load(z, zAt + i)));
            sum.blend(0f, sum.compare(VectorOperators.LE, 0f)).intoArray(to, at + i);
        }
        super.relu(x, xAt + i, y, yAt + i, z, zAt + i, to, at + i, n - i);
    }

    @Override
    void lstm(
            float[] gates,
            int gatesAt,
            int stride,
            float[] c,
            int cAt,
            float[] to,
            int hTo,
            int cTo,
            int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            int at = gatesAt + i;
            FloatVector gained = load(gates, at).mul(load(gates, at + 2 * stride));
            FloatVector next = load(gates, at + stride).fma(load(c, cAt + i), gained);
            next.intoArray(to, cTo + i);
            load(gates, at + 3 * stride).mul(VectorFloatMath.tanh(next)).intoArray(to, hTo + i);
        }
        super.lstm(gates, gatesAt + i, stride, c, cAt + i, to, hTo + i, cTo + i, n - i);
    }

    @Override
    void gru(
            float[] x,
            int xAt,
            float[] y,
            int yAt,
            float[] z,
            int zAt,
            float[] kept,
            int keptAt,
            int stride,
            float[] h,
            int hAt,
            float[] to,
            int at,
            int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            int place = keptAt + i;
            FloatVector recurrent = load(y, yAt + i).add(load(z, zAt + i));
            FloatVector sum = load(kept, place).fma(recurrent, load(x, xAt + i));
            FloatVector candidate = VectorFloatMath.tanh(sum);
            candidate.intoArray(kept, place + 2 * stride);
            recurrent.intoArray(kept, place + 3 * stride);
            load(kept, place + stride)
                    .fma(load(h, hAt + i).sub(candidate), candidate)
                    .intoArray(to, at + i);
        }
        super.gru(
                x,
                xAt + i,
                y,
                yAt + i,
                z,
                zAt + i,
                kept,
                keptAt + i,
                stride,
                h,
                hAt + i,
                to,
                at + i,
                n - i);
    }

    @Override
    void add(float[] x, int xAt, float[] y, int yAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            load(to, at + i).add(load(x, xAt + i).add(load(y, yAt + i))).intoArray(to, at + i);
        }
        super.add(x, xAt + i, y, yAt + i, to, at + i, n - i);
    }

    @Override
    void add(float[] x, int xAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            load(to, at + i).add(load(x, xAt + i)).intoArray(to, at + i);
        }
        super.add(x, xAt + i, to, at + i, n - i);
    }

    @Override
    void tanhGradient(float[] dh, int dhAt, float[] y, int yAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            load(dh, dhAt + i).mul(oneMinusSquare(load(y, yAt + i))).intoArray(to, at + i);
        }
        super.tanhGradient(dh, dhAt + i, y, yAt + i, to, at + i, n - i);
    }

    @Override
    void reluGradient(float[] dh, int dhAt, float[] y, int yAt, float[] to, int at, int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            var positive = load(y, yAt + i).compare(VectorOperators.GT, 0f);
            FloatVector.zero(SPECIES).blend(load(dh, dhAt + i), positive).intoArray(to, at + i);
        }
        super.reluGradient(dh, dhAt + i, y, yAt + i, to, at + i, n - i);
    }

    @Override
    void lstmGradient(
            float[] dh,
            int dhAt,
            float[] dc,
            int dcAt,
            float[] gates,
            int gatesAt,
            float[] c,
            int cAt,
            float[] before,
            int beforeAt,
            float[] to,
            int toAt,
            int stride,
            int n) {
        int k = 0;
        for (; k + LANES <= n; k += LANES) {
            int at = gatesAt + k;
            FloatVector i = load(gates, at);
            FloatVector f = load(gates, at + stride);
            FloatVector g = load(gates, at + 2 * stride);
            FloatVector o = load(gates, at + 3 * stride);
            FloatVector tanh = VectorFloatMath.tanh(load(c, cAt + k));
            FloatVector h = load(dh, dhAt + k);
            FloatVector cell = h.mul(o).fma(oneMinusSquare(tanh), load(dc, dcAt + k));
            int target = toAt + k;
            cell.mul(g).mul(i.mul(one().sub(i))).intoArray(to, target);
            cell.mul(load(before, beforeAt + k))
                    .mul(f.mul(one().sub(f)))
                    .intoArray(to, target + stride);
            cell.mul(i).mul(oneMinusSquare(g)).intoArray(to, target + 2 * stride);
            h.mul(tanh).mul(o.mul(one().sub(o))).intoArray(to, target + 3 * stride);
            cell.mul(f).intoArray(dc, dcAt + k);
        }
        super.lstmGradient(
                dh,
                dhAt + k,
                dc,
                dcAt + k,
                gates,
                gatesAt + k,
                c,
                cAt + k,
                before,
                beforeAt + k,
                to,
                toAt + k,
                stride,
                n - k);
    }

    @Override
    void gruGradient(
            float[] dh,
            int dhAt,
            float[] kept,
            int keptAt,
            float[] before,
            int beforeAt,
            float[] inputs,
            int inputsAt,
            float[] recurrent,
            int recurrentAt,
            int stride,
            int n) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            int at = keptAt + i;
            FloatVector r = load(kept, at);
            FloatVector z = load(kept, at + stride);
            FloatVector candidate = load(kept, at + 2 * stride);
            FloatVector h = load(dh, dhAt + i);
            FloatVector dn = h.mul(one().sub(z)).mul(oneMinusSquare(candidate));
            FloatVector dr = dn.mul(load(kept, at + 3 * stride)).mul(r.mul(one().sub(r)));
            FloatVector dz =
                    h.mul(load(before, beforeAt + i).sub(candidate)).mul(z.mul(one().sub(z)));
            int to = inputsAt + i;
            dr.intoArray(inputs, to);
            dz.intoArray(inputs, to + stride);
            dn.intoArray(inputs, to + 2 * stride);
            int other = recurrentAt + i;
            dr.intoArray(recurrent, other);
            dz.intoArray(recurrent, other + stride);
            dn.mul(r).intoArray(recurrent, other + 2 * stride);
            h.mul(z).intoArray(dh, dhAt + i);
        }
        super.gruGradient(
                dh,
                dhAt + i,
                kept,
                keptAt + i,
                before,
                beforeAt + i,
                inputs,
                inputsAt + i,
                recurrent,
                recurrentAt + i,
                stride,
                n - i);
    }
}
