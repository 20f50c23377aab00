/*
 * Runs the threads of a block one after the other. A thread that waits at a barrier keeps its
 * stack, and the rest run on another one; so a kernel without barriers needs one stack in all.
 * x86-64 only.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>

#include <vector>

/* as struct emulated_thread in kernel.h */
struct Emulated {
    unsigned thread[3], block[3], block_size[3], grid_size[3];
    void (*barrier)();
};

namespace {

constexpr size_t STACK = 256 << 10;

/* the registers which a function must keep, and the stack, change hands */
extern "C" void switch_stacks(void **save, void *load);
asm(R"(
    .text
    .globl switch_stacks
    .hidden switch_stacks
    .type switch_stacks, @function
switch_stacks:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size switch_stacks, .-switch_stacks
)");

struct Fiber {
    char *memory = (char *)malloc(STACK);
    void *stack = nullptr;
    Emulated thread = {};
};

struct Block {
    Emulated now;
    void (*run)(void **);
    void **arguments;
    unsigned next = 0, size = 0, finished = 0;
    void *scheduler = nullptr;
    std::vector<Fiber *> waiting, unused;
    Fiber *running = nullptr;
    Emulated **current;
};

Block state;

void set_thread(unsigned index) {
    state.now.thread[0] = index % state.now.block_size[0];
    state.now.thread[1] = index / state.now.block_size[0] % state.now.block_size[1];
    state.now.thread[2] = index / (state.now.block_size[0] * state.now.block_size[1]);
}

/* what each fiber does: the threads that nobody has begun, until one waits */
void run_threads() {
    while (true) {
        while (state.next < state.size) {
            set_thread(state.next++);
            state.run(state.arguments);
            state.finished++;
        }
        // done with all there is; this stack may serve again
        Fiber *self = state.running;
        state.unused.push_back(self);
        switch_stacks(&self->stack, state.scheduler);
    }
}

void wait_at_barrier() {
    Fiber *self = state.running;
    self->thread = state.now;
    state.waiting.push_back(self);
    switch_stacks(&self->stack, state.scheduler);
    state.now = self->thread;
    state.running = self;
}

void enter(Fiber *fiber) {
    state.running = fiber;
    switch_stacks(&state.scheduler, fiber->stack);
}

Fiber *take_fiber() {
    if (!state.unused.empty()) {
        Fiber *fiber = state.unused.back();
        state.unused.pop_back();
        return fiber;
    }
    Fiber *fiber = new Fiber;
    // six registers and the address to return to; at a function's entry the stack is 8 off 16
    void **top = (void **)(((uintptr_t)fiber->memory + STACK) & ~(uintptr_t)15) - 1;
    *--top = (void *)run_threads;
    for (int i = 0; i < 6; i++) *--top = nullptr;
    fiber->stack = top;
    return fiber;
}

/* false where some threads wait at a barrier that others never reach */
bool run_block() {
    state.next = state.finished = 0;
    while (state.next < state.size) enter(take_fiber());
    while (!state.waiting.empty()) {
        if (state.finished != 0) {
            // fibers in the middle of a kernel can not be used again; their stacks are given up
            state.waiting.clear();
            return false;
        }
        std::vector<Fiber *> ready;
        ready.swap(state.waiting);
        for (Fiber *fiber : ready) enter(fiber);
    }
    return true;
}

bool run_grid(
        Emulated **current, void (*run)(void **), void **arguments, const unsigned *grid,
        const unsigned *block) {
    *current = &state.now;
    state.run = run;
    state.arguments = arguments;
    state.size = block[0] * block[1] * block[2];
    state.now.barrier = wait_at_barrier;
    for (int i = 0; i < 3; i++) {
        state.now.block_size[i] = block[i];
        state.now.grid_size[i] = grid[i];
    }
    for (unsigned z = 0; z < grid[2]; z++) {
        for (unsigned y = 0; y < grid[1]; y++) {
            for (unsigned x = 0; x < grid[0]; x++) {
                state.now.block[0] = x;
                state.now.block[1] = y;
                state.now.block[2] = z;
                if (!run_block()) return false;
            }
        }
    }
    return true;
}

}  // namespace
