/*
 * An emulated CUDA driver: a device named "emulated" whose memory is the host's and which runs
 * kernels that the emulated NVRTC compiled. It checks what a GPU would not: that a launch's
 * pointers lie in live memory, that arguments have the sizes which the kernel takes, that nothing
 * is written beyond a block, and that all threads of a block reach a barrier. Streams can be
 * captured into graphs: launches and copies are then kept with their arguments, and what waits for
 * the stream fails and spoils the capture. Test code only.
 *
 *   EMULATED_CUDA_MEMORY   the device's memory in bytes (default 2 GiB)
 *   EMULATED_CUDA_ORDER    what is done as late as can be, so that a missing event shows:
 *                          copies-late or kernels-late (default: all at once; see streams.h)
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
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "fibers.h"
#include "streams.h"

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
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
};

constexpr size_t GUARD = 256;
constexpr unsigned char GUARD_BYTE = 0xC5;
constexpr unsigned char FRESH_BYTE = 0xFF;  // NaN as a floating-point number, -1 as an integer

std::recursive_mutex lock;  // what a library submits asks the driver again
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

size_t memory_bytes = memory_size();

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

long replays, graphs, graphs_made;

/* an error if a stream is being captured, which that spoils */
int not_captured(Stream *stream, const char *what) {
    if (!is_captured(stream)) return SUCCESS;
    stream->invalid = true;
    return fail(CAPTURE_UNSUPPORTED, "%s while its stream is captured", what);
}

/* an error of late work is one of all that follows */
int noted(int result) {
    if (sticky == SUCCESS) sticky = result;
    return sticky;
}

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
    std::lock_guard<std::recursive_mutex> held(lock);
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
    std::lock_guard<std::recursive_mutex> held(lock);
    return usable();
}
int emulator_contains(uintptr_t address, size_t bytes) {
    std::lock_guard<std::recursive_mutex> held(lock);
    return contains(address, bytes);
}
void emulator_submit(Stream *stream, void (*run)(void *), void (*drop)(void *), void *argument) {
    std::lock_guard<std::recursive_mutex> held(lock);
    auto work = std::shared_ptr<Work>(new Work{run, drop, argument});
    if (is_captured(stream)) {
        stream->capture->nodes.push_back(
                new Node{nullptr, {}, {}, {}, nullptr, nullptr, 0, false, work});
    } else {
        ask(of(stream), KERNELS_LATE, [work] {
            work->run(work->argument);
            return SUCCESS;
        });
    }
}

/* 1: copies to the device are late, 2: kernels are, 0: nothing is */
void emulator_set_order(int which) {
    std::lock_guard<std::recursive_mutex> held(lock);
    noted(finish_all());
    order = (Order)which;
}
long emulator_used() { return (long)used; }

/* the device's memory from now on, less than what is in use, too */
void emulator_set_memory(size_t bytes) { memory_bytes = bytes; }

/* how much streams were asked for and have not done */
long emulator_waiting() {
    std::lock_guard<std::recursive_mutex> held(lock);
    long count = 0;
    for (const Stream *stream : streams) count += (long)stream->late.size();
    return count;
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
    *bytes = memory_bytes;
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
    std::lock_guard<std::recursive_mutex> held(lock);
    if (int result = usable()) return result;
    if (bytes == 0) return fail(INVALID_VALUE, "an allocation of 0 bytes");
    if (used + bytes > memory_bytes) return OUT_OF_MEMORY;
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
    std::lock_guard<std::recursive_mutex> held(lock);
    if (!current_context) return fail(INVALID_CONTEXT, "no context is current on this thread");
    noted(finish_all());
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
    std::lock_guard<std::recursive_mutex> held(lock);
    noted(finish_all());
    free(pointer);
    return SUCCESS;
}

