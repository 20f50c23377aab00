/*
 * An emulated NVRTC: compiles CUDA C++ with g++ to a shared library, which the emulated driver
 * takes as machine code. Test code only.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <regex>
#include <string>
#include <vector>

extern char **environ;

namespace {

enum { SUCCESS = 0, OUT_OF_MEMORY = 1, INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6 };

struct Program {
    std::string name;
    std::string source;
    std::string log;
    std::string code;
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
    static const std::regex kernel("\\n\\s*KERNEL\\(\\s*(\\w+)\\s*,\\s*(\\w+)\\s*\\)");
    std::string result = "\n";
    std::sregex_iterator end;
    for (std::sregex_iterator match(source.begin(), source.end(), kernel); match != end; ++match) {
        result += "EMULATED_KERNEL(" + match->str(1) + ", " + match->str(2) + ")\n";
    }
    return result;
}

}  // namespace

extern "C" {

int nvrtcVersion(int *major, int *minor) {
    *major = 12;
    *minor = 0;
    return SUCCESS;
}

int nvrtcCreateProgram(
        Program **program, const char *source, const char *name, int headers, const char *const *,
        const char *const *) {
    if (!program || !source || headers != 0) return INVALID_INPUT;
    *program = new Program{name ? name : "kernel", source, "", ""};
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
        if (option.rfind("--gpu-architecture=sm_", 0) != 0 && option != "--fmad=false") {
            program->log = "unknown option " + option;
            return INVALID_OPTION;
        }
    }
    std::string text = "#line 1 \"" + program->name + "\"\n" + program->source;
    text += entries(program->source);
    Scratch source("source"), code("code"), log("log");
    if (write(source.file, text.data(), text.size()) != (ssize_t)text.size()) return OUT_OF_MEMORY;
    std::vector<std::string> words = {
            "g++", "-shared", "-fPIC", "-O1", "-std=c++17", "-ffp-contract=off", "-w",
            "-include", folder() + "/kernel.h", "-x", "c++", source.path(), "-o", code.path()};
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

int nvrtcGetCUBINSize(Program *program, size_t *size) {
    *size = program->code.size();
    return SUCCESS;
}

int nvrtcGetCUBIN(Program *program, char *code) {
    memcpy(code, program->code.data(), program->code.size());
    return SUCCESS;
}
}
