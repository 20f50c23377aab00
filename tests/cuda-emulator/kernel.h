/*
 * CUDA C++ as g++ takes it: what goes before each kernel that the emulated NVRTC compiles. The
 * threads of a block run one after the other; one that waits at a barrier is set aside as a fiber.
 */
#ifndef EMULATED_CUDA
#define EMULATED_CUDA

/*
 * C's functions by their declarations alone: C++'s headers are long to read, which would be done
 * for each kernel.
 */
#define EMULATED_MATH1(NAME) float NAME##f(float); double NAME(double);
#define EMULATED_MATH2(NAME) float NAME##f(float, float); double NAME(double, double);
extern "C" {
EMULATED_MATH1(sqrt)
EMULATED_MATH1(exp)
EMULATED_MATH1(expm1)
EMULATED_MATH1(log)
EMULATED_MATH1(log1p)
EMULATED_MATH1(sin)
EMULATED_MATH1(cos)
EMULATED_MATH1(tanh)
EMULATED_MATH1(erf)
EMULATED_MATH1(floor)
EMULATED_MATH1(ceil)
EMULATED_MATH1(rint)
EMULATED_MATH1(fabs)
EMULATED_MATH2(fmod)
EMULATED_MATH2(pow)
float fmaf(float, float, float);
double fma(double, double, double);
}
static inline float fma(float a, float b, float c) { return fmaf(a, b, c); }

#define __global__
#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
/* one block at a time: static memory is the block's shared memory */
#define __shared__ static

struct emulated_index {
    unsigned x, y, z;
};

/* the emulated driver sets these before it runs a thread */
struct emulated_thread {
    emulated_index thread, block, block_size, grid_size;
    void (*barrier)();
};

extern "C" emulated_thread *emulated_current;
emulated_thread *emulated_current;

#define threadIdx (emulated_current->thread)
#define blockIdx (emulated_current->block)
#define blockDim (emulated_current->block_size)
#define gridDim (emulated_current->grid_size)

static inline void __syncthreads() { emulated_current->barrier(); }

template <class To, class From> static inline To emulated_bits(From from) {
    To to;
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}
static inline unsigned __float_as_uint(float x) { return emulated_bits<unsigned>(x); }
static inline float __uint_as_float(unsigned x) { return emulated_bits<float>(x); }
static inline long long __double_as_longlong(double x) { return emulated_bits<long long>(x); }
static inline double __longlong_as_double(long long x) { return emulated_bits<double>(x); }
static inline unsigned __umulhi(unsigned a, unsigned b) {
    return (unsigned)(((unsigned long long)a * b) >> 32);
}
static inline int atomicCAS(int *p, int expected, int wanted) {
    const int old = *p;
    *p = old == expected ? wanted : old;
    return old;
}
static inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
static inline double rsqrt(double x) { return 1.0 / sqrt(x); }

template <int... I> struct emulated_positions {};
template <class... A, int... I>
static inline void emulated_call(void (*kernel)(A...), void **p, emulated_positions<I...>) {
    kernel(*(A *)p[I]...);
}

/* what the driver asks of a kernel: to run one thread, and the sizes of its arguments */
template <class T> struct emulated_argument {
    static constexpr int size = (int)sizeof(T);
};
template <class T> struct emulated_argument<T *> {
    static constexpr int size = -(int)sizeof(T *);
};
template <class... A> struct emulated_signature {
    static void run(void (*kernel)(A...), void **p) {
        emulated_call(kernel, p, emulated_positions<__integer_pack(sizeof...(A))...>());
    }
    /* pointers count as negative; the list ends with 0 */
    static constexpr int sizes[] = {emulated_argument<A>::size..., 0};
};
template <class... A> emulated_signature<A...> emulated_signature_of(void (*)(A...));

#define EMULATED_KERNEL(NAME, SIZE)                                                                \
    extern "C" void emulated_run_##NAME(void **p) { decltype(emulated_signature_of(NAME))::run(NAME, p); } \
    extern "C" const int *emulated_sizes_##NAME() { return decltype(emulated_signature_of(NAME))::sizes; } \
    extern "C" int emulated_bound_##NAME() { return SIZE; }

#endif
