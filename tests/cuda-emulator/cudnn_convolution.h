/* The convolutions of the emulated cuDNN. */
#pragma once

#include "cudnn.h"

namespace {

/* what the three directions have in common */
struct Problem {
    Direction direction;
    Tensor x, w, y;
    Convolution convolution;
};

int output_size(const Problem &p, int axis) {
    const Convolution &c = p.convolution;
    int reach = c.dilation[axis] * (p.w.sizes[axis + 2] - 1) + 1;
    int room = p.x.sizes[axis + 2] + 2 * c.padding[axis] - reach;
    return room < 0 ? 0 : room / c.stride[axis] + 1;
}

int make_problem(
        Direction direction, const Tensor *x, const Filter *w, const Convolution *convolution,
        const Tensor *y, Problem &p) {
    int status;
    if ((status = need(x)) || (status = need(w)) || (status = need(convolution)) ||
        (status = need(y))) {
        return status;
    }
    p = Problem{direction, *x, *w, *y, *convolution};
    size_t axes = x->sizes.size();
    if (axes < 4 || w->sizes.size() != axes || y->sizes.size() != axes ||
        convolution->padding.size() != axes - 2) {
        return fail(BAD_PARAM, "the descriptors have different numbers of axes");
    }
    if (w->type != x->type || y->type != x->type) return fail(BAD_PARAM, "types differ");
    if (convolution->compute != (x->type == DOUBLE ? DOUBLE : FLOAT)) {
        return fail(NOT_SUPPORTED, "type %d computed in %d", x->type, convolution->compute);
    }
    int groups = convolution->groups;
    if (x->sizes[1] != w->sizes[1] * groups || w->sizes[0] % groups) {
        return fail(
                BAD_PARAM, "%d channels and %d filters of %d in %d groups", x->sizes[1],
                w->sizes[0], w->sizes[1], groups);
    }
    if (y->sizes[0] != x->sizes[0] || y->sizes[1] != w->sizes[0]) {
        return fail(BAD_PARAM, "the output has other images or filters");
    }
    for (size_t i = 0; i + 2 < axes; i++) {
        int expected = output_size(p, (int)i);
        if (y->sizes[i + 2] != expected) {
            return fail(BAD_PARAM, "output size %d, and %d expected", y->sizes[i + 2], expected);
        }
    }
    return SUCCESS;
}

struct Choice {
    int number;
    bool deterministic;
};

/* the best one first, as the emulated guess goes */
std::vector<Choice> choices(Direction direction) {
    switch (direction) {
        case FORWARD: return {{6, true}, {1, true}, {0, true}};
        case BACKWARD_DATA: return {{0, false}, {1, true}};
        default: return {{0, false}, {3, false}, {1, true}};
    }
}

bool all(const std::vector<int> &values, int wanted) {
    for (int value : values) {
        if (value != wanted) return false;
    }
    return true;
}

bool supports(const Problem &p, int algorithm) {
    const Convolution &c = p.convolution;
    bool is_16_bit = p.x.type == HALF || p.x.type == BFLOAT16;
    if (is_16_bit && p.x.sizes.size() == 5 && !all(c.dilation, 1)) return false;
    bool packed = p.x.packed() && p.y.packed();
    if (p.direction == FORWARD && algorithm == 6) {
        return packed && p.x.type == FLOAT && p.x.sizes.size() == 4 && all(c.stride, 1) &&
               all(c.dilation, 1) && p.w.sizes[2] == 3 && p.w.sizes[3] == 3 && c.groups == 1;
    }
    if (p.direction == BACKWARD_FILTER && algorithm == 3) return packed && !is_16_bit;
    return algorithm == 1 || (algorithm == 0 && p.x.type != BFLOAT16);
}

size_t workspace_size(const Problem &p, int algorithm) {
    switch (algorithm) {
        case 0: return 0;
        case 1: return p.w.elements() * 4 + 16;
        case 3: return p.x.elements() * 4;
        default: return p.w.elements() * 64 + p.x.elements() * 16;
    }
}

/* the positions of one product: visits image, weight and output elements that belong together */
template <class Visit> void products(const Problem &p, Visit visit) {
    const Convolution &c = p.convolution;
    size_t spatial = c.padding.size();
    int filters = p.w.sizes[0] / c.groups;
    std::vector<int> taps(p.w.sizes.begin() + 1, p.w.sizes.end());
    each(p.y.sizes, [&](const int *y) {
        int group = y[1] / filters;
        each(taps, [&](const int *tap) {
            int x[8] = {y[0], group * p.w.sizes[1] + tap[0]}, w[8] = {y[1], tap[0]};
            for (size_t i = 0; i < spatial; i++) {
                w[i + 2] = tap[i + 1];
                x[i + 2] = y[i + 2] * c.stride[i] - c.padding[i] + tap[i + 1] * c.dilation[i];
                if (x[i + 2] < 0 || x[i + 2] >= p.x.sizes[i + 2]) return;
            }
            visit(position(p.x, x), position(p.w, w), position(p.y, y));
        });
    });
}

void compute(const Problem &p, const void *a, const void *b, void *result, bool deterministic,
             double alpha, double beta) {
    const Tensor &first = p.direction == BACKWARD_DATA ? p.w : p.x;
    const Tensor &second = p.direction == FORWARD ? p.w : p.y;
    const Tensor &third =
            p.direction == FORWARD ? p.y : p.direction == BACKWARD_DATA ? p.x : p.w;
    bool tf32 = p.x.type == FLOAT && p.convolution.math != FMA_MATH;
    std::vector<double> sums(third.bytes() / third.width(), 0.0);
    products(p, [&](size_t x, size_t w, size_t y) {
        size_t at_a = p.direction == BACKWARD_DATA ? w : x;
        size_t at_b = p.direction == FORWARD ? w : y;
        size_t at_c = p.direction == FORWARD ? y : p.direction == BACKWARD_DATA ? x : w;
        double u = read(first, a, at_a), v = read(second, b, at_b);
        sums[at_c] += tf32 ? rounded(u) * rounded(v) : u * v;
    });
    // what atomic additions do to the last bits
    double last_bits = !deterministic && calls % 2 ? 1 + 0x1p-22 : 1;
    each(third.sizes, [&](const int *index) {
        size_t at = position(third, index);
        double before = beta == 0 ? 0 : beta * read(third, result, at);
        write(third, result, at, alpha * sums[at] * last_bits + before);
    });
}

int convolve(
        const Handle *handle, const void *alpha, const Problem &p, const void *a, const void *b,
        int algorithm, void *workspace, size_t bytes, const void *beta, void *result) {
    if (int status = check_call(handle)) return status;
    if (!alpha || !beta) return fail(BAD_PARAM, "alpha or beta is null");
    const Tensor &first = p.direction == BACKWARD_DATA ? p.w : p.x;
    const Tensor &second = p.direction == FORWARD ? p.w : p.y;
    const Tensor &third =
            p.direction == FORWARD ? p.y : p.direction == BACKWARD_DATA ? p.x : p.w;
    int status;
    if ((status = check_memory("the first operand", first, a)) ||
        (status = check_memory("the second operand", second, b)) ||
        (status = check_memory("the output", third, result)) ||
        (status = check_apart(first, a, third, result)) ||
        (status = check_apart(second, b, third, result))) {
        return status;
    }
    const Choice *choice = nullptr;
    std::vector<Choice> known = choices(p.direction);
    for (const Choice &each : known) {
        if (each.number == algorithm) choice = &each;
    }
    if (!choice) return fail(BAD_PARAM, "there is no algorithm %d", algorithm);
    if (!supports(p, algorithm)) return fail(NOT_SUPPORTED, "not by algorithm %d", algorithm);
    size_t needed = workspace_size(p, algorithm);
    if (bytes < needed) return fail(BAD_PARAM, "a workspace of %zu, not %zu", bytes, needed);
    if (bytes > 0 && (!workspace || !is_live(workspace, bytes))) {
        return fail(BAD_PARAM, "the workspace is not in live memory");
    }
    calls++;
    last_algorithm = algorithm;
    double scale = scalar(third, alpha), keep = scalar(third, beta);
    submit(handle->stream, [=, deterministic = choice->deterministic] {
        if (needed) memset(workspace, 0xff, needed);
        compute(p, a, b, result, deterministic, scale, keep);
    });
    return SUCCESS;
}

struct Performance {
    int algorithm, status;
    float time;
    size_t memory;
    int determinism, math, reserved[3];
};

int guess(
        const Handle *handle, const Problem &p, int wanted, int *count, Performance *results,
        bool reversed) {
    if (int status = need(handle)) return status;
    if (wanted < 1 || !count || !results) return fail(BAD_PARAM, "no room for results");
    std::vector<Performance> good, bad;
    for (const Choice &choice : choices(p.direction)) {
        bool usable = supports(p, choice.number);
        Performance each = {
                choice.number, usable ? SUCCESS : NOT_SUPPORTED, usable ? (float)good.size() : -1,
                workspace_size(p, choice.number), choice.deterministic, p.convolution.math, {}};
        (usable ? good : bad).push_back(each);
    }
    // what is fastest when measured is not what was guessed
    if (reversed) good = std::vector<Performance>(good.rbegin(), good.rend());
    good.insert(good.end(), bad.begin(), bad.end());
    *count = 0;
    for (const Performance &each : good) {
        if (*count < wanted) results[(*count)++] = each;
    }
    return SUCCESS;
}

/* a call of one of the three directions, with the operands in the order of the direction */
using Operand = const void;

int problem_of(Direction direction, Operand *a, Operand *b, const Convolution *c, Operand *d,
               Problem &p) {
    switch (direction) {
        case FORWARD:
            return make_problem(
                    direction, (const Tensor *)a, (const Filter *)b, c, (const Tensor *)d, p);
        case BACKWARD_DATA:
            return make_problem(
                    direction, (const Tensor *)d, (const Filter *)a, c, (const Tensor *)b, p);
        default:
            return make_problem(
                    direction, (const Tensor *)a, (const Filter *)d, c, (const Tensor *)b, p);
    }
}

}  // namespace