static int run_copy(const Node &node) {
    uintptr_t device = node.to_device ? (uintptr_t)node.target : (uintptr_t)node.source;
    if (!contains(device, node.bytes)) {
        return fail(
                INVALID_VALUE, "a copy %s memory not in use", node.to_device ? "to" : "from");
    }
    memcpy(node.target, node.source, node.bytes);
    return SUCCESS;
}
static int copy_async(void *target, const void *source, size_t bytes, bool to_device, Stream *stream) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (int result = usable()) return result;
    Node node{nullptr, {}, {}, {}, target, source, bytes, to_device, nullptr};
    if (is_captured(stream)) {
        stream->capture->nodes.push_back(new Node(node));
        return SUCCESS;
    }
    // nothing is put off that goes to the host
    return ask(of(stream), to_device ? COPIES_LATE : AS_CALLED, [node] { return run_copy(node); });
}
int cuMemcpyHtoDAsync_v2(uintptr_t target, const void *source, size_t bytes, Stream *stream) {
    return copy_async((void *)target, source, bytes, true, stream);
}
int cuMemcpyDtoHAsync_v2(void *target, uintptr_t source, size_t bytes, Stream *stream) {
    return copy_async(target, (const void *)source, bytes, false, stream);
}

int cuStreamCreate(Stream **stream, unsigned) {
    std::lock_guard<std::recursive_mutex> held(lock);
    *stream = new Stream;
    streams.insert(*stream);
    return SUCCESS;
}
int cuStreamDestroy_v2(Stream *stream) {
    std::lock_guard<std::recursive_mutex> held(lock);
    noted(finish(stream));
    streams.erase(stream);
    delete stream;
    return SUCCESS;
}
int cuStreamSynchronize(Stream *stream) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (int result = not_captured(stream, "waiting")) return result;
    return noted(finish(of(stream)));
}
int cuStreamWaitEvent(Stream *stream, Event *event, unsigned) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (int result = not_captured(stream, "waiting for an event")) return result;
    // what the event stands for now: it may be recorded anew
    Event recorded = *event;
    return ask(of(stream), AS_CALLED, [recorded] { return noted(finish(recorded)); });
}
int cuEventCreate(Event **event, unsigned) {
    *event = new Event;
    return SUCCESS;
}
int cuEventDestroy_v2(Event *event) {
    delete event;
    return SUCCESS;
}
int cuEventRecord(Event *event, Stream *stream) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (int result = not_captured(stream, "recording an event")) return result;
    *event = Event{of(stream), of(stream)->asked};
    return SUCCESS;
}
int cuEventQuery(Event *event) {
    std::lock_guard<std::recursive_mutex> held(lock);
    return sticky != SUCCESS ? sticky : is_done(*event) ? SUCCESS : NOT_READY;
}
int cuEventSynchronize(Event *event) {
    std::lock_guard<std::recursive_mutex> held(lock);
    return noted(finish(*event));
}

int cuModuleLoadData(Module **module, const void *image) {
    std::lock_guard<std::recursive_mutex> held(lock);
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

static int launch(const Node &node) {
    Function *function = node.function;
    const char *name = function->name.c_str();
    std::vector<void *> arguments;
    std::set<uintptr_t> given;
    for (size_t i = 0; i < node.arguments.size(); i++) {
        arguments.push_back((void *)node.arguments[i].data());
        if (function->sizes[i] > 0) continue;
        uintptr_t address = *(uintptr_t *)arguments[i];
        if (!contains(address, 1)) {
            return sticky = fail(
                           ILLEGAL_ADDRESS, "%s: argument %d is no memory in use", name, (int)i);
        }
        given.insert(std::prev(blocks.upper_bound(address))->first);
    }
    if (!run_grid(function->thread, function->run, arguments.data(), node.grid, node.block)) {
        return sticky = fail(
                       LAUNCH_FAILED, "%s: some threads of a block wait at a barrier that others"
                       " never reach", name);
    }
    return check_guards(name, given);
}

/* copies the arguments, as the driver does */
static int take_arguments(Node &node, void **arguments) {
    const int *sizes = node.function->sizes;
    node.arguments.clear();
    for (int i = 0; sizes[i] != 0; i++) {
        if (!arguments || !arguments[i]) {
            return fail(INVALID_VALUE, "%s: no argument %d", node.function->name.c_str(), i);
        }
        const char *bytes = (const char *)arguments[i];
        node.arguments.emplace_back(bytes, bytes + (sizes[i] < 0 ? -sizes[i] : sizes[i]));
    }
    return SUCCESS;
}

int cuLaunchKernel(
        Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
        unsigned bz, unsigned shared, Stream *stream, void **arguments, void **extra) {
    std::lock_guard<std::recursive_mutex> held(lock);
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
    Node node{function, {gx, gy, gz}, {bx, by, bz}, {}, nullptr, nullptr, 0, false, nullptr};
    if (int result = take_arguments(node, arguments)) return result;
    if (is_captured(stream)) {
        stream->capture->nodes.push_back(new Node(node));
        return SUCCESS;
    }
    return ask(of(stream), KERNELS_LATE, [node] { return launch(node); });
}

/* graphs */
long emulator_replays() { return replays; }
long emulator_graphs() { return graphs; }
long emulator_graphs_made() { return graphs_made; }

int cuStreamBeginCapture_v2(Stream *stream, int) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (int result = usable()) return result;
    if (stream->capture) return fail(INVALID_VALUE, "a stream is captured twice");
    stream->capture = new Graph;
    stream->invalid = false;
    return SUCCESS;
}

