/*
 * What the emulated cuDNN's recurrent layers compute. Between forward and backward everything is in the reserve
 * space, which says what was done to it last: a call in the wrong order gives NaN everywhere.
 */
#pragma once

#include "cudnn.h"

namespace {

enum { RNN_RELU, RNN_TANH, RNN_LSTM, RNN_GRU };
enum { NO_BIAS = 0, DOUBLE_BIAS = 2, INFERENCE = 0, TRAINING = 1 };
/* what a reserve space begins with */
enum { RAN_FORWARD = 71, RAN_BACKWARD = 72 };

struct Dropout {
    static constexpr const char *NAME = "dropout descriptor";
    bool set = false;
};
struct Rnn {
    static constexpr const char *NAME = "RNN descriptor";
    int mode = -1, bias = 0, directions = 0, type = FLOAT, math = 0, inputs = 0, hidden = 0;
    int gates() const { return mode == RNN_LSTM ? 4 : mode == RNN_GRU ? 3 : 1; }
    Tensor element() const {
        Tensor t;
        t.type = type;
        return t;
    }
    /* cuDNN's own order is not ours: biases behind all matrices, and a gap before each direction */
    static constexpr size_t GAP = 8;
    size_t matrices() const { return (size_t)gates() * hidden * (inputs + hidden); }
    size_t biases() const { return bias == NO_BIAS ? 0 : (size_t)2 * gates() * hidden; }
    size_t weights() const { return directions * (GAP + matrices() + biases()); }
    size_t matrix(int direction, int product) const {
        size_t at = direction * (GAP + matrices()) + GAP;
        int ofInput = product < gates() ? product : gates(), ofState = product - ofInput;
        return at + (size_t)hidden * ((size_t)ofInput * inputs + (size_t)ofState * hidden);
    }
    size_t vector(int direction, int product) const {
        return directions * (GAP + matrices()) + direction * biases() + (size_t)product * hidden;
    }
};
struct RnnData {
    static constexpr const char *NAME = "RNN data descriptor";
    int type = -1, steps = 0, batch = 0, width = 0;
    std::vector<int> lengths;
    size_t elements() const { return (size_t)steps * batch * width; }
};

/* a layer over a batch of sequences, and its reserve space: doubles, in five times hidden places
 * for what forward made of each step, and eight times hidden for the gradients of its sums */
struct Run {
    Rnn r;
    int steps, batch;
    bool tf32() const { return r.type == FLOAT && r.math != FMA_MATH; }
    double factor(double x) const { return tf32() ? rounded(x) : x; }
    size_t cells() const { return (size_t)steps * r.directions * batch; }
    size_t reserve_bytes() const { return 8 * (8 + cells() * 13 * r.hidden); }
    size_t cell(int t, int d, int n) const { return ((size_t)t * r.directions + d) * batch + n; }
    double *made(void *reserve, int t, int d, int n) const {
        return (double *)reserve + 8 + cell(t, d, n) * 13 * r.hidden;
    }
    double *gradients(void *reserve, int t, int d, int n) const {
        return made(reserve, t, d, n) + 5 * r.hidden;
    }
    double weight(const void *w, size_t at) const { return read(r.element(), w, at); }
    double bias(const void *w, int d, int product, int unit) const {
        return r.bias == NO_BIAS ? 0 : weight(w, r.vector(d, product) + unit);
    }
    int step(int d, int i) const { return d == 0 ? i : steps - 1 - i; }
    size_t state(int d, int n) const { return ((size_t)d * batch + n) * r.hidden; }
    size_t at(int t, int n, int width) const { return ((size_t)t * batch + n) * width; }
};

double logistic(double x) { return 1 / (1 + exp(-x)); }

/* one cell of one sequence: h and c are before, and then after the step */
void advance(
        const Run &run, const void *w, int d, const double *x, std::vector<double> &h,
        std::vector<double> &c, double *made) {
    const Rnn &r = run.r;
    const int H = r.hidden, G = r.gates();
    std::vector<double> in(G * H), rec(G * H);
    for (int row = 0; row < G * H; row++) {
        int g = row / H, u = row % H;
        double a = run.bias(w, d, g, u), b = run.bias(w, d, G + g, u);
        size_t W = r.matrix(d, g) + (size_t)u * r.inputs;
        size_t R = r.matrix(d, G + g) + (size_t)u * H;
        for (int k = 0; k < r.inputs; k++) {
            a += run.factor(run.weight(w, W + k)) * run.factor(x[k]);
        }
        for (int k = 0; k < H; k++) b += run.factor(run.weight(w, R + k)) * run.factor(h[k]);
        in[row] = a;
        rec[row] = b;
    }
    for (int u = 0; u < H; u++) {
        auto sum = [&](int g) { return in[g * H + u] + rec[g * H + u]; };
        double *m = made + u;
        if (r.mode == RNN_LSTM) {
            double i = logistic(sum(0)), f = logistic(sum(1)), g = tanh(sum(2)), o = logistic(sum(3));
            c[u] = f * c[u] + i * g;
            h[u] = o * tanh(c[u]);
            m[0] = i, m[H] = f, m[2 * H] = g, m[3 * H] = o, m[4 * H] = c[u];
        } else if (r.mode == RNN_GRU) {
            double reset = logistic(sum(0)), z = logistic(sum(1)), q = rec[2 * H + u];
            double candidate = tanh(in[2 * H + u] + reset * q);
            h[u] = (1 - z) * candidate + z * h[u];
            m[0] = reset, m[H] = z, m[2 * H] = candidate, m[3 * H] = q;
        } else {
            h[u] = r.mode == RNN_TANH ? tanh(sum(0)) : fmax(sum(0), 0);
            m[0] = h[u];
        }
    }
}

std::vector<double> values(const Run &run, const void *data, size_t at, int count) {
    std::vector<double> result(count, 0.0);
    for (int i = 0; data && i < count; i++) result[i] = read(run.r.element(), data, at + i);
    return result;
}

void run_forward(
        const Run &run, const void *w, const void *x, void *y, const void *hx, void *hy,
        const void *cx, void *cy, void *reserve) {
    const Tensor type = run.r.element();
    const int H = run.r.hidden, width = run.r.directions * H;
    std::vector<double> scratch(5 * H);
    for (int d = 0; d < run.r.directions; d++) {
        for (int n = 0; n < run.batch; n++) {
            auto h = values(run, hx, run.state(d, n), H), c = values(run, cx, run.state(d, n), H);
            for (int i = 0; i < run.steps; i++) {
                int t = run.step(d, i);
                auto input = values(run, x, run.at(t, n, run.r.inputs), run.r.inputs);
                advance(run, w, d, input.data(), h, c,
                        reserve ? run.made(reserve, t, d, n) : scratch.data());
                for (int u = 0; u < H; u++) {
                    size_t to = run.at(t, n, width) + (size_t)d * H + u;
                    write(type, y, to, h[u]);
                    h[u] = read(type, y, to);
                }
            }
            for (int u = 0; u < H; u++) {
                if (hy) write(type, hy, run.state(d, n) + u, h[u]);
                if (cy) write(type, cy, run.state(d, n) + u, c[u]);
            }
        }
    }
    if (reserve) *(double *)reserve = RAN_FORWARD;
}

/* what is before a step: a state of the output, or the initial one */
std::vector<double> previous(
        const Run &run, const void *y, const void *hx, int t, int d, int n) {
    const int H = run.r.hidden, before = d == 0 ? t - 1 : t + 1;
    return before < 0 || before == run.steps
                   ? values(run, hx, run.state(d, n), H)
                   : values(run, y, run.at(before, n, run.r.directions * H) + (size_t)d * H, H);
}

/* the gradients of the sums with the input (in) and the state (rec) of a cell, from that of h and,
 * changed to that before the step, of c; adds to dh_before what does not go through a sum */
void cell_gradient(
        const Run &run, const double *m, const std::vector<double> &h_before,
        const std::vector<double> &c_before, const std::vector<double> &dh,
        std::vector<double> &dc, std::vector<double> &dh_before, double *in, double *rec) {
    const int H = run.r.hidden;
    for (int u = 0; u < H; u++) {
        auto both = [&](int g, double value) { in[g * H + u] = rec[g * H + u] = value; };
        if (run.r.mode == RNN_LSTM) {
            double i = m[u], f = m[H + u], g = m[2 * H + u], o = m[3 * H + u], s = tanh(m[4 * H + u]);
            double d = dc[u] + dh[u] * o * (1 - s * s);
            both(0, d * g * i * (1 - i));
            both(1, d * c_before[u] * f * (1 - f));
            both(2, d * i * (1 - g * g));
            both(3, dh[u] * s * o * (1 - o));
            dc[u] = d * f;
        } else if (run.r.mode == RNN_GRU) {
            double r = m[u], z = m[H + u], candidate = m[2 * H + u], q = m[3 * H + u];
            double inner = dh[u] * (1 - z) * (1 - candidate * candidate);
            both(0, inner * q * r * (1 - r));
            both(1, dh[u] * (h_before[u] - candidate) * z * (1 - z));
            in[2 * H + u] = inner;
            rec[2 * H + u] = inner * r;
            dh_before[u] += dh[u] * z;
        } else {
            double slope = run.r.mode == RNN_TANH ? 1 - m[u] * m[u] : m[u] > 0;
            both(0, dh[u] * slope);
        }
    }
}

void run_backward_data(
        const Run &run, const void *w, const void *y, const void *dy, void *dx, const void *hx,
        const void *dhy, void *dhx, const void *cx, const void *dcy, void *dcx, void *reserve) {
    const Rnn &r = run.r;
    const Tensor type = r.element();
    const int H = r.hidden, G = r.gates(), width = r.directions * H;
    const double spoilt = *(double *)reserve == RAN_FORWARD ? 0 : NAN;
    std::vector<double> sums((size_t)run.steps * run.batch * r.inputs, spoilt);
    for (int d = 0; d < r.directions; d++) {
        for (int n = 0; n < run.batch; n++) {
            auto dh = values(run, dhy, run.state(d, n), H);
            auto dc = values(run, dcy, run.state(d, n), H);
            for (int i = run.steps - 1; i >= 0; i--) {
                int t = run.step(d, i);
                auto given = values(run, dy, run.at(t, n, width) + (size_t)d * H, H);
                for (int u = 0; u < H; u++) dh[u] += given[u] + spoilt;
                std::vector<double> before(H, 0.0);
                auto c = values(run, cx, run.state(d, n), H);
                if (i > 0 && r.mode == RNN_LSTM) {
                    double *earlier = run.made(reserve, run.step(d, i - 1), d, n) + 4 * H;
                    c.assign(earlier, earlier + H);
                }
                double *in = run.gradients(reserve, t, d, n), *rec = in + 4 * H;
                cell_gradient(run, run.made(reserve, t, d, n), previous(run, y, hx, t, d, n), c,
                              dh, dc, before, in, rec);
                for (int row = 0; row < G * H; row++) {
                    size_t W = r.matrix(d, row / H) + (size_t)(row % H) * r.inputs;
                    size_t R = r.matrix(d, G + row / H) + (size_t)(row % H) * H;
                    for (int k = 0; k < r.inputs; k++) {
                        sums[run.at(t, n, r.inputs) + k] +=
                                run.factor(run.weight(w, W + k)) * run.factor(in[row]);
                    }
                    for (int k = 0; k < H; k++) {
                        before[k] += run.factor(run.weight(w, R + k)) * run.factor(rec[row]);
                    }
                }
                dh = before;
            }
            for (int u = 0; u < H; u++) {
                write(type, dhx, run.state(d, n) + u, dh[u]);
                if (dcx) write(type, dcx, run.state(d, n) + u, dc[u]);
            }
        }
    }
    for (size_t i = 0; i < sums.size(); i++) write(type, dx, i, sums[i]);
    *(double *)reserve = RAN_BACKWARD;
}

void run_backward_weights(
        const Run &run, const void *x, const void *hx, const void *y, void *dw, void *reserve) {
    const Rnn &r = run.r;
    const Tensor type = r.element();
    const int H = r.hidden, G = r.gates();
    std::vector<double> sums(r.weights(), *(double *)reserve == RAN_BACKWARD ? 0 : NAN);
    for (int d = 0; d < r.directions; d++) {
        for (int n = 0; n < run.batch; n++) {
            for (int t = 0; t < run.steps; t++) {
                auto input = values(run, x, run.at(t, n, r.inputs), r.inputs);
                auto h = previous(run, y, hx, t, d, n);
                const double *in = run.gradients(reserve, t, d, n), *rec = in + 4 * H;
                for (int row = 0; row < G * H; row++) {
                    int g = row / H, u = row % H;
                    double *W = &sums[r.matrix(d, g) + (size_t)u * r.inputs];
                    double *R = &sums[r.matrix(d, G + g) + (size_t)u * H];
                    for (int k = 0; k < r.inputs; k++) {
                        W[k] += run.factor(in[row]) * run.factor(input[k]);
                    }
                    for (int k = 0; k < H; k++) R[k] += run.factor(rec[row]) * run.factor(h[k]);
                    if (r.bias != NO_BIAS) {
                        sums[r.vector(d, g) + u] += in[row];
                        sums[r.vector(d, G + g) + u] += rec[row];
                    }
                }
            }
        }
    }
    for (size_t i = 0; i < sums.size(); i++) write(type, dw, i, read(type, dw, i) + sums[i]);
}

}  // namespace
