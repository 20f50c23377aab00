/*
 * What the emulated cuBLAS and cublasLt share: checks of memory, and products of column-major
 * matrices by plain loops. Test code only.
 */
#ifndef EMULATED_BLAS
#define EMULATED_BLAS

#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace {

/* cublasStatus_t, cudaDataType, cublasComputeType_t and cublasOperation_t */
enum {
    SUCCESS = 0,
    NOT_INITIALIZED = 1,
    INVALID_VALUE = 7,
    EXECUTION_FAILED = 13,
    NOT_SUPPORTED = 15,
};
enum { R_32F = 0, R_64F = 1, R_16F = 2, R_16BF = 14 };
enum { COMPUTE_32F = 68, COMPUTE_64F = 70, COMPUTE_32F_FAST_TF32 = 77 };
enum { OP_N = 0, OP_T = 1 };

std::string last_error;
long products;
std::string planted_function;
int planted_status;

__attribute__((format(printf, 2, 3))) int fail(int status, const char *format, ...) {
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    last_error = text;
    return status;
}

/* a failure that a test asked for: the next call of a function gives it */
int planted(const char *function) {
    if (planted_function != function) return SUCCESS;
    planted_function.clear();
    return planted_status ? fail(planted_status, "%s: this failure was planted", function) : SUCCESS;
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

bool has_context() {
    static auto *usable = driver<int()>("emulator_usable");
    return usable && usable() == 0;
}

void submit(void *stream, std::function<void()> work) {
    static auto *to_driver =
            driver<void(void *, void (*)(void *), void (*)(void *), void *)>("emulator_submit");
    using Work = std::function<void()>;
    to_driver(
            stream, [](void *w) { (*(Work *)w)(); }, [](void *w) { delete (Work *)w; },
            new Work(std::move(work)));
}

size_t width(int type) { return type == R_64F ? 8 : type == R_32F ? 4 : 2; }
bool is_type(int type) {
    return type == R_32F || type == R_64F || type == R_16F || type == R_16BF;
}

double load(int type, const void *data, int64_t at) {
    switch (type) {
        case R_32F: return ((const float *)data)[at];
        case R_64F: return ((const double *)data)[at];
        case R_16F: return (double)((const _Float16 *)data)[at];
        default: {
            uint32_t bits = (uint32_t)((const uint16_t *)data)[at] << 16;
            float value;
            memcpy(&value, &bits, sizeof value);
            return value;
        }
    }
}

uint16_t to_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (value != value) return 0x7fc0;
    return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

void store(int type, void *data, int64_t at, double value) {
    switch (type) {
        case R_32F: ((float *)data)[at] = (float)value; break;
        case R_64F: ((double *)data)[at] = value; break;
        case R_16F: ((_Float16 *)data)[at] = (_Float16)(float)value; break;
        default: ((uint16_t *)data)[at] = to_bfloat16((float)value);
    }
}

double rounded(int type, double value) {
    double place;
    store(type, &place, 0, value);
    return load(type, &place, 0);
}

/* what tensor cores leave of a factor: 10 bits of fraction */
double to_tf32(double value) {
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    bits = (bits + 0x1000) & ~0x1fffu;
    memcpy(&narrow, &bits, sizeof bits);
    return narrow;
}

struct Matrix {
    int type = -1;
    int64_t rows = 0, columns = 0, leading = 0, stride = 0;
    int batch = 1;
    size_t bytes() const {
        int64_t last = (columns - 1) * leading + rows - 1 + (batch - 1) * (stride > 0 ? stride : 0);
        return ((size_t)last + 1) * width(type);
    }
};

struct Product {
    Matrix a, b, c;
    int transpose_a = OP_N, transpose_b = OP_N, compute = COMPUTE_32F;
    bool relu = false;
    /* whether parts of a sum may be rounded to the result's type on the way */
    bool is_coarse = false;
    int64_t m() const { return c.rows; }
    int64_t n() const { return c.columns; }
    int64_t k() const { return transpose_a ? a.rows : a.columns; }
};

int check_matrix(const char *name, const Matrix &x) {
    if (!is_type(x.type)) return fail(NOT_SUPPORTED, "%s is of the type %d", name, x.type);
    if (x.rows < 1 || x.columns < 1 || x.batch < 1) {
        return fail(
                INVALID_VALUE, "%s is %ld by %ld, %d times", name, (long)x.rows, (long)x.columns,
                x.batch);
    }
    if (x.leading < x.rows) {
        return fail(
                INVALID_VALUE, "%s has %ld rows and a leading dimension of %ld", name, (long)x.rows,
                (long)x.leading);
    }
    return SUCCESS;
}

int check_product(const Product &p) {
    if (int status = check_matrix("A", p.a)) return status;
    if (int status = check_matrix("B", p.b)) return status;
    if (int status = check_matrix("C", p.c)) return status;
    for (int transpose : {p.transpose_a, p.transpose_b}) {
        if (transpose != OP_N && transpose != OP_T) {
            return fail(INVALID_VALUE, "the operation %d", transpose);
        }
    }
    int64_t m = p.transpose_a ? p.a.columns : p.a.rows;
    int64_t n = p.transpose_b ? p.b.rows : p.b.columns;
    int64_t k = p.transpose_b ? p.b.columns : p.b.rows;
    if (m != p.m() || n != p.n() || k != p.k()) {
        return fail(
                INVALID_VALUE, "%ld by %ld times %ld by %ld gives no %ld by %ld", (long)m,
                (long)p.k(), (long)k, (long)n, (long)p.m(), (long)p.n());
    }
    if (p.a.batch != p.c.batch || p.b.batch != p.c.batch) {
        return fail(INVALID_VALUE, "batches of %d, %d and %d", p.a.batch, p.b.batch, p.c.batch);
    }
    // one after the other, or side by side within the columns
    bool apart = p.c.stride >= (p.n() - 1) * p.c.leading + p.m() ||
                 (p.c.stride >= p.m() && p.c.stride * p.c.batch <= p.c.leading);
    if (p.c.batch > 1 && !apart) {
        return fail(INVALID_VALUE, "results %ld apart overlap", (long)p.c.stride);
    }
    bool is_double = p.compute == COMPUTE_64F;
    bool is_tf32 = p.compute == COMPUTE_32F_FAST_TF32;
    if (!is_double && !is_tf32 && p.compute != COMPUTE_32F) {
        return fail(NOT_SUPPORTED, "the compute type %d", p.compute);
    }
    bool fits = p.a.type == p.b.type && (p.c.type == p.a.type || p.c.type == R_32F) &&
                (p.a.type == R_64F) == is_double;
    return fits ? SUCCESS
                : fail(NOT_SUPPORTED, "types %d, %d, %d, computed in %d", p.a.type, p.b.type,
                       p.c.type, p.compute);
}

int check_memory(const char *name, const Matrix &x, const void *data) {
    if (!data) return fail(INVALID_VALUE, "%s is null", name);
    if ((uintptr_t)data % width(x.type)) {
        return fail(INVALID_VALUE, "%s is not at a multiple of its elements' size", name);
    }
    return is_live(data, x.bytes())
                   ? SUCCESS
                   : fail(INVALID_VALUE, "%s: %zu bytes are not in live memory", name, x.bytes());
}

std::vector<double> factor(
        const Matrix &x, const void *data, int batch, bool transposed, bool is_tf32) {
    int64_t rows = transposed ? x.columns : x.rows, columns = transposed ? x.rows : x.columns;
    std::vector<double> values((size_t)(rows * columns));
    for (int64_t j = 0; j < columns; j++) {
        for (int64_t i = 0; i < rows; i++) {
            int64_t at = batch * x.stride + (transposed ? j + i * x.leading : i + j * x.leading);
            double value = load(x.type, data, at);
            values[(size_t)(i * columns + j)] = is_tf32 ? to_tf32(value) : value;
        }
    }
    return values;
}

/* a row of one factor times a column of the other, which lies as a row */
template <class T> T dot(const double *a, const double *b, int64_t from, int64_t to) {
    T sum = 0;
    for (int64_t i = from; i < to; i++) sum += (T)a[i] * (T)b[i];
    return sum;
}

void compute(
        const Product &p, const void *a, const void *b, void *c, const void *bias, double alpha,
        double beta) {
    bool is_tf32 = p.compute == COMPUTE_32F_FAST_TF32, is_double = p.compute == COMPUTE_64F;
    int64_t k = p.k();
    for (int batch = 0; batch < p.c.batch; batch++) {
        std::vector<double> left = factor(p.a, a, batch, p.transpose_a, is_tf32);
        std::vector<double> right = factor(p.b, b, batch, !p.transpose_b, is_tf32);
        for (int64_t j = 0; j < p.n(); j++) {
            for (int64_t i = 0; i < p.m(); i++) {
                const double *x = &left[(size_t)(i * k)], *y = &right[(size_t)(j * k)];
                double sum = is_double ? dot<double>(x, y, 0, k) : dot<float>(x, y, 0, k);
                if (p.is_coarse) {
                    sum = rounded(p.c.type, dot<float>(x, y, 0, k / 2)) +
                          rounded(p.c.type, dot<float>(x, y, k / 2, k));
                }
                int64_t at = batch * p.c.stride + i + j * p.c.leading;
                double value = alpha * sum;
                if (beta != 0) value += beta * load(p.c.type, c, at);
                if (bias) value += load(p.c.type, bias, i);
                if (p.relu && value < 0) value = 0;
                store(p.c.type, c, at, value);
            }
        }
    }
}

}  // namespace

extern "C" {

/* what tests ask: products so far, and the last mistake that was found; a failure to come */
long emulator_blas_products() { return products; }
const char *emulator_blas_last_error() { return last_error.c_str(); }
void emulator_blas_plant(const char *function, int status) {
    planted_function = function;
    planted_status = status;
}
}

#endif
