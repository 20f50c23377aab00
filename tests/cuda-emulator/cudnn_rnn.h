/* The functions of the emulated cuDNN for recurrent layers. */
#pragma once

#include "cudnn_rnn_cells.h"

namespace {

int check_place(const char *name, const void *data, size_t bytes, size_t alignment) {
    if (bytes == 0) return SUCCESS;
    if (!data) return fail(BAD_PARAM, "%s is null", name);
    if ((uintptr_t)data % alignment) return fail(BAD_PARAM, "%s is not aligned", name);
    return is_live(data, bytes) ? SUCCESS : fail(BAD_PARAM, "%s is not in live memory", name);
}

int run_of(
        const Handle *handle, const Rnn *r, const void *lengths, const RnnData *x,
        const RnnData *y, const Tensor *h, size_t weights, size_t work, size_t reserve,
        Run &run) {
    int status;
    if ((status = check_call(handle)) || (status = need(r)) || (status = need(x)) ||
        (status = need(y)) || (status = need(h))) {
        return status;
    }
    if (lengths) return fail(BAD_PARAM, "lengths on the device, which are no more asked for");
    if (x->type != r->type || y->type != r->type || h->type != r->type) {
        return fail(BAD_PARAM, "types differ");
    }
    if (x->steps != y->steps || x->batch != y->batch || x->lengths != y->lengths ||
        x->width != r->inputs || y->width != r->directions * r->hidden) {
        return fail(BAD_PARAM, "input and output do not fit");
    }
    for (int length : x->lengths) {
        if (length != x->steps) return fail(NOT_SUPPORTED, "sequences of several lengths");
    }
    if (h->sizes.size() < 3 || h->sizes[0] != r->directions || h->sizes[1] != x->batch ||
        h->sizes[2] != r->hidden || h->elements() != (size_t)r->directions * x->batch * r->hidden ||
        !h->packed()) {
        return fail(BAD_PARAM, "states of another shape");
    }
    run = Run{*r, x->steps, x->batch};
    if (weights != r->weights() * r->element().width()) {
        return fail(BAD_PARAM, "%zu bytes of weights", weights);
    }
    if (work != run.cells() * 8) return fail(BAD_PARAM, "a workspace of %zu bytes", work);
    if (reserve && reserve != run.reserve_bytes()) {
        return fail(BAD_PARAM, "a reserve space of %zu bytes", reserve);
    }
    return SUCCESS;
}

}  // namespace

extern "C" {

int cudnnCreateDropoutDescriptor(Dropout **result) { return create(result); }
int cudnnDestroyDropoutDescriptor(Dropout *descriptor) { return destroy(descriptor); }
int cudnnSetDropoutDescriptor(
        Dropout *descriptor, Handle *handle, float dropout, void *states, size_t bytes,
        unsigned long long) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(descriptor)) || (status = need(handle))) return status;
    if (dropout != 0 || states || bytes) return fail(NOT_SUPPORTED, "dropout");
    descriptor->set = true;
    return SUCCESS;
}

int cudnnCreateRNNDescriptor(Rnn **result) { return create(result); }
int cudnnDestroyRNNDescriptor(Rnn *descriptor) { return destroy(descriptor); }
int cudnnSetRNNDescriptor_v8(
        Rnn *r, int algorithm, int mode, int bias, int direction, int input_mode, int type,
        int math_precision, int math, int inputs, int hidden, int projection, int layers,
        Dropout *dropout, unsigned flags) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(r)) || (status = need(dropout)) || (status = check_type(type))) {
        return status;
    }
    if (!dropout->set) return fail(BAD_PARAM, "a dropout descriptor that was not set");
    if (algorithm != 0) return fail(NOT_SUPPORTED, "the algorithm %d", algorithm);
    if (mode < RNN_RELU || mode > RNN_GRU) return fail(BAD_PARAM, "the mode %d", mode);
    if (bias != NO_BIAS && bias != DOUBLE_BIAS) return fail(NOT_SUPPORTED, "the biases %d", bias);
    if (direction < 0 || direction > 1) return fail(BAD_PARAM, "the direction %d", direction);
    if (input_mode != 0) return fail(NOT_SUPPORTED, "input that is not multiplied");
    if (math_precision != FLOAT) return fail(BAD_PARAM, "the precision %d", math_precision);
    if (math < 0 || math > FMA_MATH) return fail(BAD_PARAM, "the math type %d", math);
    if (math == FMA_MATH && type != FLOAT) return fail(BAD_PARAM, "no tensor cores for 16 bits");
    if (inputs < 1 || hidden < 1) return fail(BAD_PARAM, "%d to %d", inputs, hidden);
    if (projection != hidden) return fail(NOT_SUPPORTED, "a projection to %d", projection);
    if (layers != 1) return fail(NOT_SUPPORTED, "%d layers", layers);
    if (flags != 1) return fail(BAD_PARAM, "padded sequences, which have to be allowed");
    *r = Rnn{mode, bias, direction + 1, type, math, inputs, hidden};
    return SUCCESS;
}

