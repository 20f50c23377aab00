/*
 * An emulated cublasLt: descriptors on the heap, heuristics, and products in stream order with the
 * emulated driver's memory. It tells a version that no cublasLt has. It refuses what the real one
 * refuses, and mistakes that the real one would not see: descriptors that are gone, memory that is
 * not live, an algorithm that was made for another product, pointers that are less aligned than its
 * preference said. Test code only.
 */
#include <set>

#include "blas.h"

namespace {

constexpr size_t VERSION = 999999;
constexpr size_t WORKSPACE = 4096;
constexpr size_t WORKSPACE_ALIGNMENT = 256;
constexpr size_t BIAS_ALIGNMENT = 16;
enum { EPILOGUE_DEFAULT = 1, EPILOGUE_RELU = 2, EPILOGUE_BIAS = 4 };
enum { REDUCTION_INPLACE = 1, REDUCTION_OUTPUT_TYPE = 4 };

/* what an attribute's number and size are, and where its value goes */
struct Attribute {
    int number;
    size_t bytes;
    void *place;
};

int set_attribute(
        const char *object, std::initializer_list<Attribute> known, int number, const void *value,
        size_t bytes) {
    if (!value) return fail(INVALID_VALUE, "%s: attribute %d is null", object, number);
    for (const Attribute &each : known) {
        if (each.number != number) continue;
        if (each.bytes != bytes) {
            return fail(
                    INVALID_VALUE, "%s: attribute %d has %zu bytes, not %zu", object, number,
                    each.bytes, bytes);
        }
        memcpy(each.place, value, bytes);
        return SUCCESS;
    }
    return fail(INVALID_VALUE, "%s: no attribute %d", object, number);
}

struct Handle {
    static constexpr const char *NAME = "handle";
};

struct Operation {
    static constexpr const char *NAME = "operation descriptor";
    int compute = -1, scale = -1, pointer_mode = 0, transpose_a = 0, transpose_b = 0;
    uint32_t epilogue = EPILOGUE_DEFAULT;
    const void *bias = nullptr;
    int64_t bias_stride = 0;
    int bias_type = -1;
    int set(int number, const void *value, size_t bytes) {
        return set_attribute(
                NAME,
                {{0, 4, &compute},
                 {1, 4, &scale},
                 {2, 4, &pointer_mode},
                 {3, 4, &transpose_a},
                 {4, 4, &transpose_b},
                 {7, 4, &epilogue},
                 {8, 8, &bias},
                 {10, 8, &bias_stride},
                 {26, 4, &bias_type}},
                number, value, bytes);
    }
};

struct Layout {
    static constexpr const char *NAME = "layout";
    int type = -1, order = 0, batch = 1;
    uint64_t rows = 0, columns = 0;
    int64_t leading = 0, stride = 0;
    int set(int number, const void *value, size_t bytes) {
        return set_attribute(
                NAME,
                {{0, 4, &type},
                 {1, 4, &order},
                 {2, 8, &rows},
                 {3, 8, &columns},
                 {4, 8, &leading},
                 {5, 4, &batch},
                 {6, 8, &stride}},
                number, value, bytes);
    }
    Matrix matrix() const {
        return Matrix{type, (int64_t)rows, (int64_t)columns, leading, stride, batch};
    }
};

struct Preference {
    static constexpr const char *NAME = "preference";
    uint32_t search_mode = 0, reductions = 7, alignment[4] = {256, 256, 256, 256};
    uint64_t workspace = 0;
    int set(int number, const void *value, size_t bytes) {
        return set_attribute(
                NAME,
                {{0, 4, &search_mode},
                 {1, 8, &workspace},
                 {3, 4, &reductions},
                 {5, 4, &alignment[0]},
                 {6, 4, &alignment[1]},
                 {7, 4, &alignment[2]},
                 {8, 4, &alignment[3]}},
                number, value, bytes);
    }
};

/* which objects of a kind there are */
template <class T> std::set<T *> &live() {
    static std::set<T *> objects;
    return objects;
}

template <class T> int create(T **place, T made) {
    if (!place) return fail(INVALID_VALUE, "no place for a %s", T::NAME);
    *place = new T(made);
    live<T>().insert(*place);
    return SUCCESS;
}

template <class T> int need(const T *object) {
    if (!object) return fail(INVALID_VALUE, "a %s is missing", T::NAME);
    return live<T>().count((T *)object)
                   ? SUCCESS
                   : fail(INVALID_VALUE, "a %s is used after it was destroyed", T::NAME);
}

template <class T> int destroy(T *object) {
    if (int status = need(object)) return status;
    live<T>().erase(object);
    delete object;
    return SUCCESS;
}

template <class T> int set(T *object, int number, const void *value, size_t bytes) {
    if (int status = need(object)) return status;
    return object->set(number, value, bytes);
}

/* what the 64 bytes of an algorithm hold */
struct Algorithm {
    uint64_t mark, problem, workspace;
    uint32_t alignment[4];
    uint32_t is_coarse;
};
constexpr uint64_t MARK = 0x656d756c61746564;
static_assert(sizeof(Algorithm) <= 64, "an algorithm has 64 bytes");

/* cublasLtMatmulHeuristicResult_t */
struct Result {
    uint64_t algorithm[8];
    size_t workspace;
    int status;
    float waves;
    int reserved[4];
};
static_assert(sizeof(Result) == 96, "a result has 96 bytes");

uint64_t problem(const Operation &o, std::initializer_list<const Layout *> layouts) {
    uint64_t hash = 1469598103934665603ull;
    auto add = [&](uint64_t value) { hash = (hash ^ value) * 1099511628211ull; };
    for (int each : {o.compute, o.scale, o.transpose_a, o.transpose_b, (int)o.epilogue}) {
        add((uint64_t)each);
    }
    for (const Layout *x : layouts) {
        add((uint64_t)x->type);
        add(x->rows);
        add(x->columns);
        add((uint64_t)x->leading);
        add((uint64_t)x->batch);
        add((uint64_t)x->stride);
    }
    return hash;
}

/* checks descriptors, and says what they mean */
int describe(
        const Operation *o, const Layout *a, const Layout *b, const Layout *c, const Layout *d,
        Product *product) {
    if (int status = need(o)) return status;
    for (const Layout *each : {a, b, c, d}) {
        if (int status = need(each)) return status;
        if (each->order != 0) return fail(NOT_SUPPORTED, "the order %d", each->order);
    }
    if (problem(*o, {c}) != problem(*o, {d})) return fail(NOT_SUPPORTED, "C and D differ");
    if (o->pointer_mode != 0) return fail(NOT_SUPPORTED, "the pointer mode %d", o->pointer_mode);
    product->a = a->matrix();
    product->b = b->matrix();
    product->c = c->matrix();
    product->transpose_a = o->transpose_a;
    product->transpose_b = o->transpose_b;
    product->compute = o->compute;
    product->relu = o->epilogue & EPILOGUE_RELU;
    if (int status = check_product(*product)) return status;
    if (o->scale != (o->compute == COMPUTE_64F ? R_64F : R_32F)) {
        return fail(INVALID_VALUE, "factors of the type %d for %d", o->scale, o->compute);
    }
    switch (o->epilogue) {
        case EPILOGUE_DEFAULT: return SUCCESS;
        case EPILOGUE_RELU:
        case EPILOGUE_BIAS:
        case EPILOGUE_RELU | EPILOGUE_BIAS:
            if (o->compute == COMPUTE_64F) return fail(NOT_SUPPORTED, "an epilogue in F64");
            if (o->bias_type >= 0 && o->bias_type != c->type) {
                return fail(NOT_SUPPORTED, "a bias of the type %d", o->bias_type);
            }
            return SUCCESS;
        default: return fail(INVALID_VALUE, "the epilogue %u", o->epilogue);
    }
}

}  // namespace

