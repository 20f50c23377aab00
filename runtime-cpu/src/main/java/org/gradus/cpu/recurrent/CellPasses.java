package org.gradus.cpu.recurrent;

import org.gradus.cpu.pointwise.FloatMath;
import org.gradus.cpu.vector.VectorProvider;

/**
 * The passes over some units of one row that cells are made of, in plain Java. Each array comes
 * with the place where those units begin in it; arrays with several values per unit have them a
 * {@code stride} apart.
 */
class CellPasses {
    CellPasses() {}

    /** Returns the passes for this JVM. */
    static CellPasses create() {
        return VectorProvider.available() ? new VectorCellPasses() : new CellPasses();
    }

    static float sigmoid(float x) {
        return 1f / (1f + FloatMath.exp(-x));
    }

    /** Stores {@code sigmoid(x + (y + z))}. */
    void sigmoid(
            float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = sigmoid(x[xAt + i] + (y[yAt + i] + z[zAt + i]));
        }
    }

    /** Stores {@code tanh(x + (y + z))}. */
    void tanh(
            float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = FloatMath.tanh(x[xAt + i] + (y[yAt + i] + z[zAt + i]));
        }
    }

    /** Stores {@code relu(x + (y + z))}. */
    void relu(
            float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            float sum = x[xAt + i] + (y[yAt + i] + z[zAt + i]);
            to[at + i] = sum <= 0 ? 0 : sum;
        }
    }

    /** Stores the new states of an LSTM, given its gates i, f, g, o. */
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
        for (int i = 0; i < n; i++) {
            int at = gatesAt + i;
            float next =
                    Math.fma(gates[at + stride], c[cAt + i], gates[at] * gates[at + 2 * stride]);
            to[cTo + i] = next;
            to[hTo + i] = gates[at + 3 * stride] * FloatMath.tanh(next);
        }
    }

    /**
     * Stores the candidate of a GRU and the new state.
     *
     * @param x the inputs' share of the candidate
     * @param y the products of the candidate
     * @param z their bias
     * @param kept r and z; n and m are stored behind them
     */
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
        for (int i = 0; i < n; i++) {
            int place = keptAt + i;
            float recurrent = y[yAt + i] + z[zAt + i];
            float candidate = FloatMath.tanh(Math.fma(kept[place], recurrent, x[xAt + i]));
            kept[place + 2 * stride] = candidate;
            kept[place + 3 * stride] = recurrent;
            to[at + i] = Math.fma(kept[place + stride], h[hAt + i] - candidate, candidate);
        }
    }

    /** Adds {@code x} and {@code y} to the target. */
    void add(float[] x, int xAt, float[] y, int yAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] += x[xAt + i] + y[yAt + i];
        }
    }

    /** Adds {@code x} to the target. */
    void add(float[] x, int xAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] += x[xAt + i];
        }
    }

    /** Stores {@code dh (1 - y²)}. */
    void tanhGradient(float[] dh, int dhAt, float[] y, int yAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            float value = y[yAt + i];
            to[at + i] = dh[dhAt + i] * Math.fma(-value, value, 1f);
        }
    }

    /** Stores {@code dh} where y is positive, else 0. */
    void reluGradient(float[] dh, int dhAt, float[] y, int yAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = y[yAt + i] > 0 ? dh[dhAt + i] : 0;
        }
    }

    /**
     * Stores the gradients of an LSTM's gates.
     *
     * @param dc the gradient of the new c; becomes that of the old one
     * @param gates i, f, g, o
     * @param c the new c
     * @param before the old c
     */
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
        for (int k = 0; k < n; k++) {
            int at = gatesAt + k;
            float i = gates[at];
            float f = gates[at + stride];
            float g = gates[at + 2 * stride];
            float o = gates[at + 3 * stride];
            float tanh = FloatMath.tanh(c[cAt + k]);
            float h = dh[dhAt + k];
            float cell = Math.fma(h * o, Math.fma(-tanh, tanh, 1f), dc[dcAt + k]);
            int target = toAt + k;
            to[target] = cell * g * (i * (1f - i));
            to[target + stride] = cell * before[beforeAt + k] * (f * (1f - f));
            to[target + 2 * stride] = cell * i * Math.fma(-g, g, 1f);
            to[target + 3 * stride] = h * tanh * (o * (1f - o));
            dc[dcAt + k] = cell * f;
        }
    }

    /**
     * Stores the gradients of a GRU's gates: of the inputs' share and, which differs for n, of the
     * products.
     *
     * @param dh the gradient of the new h; becomes what of it reaches the old one directly
     * @param kept r, z, n, m
     * @param before the old h
     */
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
        for (int i = 0; i < n; i++) {
            int at = keptAt + i;
            float r = kept[at];
            float z = kept[at + stride];
            float candidate = kept[at + 2 * stride];
            float h = dh[dhAt + i];
            float dn = h * (1f - z) * Math.fma(-candidate, candidate, 1f);
            float dr = dn * kept[at + 3 * stride] * (r * (1f - r));
            float dz = h * (before[beforeAt + i] - candidate) * (z * (1f - z));
            int to = inputsAt + i;
            inputs[to] = dr;
            inputs[to + stride] = dz;
            inputs[to + 2 * stride] = dn;
            int other = recurrentAt + i;
            recurrent[other] = dr;
            recurrent[other + stride] = dz;
            recurrent[other + 2 * stride] = dn * r;
            dh[dhAt + i] = h * z;
        }
    }
}
