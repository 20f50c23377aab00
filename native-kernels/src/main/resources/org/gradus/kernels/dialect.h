/*
 * The kernel dialect: one source that builds as OpenCL C 1.2 and as CUDA C++ (nvcc, NVRTC).
 *
 * - A kernel is KERNEL(name, size)(arguments): work-groups along one axis, of a size fixed in the
 *   text. Its arguments are GLOBAL pointers, and last one WORDS(n) of 64-bit values by value.
 * - Pointers carry GLOBAL or LOCAL; one is never converted into the other. LOCAL_ARRAY stands only
 *   at the top of a kernel.
 * - Every work-item reaches every BARRIER(): a kernel that has one does not return early. What a
 *   work-item stored before a BARRIER() in LOCAL memory the others of its group see after it; in
 *   GLOBAL memory it takes a GLOBAL_BARRIER().
 * - Functions of the pointwise language are named operation_type, as add_i32 or exp_f32.
 * - Where double precision is missing, HAS_F64 is not defined and nothing of it may be used.
 */
#ifndef GRADUS_DIALECT
#define GRADUS_DIALECT

#ifdef __OPENCL_VERSION__

#ifdef HAS_F64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
/* a product and a sum are two roundings, as on every other device; fma_f32 is one */
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL(NAME, SIZE) __kernel __attribute__((reqd_work_group_size(SIZE, 1, 1))) void NAME
/*
 * Always inlined: where a function with a LOCAL pointer is left over, PoCL shares its memory among
 * groups that run at the same time (pocl issue 1218).
 */
#define FN static inline __attribute__((always_inline))
#define GLOBAL __global
#define LOCAL __local
#define LOCAL_ARRAY(T, NAME, N) __local T NAME[N]
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define GLOBAL_BARRIER() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define UNROLL _Pragma("unroll")
#define LOCAL_ID ((i32)get_local_id(0))
#define GROUP_ID ((i64)get_group_id(0))
typedef int i32;
typedef uint u32;
typedef long i64;
typedef ulong u64;
typedef ushort u16;
typedef uchar u8;
#define C_I64(X) X##L
FN u32 f32_bits(float x) { return as_uint(x); }
FN float bits_f32(u32 x) { return as_float(x); }
FN u32 mul_high_u32(u32 a, u32 b) { return mul_hi(a, b); }
/* sets a word that is 0 to 1; true for the one work-item that did */
FN i32 claim(volatile GLOBAL i32 *word) { return atomic_cmpxchg(word, 0, 1) == 0; }
#define DIALECT_MATH1(OP) FN float OP##_f32(float x) { return OP(x); }
#define DIALECT_MATH2(OP) FN float OP##_f32(float x, float y) { return OP(x, y); }
FN float fma_f32(float a, float b, float c) { return fma(a, b, c); }
/* eight numbers at once: a is one for all of them */
#define DIALECT_VECTOR(T)                                                                          \
    FN T##8 zero_##T##8(void) { return (T##8)(0); }                                                \
    FN T##8 fma_##T##8(T a, T##8 b, T##8 c) { return fma((T##8)(a), b, c); }                       \
    FN T##8 load_##T##8(i32 i, LOCAL const T *p) { return vload8(i, p); }                          \
    FN void store_##T##8(T##8 x, T *p) { vstore8(x, 0, p); }
DIALECT_VECTOR(float)
#ifdef HAS_F64
DIALECT_VECTOR(double)
FN u64 f64_bits(double x) { return as_ulong(x); }
FN double bits_f64(u64 x) { return as_double(x); }
#define DIALECT_MATH1_F64(OP) FN double OP##_f64(double x) { return OP(x); }
#define DIALECT_MATH2_F64(OP) FN double OP##_f64(double x, double y) { return OP(x, y); }
FN double fma_f64(double a, double b, double c) { return fma(a, b, c); }
#endif

#else /* CUDA */

