"""Writes what PyTorch's attention and Transformer modules compute, for the tests of org.gradus.nn.

    python3 tests/goldens/transformers.py tests/src/test/resources/goldens/nn/transformers.json

As in layers.py, inputs and parameters are waves that the test makes the same way: parameters are
tensors 1, 2, ..., the inputs 50, 51, ..., and the loss is the sum of the output times tensor 100.
"""

import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional

from layers import numbers, wave

SIZE, HEADS, HIDDEN = 8, 2, 6


def case(module, call, *shapes):
    module.eval()
    for k, parameter in enumerate(module.parameters()):
        parameter.data = wave(k + 1, *parameter.shape)
    inputs = [wave(50 + i, *shape).requires_grad_() for i, shape in enumerate(shapes)]
    y = call(module, *inputs)
    (y * wave(100, *y.shape)).sum().backward()
    return {
        "keys": {n: list(t.shape) for n, t in module.state_dict().items()},
        "shape": list(y.shape),
        "output": numbers(y),
        "inputGradients": [numbers(x.grad) for x in inputs],
        "gradients": {n: numbers(p.grad) for n, p in module.named_parameters()},
    }


def later(steps):
    return torch.ones(steps, steps, dtype=torch.bool).triu(1)


def padding(batch, steps):
    """The last i steps of sequence i are padding."""
    return torch.arange(steps) >= steps - torch.arange(batch).unsqueeze(1)


def hidden(queries, keys):
    return (torch.arange(queries).unsqueeze(1) + 2 * torch.arange(keys)) % 3 == 0


def scores(queries, keys):
    return wave(60, HEADS, queries, keys)


def repeated(mask, batch):
    """PyTorch has a mask by head for each sequence, one behind the other."""
    return mask.repeat(batch, 1, 1)


def self_attention(module, x, **options):
    return module(x, x, x, need_weights=False, **options)[0]


def turn(x):
    size = x.shape[-1]
    frequencies = 10000.0 ** (-torch.arange(0, size, 2) / size)
    angles = torch.arange(x.shape[-2]).unsqueeze(1) * frequencies
    turned = torch.view_as_complex(x.unflatten(-1, (-1, 2))) * torch.polar(
        torch.ones_like(angles), angles)
    return torch.view_as_real(turned).flatten(-2)


class GroupedAttention(nn.Module):
    """What PyTorch has no module for: fewer key heads, and rotary positions."""

    def __init__(self, size, heads, key_heads, rotary):
        super().__init__()
        self.heads, self.key_heads, self.rotary = heads, key_heads, rotary
        rows = size // heads * (heads + 2 * key_heads)
        self.in_proj_weight = nn.Parameter(torch.empty(rows, size))
        self.in_proj_bias = nn.Parameter(torch.empty(rows))
        self.out_proj = nn.Linear(size, size)

    def forward(self, x):
        parts = functional.linear(x, self.in_proj_weight, self.in_proj_bias)
        parts = parts.unflatten(2, (self.heads + 2 * self.key_heads, -1)).transpose(1, 2)
        q, k, v = parts.split([self.heads, self.key_heads, self.key_heads], 1)
        if self.rotary:
            q, k = turn(q.contiguous()), turn(k.contiguous())
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.out_proj(y.transpose(1, 2).flatten(2))


class Positions(nn.Module):
    def forward(self, x):
        steps, size = x.shape[1:]
        angles = torch.arange(steps).unsqueeze(1) * 10000.0 ** (-torch.arange(0, size, 2) / size)
        return x + torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :size]


def attention(**options):
    return nn.MultiheadAttention(SIZE, HEADS, batch_first=True, **options)


def layer_options(**options):
    return {"dim_feedforward": HIDDEN, "dropout": 0.3, "batch_first": True} | options


def encoder_layer(**options):
    return nn.TransformerEncoderLayer(SIZE, HEADS, **layer_options(**options))


