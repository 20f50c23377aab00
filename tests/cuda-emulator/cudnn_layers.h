/* The emulated cuDNN's layers that have no algorithms to choose from. */
#pragma once

#include "cudnn.h"

namespace {

int check_channels(
        const Tensor *x, const Tensor *parameters, std::initializer_list<const void *> images,
        std::initializer_list<const void *> vectors) {
    if (x->type != FLOAT || parameters->type != FLOAT) return fail(NOT_SUPPORTED, "the types");
    if (!x->packed()) return fail(NOT_SUPPORTED, "gaps between elements");
    for (size_t i = 0; i < x->sizes.size(); i++) {
        if (parameters->sizes[i] != (i == 1 ? x->sizes[1] : 1)) {
            return fail(BAD_PARAM, "parameters of another size than the channels");
        }
    }
    int status;
    for (const void *image : images) {
        if ((status = check_memory("an image", *x, image))) return status;
    }
    for (const void *vector : vectors) {
        if ((status = check_memory("a parameter", *parameters, vector))) return status;
    }
    return SUCCESS;
}

/* visits the positions of one channel */
template <class Visit> void channel(const Tensor &x, int c, Visit visit) {
    size_t inner = x.elements() / x.sizes[0] / x.sizes[1];
    for (int n = 0; n < x.sizes[0]; n++) {
        for (size_t i = 0; i < inner; i++) visit(((size_t)n * x.sizes[1] + c) * inner + i);
    }
}

}  // namespace

extern "C" {

int cudnnAddTensor(
        Handle *handle, const void *alpha, Tensor *from, const void *a, const void *beta,
        Tensor *to, void *c) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = check_call(handle)) || (status = need(from)) || (status = need(to)) ||
        (status = check_memory("what is added", *from, a)) ||
        (status = check_memory("the sum", *to, c))) {
        return status;
    }
    if (from->type != to->type || from->sizes.size() != to->sizes.size()) {
        return fail(BAD_PARAM, "types or axes differ");
    }
    for (size_t i = 0; i < to->sizes.size(); i++) {
        if (from->sizes[i] != 1 && from->sizes[i] != to->sizes[i]) {
            return fail(BAD_PARAM, "%d is added to %d", from->sizes[i], to->sizes[i]);
        }
    }
    calls++;
    Tensor x = *from, y = *to;
    double scale = scalar(y, alpha), keep = scalar(y, beta);
    submit(handle->stream, [=] {
        each(y.sizes, [&](const int *index) {
            int source[8];
            for (size_t i = 0; i < x.sizes.size(); i++) {
                source[i] = x.sizes[i] == 1 ? 0 : index[i];
            }
            size_t at = position(y, index);
            write(y, c, at, scale * read(x, a, position(x, source)) + keep * read(y, c, at));
        });
    });
    return SUCCESS;
}

int cudnnCreatePoolingDescriptor(Pooling **result) { return create(result); }
int cudnnDestroyPoolingDescriptor(Pooling *descriptor) { return destroy(descriptor); }
int cudnnSetPoolingNdDescriptor(
        Pooling *descriptor, int mode, int, int axes, const int *kernel, const int *padding,
        const int *stride) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(descriptor))) return status;
    if (mode != INCLUDE_PADDING && mode != EXCLUDE_PADDING) {
        return fail(BAD_PARAM, "the mode %d", mode);
    }
    if (axes < 2 || axes > 3) return fail(NOT_SUPPORTED, "%d spatial axes", axes);
    descriptor->mode = mode;
    if ((status = numbers(kernel, axes, 1, descriptor->kernel)) ||
        (status = numbers(padding, axes, 0, descriptor->padding))) {
        return status;
    }
    return numbers(stride, axes, 1, descriptor->stride);
}

int cudnnPoolingForward(
        Handle *handle, Pooling *descriptor, const void *alpha, Tensor *from, const void *image,
        const void *beta, Tensor *to, void *output) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = check_call(handle)) || (status = need(descriptor)) || (status = need(from)) ||
        (status = need(to)) || (status = check_memory("the image", *from, image)) ||
        (status = check_memory("the output", *to, output)) ||
        (status = check_apart(*from, image, *to, output))) {
        return status;
    }
    Pooling p = *descriptor;
    Tensor x = *from, y = *to;
    if (x.type == BFLOAT16) return fail(NOT_SUPPORTED, "the data type");
    if (y.type != x.type || x.sizes.size() != p.kernel.size() + 2 ||
        y.sizes.size() != x.sizes.size() || y.sizes[0] != x.sizes[0] ||
        y.sizes[1] != x.sizes[1]) {
        return fail(BAD_PARAM, "the descriptors do not fit");
    }
    for (size_t i = 0; i < p.kernel.size(); i++) {
        int room = x.sizes[i + 2] + 2 * p.padding[i] - p.kernel[i];
        if (room < 0 || y.sizes[i + 2] != room / p.stride[i] + 1) {
            return fail(BAD_PARAM, "an output size of %d", y.sizes[i + 2]);
        }
        if (p.padding[i] >= p.kernel[i]) return fail(BAD_PARAM, "windows of padding alone");
    }
    if (scalar(y, alpha) != 1 || scalar(y, beta) != 0) return fail(BAD_PARAM, "scaled");
    calls++;
    submit(handle->stream, [=] {
        each(y.sizes, [&](const int *index) {
            double sum = 0;
            int inside = 0, taps = 0;
            each(p.kernel, [&](const int *tap) {
                int at[8] = {index[0], index[1]};
                taps++;
                for (size_t i = 0; i < p.kernel.size(); i++) {
                    at[i + 2] = index[i + 2] * p.stride[i] - p.padding[i] + tap[i];
                    if (at[i + 2] < 0 || at[i + 2] >= x.sizes[i + 2]) return;
                }
                inside++;
                sum += read(x, image, position(x, at));
            });
            int count = p.mode == INCLUDE_PADDING ? taps : inside;
            write(y, output, position(y, index), sum / count);
        });
    });
    return SUCCESS;
}

