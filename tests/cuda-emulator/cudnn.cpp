/*
 * An emulated cuDNN, as libcudnn.so.9 or, with -DCUDNN_MAJOR=8, as libcudnn.so.8: the functions of
 * the legacy interface that Gradus calls, computed by plain loops in double precision. It tells a
 * version that no cuDNN has, 9.99.0 or 8.9.90. It refuses what the real one refuses, and mistakes
 * that the real one would not see: descriptors that are gone, tensors that do not lie in live
 * memory or overlap, a workspace that is too small, a handle without a stream. Like the real one it
 * has algorithms that give other bits every time, and rounds F32 to TF32 unless told not to. Test
 * code only.
 */
#include "cudnn_convolution.h"
#include "cudnn_layers.h"
#include "cudnn_rnn.h"

extern "C" {

/* what tests ask: live objects, computing calls, guesses, measurements, the last algorithm; and how
 * they plant a failure */
int emulator_cudnn_objects() {
    std::lock_guard<std::mutex> held(lock);
    return (int)live.size();
}
int emulator_cudnn_calls() { return calls; }
int emulator_cudnn_guesses() { return guesses; }
int emulator_cudnn_measurements() { return measurements; }
int emulator_cudnn_last_algorithm() { return last_algorithm; }
void emulator_cudnn_fail_next(int status) { next_status = status; }

size_t cudnnGetVersion() { return VERSION; }

const char *cudnnGetErrorString(int status) {
    switch (status) {
        case SUCCESS: return "CUDNN_STATUS_SUCCESS";
        case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
        case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
        case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
        case FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
        default: return "CUDNN_STATUS_UNKNOWN";
    }
}

#if CUDNN_MAJOR == 9
void cudnnGetLastErrorString(char *message, size_t size) {
    snprintf(message, size, "%s", last_error.c_str());
}
#endif

int cudnnCreate(Handle **handle) {
    static auto *usable = driver<int()>("emulator_usable");
    if (!usable || usable()) return fail(NOT_INITIALIZED, "the driver is not usable");
    int status = next_status;
    next_status = SUCCESS;
    return status ? fail(status, "this failure was planted") : create(handle);
}
int cudnnDestroy(Handle *handle) { return destroy(handle); }
int cudnnSetStream(Handle *handle, void *stream) {
    std::lock_guard<std::mutex> held(lock);
    if (int status = need(handle)) return status;
    handle->stream = stream;
    return SUCCESS;
}

int cudnnCreateTensorDescriptor(Tensor **result) { return create(result); }
int cudnnDestroyTensorDescriptor(Tensor *descriptor) { return destroy(descriptor); }
int cudnnSetTensorNdDescriptor(
        Tensor *descriptor, int type, int axes, const int *sizes, const int *strides) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(descriptor)) || (status = check_type(type))) return status;
    if (axes < 4 || axes > 8) return fail(NOT_SUPPORTED, "a tensor with %d axes", axes);
    descriptor->type = type;
    if ((status = numbers(sizes, axes, 1, descriptor->sizes))) return status;
    return numbers(strides, axes, 1, descriptor->strides);
}

int cudnnCreateFilterDescriptor(Filter **result) { return create(result); }
int cudnnDestroyFilterDescriptor(Filter *descriptor) { return destroy(descriptor); }
int cudnnSetFilterNdDescriptor(
        Filter *descriptor, int type, int format, int axes, const int *sizes) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(descriptor)) || (status = check_type(type))) return status;
    if (format != NCHW) return fail(NOT_SUPPORTED, "the format %d", format);
    if (axes < 4 || axes > 8) return fail(NOT_SUPPORTED, "a filter with %d axes", axes);
    descriptor->type = type;
    if ((status = numbers(sizes, axes, 1, descriptor->sizes))) return status;
    descriptor->strides.assign((size_t)axes, 1);
    for (size_t i = (size_t)axes - 1; i > 0; i--) {
        descriptor->strides[i - 1] = descriptor->strides[i] * sizes[i];
    }
    return SUCCESS;
}