#define HAS_F64
#ifdef __CUDACC__
#pragma nv_diag_suppress 177
#endif
#define KERNEL(NAME, SIZE) extern "C" __global__ void __launch_bounds__(SIZE) NAME
#define FN static __device__ __forceinline__
#define GLOBAL
#define LOCAL
#define LOCAL_ARRAY(T, NAME, N) __shared__ T NAME[N]
#define BARRIER() __syncthreads()
#define GLOBAL_BARRIER() __syncthreads()
#define UNROLL _Pragma("unroll")
#define LOCAL_ID ((i32)threadIdx.x)
#define GROUP_ID ((i64)blockIdx.x)
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
typedef unsigned short u16;
typedef unsigned char u8;
#define C_I64(X) X##LL
FN u32 f32_bits(float x) { return __float_as_uint(x); }
FN float bits_f32(u32 x) { return __uint_as_float(x); }
FN u64 f64_bits(double x) { return (u64)__double_as_longlong(x); }
FN double bits_f64(u64 x) { return __longlong_as_double((i64)x); }
FN u32 mul_high_u32(u32 a, u32 b) { return __umulhi(a, b); }
FN i32 claim(volatile i32 *word) { return atomicCAS((i32 *)word, 0, 1) == 0; }
#define DIALECT_MATH1(OP) FN float OP##_f32(float x) { return OP##f(x); }
#define DIALECT_MATH2(OP) FN float OP##_f32(float x, float y) { return OP##f(x, y); }
#define DIALECT_MATH1_F64(OP) FN double OP##_f64(double x) { return OP(x); }
#define DIALECT_MATH2_F64(OP) FN double OP##_f64(double x, double y) { return OP(x, y); }
FN float fma_f32(float a, float b, float c) { return fmaf(a, b, c); }
FN double fma_f64(double a, double b, double c) { return fma(a, b, c); }
#define DIALECT_VECTOR(T)                                                                          \
    typedef struct { T v[8]; } T##8;                                                               \
    FN T##8 zero_##T##8(void) {                                                                    \
        T##8 x;                                                                                    \
        UNROLL for (i32 i = 0; i < 8; i++) { x.v[i] = 0; }                                         \
        return x;                                                                                  \
    }                                                                                              \
    FN T##8 fma_##T##8(T a, T##8 b, T##8 c) {                                                      \
        UNROLL for (i32 i = 0; i < 8; i++) { c.v[i] = fma(a, b.v[i], c.v[i]); }                    \
        return c;                                                                                  \
    }                                                                                              \
    FN T##8 load_##T##8(i32 i, const T *p) {                                                       \
        T##8 x;                                                                                    \
        UNROLL for (i32 n = 0; n < 8; n++) { x.v[n] = p[8 * i + n]; }                              \
        return x;                                                                                  \
    }                                                                                              \
    FN void store_##T##8(T##8 x, T *p) { UNROLL for (i32 i = 0; i < 8; i++) { p[i] = x.v[i]; } }
DIALECT_VECTOR(float)
DIALECT_VECTOR(double)

#endif

/* kernel arguments other than pointers; floats travel as their bits */
#define WORDS(N) words_##N
#define DEFINE_WORDS(N) typedef struct { i64 v[N]; } words_##N;

#define F32_INFINITY bits_f32(0x7f800000u)
#define F32_NAN bits_f32(0x7fc00000u)
#define F64_INFINITY bits_f64((u64)C_I64(0x7ff0000000000000))
#define F64_NAN bits_f64((u64)C_I64(0x7ff8000000000000))
#define I32_MAX 2147483647
#define I32_MIN (-2147483647 - 1)
#define I64_MAX C_I64(9223372036854775807)
#define I64_MIN (-C_I64(9223372036854775807) - 1)

/* ---- storage types; 16-bit ones are read and written as bits */

FN float bf16_value(u16 bits) { return bits_f32((u32)bits << 16); }

