"""Writes what PyTorch's layers and losses compute, for the tests of org.gradus.nn on every device.

    python3 tests/goldens/layers.py tests/src/test/resources/goldens/nn/layers.json

Inputs and parameters are not stored: element i of tensor k is sin(0.7 * i + k), in double
precision; the test makes them the same way. The loss of a layer is the sum of its output times
tensor 100, so that every element counts differently.

The penalty is that of a GAN's critic: the sum over the batch of (|g| - 1)^2, where g is the gradient
of the sum of half the squared output times tensor 100. Its gradients are of second order.
"""

import json
import sys

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import spectral_norm

torch.set_default_dtype(torch.float64)


def wave(k, *shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + k).reshape(shape)


def numbers(tensor):
    return [float(f"{x:.12g}") for x in tensor.detach().flatten().tolist()]


def layer(module, *shape, integers=False, evaluate=False):
    for k, parameter in enumerate(module.parameters()):
        parameter.data = wave(k + 1, *parameter.shape)
    for name, buffer in module.named_buffers():
        if name in ("weight_u", "weight_v"):
            buffer.copy_(functional.normalize(wave(50, *buffer.shape), dim=0))
    x = wave(0, *shape)
    if integers:
        x = (x * 10).long() % 5
    else:
        x.requires_grad_()
    y = module(x)
    if evaluate:
        module.eval()
        y = module(x)
    (y * wave(100, *y.shape)).sum().backward()
    result = {
        "keys": {n: list(t.shape) for n, t in module.state_dict().items()},
        "shape": list(y.shape),
        "output": numbers(y),
        "inputGradient": [] if integers else numbers(x.grad),
        "gradients": {n: numbers(p.grad) for n, p in module.named_parameters()},
        "buffers": {n: numbers(b.double()) for n, b in module.named_buffers()},
    }
    if not integers:
        result["penalty"] = penalty(module, x.detach().requires_grad_())
    return result


def penalty(module, x):
    module.zero_grad()
    y = module(x)
    (g,) = torch.autograd.grad((y.square() * wave(100, *y.shape)).sum() / 2, x, create_graph=True)
    value = (g.flatten(1).norm(dim=1) - 1).square().sum()
    value.backward()
    return {
        "value": numbers(value),
        "inputGradient": numbers(x.grad),
        "gradients": {
            n: numbers(torch.zeros_like(p) if p.grad is None else p.grad)
            for n, p in module.named_parameters()
        },
    }


class DenseBlock(nn.Sequential):
    """The paper's connections; PyTorch has none."""

    def __init__(self):
        super().__init__(nn.Conv1d(2, 1, 1), nn.Conv1d(3, 2, 3, padding=1))

    def forward(self, x):
        for part in self:
            x = torch.cat([x, part(x)], 1)
        return x


class Bilinear(nn.Module):
    """Of an input and its square."""

    def __init__(self):
        super().__init__()
        self.form = nn.Bilinear(2, 2, 3)

    def forward(self, x):
        return self.form(x, x.square())


def loss(function, *shape, target):
    x = wave(0, *shape).requires_grad_()
    value = function(x, target)
    value.sum().backward()
    return {"value": numbers(value), "gradient": numbers(x.grad)}


labels = torch.tensor([2, 0, 1, 2])
probabilities = torch.sigmoid(wave(1, 4, 3))
weight = torch.tensor([0.5, 1.0, 2.0])

