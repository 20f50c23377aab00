"""Chains of pointwise functions as programs have them: they run as one kernel, or as several."""

import torch
from torch.nn import functional as F

from golden import away, between, flags, normal


def shared(x, y):
    a = x.exp() + y
    b = a * a
    return b / (a.abs() + 1) - b.tanh()


def gated(x, gate, bias):
    return F.silu(x + bias) * torch.sigmoid(gate)


def standardized(x):
    centered = x - x.mean(-1, keepdim=True)
    return centered / (centered.square().mean(-1, keepdim=True) + 1e-5).sqrt()


def masked_mean(x, mask):
    m = mask.to(x.dtype)
    return (x * m).sum(-1) / m.sum(-1).clamp(min=1)


def long_chain(x):
    for _ in range(40):
        x = (x * 1.01 + 0.01).sin()
    return x


def softmax_by_hand(x):
    e = (x - x.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


def add(g):
    g.case("shared", [normal(3, 7), normal(7)], shared, terms=50)
    g.case("shared", [normal(0, 7), normal(7)], shared)
    g.case("gated", [normal(3, 7), normal(3, 7), normal(7)], gated, length=3)
    g.case("gated", [normal(3, 1), normal(1, 7), normal()], gated, length=21)
    g.case("standardized", [normal(5, 11)], standardized, length=60)
    g.case("maskedMean", [normal(5, 11), flags(5, 11)], masked_mean, length=11)
    g.case("longChain", [normal(17)], long_chain, length=40)
    g.case("softmaxByHand", [normal(5, 11)], softmax_by_hand, length=40)
    g.case("meanOfSquares", [normal(5, 11), normal(11)], lambda x, y: ((x - y) ** 2).mean(),
           length=55)
    g.case("logOfSum", [between(0.1, 1, 5, 11)], lambda x: x.sqrt().sum(0).log(), length=5)
    g.case("diamond", [away(7)], lambda x: (x + 1) * (x - 1) / (x * x + 1))
