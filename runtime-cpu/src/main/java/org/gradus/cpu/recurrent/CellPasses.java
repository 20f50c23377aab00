package org.gradus.cpu.recurrent;

import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.pointwise.FloatMath;

/**
 * The passes that cells are made of, in plain Java, each over some units of some rows. The columns
 * of all matrices are neighbours; a matrix with several values per unit has them a {@code distance}
 * apart, in the order of {@link org.gradus.device.RecurrentKernels.Cell}.
 */
class CellPasses {
    CellPasses() {}

    /** Stores {@code x + (y + z)}. */
    void sum(Matrix x, Matrix y, Matrix z, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int a = x.position(row, 0);
            int b = y.position(row, 0);
            int c = z.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                to.data()[t + i] = x.data()[a + i] + (y.data()[b + i] + z.data()[c + i]);
            }
        }
    }

    /** Overwrites x with {@code sigmoid(x)}. */
    void sigmoid(Matrix x, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int at = x.position(row, 0);
            for (int i = at; i < at + units; i++) {
                x.data()[i] = 1f / (1f + FloatMath.exp(-x.data()[i]));
            }
        }
    }

    /** Stores {@code tanh(x)}. */
    void tanh(Matrix x, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int a = x.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                to.data()[t + i] = FloatMath.tanh(x.data()[a + i]);
            }
        }
    }

    /** Overwrites x with {@code relu(x)}. */
    void relu(Matrix x, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int at = x.position(row, 0);
            for (int i = at; i < at + units; i++) {
                float value = x.data()[i];
                x.data()[i] = value <= 0 ? 0 : value;
            }
        }
    }

    /** Adds {@code x} to the target. */
    void add(Matrix x, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int a = x.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                to.data()[t + i] += x.data()[a + i];
            }
        }
    }

    /** Multiplies the target by {@code x}. */
    void multiply(Matrix x, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int a = x.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                to.data()[t + i] *= x.data()[a + i];
            }
        }
    }

    /** Stores the new c of an LSTM, given its gates i, f, g and the old c. */
    void lstm(Matrix gates, int distance, Matrix before, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            float[] g = gates.data();
            int at = gates.position(row, 0);
            int c = before.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                float gained = g[at + i] * g[at + 2 * distance + i];
                to.data()[t + i] = Math.fma(g[at + distance + i], before.data()[c + i], gained);
            }
        }
    }

    /**
     * Replaces a GRU's products of the candidate by what it is the tangent of, {@code x + r m} with
     * {@code m = product + z}, which is stored, too.
     */
    void candidate(Matrix x, Matrix products, Matrix z, Matrix r, Matrix m, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int a = x.position(row, 0);
            int b = products.position(row, 0);
            int c = z.position(row, 0);
            int gate = r.position(row, 0);
            int to = m.position(row, 0);
            for (int i = 0; i < units; i++) {
                float recurrent = products.data()[b + i] + z.data()[c + i];
                products.data()[b + i] = Math.fma(r.data()[gate + i], recurrent, x.data()[a + i]);
                m.data()[to + i] = recurrent;
            }
        }
    }

    /** Stores the new h of a GRU, given r, z, n and the old h. */
    void gru(Matrix gates, int distance, Matrix before, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            float[] g = gates.data();
            int at = gates.position(row, 0);
            int h = before.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                float n = g[at + 2 * distance + i];
                to.data()[t + i] = Math.fma(g[at + distance + i], before.data()[h + i] - n, n);
            }
        }
    }

    /** Stores {@code dh (1 - y²)}. */
    void tanhGradient(Matrix dh, Matrix y, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int a = dh.position(row, 0);
            int b = y.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                float value = y.data()[b + i];
                to.data()[t + i] = dh.data()[a + i] * Math.fma(-value, value, 1f);
            }
        }
    }

    /** Stores {@code dh} where y is positive, else 0. */
    void reluGradient(Matrix dh, Matrix y, Matrix to, int rows, int units) {
        for (int row = 0; row < rows; row++) {
            int a = dh.position(row, 0);
            int b = y.position(row, 0);
            int t = to.position(row, 0);
            for (int i = 0; i < units; i++) {
                to.data()[t + i] = y.data()[b + i] > 0 ? dh.data()[a + i] : 0;
            }
        }
    }

    /**
     * Stores the gradients of an LSTM's gates.
     *
     * @param dc the gradient of the new c; becomes that of the old one
     * @param gates i, f, g, o
     * @param before the old c
     * @param to holds {@code tanh(c)} of the new c in the place of o
     */
    void lstmGradient(
            Matrix dh,
            Matrix dc,
            Matrix gates,
            Matrix before,
            Matrix to,
            int distance,
            int rows,
            int units) {
        for (int row = 0; row < rows; row++) {
            int gate = gates.position(row, 0);
            int target = to.position(row, 0);
            int cell = dc.position(row, 0);
            int h = dh.position(row, 0);
            int c = before.position(row, 0);
            for (int k = 0; k < units; k++) {
                float i = gates.data()[gate + k];
                float f = gates.data()[gate + distance + k];
                float g = gates.data()[gate + 2 * distance + k];
                float o = gates.data()[gate + 3 * distance + k];
                float tanh = to.data()[target + 3 * distance + k];
                float d = dh.data()[h + k];
                float sum = Math.fma(d * o, Math.fma(-tanh, tanh, 1f), dc.data()[cell + k]);
                to.data()[target + k] = sum * g * (i * (1f - i));
                to.data()[target + distance + k] = sum * before.data()[c + k] * (f * (1f - f));
                to.data()[target + 2 * distance + k] = sum * i * Math.fma(-g, g, 1f);
                to.data()[target + 3 * distance + k] = d * tanh * (o * (1f - o));
                dc.data()[cell + k] = sum * f;
            }
        }
    }

    /**
     * Stores the gradients of a GRU's gates: of the inputs' share and, which differs for n, of the
     * products.
     *
     * @param dh the gradient of the new h; becomes what of it reaches the old one directly
     * @param gates r, z, n, m
     * @param before the old h
     */
    void gruGradient(
            Matrix dh,
            Matrix gates,
            Matrix before,
            Matrix inputs,
            Matrix recurrent,
            int distance,
            int rows,
            int units) {
        for (int row = 0; row < rows; row++) {
            int gate = gates.position(row, 0);
            int h = dh.position(row, 0);
            int old = before.position(row, 0);
            int in = inputs.position(row, 0);
            int re = recurrent.position(row, 0);
            for (int i = 0; i < units; i++) {
                float r = gates.data()[gate + i];
                float z = gates.data()[gate + distance + i];
                float n = gates.data()[gate + 2 * distance + i];
                float d = dh.data()[h + i];
                float dn = d * (1f - z) * Math.fma(-n, n, 1f);
                float dr = dn * gates.data()[gate + 3 * distance + i] * (r * (1f - r));
                float dz = d * (before.data()[old + i] - n) * (z * (1f - z));
                inputs.data()[in + i] = dr;
                inputs.data()[in + distance + i] = dz;
                inputs.data()[in + 2 * distance + i] = dn;
                recurrent.data()[re + i] = dr;
                recurrent.data()[re + distance + i] = dz;
                recurrent.data()[re + 2 * distance + i] = dn * r;
                dh.data()[h + i] = d * z;
            }
        }
    }
}