extern "C" {

/* the number of objects that were not destroyed */
long emulator_blas_objects() {
    return (long)(live<Handle>().size() + live<Operation>().size() + live<Layout>().size() +
                  live<Preference>().size());
}

size_t cublasLtGetVersion() { return VERSION; }

int cublasLtCreate(Handle **handle) {
    if (int status = planted("cublasLtCreate")) return status;
    if (!has_context()) return fail(NOT_INITIALIZED, "no context is current on this thread");
    return create(handle, Handle());
}
int cublasLtDestroy(Handle *handle) { return destroy(handle); }

int cublasLtMatmulDescCreate(Operation **operation, int compute, int scale) {
    if (int status = planted("cublasLtMatmulDescCreate")) return status;
    Operation made;
    made.compute = compute;
    made.scale = scale;
    return create(operation, made);
}
int cublasLtMatmulDescDestroy(Operation *operation) { return destroy(operation); }
int cublasLtMatmulDescSetAttribute(Operation *o, int number, const void *value, size_t bytes) {
    if (int status = planted("cublasLtMatmulDescSetAttribute")) return status;
    return set(o, number, value, bytes);
}

int cublasLtMatrixLayoutCreate(
        Layout **layout, int type, uint64_t rows, uint64_t columns, int64_t leading) {
    if (int status = planted("cublasLtMatrixLayoutCreate")) return status;
    Layout made;
    made.type = type;
    made.rows = rows;
    made.columns = columns;
    made.leading = leading;
    return create(layout, made);
}
int cublasLtMatrixLayoutDestroy(Layout *layout) { return destroy(layout); }
int cublasLtMatrixLayoutSetAttribute(Layout *layout, int number, const void *value, size_t bytes) {
    if (int status = planted("cublasLtMatrixLayoutSetAttribute")) return status;
    return set(layout, number, value, bytes);
}

int cublasLtMatmulPreferenceCreate(Preference **preference) {
    if (int status = planted("cublasLtMatmulPreferenceCreate")) return status;
    return create(preference, Preference());
}
int cublasLtMatmulPreferenceDestroy(Preference *preference) { return destroy(preference); }
int cublasLtMatmulPreferenceSetAttribute(
        Preference *preference, int number, const void *value, size_t bytes) {
    if (int status = planted("cublasLtMatmulPreferenceSetAttribute")) return status;
    return set(preference, number, value, bytes);
}

int cublasLtMatmulAlgoGetHeuristic(
        Handle *handle, Operation *o, Layout *a, Layout *b, Layout *c, Layout *d,
        Preference *preference, int requested, Result *results, int *returned) {
    if (int status = planted("cublasLtMatmulAlgoGetHeuristic")) return status;
    if (int status = need(handle)) return status;
    if (int status = need(preference)) return status;
    if (requested < 1 || !results || !returned) return fail(INVALID_VALUE, "no place for results");
    *returned = 0;
    Product p;
    if (int status = describe(o, a, b, c, d, &p)) return status;
    memset(results, 0xee, sizeof *results);
    Algorithm algorithm = {};
    algorithm.mark = MARK;
    algorithm.problem = problem(*o, {a, b, c, d});
    // as the real one, it takes what it is given where a sum is long
    algorithm.workspace = p.k() >= 16 && preference->workspace >= WORKSPACE ? WORKSPACE : 0;
    memcpy(algorithm.alignment, preference->alignment, sizeof algorithm.alignment);
    algorithm.is_coarse =
            (preference->reductions & (REDUCTION_INPLACE | REDUCTION_OUTPUT_TYPE)) && p.k() >= 16;
    memcpy(results->algorithm, &algorithm, sizeof algorithm);
    results->workspace = algorithm.workspace;
    results->status = SUCCESS;
    results->waves = 1;
    *returned = 1;
    return SUCCESS;
}

int cublasLtMatmul(
        Handle *handle, Operation *o, const void *alpha, const void *a, Layout *a_layout,
        const void *b, Layout *b_layout, const void *beta, const void *c, Layout *c_layout, void *d,
        Layout *d_layout, const Algorithm *chosen, void *workspace, size_t workspace_bytes,
        void *stream) {
    if (int status = planted("cublasLtMatmul")) return status;
    if (int status = need(handle)) return status;
    if (!has_context()) return fail(EXECUTION_FAILED, "no context is current on this thread");
    Product p;
    if (int status = describe(o, a_layout, b_layout, c_layout, d_layout, &p)) return status;
    if (!alpha || !beta) return fail(INVALID_VALUE, "alpha or beta is missing");
    if (!chosen) return fail(INVALID_VALUE, "no algorithm");
    Algorithm algorithm;
    memcpy(&algorithm, chosen, sizeof algorithm);
    if (algorithm.mark != MARK ||
        algorithm.problem != problem(*o, {a_layout, b_layout, c_layout, d_layout})) {
        return fail(INVALID_VALUE, "the algorithm is not for this product");
    }
    if (c != d) return fail(NOT_SUPPORTED, "C and D are at different places");
    const void *places[] = {a, b, c, d};
    const Matrix *matrices[] = {&p.a, &p.b, &p.c, &p.c};
    const char *names[] = {"A", "B", "C", "D"};
    for (int i = 0; i < 4; i++) {
        if (int status = check_memory(names[i], *matrices[i], places[i])) return status;
        if ((uintptr_t)places[i] % algorithm.alignment[i]) {
            return fail(
                    EXECUTION_FAILED, "%s is not aligned to %u bytes, as was said", names[i],
                    algorithm.alignment[i]);
        }
    }
    if (algorithm.workspace > 0) {
        if (workspace_bytes < algorithm.workspace) {
            return fail(
                    INVALID_VALUE, "a workspace of %zu bytes instead of %zu", workspace_bytes,
                    (size_t)algorithm.workspace);
        }
        if (!is_live(workspace, workspace_bytes) || (uintptr_t)workspace % WORKSPACE_ALIGNMENT) {
            return fail(INVALID_VALUE, "the workspace is not in live memory, or not aligned");
        }
    }
    const void *bias = o->epilogue & EPILOGUE_BIAS ? o->bias : nullptr;
    if (o->epilogue & EPILOGUE_BIAS) {
        if (!bias || !is_live(bias, (size_t)p.m() * width(p.c.type))) {
            return fail(INVALID_VALUE, "the bias is not in live memory");
        }
        if ((uintptr_t)bias % BIAS_ALIGNMENT) return fail(EXECUTION_FAILED, "a misaligned bias");
    }
    if (!stream) return fail(INVALID_VALUE, "the default stream, which nobody uses");
    double by = load(o->scale, alpha, 0), before = load(o->scale, beta, 0);
    p.is_coarse = algorithm.is_coarse && width(p.c.type) == 2;
    products++;
    size_t scratch = algorithm.workspace;
    submit(stream, [=] {
        if (scratch) memset(workspace, 0xab, scratch);
        compute(p, a, b, d, bias, by, before);
    });
    return SUCCESS;
}
}
