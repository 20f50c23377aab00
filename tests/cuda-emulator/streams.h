/*
 * Streams of the emulated driver: what they are asked to do, and when they do it. As a rule that is
 * at once, in the order of the calls. A GPU's streams run beside each other, though, and a missing
 * event shows only where one of them is late: so a test can have the copies to the device, or the
 * kernels, put off until something waits for them. Every order that comes of it is one that a GPU
 * could take, too.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace {

struct Function;

/* what a library does in a stream */
struct Work {
    void (*run)(void *);
    void (*drop)(void *);
    void *argument;
    ~Work() { drop(argument); }
};

/* what a stream was asked to do: a launch, a library's work, or else a copy */
struct Node {
    Function *function;
    unsigned grid[3], block[3];
    std::vector<std::vector<char>> arguments;
    void *target;
    const void *source;
    size_t bytes;
    bool to_device;
    std::shared_ptr<Work> work;
};

/* what was captured */
struct Graph {
    std::vector<Node *> nodes;
    ~Graph() {
        for (Node *node : nodes) delete node;
    }
};

/* a copy of a graph's nodes, found by those of the graph */
struct Executable {
    std::vector<Node> nodes;
    std::map<Node *, size_t> places;
};

struct Stream {
    Graph *capture = nullptr;
    bool invalid = false;
    std::deque<std::function<int()>> late;
    uint64_t asked = 0, done = 0;
};

/* what a stream was asked to do before this was recorded; of no stream: nothing */
struct Event {
    Stream *stream = nullptr;
    uint64_t asked = 0;
};

enum Order { AS_CALLED, COPIES_LATE, KERNELS_LATE };

Order order_of(const char *name) {
    if (name && !strcmp(name, "copies-late")) return COPIES_LATE;
    if (name && !strcmp(name, "kernels-late")) return KERNELS_LATE;
    return AS_CALLED;
}

Order order = order_of(getenv("EMULATED_CUDA_ORDER"));
Stream default_stream;
std::set<Stream *> streams{&default_stream};

Stream *of(Stream *stream) { return stream ? stream : &default_stream; }

/* has a stream do something, after all that it was asked before; an error may come later */
int ask(Stream *stream, Order late_in, std::function<int()> work) {
    stream->asked++;
    if (stream->late.empty() && (order == AS_CALLED || order != late_in)) {
        int result = work();
        stream->done++;
        return result;
    }
    stream->late.push_back(std::move(work));
    return 0;
}

/* does what a stream was asked up to some point; returns the first error */
int finish(Stream *stream, uint64_t asked) {
    int first = 0;
    while (stream->done < asked) {
        auto work = std::move(stream->late.front());
        stream->late.pop_front();
        int result = work();
        stream->done++;
        if (first == 0) first = result;
    }
    return first;
}

int finish(Stream *stream) { return finish(stream, stream->asked); }

int finish_all() {
    int first = 0;
    for (Stream *stream : streams) {
        int result = finish(stream);
        if (first == 0) first = result;
    }
    return first;
}

/* a stream that is gone has done all */
bool is_done(const Event &event) {
    return !streams.count(event.stream) || event.stream->done >= event.asked;
}

int finish(const Event &event) { return is_done(event) ? 0 : finish(event.stream, event.asked); }

bool is_captured(const Stream *stream) { return stream && stream->capture; }

}  // namespace