/* rounds to nearest even; NaN stays NaN */
FN u16 bf16_of(float x) {
    const u32 bits = f32_bits(x);
    return (bits & 0x7fffffffu) > 0x7f800000u
        ? (u16)((bits >> 16) | 0x40u)
        : (u16)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

FN float f16_value(u16 half_bits) {
    const u32 h = half_bits;
    const u32 sign = (h & 0x8000u) << 16;
    const u32 rest = h & 0x7fffu;
    /* as an integer times 2^-24 where it is subnormal, else with the exponent moved */
    const float small = (float)rest * 0x1p-24f;
    const u32 large = rest >= 0x7c00u ? (rest << 13) + 0x70000000u : (rest << 13) + 0x38000000u;
    return bits_f32(sign | (rest < 0x400u ? f32_bits(small) : large));
}

/* rounds to nearest even; what is too large becomes infinite */
FN u16 f16_of(float x) {
    const u32 bits = f32_bits(x);
    const u32 sign = (bits >> 16) & 0x8000u;
    const u32 rest = bits & 0x7fffffffu;
    u32 result;
    if (rest > 0x7f800000u) {
        result = 0x7e00u;
    } else if (rest >= 0x477ff000u) {
        result = 0x7c00u;
    } else if (rest < 0x38800000u) {
        /* 0.5 has a last place of 2^-24, that of a subnormal half */
        result = f32_bits(bits_f32(rest) + 0.5f) - 0x3f000000u;
    } else {
        result = (rest + 0xfffu + ((rest >> 13) & 1u) - 0x38000000u) >> 13;
    }
    return (u16)(sign | result);
}

FN i32 load_bool(GLOBAL const u8 *p, i64 i) { return p[i] != 0; }
FN i32 load_u8(GLOBAL const u8 *p, i64 i) { return p[i]; }
FN i32 load_i32(GLOBAL const i32 *p, i64 i) { return p[i]; }
FN i64 load_i64(GLOBAL const i64 *p, i64 i) { return p[i]; }
FN float load_f16(GLOBAL const u16 *p, i64 i) { return f16_value(p[i]); }
FN float load_bf16(GLOBAL const u16 *p, i64 i) { return bf16_value(p[i]); }
FN float load_f32(GLOBAL const float *p, i64 i) { return p[i]; }
FN void store_bool(GLOBAL u8 *p, i64 i, i32 x) { p[i] = (u8)(x != 0); }
FN void store_u8(GLOBAL u8 *p, i64 i, i32 x) { p[i] = (u8)x; }
FN void store_i32(GLOBAL i32 *p, i64 i, i32 x) { p[i] = x; }
FN void store_i64(GLOBAL i64 *p, i64 i, i64 x) { p[i] = x; }
FN void store_f16(GLOBAL u16 *p, i64 i, float x) { p[i] = f16_of(x); }
FN void store_bf16(GLOBAL u16 *p, i64 i, float x) { p[i] = bf16_of(x); }
FN void store_f32(GLOBAL float *p, i64 i, float x) { p[i] = x; }
#ifdef HAS_F64
FN double load_f64(GLOBAL const double *p, i64 i) { return p[i]; }
FN void store_f64(GLOBAL double *p, i64 i, double x) { p[i] = x; }
#endif

/* ---- comparisons; functions, as a comparison with itself would be warned of */

#define DIALECT_COMPARISON(T, N)                                                                   \
    FN i32 equal_##N(T a, T b) { return a == b; }                                                  \
    FN i32 less_##N(T a, T b) { return a < b; }                                                    \
    FN i32 less_equal_##N(T a, T b) { return a <= b; }
DIALECT_COMPARISON(i32, i32)
DIALECT_COMPARISON(i64, i64)
DIALECT_COMPARISON(float, f32)
#ifdef HAS_F64
DIALECT_COMPARISON(double, f64)
#endif

/* ---- integers: overflow wraps, division by zero gives 0 */

#define DIALECT_INTEGER(T, U, WIDTH)                                                               \
    FN T negate_##T(T a) { return (T)(0 - (U)a); }                                                 \
    FN T abs_##T(T a) { return a < 0 ? (T)(0 - (U)a) : a; }                                        \
    FN T sign_##T(T a) { return (a > 0) - (a < 0); }                                               \
    FN T add_##T(T a, T b) { return (T)((U)a + (U)b); }                                            \
    FN T subtract_##T(T a, T b) { return (T)((U)a - (U)b); }                                       \
    FN T multiply_##T(T a, T b) { return (T)((U)a * (U)b); }                                       \
    FN T divide_##T(T a, T b) { return b == 0 ? 0 : b == -1 ? (T)(0 - (U)a) : a / b; }             \
    FN T remainder_##T(T a, T b) {                                                                 \
        const T r = b == 0 || b == -1 ? 0 : a % b;                                                 \
        return r != 0 && (r ^ b) < 0 ? r + b : r;                                                  \
    }                                                                                              \
    FN T minimum_##T(T a, T b) { return a < b ? a : b; }                                           \
    FN T maximum_##T(T a, T b) { return a > b ? a : b; }                                           \
    FN T shift_left_##T(T a, T b) { return (T)((U)a << ((U)b & (WIDTH - 1))); }                    \
    FN T shift_right_##T(T a, T b) { return (T)((U)a >> ((U)b & (WIDTH - 1))); }