LAYERS = {
    "linear": layer(nn.Linear(3, 2), 4, 3),
    "linear.noBias": layer(nn.Linear(3, 2, bias=False), 2, 2, 3),
    "linear.spectral": layer(spectral_norm(nn.Linear(3, 4)), 4, 3),
    "conv1d": layer(nn.Conv1d(2, 3, 3, stride=2, padding=1), 2, 2, 7),
    "conv2d": layer(nn.Conv2d(2, 3, (2, 3), padding=(1, 0), dilation=(1, 2)), 1, 2, 4, 6),
    "conv2d.groups": layer(nn.Conv2d(4, 4, 3, groups=2, bias=False), 1, 4, 4, 4),
    "conv2d.reflect": layer(nn.Conv2d(1, 2, 3, padding=2, padding_mode="reflect"), 1, 1, 3, 4),
    "conv2d.replicate": layer(nn.Conv2d(1, 2, 3, padding=2, padding_mode="replicate"), 1, 1, 3, 4),
    "conv2d.circular": layer(nn.Conv2d(1, 2, 3, padding=2, padding_mode="circular"), 1, 1, 3, 4),
    "conv2d.spectral": layer(spectral_norm(nn.Conv2d(2, 3, 3)), 1, 2, 4, 5),
    "conv2d.spectral.evaluate": layer(
        spectral_norm(nn.Conv2d(2, 3, 3, bias=False)), 1, 2, 4, 5, evaluate=True
    ),
    "conv1d.same": layer(nn.Conv1d(1, 2, 4, padding="same"), 1, 1, 5),
    "conv2d.same": layer(
        nn.Conv2d(1, 2, (3, 2), dilation=2, padding="same", padding_mode="reflect"), 1, 1, 4, 5
    ),
    "conv2d.depthwise": layer(nn.Conv2d(3, 6, 3, groups=3, dilation=2, padding=2), 1, 3, 5, 4),
    "conv3d.groups": layer(
        nn.Conv3d(2, 2, 2, groups=2, dilation=(1, 2, 1), padding=1), 1, 2, 2, 3, 2
    ),
    "conv3d.circular": layer(
        nn.Conv3d(1, 1, 2, padding=1, padding_mode="circular"), 1, 1, 2, 3, 2
    ),
    "conv3d": layer(nn.Conv3d(1, 2, 2, stride=(1, 2, 1)), 1, 1, 3, 4, 3),
    "convTranspose1d": layer(nn.ConvTranspose1d(2, 3, 3, stride=2), 2, 2, 4),
    "convTranspose2d": layer(
        nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1, groups=2), 1, 2, 3, 3
    ),
    "convTranspose2d.spectral": layer(
        spectral_norm(nn.ConvTranspose2d(2, 3, 3, stride=2)), 1, 2, 3, 3
    ),
    "convTranspose1d.dilation": layer(
        nn.ConvTranspose1d(4, 2, 3, stride=2, dilation=2, output_padding=1, groups=2), 1, 4, 3
    ),
    "convTranspose3d.padding": layer(
        nn.ConvTranspose3d(2, 2, 3, stride=2, padding=1, output_padding=(0, 1, 1), groups=2),
        1, 2, 2, 2, 1,
    ),
    "convTranspose3d": layer(nn.ConvTranspose3d(1, 2, 2, bias=False), 1, 1, 2, 3, 2),
    "maxPool1d": layer(nn.MaxPool1d(2), 1, 2, 7),
    "maxPool2d": layer(nn.MaxPool2d(3, stride=2, padding=1), 1, 2, 5, 6),
    "maxPool3d": layer(nn.MaxPool3d(2), 1, 1, 4, 4, 2),
    "maxPool1d.dilation": layer(nn.MaxPool1d(3, stride=2, dilation=2), 1, 2, 9),
    "maxPool2d.ceil": layer(
        nn.MaxPool2d((3, 2), stride=(2, 3), padding=1, ceil_mode=True), 1, 2, 6, 8
    ),
    "maxPool2d.ceil.padding": layer(nn.MaxPool2d(2, stride=2, padding=1, ceil_mode=True), 1, 1, 3, 4),
    "adaptiveMaxPool1d": layer(nn.AdaptiveMaxPool1d(3), 1, 2, 7),
    "adaptiveMaxPool2d": layer(nn.AdaptiveMaxPool2d((2, 3)), 1, 2, 5, 7),
    "adaptiveMaxPool3d": layer(nn.AdaptiveMaxPool3d(1), 1, 2, 2, 3, 2),
    "avgPool1d": layer(nn.AvgPool1d(2, stride=1), 1, 2, 5),
    "avgPool2d": layer(nn.AvgPool2d(2, padding=1, count_include_pad=False), 1, 2, 4, 4),
    "avgPool1d.ceil": layer(nn.AvgPool1d(3, stride=2, padding=1, ceil_mode=True), 1, 2, 6),
    "avgPool2d.ceil": layer(
        nn.AvgPool2d((3, 2), stride=(2, 3), padding=1, ceil_mode=True), 1, 2, 6, 8
    ),
    "avgPool2d.ceil.inside": layer(
        nn.AvgPool2d((3, 2), stride=(2, 3), padding=1, ceil_mode=True, count_include_pad=False),
        1, 2, 6, 8
    ),
    "avgPool2d.ceil.padding": layer(nn.AvgPool2d(2, stride=2, padding=1, ceil_mode=True), 1, 1, 3, 4),
    "avgPool3d.ceil": layer(
        nn.AvgPool3d(2, stride=2, ceil_mode=True, count_include_pad=False), 1, 1, 3, 4, 5
    ),
    "avgPool3d": layer(nn.AvgPool3d(2), 1, 1, 4, 4, 2),
    "adaptiveAvgPool1d": layer(nn.AdaptiveAvgPool1d(3), 1, 2, 7),
    "adaptiveAvgPool2d": layer(nn.AdaptiveAvgPool2d((2, 3)), 1, 2, 5, 7),
    "adaptiveAvgPool3d": layer(nn.AdaptiveAvgPool3d(1), 1, 2, 2, 3, 2),
    "batchNorm1d": layer(nn.BatchNorm1d(3), 4, 3),
    "batchNorm2d": layer(nn.BatchNorm2d(2), 2, 2, 3, 2),
    "batchNorm2d.evaluate": layer(nn.BatchNorm2d(2, momentum=0.3), 2, 2, 3, 2, evaluate=True),
    "batchNorm3d": layer(nn.BatchNorm3d(2, affine=False), 2, 2, 2, 2, 2),
    "layerNorm": layer(nn.LayerNorm((3, 4)), 2, 3, 4),
    "layerNorm.noBias": layer(nn.LayerNorm(5, bias=False), 2, 5),
    "groupNorm": layer(nn.GroupNorm(2, 4), 2, 4, 3),
    "instanceNorm2d": layer(nn.InstanceNorm2d(2), 2, 2, 3, 3),
    "instanceNorm1d.affine": layer(nn.InstanceNorm1d(2, affine=True), 2, 2, 5),
    "instanceNorm2d.running": layer(
        nn.InstanceNorm2d(2, affine=True, track_running_stats=True, momentum=0.3), 3, 2, 2, 3
    ),
    "instanceNorm2d.evaluate": layer(
        nn.InstanceNorm2d(2, affine=True, track_running_stats=True), 3, 2, 2, 3, evaluate=True
    ),
    "rmsNorm": layer(nn.RMSNorm(4, eps=1.1920928955078125e-07), 2, 3, 4),
    "embedding": layer(nn.Embedding(5, 3), 2, 4, integers=True),
    "embedding.padding": layer(nn.Embedding(5, 3, padding_idx=1), 2, 4, integers=True),
    "upsample": layer(nn.Upsample(scale_factor=(2, 3)), 1, 2, 2, 2),
    "upsample.size": layer(nn.Upsample(size=(3, 5)), 1, 2, 2, 4),
    "upsample.linear": layer(nn.Upsample(scale_factor=3, mode="linear"), 1, 2, 4),
    "upsample.bilinear": layer(nn.Upsample(size=(5, 3), mode="bilinear"), 1, 2, 3, 4),
    "upsample.corners": layer(
        nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), 1, 2, 3, 2
    ),
    "upsample.trilinear": layer(nn.Upsample(size=(3, 1, 4), mode="trilinear"), 1, 1, 2, 3, 2),
    "pixelShuffle": layer(nn.PixelShuffle(2), 1, 8, 2, 3),
    "pixelUnshuffle": layer(nn.PixelUnshuffle(3), 1, 1, 3, 6),
    "pad.zeros": layer(nn.ZeroPad2d((1, 0, 2, 1)), 1, 2, 3, 2),
    "pad.constant": layer(nn.ConstantPad1d((2, 1), 0.5), 1, 2, 3),
    "pad.reflect": layer(nn.ReflectionPad2d((1, 2, 0, 1)), 1, 2, 3, 3),
    "pad.replicate": layer(nn.ReplicationPad3d((1, 0, 2, 1, 0, 1)), 1, 1, 2, 2, 3),
    "pad.circular": layer(nn.CircularPad2d((2, 1, 0, 3)), 1, 1, 3, 2),
    "denseBlock": layer(DenseBlock(), 1, 2, 3),
    "bilinear": layer(Bilinear(), 3, 2),
    "gelu": layer(nn.GELU(), 2, 5),
    "gelu.tanh": layer(nn.GELU(approximate="tanh"), 2, 5),
    "silu": layer(nn.SiLU(), 2, 5),
    "tanh": layer(nn.Tanh(), 2, 5),
    "sigmoid": layer(nn.Sigmoid(), 2, 5),
    "softplus": layer(nn.Softplus(), 2, 5),
    "leakyRelu": layer(nn.LeakyReLU(0.2), 2, 5),
    "elu": layer(nn.ELU(0.5), 2, 5),
    "prelu": layer(nn.PReLU(2), 1, 2, 3),
    "softmax": layer(nn.Softmax(1), 2, 5),
    "logSoftmax": layer(nn.LogSoftmax(1), 2, 5),
}


