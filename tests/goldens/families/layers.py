"""Layers: PyTorch's state dict in; the output, gradients and new running statistics out."""

import torch
from torch import nn
from torch.func import functional_call

from golden import between, integers, normal, values


def layer(g, op, module, x, length, training=True, statistics=False, note="", **arguments):
    """Adds a case. The inputs are x, the parameters, then the buffers.

    statistics: whether the running mean and variance after the call are outputs, too
    """
    module = module.double().train(training)
    parameters = [name for name, _ in module.named_parameters()]
    buffers = [name for name, _ in module.named_buffers()]
    state = module.state_dict()

    def call(x, *tensors, **_):
        given = dict(zip(parameters + buffers, tensors))
        for name in buffers:
            given[name] = given[name].clone()
        y = functional_call(module, given, (x,))
        kept = [given[n] for n in buffers if n.endswith(("running_mean", "running_var"))]
        return [y] + kept if statistics else y

    def drawn(name):
        t = state[name]
        if name.endswith("num_batches_tracked"):
            return values(0, torch.int64)
        positive = name.endswith("running_var")
        return between(0.5, 1.5, *t.shape) if positive else normal(*t.shape, scale=0.5)

    names = {1 + i: n for i, n in enumerate(parameters + buffers)}
    floating = len(parameters) + (x.dtype == torch.float32)
    g.case(op, [x] + [drawn(n) for n in names.values()], call, length=length, names=names,
           gradients=floating, training=training, statistics=statistics, note=note, **arguments)


def add(g):
    layer(g, "Linear", nn.Linear(5, 7), normal(3, 5), 15, sizes=[5, 7])
    layer(g, "Linear", nn.Linear(5, 7), normal(2, 3, 5), 15, sizes=[5, 7])
    layer(g, "Embedding", nn.Embedding(11, 5), integers(0, 11, 3, 4), 12, sizes=[11, 5])
    layer(g, "Conv1d", nn.Conv1d(2, 3, 3, padding=1), normal(2, 2, 7), 40)
    layer(g, "Conv2d", nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), normal(2, 4, 5, 7), 100)
    layer(g, "Conv3d", nn.Conv3d(2, 3, 2, dilation=2), normal(1, 2, 4, 5, 4), 60)
    layer(g, "ConvTranspose2d", nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1),
          normal(2, 3, 4, 3), 100)
    for training in [True, False]:
        layer(g, "BatchNorm1d", nn.BatchNorm1d(3), normal(7, 3), 80, training, training)
        layer(g, "BatchNorm2d", nn.BatchNorm2d(3), normal(2, 3, 4, 5), 160, training, training)
    layer(g, "InstanceNorm2d", nn.InstanceNorm2d(3, affine=True), normal(2, 3, 4, 5), 80)
    layer(g, "LayerNorm", nn.LayerNorm(7), normal(3, 5, 7), 60)
    layer(g, "RMSNorm", nn.RMSNorm(7, eps=1e-6), normal(3, 5, 7), 60)
    layer(g, "GroupNorm", nn.GroupNorm(2, 6), normal(2, 6, 5), 60)
    layer(g, "PReLU", nn.PReLU(), normal(3, 5), 15)
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(24, 5))
    for training in [True, False]:
        layer(g, "network", network, normal(3, 1, 4, 6), 400, training)
