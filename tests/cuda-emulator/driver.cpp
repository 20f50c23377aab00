/*
 * An emulated CUDA driver: a device named "emulated" whose memory is the host's and which runs
 * kernels that the emulated NVRTC compiled. It checks what a GPU would not: that a launch's
 * pointers lie in live memory, that arguments have the sizes which the kernel takes, that nothing
 * is written beyond a block, and that all threads of a block reach a barrier. Test code only.
 *
 *   EMULATED_CUDA_MEMORY   the device's memory in bytes (default 2 GiB)
 */
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "fibers.h"

namespace {

enum {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
};

constexpr size_t GUARD = 256;
constexpr unsigned char GUARD_BYTE = 0xC5;
constexpr unsigned char FRESH_BYTE = 0xFF;  // NaN as a floating-point number, -1 as an integer

std::mutex lock;
bool initialized;
int driver_version = 12020;
int device_count = 1;
int sticky = SUCCESS;
std::string last_error;
long launches;
std::map<uintptr_t, size_t> blocks;
size_t used;
int context;
thread_local void *current_context;

size_t memory_size() {
    const char *text = getenv("EMULATED_CUDA_MEMORY");
    return text ? strtoull(text, nullptr, 10) : 2ull << 30;
}

__attribute__((format(printf, 2, 3))) int fail(int result, const char *format, ...) {
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    last_error = text;
    return result;
}

bool contains(uintptr_t address, size_t bytes) {
    auto after = blocks.upper_bound(address);
    if (after == blocks.begin()) return false;
    auto block = std::prev(after);
    return address + bytes <= block->first + block->second;
}

bool guards_are_whole(uintptr_t address, size_t bytes) {
    const unsigned char *before = (unsigned char *)address - GUARD;
    const unsigned char *after = (unsigned char *)address + bytes;
    for (size_t i = 0; i < GUARD; i++) {
        if (before[i] != GUARD_BYTE || after[i] != GUARD_BYTE) return false;
    }
    return true;
}

/* of the blocks that a kernel was given, beyond which it may have written */
int check_guards(const char *kernel, const std::set<uintptr_t> &given) {
    for (uintptr_t address : given) {
        size_t bytes = blocks[address];
        if (!guards_are_whole(address, bytes)) {
            memset((char *)address - GUARD, GUARD_BYTE, GUARD);
            memset((char *)address + bytes, GUARD_BYTE, GUARD);
            return sticky = fail(
                           ILLEGAL_ADDRESS, "%s wrote beyond a block of %zu bytes", kernel, bytes);
        }
    }
    return SUCCESS;
}

struct Module {
    void *library;
};

struct Function {
    std::string name;
    Emulated **thread;
    void (*run)(void **);
    const int *sizes;
    int bound;
};

/* the length of a shared library, whose section table is its last part */
size_t image_size(const void *image) {
    const auto *header = (const Elf64_Ehdr *)image;
    return header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
}

int usable() {
    if (!initialized) return fail(NOT_INITIALIZED, "cuInit was not called");
    if (!current_context) return fail(INVALID_CONTEXT, "no context is current on this thread");
    return sticky;
}

}  // namespace