def cross_entropy(**options):
    return lambda x, t: functional.cross_entropy(x, t, **options)


LOSSES = {
    "crossEntropy": loss(cross_entropy(), 4, 3, target=labels),
    "crossEntropy.sum": loss(cross_entropy(reduction="sum"), 4, 3, target=labels),
    "crossEntropy.none": loss(cross_entropy(reduction="none"), 4, 3, target=labels),
    "crossEntropy.weights": loss(cross_entropy(weight=weight), 4, 3, target=labels),
    "crossEntropy.smoothing": loss(cross_entropy(label_smoothing=0.2), 4, 3, target=labels),
    "crossEntropy.ignored": loss(cross_entropy(ignore_index=2), 4, 3, target=labels),
    "crossEntropy.all": loss(
        cross_entropy(weight=weight, label_smoothing=0.1, ignore_index=0), 4, 3, target=labels
    ),
    "crossEntropy.images": loss(cross_entropy(), 2, 3, 2, target=labels.reshape(2, 2)),
    "crossEntropy.probabilities": loss(
        cross_entropy(weight=weight, label_smoothing=0.1), 4, 3, target=probabilities
    ),
    "negativeLogLikelihood": loss(functional.nll_loss, 4, 3, target=labels),
    "binaryCrossEntropyWithLogits": loss(
        functional.binary_cross_entropy_with_logits, 4, 3, target=probabilities
    ),
    "binaryCrossEntropy": loss(
        lambda x, t: functional.binary_cross_entropy(x.sigmoid(), t), 4, 3, target=probabilities
    ),
    "meanSquaredError": loss(functional.mse_loss, 4, 3, target=probabilities),
    "meanAbsoluteError": loss(functional.l1_loss, 4, 3, target=probabilities),
    "huber": loss(lambda x, t: functional.huber_loss(x, t, delta=0.4), 4, 3, target=probabilities),
    "smoothL1": loss(
        lambda x, t: functional.smooth_l1_loss(x, t, beta=0.4), 4, 3, target=probabilities
    ),
    "divergence": loss(
        lambda x, t: functional.kl_div(x, t, reduction="batchmean"), 4, 3, target=probabilities
    ),
}

if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="ascii") as file:
        json.dump({"layers": LAYERS, "losses": LOSSES}, file, separators=(",", ":"))
        file.write("\n")
