package org.gradus.cpu.recurrent;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.pointwise.VectorSigmoids;

/**
 * {@link CellPasses} with the Vector API, the units that fill no vector left to those; loaded only
 * where it is present. Loops call nothing but the Vector API, which alone the compiler inlines into
 * callers of any size.
 */
final class VectorCellPasses extends CellPasses {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorCellPasses() {}

    private static int whole(int units) {
        return units / LANES * LANES;
    }

    @Override
    void sum(Matrix x, Matrix y, Matrix z, Matrix to, int rows, int units) {
        int n = whole(units);
        float[] xs = x.data();
        float[] ys = y.data();
        float[] zs = z.data();
        float[] target = to.data();
        for (int row = 0; row < rows && n > 0; row++) {
            int a = x.position(row, 0);
            int b = y.position(row, 0);
            int c = z.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector sum =
                        FloatVector.fromArray(SPECIES, ys, b + i)
                                .add(FloatVector.fromArray(SPECIES, zs, c + i));
                FloatVector.fromArray(SPECIES, xs, a + i).add(sum).intoArray(target, t + i);
            }
        }
        if (n < units) {
            super.sum(x.from(0, n), y.from(0, n), z.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void sigmoid(Matrix x, int rows, int units) {
        int n = whole(units);
        VectorSigmoids.sigmoid(x.data(), x.offset(), x.rowStride(), rows, n);
        if (n < units) {
            super.sigmoid(x.from(0, n), rows, units - n);
        }
    }

    @Override
    void tanh(Matrix x, Matrix to, int rows, int units) {
        int n = whole(units);
        VectorSigmoids.tanh(
                x.data(),
                x.offset(),
                x.rowStride(),
                to.data(),
                to.offset(),
                to.rowStride(),
                rows,
                n);
        if (n < units) {
            super.tanh(x.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void add(Matrix x, Matrix to, int rows, int units) {
        int n = whole(units);
        float[] xs = x.data();
        float[] target = to.data();
        for (int row = 0; row < rows && n > 0; row++) {
            int a = x.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector.fromArray(SPECIES, target, t + i)
                        .add(FloatVector.fromArray(SPECIES, xs, a + i))
                        .intoArray(target, t + i);
            }
        }
        if (n < units) {
            super.add(x.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void multiply(Matrix x, Matrix to, int rows, int units) {
        int n = whole(units);
        float[] xs = x.data();
        float[] target = to.data();
        for (int row = 0; row < rows && n > 0; row++) {
            int a = x.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector.fromArray(SPECIES, target, t + i)
                        .mul(FloatVector.fromArray(SPECIES, xs, a + i))
                        .intoArray(target, t + i);
            }
        }
        if (n < units) {
            super.multiply(x.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void lstm(Matrix gates, int distance, Matrix before, Matrix to, int rows, int units) {
        int n = whole(units);
        float[] g = gates.data();
        float[] old = before.data();
        float[] target = to.data();
        for (int row = 0; row < rows && n > 0; row++) {
            int at = gates.position(row, 0);
            int c = before.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector gained =
                        FloatVector.fromArray(SPECIES, g, at + i)
                                .mul(FloatVector.fromArray(SPECIES, g, at + 2 * distance + i));
                FloatVector.fromArray(SPECIES, g, at + distance + i)
                        .fma(FloatVector.fromArray(SPECIES, old, c + i), gained)
                        .intoArray(target, t + i);
            }
        }
        if (n < units) {
            Matrix rest = gates.from(0, n);
            super.lstm(rest, distance, before.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void candidate(Matrix x, Matrix products, Matrix z, Matrix r, Matrix m, int rows, int units) {
        int n = whole(units);
        float[] xs = x.data();
        float[] ys = products.data();
        float[] zs = z.data();
        float[] rs = r.data();
        float[] ms = m.data();
        for (int row = 0; row < rows && n > 0; row++) {
            int a = x.position(row, 0);
            int b = products.position(row, 0);
            int c = z.position(row, 0);
            int gate = r.position(row, 0);
            int to = m.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector recurrent =
                        FloatVector.fromArray(SPECIES, ys, b + i)
                                .add(FloatVector.fromArray(SPECIES, zs, c + i));
                FloatVector.fromArray(SPECIES, rs, gate + i)
                        .fma(recurrent, FloatVector.fromArray(SPECIES, xs, a + i))
                        .intoArray(ys, b + i);
                recurrent.intoArray(ms, to + i);
            }
        }
        if (n < units) {
            super.candidate(
                    x.from(0, n),
                    products.from(0, n),
                    z.from(0, n),
                    r.from(0, n),
                    m.from(0, n),
                    rows,
                    units - n);
        }
    }

    @Override
    void gru(Matrix gates, int distance, Matrix before, Matrix to, int rows, int units) {
        int n = whole(units);
        float[] g = gates.data();
        float[] old = before.data();
        float[] target = to.data();
        for (int row = 0; row < rows && n > 0; row++) {
            int at = gates.position(row, 0);
            int h = before.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector candidate = FloatVector.fromArray(SPECIES, g, at + 2 * distance + i);
                FloatVector.fromArray(SPECIES, g, at + distance + i)
                        .fma(FloatVector.fromArray(SPECIES, old, h + i).sub(candidate), candidate)
                        .intoArray(target, t + i);
            }
        }
        if (n < units) {
            Matrix rest = gates.from(0, n);
            super.gru(rest, distance, before.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void tanhGradient(Matrix dh, Matrix y, Matrix to, int rows, int units) {
        int n = whole(units);
        float[] h = dh.data();
        float[] ys = y.data();
        float[] target = to.data();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int row = 0; row < rows && n > 0; row++) {
            int a = dh.position(row, 0);
            int b = y.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector value = FloatVector.fromArray(SPECIES, ys, b + i);
                FloatVector.fromArray(SPECIES, h, a + i)
                        .mul(value.neg().fma(value, one))
                        .intoArray(target, t + i);
            }
        }
        if (n < units) {
            super.tanhGradient(dh.from(0, n), y.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void reluGradient(Matrix dh, Matrix y, Matrix to, int rows, int units) {
        int n = whole(units);
        float[] h = dh.data();
        float[] ys = y.data();
        float[] target = to.data();
        for (int row = 0; row < rows && n > 0; row++) {
            int a = dh.position(row, 0);
            int b = y.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < n; i += LANES) {
                FloatVector value = FloatVector.fromArray(SPECIES, ys, b + i);
                FloatVector.zero(SPECIES)
                        .blend(
                                FloatVector.fromArray(SPECIES, h, a + i),
                                value.compare(VectorOperators.GT, 0f))
                        .intoArray(target, t + i);
            }
        }
        if (n < units) {
            super.reluGradient(dh.from(0, n), y.from(0, n), to.from(0, n), rows, units - n);
        }
    }

    @Override
    void lstmGradient(
            Matrix dh,
            Matrix dc,
            Matrix gates,
            Matrix before,
            Matrix to,
            int distance,
            int rows,
            int units) {
        int n = whole(units);
        float[] dhs = dh.data();
        float[] dcs = dc.data();
        float[] gs = gates.data();
        float[] old = before.data();
        float[] target = to.data();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int row = 0; row < rows && n > 0; row++) {
            int gate = gates.position(row, 0);
            int t = to.position(row, 0);
            int cell = dc.position(row, 0);
            int h = dh.position(row, 0);
            int c = before.position(row, 0);
            for (int k = 0; k < n; k += LANES) {
                FloatVector i = FloatVector.fromArray(SPECIES, gs, gate + k);
                FloatVector f = FloatVector.fromArray(SPECIES, gs, gate + distance + k);
                FloatVector g = FloatVector.fromArray(SPECIES, gs, gate + 2 * distance + k);
                FloatVector o = FloatVector.fromArray(SPECIES, gs, gate + 3 * distance + k);
                FloatVector tanh = FloatVector.fromArray(SPECIES, target, t + 3 * distance + k);
                FloatVector d = FloatVector.fromArray(SPECIES, dhs, h + k);
                FloatVector slope = tanh.neg().fma(tanh, one);
                FloatVector sum =
                        d.mul(o).fma(slope, FloatVector.fromArray(SPECIES, dcs, cell + k));
                sum.mul(g).mul(i.mul(one.sub(i))).intoArray(target, t + k);
                sum.mul(FloatVector.fromArray(SPECIES, old, c + k))
                        .mul(f.mul(one.sub(f)))
                        .intoArray(target, t + distance + k);
                sum.mul(i).mul(g.neg().fma(g, one)).intoArray(target, t + 2 * distance + k);
                d.mul(tanh).mul(o.mul(one.sub(o))).intoArray(target, t + 3 * distance + k);
                sum.mul(f).intoArray(dcs, cell + k);
            }
        }
        if (n < units) {
            super.lstmGradient(
                    dh.from(0, n),
                    dc.from(0, n),
                    gates.from(0, n),
                    before.from(0, n),
                    to.from(0, n),
                    distance,
                    rows,
                    units - n);
        }
    }

    @Override
    void gruGradient(
            Matrix dh,
            Matrix gates,
            Matrix before,
            Matrix inputs,
            Matrix recurrent,
            int distance,
            int rows,
            int units) {
        int whole = whole(units);
        float[] dhs = dh.data();
        float[] gs = gates.data();
        float[] olds = before.data();
        float[] ins = inputs.data();
        float[] res = recurrent.data();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int row = 0; row < rows && whole > 0; row++) {
            int gate = gates.position(row, 0);
            int h = dh.position(row, 0);
            int old = before.position(row, 0);
            int in = inputs.position(row, 0);
            int re = recurrent.position(row, 0);
            for (int i = 0; i < whole; i += LANES) {
                FloatVector r = FloatVector.fromArray(SPECIES, gs, gate + i);
                FloatVector z = FloatVector.fromArray(SPECIES, gs, gate + distance + i);
                FloatVector n = FloatVector.fromArray(SPECIES, gs, gate + 2 * distance + i);
                FloatVector m = FloatVector.fromArray(SPECIES, gs, gate + 3 * distance + i);
                FloatVector d = FloatVector.fromArray(SPECIES, dhs, h + i);
                FloatVector dn = d.mul(one.sub(z)).mul(n.neg().fma(n, one));
                FloatVector dr = dn.mul(m).mul(r.mul(one.sub(r)));
                FloatVector dz =
                        d.mul(FloatVector.fromArray(SPECIES, olds, old + i).sub(n))
                                .mul(z.mul(one.sub(z)));
                dr.intoArray(ins, in + i);
                dz.intoArray(ins, in + distance + i);
                dn.intoArray(ins, in + 2 * distance + i);
                dr.intoArray(res, re + i);
                dz.intoArray(res, re + distance + i);
                dn.mul(r).intoArray(res, re + 2 * distance + i);
                d.mul(z).intoArray(dhs, h + i);
            }
        }
        if (whole < units) {
            super.gruGradient(
                    dh.from(0, whole),
                    gates.from(0, whole),
                    before.from(0, whole),
                    inputs.from(0, whole),
                    recurrent.from(0, whole),
                    distance,
                    rows,
                    units - whole);
        }
    }
}
