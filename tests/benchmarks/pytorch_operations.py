"""Computes single operations in PyTorch when told to, a request a line, as gradus benchmark matmul
conv ... --serve does: prepare CASE, run N, quit. A case is named as there; what its name says is
what is computed."""

import json
import os
import re
import sys
import time

import torch
import torch.nn.functional as F

NUMBER = r"(\d+)"
SHAPE = r"\[([\d, ]+)\]"
BOTH = r"forward(\+backward)?"
LENGTH = r"([\d,]+)"


def product(m, k, n, transposed):
    a = torch.randn(k, m).T if transposed == "A" else torch.randn(m, k)
    b = torch.randn(n, k).T if transposed == "B" else torch.randn(k, n)
    return lambda: torch.matmul(a, b)


def convolution(batch, channels, filters, size, kernel, stride, direction):
    stride = [int(stride or 1)] * 2
    x = torch.randn(batch, channels, size, size)
    weight = torch.randn(filters, channels, kernel, kernel)
    if direction == "forward":
        return lambda: F.conv2d(x, weight, stride=stride, padding=1)
    seed = torch.randn_like(F.conv2d(x, weight, stride=stride, padding=1))
    mask = [direction == "input gradient", direction == "weight gradient", False]
    gradients = torch.ops.aten.convolution_backward
    return lambda: gradients(
        seed, x, weight, None, stride, [1, 1], [1, 1], False, [0, 0], 1, mask
    )


def pointwise(expression, length):
    a, b, c = (torch.randn(length) for _ in range(3))
    return {
        "relu(ab+c)": lambda: torch.relu(a * b + c),
        "x+x*tanh(x)": lambda: a + a * torch.tanh(a),
        "gelu": lambda: F.gelu(a),
        "exp": lambda: torch.exp(a),
        "dropout": lambda: F.dropout(a, 0.1, training=True),
        "sum": lambda: a.square().sum(),
    }[expression]


def adam(elements):
    """A square matrix and a vector, by the one kernel for all of an update."""
    size = round(elements**0.5)
    shapes = [(size, elements // size - 1), (size,)]
    parameters = [torch.randn(shape).requires_grad_() for shape in shapes]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    return torch.optim.Adam(parameters, 1e-3, fused=True).step


def layer(name, shape, backward):
    x = torch.randn(shape, requires_grad=backward)
    width = shape[-1] if name == "layer norm" else shape[1]
    parameters = (
        torch.ones(width, requires_grad=backward),
        torch.zeros(width, requires_grad=backward),
    )
    statistics = torch.zeros(width), torch.ones(width)
    function = {
        "softmax": lambda: F.softmax(x, -1),
        "layer norm": lambda: F.layer_norm(x, [width], *parameters),
        "batch norm": lambda: F.batch_norm(x, *statistics, *parameters, training=True),
        "max pool": lambda: F.max_pool2d(x, 2),
    }[name]
    return with_gradients(function, [x]) if backward else function


def embedding(table, picked, backward):
    weight = torch.randn(table, requires_grad=backward)
    x = torch.randint(table[0], picked)
    function = lambda: F.embedding(x, weight)
    return with_gradients(function, [weight]) if backward else function


def attention(shape, backward):
    qkv = [torch.randn(shape, requires_grad=backward) for _ in range(3)]
    function = lambda: F.scaled_dot_product_attention(*qkv, is_causal=True)
    return with_gradients(function, qkv) if backward else function


def with_gradients(function, inputs):
    seed = torch.randn_like(function())

    def both():
        with torch.enable_grad():
            return torch.autograd.grad(function(), inputs, seed)

    return both


def shape(text):
    return [int(size) for size in text.split(",")]


def length(text):
    return int(text.replace(",", ""))


# What a name says, and what is made of its parts.
CASES = [
    (
        f"matmul {NUMBER}x{NUMBER}x{NUMBER}(?: ([AB]) transposed)?",
        lambda m, k, n, transposed: product(int(m), int(k), int(n), transposed),
    ),
    (
        f"conv {NUMBER}x{NUMBER}>{NUMBER} {NUMBER}² {NUMBER}²(?: stride {NUMBER})? (.*)",
        lambda *parts: convolution(*map(int, parts[:5]), *parts[5:]),
    ),
    (f"pointwise adam {LENGTH}", lambda elements: adam(length(elements))),
    (f"pointwise (\\S+) {LENGTH}", lambda name, size: pointwise(name, length(size))),
    (
        f"norm embedding {SHAPE} of {SHAPE} {BOTH}",
        lambda table, picked, both: embedding(shape(table), shape(picked), bool(both)),
    ),
    (
        f"norm (.*) {SHAPE} {BOTH}",
        lambda name, sizes, both: layer(name, shape(sizes), bool(both)),
    ),
    (f"attention {SHAPE} {BOTH}", lambda sizes, both: attention(shape(sizes), bool(both))),
]


def prepare(name):
    for pattern, make in CASES:
        found = re.fullmatch(pattern, name)
        if found:
            return make(*found.groups())
    raise SystemExit(f"pytorch_operations: there is no case {name}")


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(0)
    torch.set_grad_enabled(False)
    operation = None

    def answer(**values):
        print(json.dumps(values), flush=True)

    answer(version=torch.__version__)
    for line in sys.stdin:
        request, _, rest = line.strip().partition(" ")
        if request == "prepare":
            operation = prepare(rest)
            operation()
            answer(prepared=rest)
        elif request == "run":
            start, processor = time.perf_counter_ns(), time.thread_time_ns()
            for _ in range(int(rest)):
                operation()
            answer(
                nanoseconds=time.perf_counter_ns() - start,
                processorNanoseconds=time.thread_time_ns() - processor,
            )
        else:
            return


main()
