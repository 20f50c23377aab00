/*
 * An emulated cuBLAS 12, as far as JCublas is used: handles with a stream and a workspace, and
 * batches of products in stream order with the emulated driver's memory. Test code only.
 */
#include "blas.h"

namespace {

constexpr size_t SMALLEST_WORKSPACE = 4096;
enum { DEFAULT_MATH = 0, DISALLOW_REDUCED_PRECISION_REDUCTION = 16, DEFAULT_ALGORITHM = -1 };

struct Handle {
    void *stream = nullptr, *workspace = nullptr;
    size_t workspace_bytes = 0;
    int math = DEFAULT_MATH;
};

long handles;

}  // namespace

extern "C" {

long emulator_blas_objects() { return handles; }

int cublasCreate_v2(Handle **handle) {
    if (int status = planted("cublasCreate")) return status;
    if (!has_context()) return fail(NOT_INITIALIZED, "no context is current on this thread");
    *handle = new Handle;
    handles++;
    return SUCCESS;
}

int cublasDestroy_v2(Handle *handle) {
    handles--;
    delete handle;
    return SUCCESS;
}

int cublasSetStream_v2(Handle *handle, void *stream) {
    handle->stream = stream;
    handle->workspace = nullptr;
    return SUCCESS;
}

int cublasSetWorkspace_v2(Handle *handle, void *workspace, size_t bytes) {
    if (!is_live(workspace, bytes)) return fail(INVALID_VALUE, "the workspace is not live");
    handle->workspace = workspace;
    handle->workspace_bytes = bytes;
    return SUCCESS;
}

int cublasSetMathMode(Handle *handle, int math) {
    handle->math = math;
    return SUCCESS;
}

int cublasGemmStridedBatchedEx(
        Handle *handle, int transpose_a, int transpose_b, int m, int n, int k, const void *alpha,
        const void *a, int a_type, int lda, long long a_stride, const void *b, int b_type, int ldb,
        long long b_stride, const void *beta, void *c, int c_type, int ldc, long long c_stride,
        int batch, int compute_type, int algorithm) {
    if (int status = planted("cublasGemmStridedBatchedEx")) return status;
    if (!has_context()) return fail(EXECUTION_FAILED, "no context is current on this thread");
    if (!handle->stream) return fail(INVALID_VALUE, "the default stream, which nobody uses");
    if (!handle->workspace || handle->workspace_bytes < SMALLEST_WORKSPACE) {
        return fail(INVALID_VALUE, "no workspace: cuBLAS would allocate one in the stream");
    }
    if (!alpha || !beta) return fail(INVALID_VALUE, "alpha or beta is missing");
    if (algorithm != DEFAULT_ALGORITHM) return fail(INVALID_VALUE, "algorithm %d", algorithm);
    Product p;
    p.a = {a_type, transpose_a ? k : m, transpose_a ? m : k, lda, a_stride, batch};
    p.b = {b_type, transpose_b ? n : k, transpose_b ? k : n, ldb, b_stride, batch};
    p.c = {c_type, m, n, ldc, c_stride, batch};
    p.transpose_a = transpose_a;
    p.transpose_b = transpose_b;
    p.compute = compute_type;
    p.is_coarse = !(handle->math & DISALLOW_REDUCED_PRECISION_REDUCTION) && width(c_type) == 2;
    if (int status = check_product(p)) return status;
    if (int status = check_memory("A", p.a, a)) return status;
    if (int status = check_memory("B", p.b, b)) return status;
    if (int status = check_memory("C", p.c, c)) return status;
    int scale = compute_type == COMPUTE_64F ? R_64F : R_32F;
    double by = load(scale, alpha, 0), before = load(scale, beta, 0);
    products++;
    void *workspace = handle->workspace;
    submit(handle->stream, [=] {
        memset(workspace, 0xab, SMALLEST_WORKSPACE);
        compute(p, a, b, c, nullptr, by, before);
    });
    return SUCCESS;
}
}