int cudnnCreateRNNDataDescriptor(RnnData **result) { return create(result); }
int cudnnDestroyRNNDataDescriptor(RnnData *descriptor) { return destroy(descriptor); }
int cudnnSetRNNDataDescriptor(
        RnnData *d, int type, int layout, int steps, int batch, int width, const int *lengths,
        void *padding) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(d)) || (status = check_type(type))) return status;
    if (layout != 0) return fail(NOT_SUPPORTED, "the layout %d", layout);
    if (steps < 1 || batch < 1 || width < 1) return fail(BAD_PARAM, "nothing to compute");
    if (padding) return fail(NOT_SUPPORTED, "something to pad with");
    d->type = type, d->steps = steps, d->batch = batch, d->width = width;
    return numbers(lengths, batch, 1, d->lengths);
}

int cudnnGetRNNWeightSpaceSize(Handle *handle, Rnn *r, size_t *bytes) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(handle)) || (status = need(r))) return status;
    *bytes = r->weights() * r->element().width();
    return SUCCESS;
}

int cudnnGetRNNTempSpaceSizes(
        Handle *handle, Rnn *r, int mode, RnnData *x, size_t *work, size_t *reserve) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(handle)) || (status = need(r)) || (status = need(x))) return status;
    Run run{*r, x->steps, x->batch};
    *work = run.cells() * 8;
    if (reserve) *reserve = mode == TRAINING ? run.reserve_bytes() : 0;
    return SUCCESS;
}

int cudnnGetRNNWeightParams(
        Handle *handle, Rnn *r, int layer, size_t bytes, const void *weights, int product,
        Tensor *matrix, void **matrix_at, Tensor *bias, void **bias_at) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(handle)) || (status = need(r)) || (status = need(matrix)) ||
        (status = need(bias))) {
        return status;
    }
    const size_t width = r->element().width();
    if (bytes != r->weights() * width || !weights) return fail(BAD_PARAM, "the weights");
    if (layer < 0 || layer >= r->directions) return fail(BAD_PARAM, "the layer %d", layer);
    if (product < 0 || product >= 2 * r->gates()) return fail(BAD_PARAM, "product %d", product);
    *matrix_at = (char *)weights + r->matrix(layer, product) * width;
    *bias_at = r->bias == NO_BIAS ? nullptr
                                  : (char *)weights + r->vector(layer, product) * width;
    return SUCCESS;
}

int cudnnRNNForward(
        Handle *handle, Rnn *r, int mode, const int32_t *lengths, RnnData *x_of, const void *x,
        RnnData *y_of, void *y, Tensor *h_of, const void *hx, void *hy, Tensor *c_of,
        const void *cx, void *cy, size_t weight_bytes, const void *w, size_t work_bytes,
        void *work, size_t reserve_bytes, void *reserve) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    Run run{};
    if ((status = run_of(handle, r, lengths, x_of, y_of, h_of, weight_bytes, work_bytes,
                         reserve_bytes, run))) {
        return status;
    }
    if ((mode == TRAINING) != (reserve != nullptr) || (mode == TRAINING) != (reserve_bytes > 0)) {
        return fail(BAD_PARAM, "a reserve space is for training, and only for that");
    }
    if (r->mode == RNN_LSTM ? c_of != h_of || !cx || !cy : c_of || cx || cy) {
        return fail(BAD_PARAM, "states of cells");
    }
    const size_t width = r->element().width(), states = h_of->elements() * width;
    if ((status = check_place("x", x, x_of->elements() * width, width)) ||
        (status = check_place("y", y, y_of->elements() * width, width)) ||
        (status = check_place("hx", hx, states, width)) ||
        (status = check_place("hy", hy, states, width)) ||
        (status = check_place("cx", cx, cx ? states : 0, width)) ||
        (status = check_place("cy", cy, cy ? states : 0, width)) ||
        (status = check_place("the weights", w, weight_bytes, 16)) ||
        (status = check_place("the workspace", work, work_bytes, 16)) ||
        (status = check_place("the reserve space", reserve, reserve_bytes, 16))) {
        return status;
    }
    calls++;
    submit(handle->stream, [=] {
        memset(work, 255, work_bytes);
        run_forward(run, w, x, y, hx, hy, cx, cy, reserve);
    });
    return SUCCESS;
}

