/* What all functions of the emulated cuDNN share: descriptors, numbers and checks. */
#pragma once

#include <dlfcn.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#ifndef CUDNN_MAJOR
#define CUDNN_MAJOR 9
#endif

namespace {

#if CUDNN_MAJOR == 9
constexpr size_t VERSION = 99900;
enum { SUCCESS, NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000, FAILED = 5000 };
#else
constexpr size_t VERSION = 8990;
enum { SUCCESS, NOT_INITIALIZED = 1, BAD_PARAM = 3, NOT_SUPPORTED = 9, FAILED = 8 };
#endif
enum { FLOAT = 0, DOUBLE = 1, HALF = 2, BFLOAT16 = 9 };
enum { FMA_MATH = 3, CROSS_CORRELATION = 1, NCHW = 0, SPATIAL = 1 };
enum { INCLUDE_PADDING = 1, EXCLUDE_PADDING = 2 };
enum Direction { FORWARD, BACKWARD_DATA, BACKWARD_FILTER };

std::mutex lock;
thread_local std::string last_error;
int calls, guesses, measurements, last_algorithm = -1, next_status = SUCCESS;

__attribute__((format(printf, 2, 3))) int fail(int status, const char *format, ...) {
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    last_error = text;
    return status;
}

/* the emulated driver, which is loaded already */
template <class F> F *driver(const char *name) {
    static void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    return (F *)(library ? dlsym(library, name) : nullptr);
}

bool is_live(const void *address, size_t bytes) {
    static auto *contains = driver<int(uintptr_t, size_t)>("emulator_contains");
    return contains && contains((uintptr_t)address, bytes);
}

void submit(void *stream, std::function<void()> work) {
    static auto *to_driver =
            driver<void(void *, void (*)(void *), void (*)(void *), void *)>("emulator_submit");
    using Work = std::function<void()>;
    to_driver(
            stream, [](void *w) { (*(Work *)w)(); }, [](void *w) { delete (Work *)w; },
            new Work(std::move(work)));
}

// ---- descriptors

struct Tensor {
    static constexpr const char *NAME = "tensor descriptor";
    int type = -1;
    std::vector<int> sizes, strides;
    size_t width() const { return type == DOUBLE ? 8 : type == FLOAT ? 4 : 2; }
    size_t elements() const {
        size_t count = 1;
        for (int size : sizes) count *= (size_t)size;
        return count;
    }
    size_t bytes() const {
        size_t last = 0;
        for (size_t i = 0; i < sizes.size(); i++) last += (size_t)(sizes[i] - 1) * strides[i];
        return (last + 1) * width();
    }
    bool packed() const {
        size_t expected = 1;
        for (size_t i = sizes.size(); i-- > 0; expected *= sizes[i]) {
            if ((size_t)strides[i] != expected) return false;
        }
        return true;
    }
};
struct Filter : Tensor {
    static constexpr const char *NAME = "filter descriptor";
};
struct Convolution {
    static constexpr const char *NAME = "convolution descriptor";
    std::vector<int> padding, stride, dilation;
    int compute = -1, groups = 1, math = 0;
};
struct Pooling {
    static constexpr const char *NAME = "pooling descriptor";
    int mode = -1;
    std::vector<int> kernel, padding, stride;
};
struct Handle {
    static constexpr const char *NAME = "handle";
    void *stream = nullptr;
};

std::map<const void *, const char *> live;

template <class T> int create(T **result) {
    std::lock_guard<std::mutex> held(lock);
    if (!result) return fail(BAD_PARAM, "nowhere to put a %s", T::NAME);
    *result = new T;
    live[*result] = T::NAME;
    return SUCCESS;
}
template <class T> bool is(const T *object) {
    auto found = live.find(object);
    return found != live.end() && found->second == T::NAME;
}
template <class T> int destroy(T *object) {
    std::lock_guard<std::mutex> held(lock);
    if (!is(object)) return fail(BAD_PARAM, "no live %s is destroyed", T::NAME);
    live.erase(object);
    delete object;
    return SUCCESS;
}
template <class T> int need(const T *object) {
    return is(object) ? SUCCESS : fail(BAD_PARAM, "this is no live %s", T::NAME);
}

int check_type(int type) {
    return type == FLOAT || type == DOUBLE || type == HALF || type == BFLOAT16
                   ? SUCCESS
                   : fail(NOT_SUPPORTED, "the data type %d", type);
}

// ---- numbers

template <class To, class From> To bits(From from) {
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}

double read(const Tensor &t, const void *data, size_t at) {
    switch (t.type) {
        case DOUBLE: return ((const double *)data)[at];
        case FLOAT: return ((const float *)data)[at];
        case HALF: return (double)((const _Float16 *)data)[at];
        default: return bits<float>((uint32_t)((const uint16_t *)data)[at] << 16);
    }
}

void write(const Tensor &t, void *data, size_t at, double value) {
    switch (t.type) {
        case DOUBLE: ((double *)data)[at] = value; break;
        case FLOAT: ((float *)data)[at] = (float)value; break;
        case HALF: ((_Float16 *)data)[at] = (_Float16)(float)value; break;
        default: {
            uint32_t word = bits<uint32_t>((float)value);
            bool is_nan = value != value;
            word += is_nan ? 0 : 0x7fff + (word >> 16 & 1);
            ((uint16_t *)data)[at] = (uint16_t)(word >> 16);
        }
    }
}

/* a factor as tensor cores take it in TF32: ten bits after the point */
double rounded(double x) {
    uint32_t word = bits<uint32_t>((float)x);
    word += 0xfff + (word >> 13 & 1);
    return bits<float>(word & ~0x1fffu);
}

/* alpha and beta are double for double tensors, else float */
double scalar(const Tensor &t, const void *value) {
    return t.type == DOUBLE ? *(const double *)value : *(const float *)value;
}

size_t position(const Tensor &t, const int *index) {
    size_t at = 0;
    for (size_t i = 0; i < t.sizes.size(); i++) at += (size_t)index[i] * t.strides[i];
    return at;
}

/* calls with each index below the sizes */
void each(const std::vector<int> &sizes, const std::function<void(const int *)> &visit) {
    std::vector<int> index(sizes.size(), 0);
    while (true) {
        visit(index.data());
        size_t axis = sizes.size();
        while (axis > 0 && ++index[axis - 1] == sizes[axis - 1]) index[--axis] = 0;
        if (axis == 0) return;
    }
}

// ---- what every computing call checks

int check_call(const Handle *handle) {
    if (int status = need(handle)) return status;
    if (!handle->stream) return fail(BAD_PARAM, "the handle has no stream");
    static auto *usable = driver<int()>("emulator_usable");
    if (!usable || usable()) return fail(FAILED, "the driver is not usable from this thread");
    int status = next_status;
    next_status = SUCCESS;
    return status ? fail(status, "this failure was planted") : SUCCESS;
}

int check_memory(const char *name, const Tensor &t, const void *data) {
    if (!data) return fail(BAD_PARAM, "%s is null", name);
    if ((uintptr_t)data % 16) return fail(BAD_PARAM, "%s is not aligned to 16 bytes", name);
    return is_live(data, t.bytes()) ? SUCCESS
                                    : fail(BAD_PARAM, "%s is not in live memory", name);
}

int check_apart(const Tensor &in, const void *input, const Tensor &out, const void *output) {
    const char *a = (const char *)input, *b = (const char *)output;
    return a < b + out.bytes() && b < a + in.bytes()
                   ? fail(BAD_PARAM, "the output overlaps an input")
                   : SUCCESS;
}

int numbers(const int *values, int count, int least, std::vector<int> &result) {
    if (!values) return fail(BAD_PARAM, "an array is null");
    result.assign(values, values + count);
    for (int value : result) {
        if (value < least) return fail(BAD_PARAM, "%d where %d is the least", value, least);
    }
    return SUCCESS;
}

}  // namespace