int cudnnBatchNormalizationForwardTraining(
        Handle *handle, int mode, const void *alpha, const void *beta, Tensor *from,
        const float *x, Tensor *to, float *y, Tensor *parameters, const float *scale,
        const float *bias, double, void *running_mean, void *running_variance, double epsilon,
        float *mean, float *inverse) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = check_call(handle)) || (status = need(from)) || (status = need(to)) ||
        (status = need(parameters)) ||
        (status = check_channels(from, parameters, {x, y}, {scale, bias, mean, inverse})) ||
        (status = check_apart(*from, x, *to, y))) {
        return status;
    }
    if (mode != SPATIAL) return fail(NOT_SUPPORTED, "the mode %d", mode);
    if (to->sizes != from->sizes || to->strides != from->strides) {
        return fail(BAD_PARAM, "input and output differ");
    }
    if (running_mean || running_variance) return fail(BAD_PARAM, "running statistics");
    if (epsilon < 0) return fail(BAD_PARAM, "an epsilon of %g", epsilon);
    if (*(const float *)alpha != 1 || *(const float *)beta != 0) return fail(BAD_PARAM, "scaled");
    calls++;
    Tensor t = *from;
    submit(handle->stream, [=] {
        double count = (double)(t.elements() / t.sizes[1]);
        for (int c = 0; c < t.sizes[1]; c++) {
            double sum = 0, squares = 0;
            channel(t, c, [&](size_t i) { sum += x[i]; });
            double m = sum / count;
            channel(t, c, [&](size_t i) { squares += (x[i] - m) * (x[i] - m); });
            double r = 1 / sqrt(squares / count + epsilon);
            channel(t, c, [&](size_t i) { y[i] = (float)((x[i] - m) * r * scale[c] + bias[c]); });
            mean[c] = (float)m;
            inverse[c] = (float)r;
        }
    });
    return SUCCESS;
}

int cudnnBatchNormalizationBackward(
        Handle *handle, int mode, const void *alpha, const void *beta, const void *alpha_sums,
        const void *beta_sums, Tensor *from, const float *x, Tensor *gradient, const float *dy,
        Tensor *to, float *dx, Tensor *parameters, const float *scale, float *dscale, float *dbias,
        double epsilon, const float *mean, const float *inverse) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = check_call(handle)) || (status = need(from)) || (status = need(gradient)) ||
        (status = need(to)) || (status = need(parameters)) ||
        (status = check_channels(
                 from, parameters, {x, dy, dx}, {scale, dscale, dbias, mean, inverse})) ||
        (status = check_apart(*from, x, *to, dx))) {
        return status;
    }
    if (mode != SPATIAL) return fail(NOT_SUPPORTED, "the mode %d", mode);
    if (gradient->sizes != from->sizes || to->sizes != from->sizes) {
        return fail(BAD_PARAM, "input and gradients differ");
    }
    if (epsilon < 0) return fail(BAD_PARAM, "an epsilon of %g", epsilon);
    if (*(const float *)alpha != 1 || *(const float *)beta != 0 ||
        *(const float *)alpha_sums != 1 || *(const float *)beta_sums != 0) {
        return fail(BAD_PARAM, "scaled");
    }
    calls++;
    Tensor t = *from;
    submit(handle->stream, [=] {
        double count = (double)(t.elements() / t.sizes[1]);
        for (int c = 0; c < t.sizes[1]; c++) {
            double m = mean[c], r = inverse[c], sum = 0, products = 0;
            channel(t, c, [&](size_t i) {
                sum += dy[i];
                products += dy[i] * (x[i] - m) * r;
            });
            channel(t, c, [&](size_t i) {
                double normal = (x[i] - m) * r;
                dx[i] = (float)(scale[c] * r * (dy[i] - sum / count - normal * products / count));
            });
            dscale[c] = (float)products;
            dbias[c] = (float)sum;
        }
    });
    return SUCCESS;
}
}