def decoder_layer(**options):
    return nn.TransformerDecoderLayer(SIZE, HEADS, **layer_options(**options))


def decode(module, target, memory):
    return module(target, memory, tgt_mask=later(target.shape[1]),
                  memory_key_padding_mask=padding(*memory.shape[:2]))


def translate(module, source, target):
    pads = padding(*source.shape[:2])
    return module(source, target, tgt_mask=later(target.shape[1]), src_key_padding_mask=pads,
                  memory_key_padding_mask=pads)


STEPS, SOURCE, TARGET = (2, 5, SIZE), (3, 4, SIZE), (3, 3, SIZE)
GELU_FIRST = {"activation": "gelu", "norm_first": True}

CASES = {
    "attention": case(attention(), self_attention, STEPS),
    "attention.noBias": case(attention(bias=False), self_attention, STEPS),
    "attention.causal": case(
        attention(), lambda m, x: self_attention(m, x, attn_mask=later(5)), STEPS),
    "attention.padding": case(
        attention(), lambda m, x: self_attention(m, x, key_padding_mask=padding(2, 5)), STEPS),
    "attention.mask": case(
        attention(), lambda m, x: self_attention(m, x, attn_mask=hidden(5, 5)), STEPS),
    "attention.scores": case(
        attention(), lambda m, x: self_attention(m, x, attn_mask=repeated(scores(5, 5), 2)), STEPS),
    "attention.memory": case(
        attention(), lambda m, x, y: m(x, y, y, need_weights=False)[0], (2, 3, SIZE), STEPS),
    "attention.sizes": case(
        attention(kdim=3, vdim=5),
        lambda m, q, k, v: m(q, k, v, key_padding_mask=padding(2, 4), need_weights=False)[0],
        (2, 3, SIZE), (2, 4, 3), (2, 4, 5)),
    "attention.grouped": case(
        GroupedAttention(SIZE, 4, 2, False), lambda m, x: m(x), (2, 5, SIZE)),
    "attention.rotary": case(
        GroupedAttention(SIZE, 2, 2, True), lambda m, x: m(x), (2, 5, SIZE)),
    "positions": case(Positions(), lambda m, x: m(x), (2, 5, 6)),
    "positions.odd": case(Positions(), lambda m, x: m(x), (1, 4, 5)),
    "encoderLayer": case(encoder_layer(), lambda m, x: m(x), STEPS),
    "encoderLayer.normFirst": case(
        encoder_layer(**GELU_FIRST), lambda m, x: m(x, src_mask=later(5)), STEPS),
    "encoderLayer.noBias": case(encoder_layer(bias=False), lambda m, x: m(x), STEPS),
    "decoderLayer": case(decoder_layer(), decode, TARGET, SOURCE),
    "decoderLayer.normFirst": case(decoder_layer(**GELU_FIRST), decode, TARGET, SOURCE),
    "encoder": case(
        nn.TransformerEncoder(encoder_layer(), 2, enable_nested_tensor=False),
        lambda m, x: m(x, src_key_padding_mask=padding(2, 5)), STEPS),
    "encoder.normalized": case(
        nn.TransformerEncoder(encoder_layer(**GELU_FIRST), 2, nn.LayerNorm(SIZE),
                              enable_nested_tensor=False),
        lambda m, x: m(x), STEPS),
    "decoder": case(nn.TransformerDecoder(decoder_layer(), 2), decode, TARGET, SOURCE),
    "transformer": case(
        nn.Transformer(SIZE, HEADS, 2, 1, **layer_options()), translate, SOURCE, TARGET),
    "transformer.normFirst": case(
        nn.Transformer(SIZE, HEADS, 1, 2, **layer_options(**GELU_FIRST)), translate, SOURCE,
        TARGET),
}

if __name__ == "__main__":
    with open(sys.argv[1], "w") as file:
        json.dump(CASES, file, separators=(",", ":"))
        file.write("\n")
