"""Golden cases: an operation's inputs, with the outputs and gradients that PyTorch computes.

Inputs are representable in f32; PyTorch computes with them in f64, and what it finds is rounded to
f32. So a golden value is the true one to within half a unit in the last place.

The gradients are those of the sum of all floating outputs, each multiplied by `weights`, with
respect to each floating input. A case is named after its operation, shapes and arguments; its
random inputs come from a hash of that name, so that adding a case changes no other.
"""

import json
import zlib
from dataclasses import dataclass
from typing import Callable

import numpy
import torch


@dataclass(frozen=True)
class Random:
    """An input to be drawn: its shape, its type, and the function that draws it."""

    shape: tuple
    dtype: torch.dtype
    draw: Callable


def normal(*shape, scale=1.0, shift=0.0):
    """Normally distributed numbers, all different."""
    return Random(shape, torch.float32, lambda rng: rng.normal(shift, scale, shape))


def between(low, high, *shape):
    """Uniformly distributed numbers."""
    return Random(shape, torch.float32, lambda rng: rng.uniform(low, high, shape))


def away(*shape, gap=0.25):
    """Numbers of both signs that keep a distance from 0."""
    def draw(rng):
        return rng.uniform(gap, 2, shape) * rng.choice([-1, 1], shape)
    return Random(shape, torch.float32, draw)


def integers(low, high, *shape, dtype=torch.int64):
    """Whole numbers from `low` up to but without `high`."""
    return Random(shape, dtype, lambda rng: rng.integers(low, high, shape))


def flags(*shape):
    """Truth values."""
    return Random(shape, torch.bool, lambda rng: rng.random(shape) < 0.5)


def values(numbers, dtype=torch.float32):
    """Given numbers."""
    return torch.tensor(numbers, dtype=dtype)


def weights(shape):
    """What an output is multiplied by before it is summed: both sides know this formula."""
    count = int(numpy.prod(shape, dtype=numpy.int64))
    return (((torch.arange(count) * 29) % 127 - 63) / 32).reshape(shape)


class Goldens:
    """Collects the cases of one family, with their tensors."""

    def __init__(self, family):
        self.family = family
        self.cases = []
        self.tensors = {}

    def case(self, op, inputs, function, length=1, terms=1, gradients=True, native=False, note="",
             names=None, **arguments):
        """Adds a case.

        function: PyTorch's, called with the inputs and the arguments
        length: how many products are summed into one element of an output or gradient, at most
        terms: how large the terms are that make up a result, where larger than 1; 0 if it is
            exact to its last digits however small it is
        gradients: whether it is differentiated (by its first floating inputs if a number)
        native: compute in the types of the inputs, not in f64
        note: tells apart cases that are named alike
        names: PyTorch's state-dict names of the inputs that are parameters, by position
        """
        name = " ".join(
            [op] + [_described(x) for x in inputs]
            + [f"{k} {_text(v)}" for k, v in arguments.items()] + ([note] if note else []))
        if any(c["name"] == name for c in self.cases):
            raise ValueError(f"two cases are named '{name}'")
        rng = numpy.random.default_rng(zlib.crc32(f"{self.family}: {name}".encode()))
        stored = [_draw(x, rng) for x in inputs]
        taken = [x.clone() if native or not x.is_floating_point() else x.double() for x in stored]
        wanted = [i for i, x in enumerate(taken) if x.is_floating_point()] if gradients else []
        if gradients is not True:
            wanted = wanted[:int(gradients)]
        for i in wanted:
            taken[i].requires_grad_()
        outputs = function(*taken, **arguments)
        outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
        loss = sum(((y * weights(y.shape).to(y.dtype)).sum() for y in outputs if y.requires_grad),
                   start=torch.zeros((), dtype=torch.float64))
        found = torch.autograd.grad(loss, [taken[i] for i in wanted], allow_unused=True) \
            if wanted and loss.requires_grad else []
        number = len(self.cases)
        entry = {"name": name, "family": self.family, "op": op, "arguments": arguments,
                 "inputs": self._store(number, "x", stored),
                 "outputs": self._store(number, "y", outputs)}
        if wanted:
            entry["gradients"] = {
                str(i): self._store(number, f"g{i}.", [
                    torch.zeros(taken[i].shape) if g is None else g])[0]
                for i, g in zip(wanted, found or [None] * len(wanted))}
        if length != 1:
            entry["length"] = length
        if terms != 1:
            entry["terms"] = terms
        if native:
            entry["native"] = True
        if names:
            entry["names"] = {str(i): n for i, n in names.items()}
        self.cases.append(entry)

    def _store(self, number, prefix, tensors):
        keys = []
        for i, x in enumerate(tensors):
            key = f"{number}.{prefix}{i}" if prefix in ("x", "y") else f"{number}.{prefix[:-1]}"
            x = x.detach()
            self.tensors[key] = (x.float() if x.dtype == torch.float64 else x).contiguous().clone()
            keys.append(key)
        return keys

    def lines(self):
        """Returns the index, one line for each case."""
        return [json.dumps(case) for case in self.cases]


def _draw(x, rng):
    if isinstance(x, torch.Tensor):
        return x
    return torch.from_numpy(numpy.asarray(x.draw(rng))).to(x.dtype).reshape(x.shape)


def _described(x):
    kind = "" if x.dtype == torch.float32 else str(x.dtype).removeprefix("torch.")
    return kind + str(list(x.shape))


def _text(value):
    return json.dumps(value).replace('"', "") if not isinstance(value, bool) else str(value).lower()