int cuStreamGetCaptureInfo_v2(
        Stream *stream, int *status, uint64_t *, Graph **, Node *const **dependencies,
        size_t *count) {
    std::lock_guard<std::recursive_mutex> held(lock);
    *status = !stream->capture ? 0 : stream->invalid ? 2 : 1;
    if (!stream->capture) return SUCCESS;
    auto &nodes = stream->capture->nodes;
    *count = nodes.empty() ? 0 : 1;
    *dependencies = nodes.empty() ? nullptr : &nodes.back();
    return SUCCESS;
}

int cuStreamEndCapture(Stream *stream, Graph **graph) {
    std::lock_guard<std::recursive_mutex> held(lock);
    *graph = nullptr;
    if (!stream->capture) return fail(INVALID_VALUE, "a stream that is not captured");
    Graph *captured = stream->capture;
    stream->capture = nullptr;
    if (stream->invalid) {
        delete captured;
        return CAPTURE_INVALIDATED;
    }
    *graph = captured;
    return SUCCESS;
}

int cuGraphInstantiateWithFlags(Executable **executable, Graph *graph, uint64_t) {
    std::lock_guard<std::recursive_mutex> held(lock);
    *executable = new Executable;
    graphs++;
    graphs_made++;
    for (Node *node : graph->nodes) {
        (*executable)->places[node] = (*executable)->nodes.size();
        (*executable)->nodes.push_back(*node);
    }
    return SUCCESS;
}

struct KernelNodeParameters {
    Function *function;
    unsigned grid[3], block[3], shared;
    void **arguments, **extra;
};

int cuGraphExecKernelNodeSetParams(
        Executable *executable, Node *node, const KernelNodeParameters *parameters) {
    std::lock_guard<std::recursive_mutex> held(lock);
    auto place = executable->places.find(node);
    if (place == executable->places.end()) return fail(INVALID_HANDLE, "no node of this graph");
    Node &changed = executable->nodes[place->second];
    if (changed.function != parameters->function || parameters->shared || parameters->extra) {
        return fail(INVALID_VALUE, "another kernel than was captured");
    }
    memcpy(changed.grid, parameters->grid, sizeof changed.grid);
    memcpy(changed.block, parameters->block, sizeof changed.block);
    return take_arguments(changed, parameters->arguments);
}

int cuGraphLaunch(Executable *executable, Stream *stream) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (int result = usable()) return result;
    if (is_captured(stream)) return fail(CAPTURE_UNSUPPORTED, "a graph within a graph");
    replays++;
    // a copy: the arguments may be changed for the next launch
    return ask(of(stream), KERNELS_LATE, [nodes = executable->nodes] {
        for (const Node &node : nodes) {
            if (node.work) {
                node.work->run(node.work->argument);
            } else if (int result = node.function ? launch(node) : run_copy(node)) {
                return result;
            }
        }
        return (int)SUCCESS;
    });
}

int cuGraphDestroy(Graph *graph) {
    delete graph;
    return SUCCESS;
}

int cuGraphExecDestroy(Executable *executable) {
    graphs--;
    delete executable;
    return SUCCESS;
}
}