extern "C" {

/* what tests ask: live blocks, launches, and the last mistake that was found */
long emulator_blocks() {
    std::lock_guard<std::mutex> held(lock);
    return (long)blocks.size();
}
long emulator_launches() { return launches; }
const char *emulator_last_error() { return last_error.c_str(); }
void emulator_forget_errors() {
    sticky = SUCCESS;
    last_error.clear();
}

/* what the emulated libraries ask: whether work may be put into a stream now, whether memory is in
 * use, and to do work in a stream's order; what they were told last, they tell themselves */
int emulator_usable() {
    std::lock_guard<std::mutex> held(lock);
    return usable();
}
int emulator_contains(uintptr_t address, size_t bytes) {
    std::lock_guard<std::mutex> held(lock);
    return contains(address, bytes);
}
void emulator_submit(void *, void (*work)(void *), void (*drop)(void *), void *argument) {
    work(argument);
    drop(argument);
}

void emulator_set_driver_version(int version) { driver_version = version; }
void emulator_set_devices(int count) { device_count = count; }

int cuInit(unsigned flags) {
    if (device_count == 0) return NO_DEVICE;
    initialized = true;
    return flags ? INVALID_VALUE : SUCCESS;
}
int cuDriverGetVersion(int *version) {
    *version = driver_version;
    return SUCCESS;
}
int cuDeviceGetCount(int *count) {
    *count = device_count;
    return initialized ? SUCCESS : NOT_INITIALIZED;
}
int cuDeviceGet(int *device, int index) {
    *device = index;
    return index == 0 ? SUCCESS : INVALID_DEVICE;
}
int cuDeviceGetName(char *name, int length, int) {
    snprintf(name, (size_t)length, "emulated GPU (tests only, runs on the CPU)");
    return SUCCESS;
}
int cuDeviceTotalMem_v2(size_t *bytes, int) {
    *bytes = memory_size();
    return SUCCESS;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
    switch (attribute) {
        case 1: *value = 1024; break;   // threads per block
        case 8: *value = 49152; break;  // shared memory per block
        case 16: *value = 8; break;     // multiprocessors
        case 75: *value = 9; break;     // compute capability 9.0
        case 76: *value = 0; break;
        default: return fail(INVALID_VALUE, "attribute %d", attribute);
    }
    return SUCCESS;
}
int cuDevicePrimaryCtxRetain(void **handle, int) {
    *handle = &context;
    return SUCCESS;
}
int cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }
int cuCtxSetCurrent(void *handle) {
    current_context = handle;
    return SUCCESS;
}

int cuMemAlloc_v2(uintptr_t *address, size_t bytes) {
    std::lock_guard<std::mutex> held(lock);
    if (int result = usable()) return result;
    if (bytes == 0) return fail(INVALID_VALUE, "an allocation of 0 bytes");
    if (used + bytes > memory_size()) return OUT_OF_MEMORY;
    size_t whole = (bytes + 2 * GUARD + 255) / 256 * 256;
    char *memory = (char *)aligned_alloc(256, whole);
    if (!memory) return OUT_OF_MEMORY;
    memset(memory, GUARD_BYTE, whole);
    memset(memory + GUARD, FRESH_BYTE, bytes);
    *address = (uintptr_t)memory + GUARD;
    blocks[*address] = bytes;
    used += bytes;
    return SUCCESS;
}

int cuMemFree_v2(uintptr_t address) {
    std::lock_guard<std::mutex> held(lock);
    if (!current_context) return fail(INVALID_CONTEXT, "no context is current on this thread");
    auto block = blocks.find(address);
    if (block == blocks.end()) return fail(INVALID_VALUE, "memory that is not in use is freed");
    used -= block->second;
    free((char *)address - GUARD);
    blocks.erase(block);
    return SUCCESS;
}

int cuMemHostAlloc(void **pointer, size_t bytes, unsigned) {
    *pointer = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    return *pointer ? SUCCESS : OUT_OF_MEMORY;
}
int cuMemFreeHost(void *pointer) {
    free(pointer);
    return SUCCESS;
}

int cuMemcpyHtoDAsync_v2(uintptr_t target, const void *source, size_t bytes, void *) {
    std::lock_guard<std::mutex> held(lock);
    if (int result = usable()) return result;
    if (!contains(target, bytes)) return fail(INVALID_VALUE, "a copy to memory not in use");
    memcpy((void *)target, source, bytes);
    return SUCCESS;
}
int cuMemcpyDtoHAsync_v2(void *target, uintptr_t source, size_t bytes, void *) {
    std::lock_guard<std::mutex> held(lock);
    if (int result = usable()) return result;
    if (!contains(source, bytes)) return fail(INVALID_VALUE, "a copy from memory not in use");
    memcpy(target, (void *)source, bytes);
    return SUCCESS;
}