DIALECT_INTEGER(i32, u32, 32)
DIALECT_INTEGER(i64, u64, 64)

/* ---- floating-point numbers */

DIALECT_MATH1(sqrt)
DIALECT_MATH1(rsqrt)
DIALECT_MATH1(exp)
DIALECT_MATH1(expm1)
DIALECT_MATH1(log)
DIALECT_MATH1(log1p)
DIALECT_MATH1(sin)
DIALECT_MATH1(cos)
DIALECT_MATH1(floor)
DIALECT_MATH1(ceil)
DIALECT_MATH1(rint)
DIALECT_MATH1(fabs)
DIALECT_MATH2(fmod)
DIALECT_MATH2(pow)
#ifdef HAS_F64
DIALECT_MATH1_F64(sqrt)
DIALECT_MATH1_F64(rsqrt)
DIALECT_MATH1_F64(exp)
DIALECT_MATH1_F64(expm1)
DIALECT_MATH1_F64(log)
DIALECT_MATH1_F64(log1p)
DIALECT_MATH1_F64(sin)
DIALECT_MATH1_F64(cos)
DIALECT_MATH1_F64(floor)
DIALECT_MATH1_F64(ceil)
DIALECT_MATH1_F64(rint)
DIALECT_MATH1_F64(fabs)
DIALECT_MATH2_F64(fmod)
DIALECT_MATH2_F64(pow)
#endif

/*
 * Hyperbolic tangent and error function: 1 where nothing nearer can be written. Some compilers'
 * stay a last place below it, which a gradient multiplies with large numbers.
 */
#ifdef __OPENCL_VERSION__
#define DIALECT_SATURATING(T, N, OP, C_OP, LIMIT)                                                  \
    FN T OP##_##N(T x) { return x > LIMIT ? (T)1 : x < -LIMIT ? (T)-1 : OP(x); }
#else
#define DIALECT_SATURATING(T, N, OP, C_OP, LIMIT)                                                  \
    FN T OP##_##N(T x) { return x > LIMIT ? (T)1 : x < -LIMIT ? (T)-1 : C_OP(x); }
#endif
DIALECT_SATURATING(float, f32, tanh, tanhf, 9.02f)
DIALECT_SATURATING(float, f32, erf, erff, 4.0f)
#ifdef HAS_F64
DIALECT_SATURATING(double, f64, tanh, tanh, 19.1)
DIALECT_SATURATING(double, f64, erf, erf, 5.95)
#endif

/*
 * The smaller or larger of two; NaN if either is, and of two zeros the negative or the positive
 * one. Conversions to integers truncate, saturate, and make 0 of NaN.
 */
