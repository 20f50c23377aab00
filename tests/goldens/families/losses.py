"""Losses of an output and a target."""

import torch
from torch.nn import functional as F

from golden import away, between, integers, normal, values


def add(g):
    for shape in [(7, 13), (1, 1), (5,), (2, 3, 5)]:
        two = [normal(*shape), normal(*shape)]
        g.case("meanSquaredError", two, F.mse_loss, length=13)
        g.case("meanAbsoluteError", two, F.l1_loss, length=13)
        g.case("huber", two, lambda x, y, delta: F.huber_loss(x, y, delta=delta), length=13,
               delta=0.7)
        g.case("smoothL1", two, lambda x, y, beta: F.smooth_l1_loss(x, y, beta=beta), length=13,
               beta=0.7)
        g.case("binaryCrossEntropyWithLogits", [normal(*shape, scale=3), between(0, 1, *shape)],
               F.binary_cross_entropy_with_logits, length=13, gradients=1)
        g.case("binaryCrossEntropy", [between(0.1, 0.9, *shape), between(0, 1, *shape)],
               F.binary_cross_entropy, length=13, terms=10, gradients=1)
    g.case("divergence", [normal(5, 7, shift=-1), between(0.1, 1, 5, 7)],
           lambda x, y: F.kl_div(x, y, reduction="batchmean"), length=35, gradients=1)
    g.case("binaryCrossEntropy", [values([0.0, 1.0, 0.5]), values([0.0, 1.0, 1.0])],
           F.binary_cross_entropy, gradients=False, note="at 0 and 1")
    g.case("binaryCrossEntropyWithLogits",
           [values([100.0, -100.0, 100.0, -100.0]), values([1.0, 0.0, 0.0, 1.0])],
           F.binary_cross_entropy_with_logits, gradients=1, terms=100, note="far out")

    def cross_entropy(x, y, smoothing=0.0, ignored=-100, weights=None):
        w = torch.tensor(weights, dtype=x.dtype) if weights else None
        return F.cross_entropy(x, y, weight=w, ignore_index=ignored, label_smoothing=smoothing)

    for shape in [(7, 5), (2, 5, 3), (1, 5), (2, 5, 3, 2)]:
        labels = integers(0, 5, *((shape[0],) + shape[2:]))
        g.case("crossEntropyLoss", [normal(*shape), labels], cross_entropy, length=60)
        g.case("crossEntropyLoss", [normal(*shape), labels], cross_entropy, length=60,
               smoothing=0.1)
        g.case("crossEntropyLoss", [normal(*shape), labels], cross_entropy, length=60,
               weights=[0.5, 1.0, 2.0, 0.25, 1.5])
        g.case("crossEntropyLoss", [normal(*shape), labels], cross_entropy, length=60,
               weights=[0.5, 1.0, 2.0, 0.25, 1.5], smoothing=0.2)
    g.case("crossEntropyLoss", [normal(7, 5), values([0, 1, 2, 2, 4, 2, 3], torch.int64)],
           cross_entropy, length=60, ignored=2)
    g.case("crossEntropyLoss", [normal(7, 5), values([0, 1, 2, 2, 4, 2, 3], torch.int64)],
           cross_entropy, length=60, ignored=2, smoothing=0.1,
           weights=[0.5, 1.0, 2.0, 0.25, 1.5])
    g.case("crossEntropyLoss", [normal(7, 5), between(0, 1, 7, 5)], cross_entropy, length=60,
           gradients=1)
    g.case("negativeLogLikelihood", [away(7, 5), integers(0, 5, 7)], F.nll_loss, length=7)