int cudnnRNNBackwardData_v8(
        Handle *handle, Rnn *r, const int32_t *lengths, RnnData *y_of, const void *y,
        const void *dy, RnnData *x_of, void *dx, Tensor *h_of, const void *hx, const void *dhy,
        void *dhx, Tensor *c_of, const void *cx, const void *dcy, void *dcx, size_t weight_bytes,
        const void *w, size_t work_bytes, void *work, size_t reserve_bytes, void *reserve) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    Run run{};
    if ((status = run_of(handle, r, lengths, x_of, y_of, h_of, weight_bytes, work_bytes,
                         reserve_bytes, run))) {
        return status;
    }
    if (r->mode == RNN_LSTM ? c_of != h_of || !cx || !dcy || !dcx : c_of || cx || dcy || dcx) {
        return fail(BAD_PARAM, "states of cells");
    }
    if (!reserve_bytes) return fail(BAD_PARAM, "no reserve space");
    const size_t width = r->element().width(), states = h_of->elements() * width;
    const size_t cells = cx ? states : 0;
    if ((status = check_place("y", y, y_of->elements() * width, width)) ||
        (status = check_place("dy", dy, y_of->elements() * width, width)) ||
        (status = check_place("dx", dx, x_of->elements() * width, width)) ||
        (status = check_place("hx", hx, states, width)) ||
        (status = check_place("dhy", dhy, states, width)) ||
        (status = check_place("dhx", dhx, states, width)) ||
        (status = check_place("cx", cx, cells, width)) ||
        (status = check_place("dcy", dcy, cells, width)) ||
        (status = check_place("dcx", dcx, cells, width)) ||
        (status = check_place("the weights", w, weight_bytes, 16)) ||
        (status = check_place("the workspace", work, work_bytes, 16)) ||
        (status = check_place("the reserve space", reserve, reserve_bytes, 16))) {
        return status;
    }
    calls++;
    submit(handle->stream, [=] {
        memset(work, 255, work_bytes);
        run_backward_data(run, w, y, dy, dx, hx, dhy, dhx, cx, dcy, dcx, reserve);
    });
    return SUCCESS;
}

int cudnnRNNBackwardWeights_v8(
        Handle *handle, Rnn *r, int add, const int32_t *lengths, RnnData *x_of, const void *x,
        Tensor *h_of, const void *hx, RnnData *y_of, const void *y, size_t weight_bytes, void *dw,
        size_t work_bytes, void *work, size_t reserve_bytes, void *reserve) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    Run run{};
    if ((status = run_of(handle, r, lengths, x_of, y_of, h_of, weight_bytes, work_bytes,
                         reserve_bytes, run))) {
        return status;
    }
    if (add != 0) return fail(NOT_SUPPORTED, "gradients that are not added");
    if (!reserve_bytes) return fail(BAD_PARAM, "no reserve space");
    const size_t width = r->element().width();
    if ((status = check_place("x", x, x_of->elements() * width, width)) ||
        (status = check_place("hx", hx, h_of->elements() * width, width)) ||
        (status = check_place("y", y, y_of->elements() * width, width)) ||
        (status = check_place("the gradient", dw, weight_bytes, 16)) ||
        (status = check_place("the workspace", work, work_bytes, 16)) ||
        (status = check_place("the reserve space", reserve, reserve_bytes, 16))) {
        return status;
    }
    calls++;
    submit(handle->stream, [=] {
        memset(work, 255, work_bytes);
        run_backward_weights(run, x, hx, y, dw, reserve);
    });
    return SUCCESS;
}
}
