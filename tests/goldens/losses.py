"""Writes what PyTorch's losses of several inputs and of sequences compute, for org.gradus.nn.

    python3 tests/goldens/losses.py tests/src/test/resources/goldens/nn/losses.json

Inputs are not stored: element i of input k is sin(0.7 * i + k), in double precision; the test makes
them the same way. Stored are the loss and the gradients of its sum.
"""

import json
import sys

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)


def wave(k, *shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + k).reshape(shape)


def numbers(tensor):
    return [float(f"{x:.12g}") for x in tensor.detach().flatten().tolist()]


def loss(function, *shapes):
    inputs = [wave(k, *shape).requires_grad_() for k, shape in enumerate(shapes)]
    value = function(*inputs)
    value[value.isfinite()].sum().backward()
    return {
        "value": [x if abs(x) < float("inf") else "inf" for x in numbers(value)],
        "gradients": [numbers(x.grad) for x in inputs],
    }


def contrastive(a, b):
    """The formula of Hadsell et al.; PyTorch has none."""
    similar = torch.tensor([1.0, 0.0, 0.0, 1.0])
    distance = (a - b).square().sum(1).sqrt()
    apart = (1.5 - distance).clamp(min=0).square()
    return ((similar * distance.square() + (1 - similar) * apart) / 2).mean()


def ctc(inputs, targets, lengths, **options):
    """Of logits, so that PyTorch's gradient is the true one: it assumes a softmax before."""
    return lambda x: functional.ctc_loss(
        x.log_softmax(2), torch.tensor(targets), torch.tensor(inputs), torch.tensor(lengths),
        **options)


labels = torch.tensor([2, 0, 1, 2])
signs = torch.tensor([[1.0, -1, 1], [-1, -1, 1], [1, 1, -1], [-1, 1, -1]])
pairs = torch.tensor([1.0, -1, -1, 1])
probabilities = torch.sigmoid(wave(1, 4, 3))
counts = torch.tensor([[0.0, 1, 2], [3, 0, 1], [1, 1, 5], [0, 2, 2]])
square = (4, 3)
TARGETS = [[1, 2, 2, 3], [3, 0, 0, 0], [1, 1, 1, 1]]

LOSSES = {
    "positiveWeight": loss(
        lambda x: functional.binary_cross_entropy_with_logits(
            x, probabilities, pos_weight=torch.tensor([3.0])), square),
    "positiveWeights": loss(
        lambda x: functional.binary_cross_entropy_with_logits(
            x, probabilities, pos_weight=torch.tensor([0.5, 1, 4]), reduction="none"), square),
    "hinge": loss(lambda x: (1 - x * signs).clamp(min=0).mean(), square),
    "softMargin": loss(lambda x: functional.soft_margin_loss(x, signs), square),
    "hingeEmbedding": loss(lambda x: functional.hinge_embedding_loss(x, signs, margin=0.7), square),
    "multiMargin": loss(lambda x: functional.multi_margin_loss(x, labels), square),
    "multiMargin.squared": loss(
        lambda x: functional.multi_margin_loss(x, labels, p=2, margin=0.5, reduction="sum"), square),
    "poisson": loss(lambda x: functional.poisson_nll_loss(x, counts), square),
    "poisson.rates": loss(
        lambda x: functional.poisson_nll_loss(x + 1.5, counts, log_input=False), square),
    "gaussian": loss(
        lambda x: functional.gaussian_nll_loss(x[:, :1], wave(1, 4, 1), x[:, 1:].exp()), (4, 2)),
    "gaussian.three": loss(
        lambda x, v: functional.gaussian_nll_loss(x, wave(1, 4, 3), v.exp(), eps=0.5, reduction="none"),
        square, square),
    "triplet": loss(lambda a, p, n: functional.triplet_margin_loss(a, p, n), *[square] * 3),
    "triplet.swap": loss(
        lambda a, p, n: functional.triplet_margin_loss(
            a, p, n, margin=2.0, swap=True, reduction="none"), *[square] * 3),
    "cosineEmbedding": loss(
        lambda a, b: functional.cosine_embedding_loss(a, b, pairs, margin=0.1), square, square),
    "contrastive": loss(contrastive, square, square),
    "cosineSimilarity": loss(lambda a, b: functional.cosine_similarity(a, b, dim=1), square, square),
    "marginRanking": loss(
        lambda a, b: functional.margin_ranking_loss(a, b, pairs, margin=0.3), (4,), (4,)),
    "ctc": loss(ctc([9, 9, 9], TARGETS, [4, 1, 4]), (9, 3, 4)),
    "ctc.none": loss(ctc([9, 6, 7], TARGETS, [4, 1, 4], reduction="none"), (9, 3, 4)),
    "ctc.sum": loss(ctc([9, 6, 7], TARGETS, [3, 1, 0], reduction="sum"), (9, 3, 4)),
    "ctc.blank": loss(
        ctc([5, 4, 5], [[0, 1], [1, 0], [1, 1]], [2, 2, 2], blank=3), (5, 3, 4)),
    "ctc.impossible": loss(
        ctc([9, 2, 6], TARGETS, [4, 4, 4], zero_infinity=True, reduction="none"), (9, 3, 4)),
    "ctc.infinite": loss(
        ctc([9, 5, 4], [[1, 2], [3, 1], [1, 2]], [2, 2, 2], reduction="none"), (9, 3, 4)),
    "ctc.long": loss(ctc([60, 47], [list(range(1, 8)) * 2] * 2, [14, 9]), (60, 2, 9)),
}

with open(sys.argv[1], "w", encoding="ascii") as file:
    json.dump({"losses": LOSSES}, file, separators=(",", ":"))
    file.write("\n")