int cuStreamCreate(void **stream, unsigned) {
    *stream = malloc(1);
    return SUCCESS;
}
int cuStreamDestroy_v2(void *stream) {
    free(stream);
    return SUCCESS;
}
int cuStreamSynchronize(void *) { return sticky; }
int cuEventCreate(void **event, unsigned) {
    *event = malloc(1);
    return SUCCESS;
}
int cuEventDestroy_v2(void *event) {
    free(event);
    return SUCCESS;
}
int cuEventRecord(void *, void *) { return SUCCESS; }
int cuEventQuery(void *) { return sticky; }
int cuEventSynchronize(void *) { return sticky; }

int cuModuleLoadData(Module **module, const void *image) {
    std::lock_guard<std::mutex> held(lock);
    if (int result = usable()) return result;
    if (memcmp(image, ELFMAG, SELFMAG) != 0) return fail(INVALID_IMAGE, "no machine code");
    // the loader takes a path that it knows for the library that it has: each gets a new one
    char path[] = P_tmpdir "/emulated-kernel-XXXXXX";
    int file = mkstemp(path);
    size_t size = image_size(image);
    bool written = file >= 0 && write(file, image, size) == (ssize_t)size;
    close(file);
    void *library = written ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
    unlink(path);
    if (!written) return fail(OUT_OF_MEMORY, "no room for a kernel in " P_tmpdir);
    if (!library) return fail(INVALID_IMAGE, "%s", dlerror());
    *module = new Module{library};
    return SUCCESS;
}

int cuModuleUnload(Module *module) {
    // functions of it may still be named in a launch that is a mistake: the code stays
    delete module;
    return SUCCESS;
}

int cuModuleGetFunction(Function **function, Module *module, const char *name) {
    std::string text = name;
    auto find = [&](const std::string &prefix) {
        return dlsym(module->library, (prefix + text).c_str());
    };
    void *run = find("emulated_run_");
    if (!run) return fail(NOT_FOUND, "no kernel %s", name);
    *function = new Function{
            text,
            (Emulated **)dlsym(module->library, "emulated_current"),
            (void (*)(void **))run,
            ((const int *(*)())find("emulated_sizes_"))(),
            ((int (*)())find("emulated_bound_"))()};
    return SUCCESS;
}

int cuLaunchKernel(
        Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
        unsigned bz, unsigned shared, void *, void **arguments, void **extra) {
    std::lock_guard<std::mutex> held(lock);
    launches++;
    if (int result = usable()) return result;
    if (!function) return fail(INVALID_HANDLE, "no kernel");
    const char *name = function->name.c_str();
    if (gx < 1 || gy < 1 || gz < 1 || gx > 2147483647u || gy > 65535 || gz > 65535 || bx < 1 ||
        by < 1 || bz < 1 || (uint64_t)bx * by * bz > 1024 || bz > 64) {
        return fail(
                INVALID_VALUE, "%s: a grid of %u,%u,%u with blocks of %u,%u,%u", name, gx, gy, gz,
                bx, by, bz);
    }
    if ((int)(bx * by * bz) != function->bound) {
        return fail(
                INVALID_VALUE, "%s: blocks of %u threads, and it is made for %d", name,
                bx * by * bz, function->bound);
    }
    if (shared != 0 || extra) return fail(INVALID_VALUE, "%s: extra arguments", name);
    std::set<uintptr_t> given;
    for (int i = 0; function->sizes[i] != 0; i++) {
        if (!arguments || !arguments[i]) return fail(INVALID_VALUE, "%s: no argument %d", name, i);
        if (function->sizes[i] > 0) continue;
        uintptr_t address = *(uintptr_t *)arguments[i];
        if (!contains(address, 1)) {
            return sticky = fail(
                           ILLEGAL_ADDRESS, "%s: argument %d is no memory in use", name, i);
        }
        given.insert(std::prev(blocks.upper_bound(address))->first);
    }
    const unsigned grid[3] = {gx, gy, gz}, block[3] = {bx, by, bz};
    if (!run_grid(function->thread, function->run, arguments, grid, block)) {
        return sticky = fail(
                       LAUNCH_FAILED, "%s: some threads of a block wait at a barrier that others"
                       " never reach", name);
    }
    return check_guards(name, given);
}
}
