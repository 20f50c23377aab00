"""Scaled dot-product attention."""

import math

import torch

from golden import flags, normal, values

HIDDEN = -math.inf


def attention(q, k, v, mask=None, causal=False, scale=None):
    """By its definition; a query that sees no key gets zeros, and causal counts from the end."""
    group = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
    scores = q @ k.mT * (1 / math.sqrt(q.shape[3]) if scale is None else scale)
    if mask is not None and mask.dtype == torch.bool:
        scores = scores.masked_fill(~mask, HIDDEN)
    elif mask is not None:
        scores = scores + mask
    if causal:
        queries, keys = scores.shape[2:]
        seen = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
        scores = scores.masked_fill(~seen, HIDDEN)
    blind = (scores == HIDDEN).all(-1, keepdim=True)
    weights = scores.masked_fill(blind, 0).softmax(-1).masked_fill(blind, 0)
    return weights @ v


def packed(x, heads, keyHeads, causal=False):
    parts = x.unflatten(2, (heads + 2 * keyHeads, -1)).transpose(1, 2)
    return attention(*parts.split([heads, keyHeads, keyHeads], 1), causal=causal)


def inputs(batch, heads, key_heads, queries, keys, size, value_size):
    return [normal(batch, heads, queries, size), normal(batch, key_heads, keys, size),
            normal(batch, key_heads, keys, value_size)]


def add(g):
    # batch, heads, keyHeads, queries, keys, size, valueSize
    for sizes in [(2, 3, 3, 5, 7, 4, 4), (1, 4, 2, 3, 5, 8, 6), (2, 6, 1, 4, 4, 3, 5),
                  (1, 1, 1, 1, 1, 1, 1), (1, 2, 2, 17, 37, 13, 16), (1, 1, 1, 70, 131, 32, 32),
                  (1, 2, 1, 9, 11, 64, 24), (0, 2, 2, 3, 5, 4, 4), (2, 2, 2, 0, 3, 4, 4),
                  (1, 2, 2, 3, 0, 4, 4)]:
        g.case("attention", inputs(*sizes), attention, length=40 + 2 * sizes[4] + 2 * sizes[5])
    for sizes in [(2, 3, 3, 5, 5, 4, 4), (1, 2, 2, 3, 7, 4, 4), (1, 2, 2, 7, 3, 4, 4),
                  (1, 4, 2, 19, 19, 8, 8), (1, 1, 1, 83, 83, 16, 16)]:
        g.case("attention", inputs(*sizes), attention, length=40 + 2 * sizes[4] + 2 * sizes[5],
               causal=True)
    g.case("attention", inputs(1, 2, 2, 4, 6, 8, 8), attention, length=60, scale=0.5)
    every = (2, 4, 2, 5, 9, 8, 8)
    for shape in [(2, 4, 5, 9), (2, 1, 1, 9), (5, 9), (4, 1, 9), (9,), (1, 4, 5, 1)]:
        g.case("attention", inputs(*every) + [flags(*shape)], attention, length=60)
        g.case("attention", inputs(*every) + [normal(*shape)], attention, length=60)
    g.case("attention", inputs(*every) + [flags(5, 9)], attention, length=60, causal=True)
    nothing = torch.tensor([[True, False, True], [False, False, False], [False, False, True]])
    g.case("attention", inputs(1, 2, 1, 3, 3, 4, 4) + [nothing], attention, length=60,
           note="a query that sees nothing")
    hidden = values([[0.0, HIDDEN, 1.0], [HIDDEN, HIDDEN, HIDDEN], [HIDDEN, -2.0, 0.5]])
    g.case("attention", inputs(1, 2, 2, 3, 3, 4, 4) + [hidden], attention, length=60, gradients=3,
           note="hidden by infinity")
    g.case("attention", [normal(1, 1, 5, 8, scale=40), normal(1, 1, 7, 8), normal(1, 1, 7, 8)],
           attention, length=60, terms=50, note="far out")
    for sizes, heads, key_heads in [((2, 5, 36), 3, 3), ((1, 17, 64), 4, 2), ((2, 3, 9), 1, 1)]:
        for causal in [False, True]:
            g.case("packedAttention", [normal(*sizes)], packed, length=80, heads=heads,
                   keyHeads=key_heads, causal=causal)