int cudnnCreateConvolutionDescriptor(Convolution **result) { return create(result); }
int cudnnDestroyConvolutionDescriptor(Convolution *descriptor) { return destroy(descriptor); }
int cudnnSetConvolutionNdDescriptor(
        Convolution *descriptor, int axes, const int *padding, const int *stride,
        const int *dilation, int mode, int compute) {
    std::lock_guard<std::mutex> held(lock);
    int status;
    if ((status = need(descriptor)) || (status = check_type(compute))) return status;
    if (mode != CROSS_CORRELATION) return fail(BAD_PARAM, "the kernel would be flipped");
    if (axes < 2 || axes > 3) return fail(NOT_SUPPORTED, "%d spatial axes", axes);
    descriptor->compute = compute;
    if ((status = numbers(padding, axes, 0, descriptor->padding)) ||
        (status = numbers(stride, axes, 1, descriptor->stride))) {
        return status;
    }
    return numbers(dilation, axes, 1, descriptor->dilation);
}
int cudnnSetConvolutionGroupCount(Convolution *descriptor, int groups) {
    std::lock_guard<std::mutex> held(lock);
    if (int status = need(descriptor)) return status;
    if (groups < 1) return fail(BAD_PARAM, "%d groups", groups);
    descriptor->groups = groups;
    return SUCCESS;
}
int cudnnSetConvolutionMathType(Convolution *descriptor, int math) {
    std::lock_guard<std::mutex> held(lock);
    if (int status = need(descriptor)) return status;
    if (math < 0 || math > FMA_MATH) return fail(BAD_PARAM, "the math type %d", math);
    descriptor->math = math;
    return SUCCESS;
}

#define DIRECTION(NAME, WHICH)                                                                     \
    int cudnnGetConvolution##NAME##Algorithm_v7(                                                   \
            Handle *handle, Operand *a, Operand *b, Convolution *c, Operand *d, int wanted,        \
            int *count, Performance *results) {                                                    \
        std::lock_guard<std::mutex> held(lock);                                                    \
        Problem p;                                                                                 \
        if (int status = problem_of(WHICH, a, b, c, d, p)) return status;                          \
        guesses++;                                                                                 \
        return guess(handle, p, wanted, count, results, false);                                    \
    }                                                                                              \
    int cudnnGetConvolution##NAME##WorkspaceSize(                                                  \
            Handle *handle, Operand *a, Operand *b, Convolution *c, Operand *d, int algorithm,     \
            size_t *bytes) {                                                                       \
        std::lock_guard<std::mutex> held(lock);                                                    \
        Problem p;                                                                                 \
        if (int status = need(handle)) return status;                                              \
        if (int status = problem_of(WHICH, a, b, c, d, p)) return status;                          \
        if (!supports(p, algorithm)) return fail(NOT_SUPPORTED, "not by %d", algorithm);           \
        *bytes = workspace_size(p, algorithm);                                                     \
        return SUCCESS;                                                                            \
    }                                                                                              \
    int cudnnFindConvolution##NAME##AlgorithmEx(                                                   \
            Handle *handle, Operand *a, const void *u, Operand *b, const void *v, Convolution *c,  \
            Operand *d, void *result, int wanted, int *count, Performance *results,                \
            void *workspace, size_t bytes) {                                                       \
        std::lock_guard<std::mutex> held(lock);                                                    \
        Problem p;                                                                                 \
        if (int status = problem_of(WHICH, a, b, c, d, p)) return status;                          \
        const double one = 1, zero = 0;                                                            \
        const float ones[2] = {1, 0};                                                              \
        bool wide = p.x.type == DOUBLE;                                                            \
        for (const Choice &choice : choices(WHICH)) {                                              \
            if (!supports(p, choice.number) || workspace_size(p, choice.number) > bytes) continue; \
            int status = convolve(                                                                 \
                    handle, wide ? (const void *)&one : ones, p, u, v, choice.number, workspace,   \
                    bytes, wide ? (const void *)&zero : ones + 1, result);                         \
            if (status) return status;                                                             \
        }                                                                                          \
        measurements++;                                                                            \
        return guess(handle, p, wanted, count, results, true);                                     \
    }                                                                                              \
    int cudnnConvolution##NAME(                                                                    \
            Handle *handle, const void *alpha, Operand *a, const void *u, Operand *b,              \
            const void *v, Convolution *c, int algorithm, void *workspace, size_t bytes,           \
            const void *beta, Operand *d, void *result) {                                          \
        std::lock_guard<std::mutex> held(lock);                                                    \
        Problem p;                                                                                 \
        if (int status = problem_of(WHICH, a, b, c, d, p)) return status;                          \
        return convolve(handle, alpha, p, u, v, algorithm, workspace, bytes, beta, result);        \
    }

DIRECTION(Forward, FORWARD)
DIRECTION(BackwardData, BACKWARD_DATA)
DIRECTION(BackwardFilter, BACKWARD_FILTER)
}
