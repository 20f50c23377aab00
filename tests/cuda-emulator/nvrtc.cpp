/*
 * An emulated NVRTC: compiles CUDA C++ with g++ to a shared library, which the emulated driver
 * takes as machine code. Most of a kernel's text is the header of the dialect, and most of g++'s
 * time would be spent on it: where a source begins with the header that was there when this was
 * built, its precompiled form is taken. Test code only.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

extern char **environ;

namespace {

enum { SUCCESS = 0, OUT_OF_MEMORY = 1, INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6 };

/* the processor that is compiled for; tests change it */
int known_architecture = 90;

struct Program {
    std::string name;
    std::string source;
    std::string log;
    std::string code;
    bool is_ptx = false;
};

std::string folder() {
    Dl_info info;
    dladdr((void *)&folder, &info);
    std::string file = info.dli_fname;
    return file.substr(0, file.rfind('/'));
}

std::string read_all(int file) {
    std::string content;
    char buffer[1 << 16];
    for (ssize_t n; (n = pread(file, buffer, sizeof buffer, (off_t)content.size())) > 0;) {
        content.append(buffer, (size_t)n);
    }
    return content;
}

/* a file without a name, which the compiler reaches through /proc */
struct Scratch {
    int file;
    explicit Scratch(const char *name) : file(memfd_create(name, 0)) {}
    ~Scratch() { close(file); }
    std::string path() const {
        return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(file);
    }
};

/* each kernel gets the functions by which the driver runs it */
std::string entries(const std::string &source) {
    std::string result = "\n";
    const std::string mark = "KERNEL(";
    for (size_t at = 0; (at = source.find(mark, at)) != std::string::npos;) {
        bool begins_line = source.find_last_not_of(" ", at - 1) == source.rfind('\n', at);
        size_t end = source.find(')', at += mark.size());
        if (begins_line && end != std::string::npos) {
            result += "EMULATED_KERNEL(" + source.substr(at, end - at) + ")\n";
        }
    }
    return result;
}

/* the dialect's header as it was precompiled with what the emulation needs */
const std::string &dialect() {
    static const std::string text = [] {
        int file = open((folder() + "/dialect.h").c_str(), O_RDONLY);
        std::string content = file < 0 ? "" : read_all(file);
        if (file >= 0) close(file);
        return content;
    }();
    return text;
}

}  // namespace

extern "C" {

int nvrtcVersion(int *major, int *minor) {
    *major = 12;
    *minor = 0;
    return SUCCESS;
}

int nvrtcGetNumSupportedArchs(int *count) {
    *count = 1;
    return SUCCESS;
}

int nvrtcGetSupportedArchs(int *architectures) {
    architectures[0] = known_architecture;
    return SUCCESS;
}

void emulator_set_known_architecture(int architecture) { known_architecture = architecture; }

int nvrtcCreateProgram(
        Program **program, const char *source, const char *name, int headers, const char *const *,
        const char *const *) {
    if (!program || !source || headers != 0) return INVALID_INPUT;
    *program = new Program{name ? name : "kernel", source, "", "", false};
    return SUCCESS;
}

int nvrtcDestroyProgram(Program **program) {
    if (!program || !*program) return INVALID_INPUT;
    delete *program;
    *program = nullptr;
    return SUCCESS;
}

int nvrtcCompileProgram(Program *program, int count, const char *const *options) {
    for (int i = 0; i < count; i++) {
        std::string option = options[i];
        const std::string known = std::to_string(known_architecture);
        program->is_ptx = program->is_ptx || option == "--gpu-architecture=compute_" + known;
        if (option != "--gpu-architecture=sm_" + known && option != "--fmad=false" &&
            option != "--gpu-architecture=compute_" + known) {
            program->log = "unknown option " + option;
            return INVALID_OPTION;
        }
    }
    const std::string &header = dialect();
    bool known = !header.empty() && program->source.rfind(header, 0) == 0;
    std::string kernels = known ? program->source.substr(header.size()) : program->source;
    long line = 1 + (known ? std::count(header.begin(), header.end(), '\n') : 0);
    std::string text = "#line " + std::to_string(line) + " \"" + program->name + "\"\n" + kernels;
    text += entries(kernels);
    Scratch source("source"), code("code"), log("log");
    if (write(source.file, text.data(), text.size()) != (ssize_t)text.size()) return OUT_OF_MEMORY;
    // as in the script that precompiles the header, or g++ would read it again
    std::vector<std::string> words = {
            "g++", "-fPIC", "-O1", "-std=c++17", "-ffp-contract=off", "-w", "-shared", "-nostdlib",
            "-include", folder() + (known ? "/kernel_dialect.h" : "/kernel.h"), "-x", "c++",
            source.path(), "-o", code.path(), "-lm"};
    std::vector<char *> arguments;
    for (std::string &word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, log.file, 2);
    pid_t child;
    int failed = posix_spawnp(&child, "g++", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        program->log = "g++ is not installed";
        return COMPILATION;
    }
    int status;
    waitpid(child, &status, 0);
    program->log = read_all(log.file);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return COMPILATION;
    program->code = read_all(code.file);
    return SUCCESS;
}

int nvrtcGetProgramLogSize(Program *program, size_t *size) {
    *size = program->log.size() + 1;
    return SUCCESS;
}

int nvrtcGetProgramLog(Program *program, char *log) {
    memcpy(log, program->log.c_str(), program->log.size() + 1);
    return SUCCESS;
}

/* code for one processor, or for the driver to translate: here the same but for its name */
static int code_size(Program *program, bool is_ptx, size_t *size) {
    *size = program->is_ptx == is_ptx ? program->code.size() : 0;
    return SUCCESS;
}

static int code(Program *program, bool is_ptx, char *code) {
    if (program->is_ptx != is_ptx) return INVALID_INPUT;
    memcpy(code, program->code.data(), program->code.size());
    return SUCCESS;
}

int nvrtcGetCUBINSize(Program *program, size_t *size) { return code_size(program, false, size); }
int nvrtcGetCUBIN(Program *program, char *text) { return code(program, false, text); }
int nvrtcGetPTXSize(Program *program, size_t *size) { return code_size(program, true, size); }
int nvrtcGetPTX(Program *program, char *text) { return code(program, true, text); }
}
