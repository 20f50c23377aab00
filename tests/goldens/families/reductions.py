"""Sums, extrema and what is made of them, over all kinds of axes."""

import torch

from golden import between, flags, integers, normal, values

NAN = float("nan")

SHAPES = [((), []), ((1,), []), ((131,), []), ((7, 13), []), ((7, 13), [0]), ((7, 13), [1]),
          ((3, 5, 7), [1]), ((3, 5, 7), [0, 2]), ((3, 5, 7), [-1]), ((2, 1, 3, 1), [1, 3]),
          ((0, 3), [1]), ((1, 1), [0]), ((2, 3, 4, 5), [1, 2])]

EMPTY = [((0,), []), ((0, 3), [0]), ((3, 0), [1]), ((3, 0), [])]


def over(function):
    """Calls with axes and keepdim; none means all."""
    def call(x, axes, keeping=False):
        return function(x, axes if axes else list(range(x.dim())), keeping)
    return call


def prod(x, axes, keep):
    for axis in sorted((a % x.dim() for a in axes), reverse=True):
        x = x.prod(axis, keepdim=keep)
    return x


def norm(x, axes, keep):
    # by its definition, whose gradient at 0 is 0
    return torch.linalg.vector_norm(x, dim=axes, keepdim=keep) if axes else x.abs()


def each(function):
    def call(x, axes, keep):
        return function(x, dim=axes, keepdim=keep) if axes else function(x.reshape(1), dim=[0])
    return call


def amax(x, axes, keep):
    return x.amax(axes, keep) if axes else x.clone()


def amin(x, axes, keep):
    return x.amin(axes, keep) if axes else x.clone()


OPS = [
    ("sum", each(torch.sum)),
    ("mean", each(torch.mean)),
    ("prod", prod),
    ("amax", amax),
    ("amin", amin),
    ("logSumExp", each(torch.logsumexp)),
    ("norm", norm),
]


def length(shape, axes):
    n = 1
    for axis in axes or range(len(shape)):
        n *= shape[axis]
    return max(n, 1)


def add(g):
    for op, function in OPS:
        for shape, axes in SHAPES:
            scaled = between(0.5, 1.5, *shape) if op == "prod" else normal(*shape)
            g.case(op, [scaled], over(function), length=length(shape, axes), axes=axes)
        if op != "norm":
            g.case(op, [normal(3, 5, 7, scale=0.5)], over(function), length=35, axes=[1, 2],
                   keeping=True)
            g.case(op, [normal(3, 5, scale=0.5)], over(function), length=15, axes=[],
                   keeping=True)
    for op, function in [OPS[0], OPS[2]]:
        for shape, axes in EMPTY:
            g.case(op, [normal(*shape)], over(function), axes=axes)
    for op in ["var", "std"]:
        for shape, axes in [((13,), []), ((7, 13), [0]), ((7, 13), [1]), ((3, 5, 7), [0, 2]),
                            ((2, 2), [])]:
            g.case(op, [normal(*shape, shift=3)],
                   over(lambda x, a, k, f=getattr(torch, op): f(x, a)),
                   length=3 * length(shape, axes), axes=axes)
    for correction in [0, 1]:
        g.case("varKeeping", [normal(5, 7)],
               lambda x, correction, axes: torch.var(x, axes, correction=correction, keepdim=True),
               length=21, correction=correction, axes=[1])
    for op, function in [("argmax", torch.argmax), ("argmin", torch.argmin)]:
        for shape, axis in [((13,), 0), ((7, 13), 0), ((7, 13), 1), ((3, 5, 7), 1), ((1, 1), 0),
                            ((0, 3), 1)]:
            g.case(op, [normal(*shape)], lambda x, axis, f=function: f(x, axis),
                   gradients=False, axis=axis)
        g.case(op, [values([[1.0, NAN, 3.0], [NAN, NAN, 0.0]])],
               lambda x, axis, f=function: f(x, axis), gradients=False, axis=1, note="NaN")
        g.case(op, [values([3, 1, 3, 1], torch.int64)], lambda x, axis: torch.tensor(
            0 if op == "argmax" else 1), axis=0, note="ties")
    for op, function in [("amax", amax), ("amin", amin)]:
        g.case(op, [values([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])], over(function), axes=[1],
               note="ties")
        g.case(op, [values([[1.0, NAN, 3.0], [2.0, 2.0, 0.0]])], over(function), axes=[1],
               gradients=False, note="NaN")
        g.case(op, [integers(-9, 9, 5, 7)], over(function), axes=[0])
        g.case(op, [values([[-float("inf"), -float("inf")], [float("inf"), 1.0]])],
               over(function), axes=[1], gradients=False, note="infinite")
    g.case("sum", [values([1.0, NAN, 3.0])], over(each(torch.sum)), axes=[], gradients=False,
           note="NaN")
    g.case("prod", [values([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [1.0, 2.0, 3.0]])], over(prod),
           axes=[1], note="zeros")
    g.case("norm", [values([[0.0, 0.0], [3.0, 4.0]])], over(norm), axes=[1], note="at 0")
    g.case("logSumExp", [values([[1000.0, 1000.0], [-1000.0, -1000.0], [0.0, 88.0]])],
           over(each(torch.logsumexp)), axes=[1], length=4, note="far out")
    g.case("logSumExp", [values([[-float("inf"), 0.0], [-float("inf"), -float("inf")]])],
           over(each(torch.logsumexp)), axes=[1], gradients=False, note="infinite")
    for op, function in [("any", torch.any), ("all", torch.all)]:
        for shape, axes in [((5,), [0]), ((5, 7), [0]), ((5, 7), [1]), ((3, 1), [1])]:
            g.case(op, [flags(*shape)], lambda x, axes, f=function: f(x, dim=axes), axes=axes)
        g.case(op, [values([[0.0, 0.0], [0.0, 2.0], [1.0, NAN]])],
               lambda x, axes, f=function: f(x, dim=axes), axes=[1], gradients=False)
    g.case("sumTo", [normal(2, 3, 5)], lambda x, shape: x.sum((0, 2), keepdim=True)[0],
           length=10, shape=[3, 1])
    # longer than one vector, one tile, one thread's share
    g.case("sum", [normal(1031)], over(each(torch.sum)), length=1031, axes=[])
    g.case("sum", [normal(67, 65)], over(each(torch.sum)), length=67, axes=[0])
    g.case("amax", [normal(1031)], over(amax), axes=[])
    g.case("logSumExp", [normal(3, 521)], over(each(torch.logsumexp)), length=521, axes=[1])