#define DIALECT_FLOATING(T, N, U)                                                                  \
    FN T sign_##N(T a) { return a > 0 ? (T)1 : a < 0 ? (T)-1 : a; }                                \
    FN T remainder_##N(T a, T b) {                                                                 \
        const T r = fmod_##N(a, b);                                                                \
        return r != 0 && (r < 0) != (b < 0) ? r + b : r;                                           \
    }                                                                                              \
    FN T minimum_##N(T a, T b) {                                                                   \
        return a < b ? a : b < a ? b : a == b ? bits_##N(N##_bits(a) | N##_bits(b)) : a + b;       \
    }                                                                                              \
    FN T maximum_##N(T a, T b) {                                                                   \
        return a > b ? a : b > a ? b : a == b ? bits_##N(N##_bits(a) & N##_bits(b)) : a + b;       \
    }                                                                                              \
    FN i32 u8_from_##N(T a) { return a >= 255 ? 255 : a > 0 ? (i32)a : 0; }                        \
    FN i32 i32_from_##N(T a) {                                                                     \
        return a != a ? 0 : a >= (T)2147483648.0f ? I32_MAX : a <= (T)-2147483648.0f               \
            ? I32_MIN : (i32)a;                                                                    \
    }                                                                                              \
    FN i64 i64_from_##N(T a) {                                                                     \
        return a != a ? 0 : a >= (T)9223372036854775808.0f ? I64_MAX                               \
            : a <= (T)-9223372036854775808.0f ? I64_MIN : (i64)a;                                  \
    }
DIALECT_FLOATING(float, f32, u32)
FN float round_f16(float x) { return f16_value(f16_of(x)); }
FN float round_bf16(float x) { return bf16_value(bf16_of(x)); }
#ifdef HAS_F64
DIALECT_FLOATING(double, f64, u64)
#endif

/* ---- random bits: Philox4x32-10 (Salmon et al., "Parallel Random Numbers", SC 2011) */

FN i32 random_bits(i64 key, i64 counter) {
    const u64 block = (u64)counter >> 2;
    u32 k0 = (u32)key;
    u32 k1 = (u32)((u64)key >> 32);
    u32 c0 = (u32)block;
    u32 c1 = (u32)(block >> 32);
    u32 c2 = 0u;
    u32 c3 = 0u;
    for (i32 round = 0; round < 10; round++) {
        const u32 high0 = mul_high_u32(0xD2511F53u, c0);
        const u32 low0 = 0xD2511F53u * c0;
        const u32 high1 = mul_high_u32(0xCD9E8D57u, c2);
        const u32 low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    const u32 word = (u32)counter & 3u;
    return (i32)(word == 0u ? c0 : word == 1u ? c1 : word == 2u ? c2 : c3);
}

/* ---- what the work-items of a group agree on */

/*
 * Combines one value of each work-item; s has a place for each, their number a power of two. All
 * get the result, and s may be used again.
 */
#define DEFINE_GROUP_REDUCE(NAME, T, COMBINE)                                                      \
    FN T NAME(LOCAL T *s, i32 size, T x) {                                                         \
        s[LOCAL_ID] = x;                                                                           \
        BARRIER();                                                                                 \
        for (i32 half_size = size >> 1; half_size > 0; half_size >>= 1) {                          \
            if (LOCAL_ID < half_size) {                                                            \
                s[LOCAL_ID] = COMBINE(s[LOCAL_ID], s[LOCAL_ID + half_size]);                       \
            }                                                                                      \
            BARRIER();                                                                             \
        }                                                                                          \
        const T result = s[0];                                                                     \
        BARRIER();                                                                                 \
        return result;                                                                             \
    }
FN float add_f32(float a, float b) { return a + b; }
DEFINE_GROUP_REDUCE(group_sum, float, add_f32)
DEFINE_GROUP_REDUCE(group_maximum, float, maximum_f32)
DEFINE_GROUP_REDUCE(group_minimum, float, minimum_f32)

#endif
