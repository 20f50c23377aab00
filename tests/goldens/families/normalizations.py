"""Softmax, cross-entropy, and normalization by mean and variance."""

import torch
from torch.nn import functional as F

from golden import between, integers, normal, values

ROWS = [((7, 13), 1), ((7, 13), 0), ((13,), 0), ((3, 5, 7), 1), ((3, 5, 7), -1), ((), 0),
        ((1, 1), 1), ((0, 5), 1), ((5, 0), 1), ((3, 131), 1), ((2, 1031), 1)]


def layer_norm(x, w=None, b=None, axes=1, epsilon=1e-5):
    return F.layer_norm(x, x.shape[x.dim() - axes:], w, b, epsilon)


def rms_norm(x, w=None, epsilon=1e-6):
    return F.rms_norm(x, x.shape[-1:], w, epsilon)


def group_norm(x, w=None, b=None, groups=1, epsilon=1e-5):
    return F.group_norm(x, groups, w, b, epsilon)


def batch_norm(x, w=None, b=None, epsilon=1e-5):
    axes = [0] + list(range(2, x.dim()))
    y = F.batch_norm(x, None, None, w, b, True, 0.1, epsilon)
    return y, x.detach().mean(axes), x.detach().var(axes, correction=0)


def add(g):
    for op, function in [("softmax", F.softmax), ("logSoftmax", F.log_softmax)]:
        for shape, axis in ROWS:
            g.case(op, [normal(*shape)], lambda x, axis, f=function: f(x, axis),
                   length=60, axis=axis)
        g.case(op, [values([[1000.0, 999.0, 0.0], [-1000.0, -1000.0, -999.0]])],
               lambda x, axis, f=function: f(x, axis), axis=1, length=6, note="far out")
        g.case(op, [values([[-float("inf"), 0.0, 1.0]])],
               lambda x, axis, f=function: f(x, axis), axis=1, length=6, gradients=False,
               note="masked")
    for rows, classes in [(7, 13), (1, 1), (1, 5), (5, 1), (0, 3), (3, 131)]:
        g.case("crossEntropy", [normal(rows, classes), integers(0, classes, rows)],
               lambda x, y: F.cross_entropy(x, y, reduction="none"), length=60)
    g.case("crossEntropy", [values([[1000.0, -1000.0], [-1000.0, 1000.0]]),
                            values([1, 1], torch.int64)],
           lambda x, y: F.cross_entropy(x, y, reduction="none"), note="far out")
    for shape, axes in [((7, 13), 1), ((3, 5, 7), 1), ((3, 5, 7), 2), ((2, 1), 1), ((0, 5), 1),
                        ((13,), 1), ((5, 131), 1)]:
        inner = shape[len(shape) - axes:]
        for affine in [0, 1, 2]:
            parameters = [between(0.5, 1.5, *inner), normal(*inner)][:affine]
            # the differences from the mean of one element are multiplied by 1 / sqrt(epsilon)
            terms = 600 if inner == (1,) else 1
            g.case("layerNorm", [normal(*shape, shift=2)] + parameters, layer_norm, length=200,
                   terms=terms, axes=axes, epsilon=1e-5)
    for shape in [(7, 13), (3, 5, 7), (13,), (0, 5), (2, 1)]:
        g.case("rmsNorm", [normal(*shape)], rms_norm, length=60, epsilon=1e-6)
        g.case("rmsNorm", [normal(*shape), between(0.5, 1.5, shape[-1])], rms_norm, length=60,
               epsilon=1e-6)
    for shape, groups in [((2, 6, 5), 3), ((2, 6, 3, 5), 1), ((2, 6, 3, 5), 6), ((3, 4), 2)]:
        channels = shape[1]
        # of two elements: the gradient is what is left when almost all has cancelled
        terms = 30 if shape == (3, 4) else 1
        g.case("groupNorm", [normal(*shape)], group_norm, length=120, terms=terms, groups=groups,
               epsilon=1e-5)
        g.case("groupNorm", [normal(*shape), between(0.5, 1.5, channels), normal(channels)],
               group_norm, length=120, terms=terms, groups=groups, epsilon=1e-5)
    for shape in [(5, 3), (2, 3, 7), (2, 3, 5, 7), (1, 2, 3, 4, 5), (17, 1), (3, 17, 2, 2)]:
        channels = shape[1]
        g.case("batchNorm", [normal(*shape, shift=1)], batch_norm, length=200, epsilon=1e-5)
        g.case("batchNorm",
               [normal(*shape, shift=1), between(0.5, 1.5, channels), normal(channels)],
               batch_norm, length=200, epsilon=1e-5)
