"""Writes where PyTorch's optimizers and schedules lead, for org.gradus.optim's tests.

    python3 tests/goldens/optimizers.py framework/src/test/resources/org/gradus/optim/optimizers.json

The parameter starts at sin(i) for i = 0..4; its gradient in step t = 1..10 is cos(t + 0.5 * i) *
(1 + 0.1 * t), in double precision.
"""

import json
import sys
import warnings

import torch
from torch import optim
from torch.optim import lr_scheduler

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
INDEX = torch.arange(5, dtype=torch.float64)


def gradient(step):
    return torch.cos(step + 0.5 * INDEX) * (1 + 0.1 * step)


def run(make):
    parameter = torch.nn.Parameter(torch.sin(INDEX))
    optimizer = make([parameter])
    for step in range(1, 11):
        parameter.grad = gradient(step)
        optimizer.step()
    states = optimizer.state[parameter]
    return {
        "parameter": parameter.tolist(),
        "states": {
            name: value.tolist()
            for name, value in states.items()
            if torch.is_tensor(value) and value.dim() > 0
        },
    }


def lion():
    """The paper's listing; PyTorch has none."""
    parameter, mean = torch.sin(INDEX), torch.zeros(5)
    for step in range(1, 11):
        g = gradient(step)
        parameter = parameter * (1 - 0.01 * 0.3)
        parameter = parameter - 0.01 * torch.sign(0.9 * mean + 0.1 * g)
        mean = 0.99 * mean + 0.01 * g
    return {"parameter": parameter.tolist(), "states": {"exp_avg": mean.tolist()}}


def lamb():
    """The paper's listing, in doubles; PyTorch has none."""
    parameter, mean, square = torch.sin(INDEX), torch.zeros(5), torch.zeros(5)
    for step in range(1, 11):
        g = gradient(step)
        mean = 0.9 * mean + 0.1 * g
        square = 0.999 * square + 0.001 * g * g
        ratio = (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-6)
        direction = ratio + 0.02 * parameter
        parameter = parameter - 0.01 * parameter.norm() / direction.norm() * direction
    return {
        "parameter": parameter.tolist(),
        "states": {"exp_avg": mean.tolist(), "exp_avg_sq": square.tolist()},
    }


def muon(rows, columns, **options):
    """PyTorch's, but for its rounding to bfloat16, which would hide mistakes."""
    index = torch.arange(rows * columns, dtype=torch.float64)
    parameter = torch.nn.Parameter(torch.sin(index).reshape(rows, columns))
    optimizer = optim.Muon([parameter], lr=0.02, **options)
    rounding = torch.Tensor.bfloat16
    torch.Tensor.bfloat16 = lambda x: x.clone()
    for step in range(1, 11):
        g = torch.cos(step + 0.5 * index) * (1 + 0.1 * step)
        parameter.grad = g.reshape(rows, columns)
        optimizer.step()
    torch.Tensor.bfloat16 = rounding
    buffer = optimizer.state[parameter]["momentum_buffer"]
    return {"parameter": parameter.flatten().tolist(), "buffer": buffer.flatten().tolist()}


def factors(make, steps=12):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = optim.SGD([parameter], lr=1.0)
    scheduler = make(optimizer)
    result = []
    for _ in range(steps):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return result


def plateau(values, **options):
    """The factors after each value."""
    optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, eps=0, **options)
    result = []
    for value in values:
        scheduler.step(value)
        result.append(optimizer.param_groups[0]["lr"])
    return result


OPTIMIZERS = {
    "sgd": run(lambda p: optim.SGD(p, lr=0.1)),
    "sgd.momentum": run(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.2)),
    "sgd.nesterov": run(
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05)
    ),
    "adam": run(lambda p: optim.Adam(p, lr=0.01)),
    "adam.decay": run(
        lambda p: optim.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1)
    ),
    "adamW": run(lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1)),
    "rmsProp": run(lambda p: optim.RMSprop(p, lr=0.01)),
    "rmsProp.momentum": run(
        lambda p: optim.RMSprop(
            p, lr=0.01, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.1
        )
    ),
    "adagrad": run(lambda p: optim.Adagrad(p, lr=0.1)),
    "adagrad.decay": run(lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.1)),
    "lion": lion(),
    "adam.amsgrad": run(lambda p: optim.Adam(p, lr=0.01, betas=(0.9, 0.7), amsgrad=True)),
    "adamW.amsgrad": run(lambda p: optim.AdamW(p, lr=0.01, betas=(0.9, 0.7), amsgrad=True)),
    "adadelta": run(lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, weight_decay=0.1)),
    "nAdam": run(lambda p: optim.NAdam(p, lr=0.01, weight_decay=0.1)),
    "rAdam": run(lambda p: optim.RAdam(p, lr=0.01, weight_decay=0.1)),
    "lamb": lamb(),
}

MATRICES = {
    "muon": muon(2, 3),
    "muon.tall": muon(4, 2, momentum=0.8, nesterov=False, weight_decay=0.0),
    "muon.adam": muon(3, 3, adjust_lr_fn="match_rms_adamw"),
}

SCHEDULES = {
    "step": factors(lambda o: lr_scheduler.StepLR(o, 3, 0.5)),
    "multiStep": factors(lambda o: lr_scheduler.MultiStepLR(o, [2, 7], 0.1)),
    "exponential": factors(lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
    "cosine": factors(lambda o: lr_scheduler.CosineAnnealingLR(o, 11, eta_min=0.1)),
    "cosineWithRestarts": factors(
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.1), 24
    ),
    "cosineWithEqualRestarts": factors(
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 4)
    ),
    "polynomial": factors(lambda o: lr_scheduler.PolynomialLR(o, 8, power=2.0)),
    "linear": factors(lambda o: lr_scheduler.LinearLR(o, 0.25, 1.0, 6)),
    "oneCycle": factors(
        lambda o: lr_scheduler.OneCycleLR(
            o, max_lr=1.0, total_steps=12, cycle_momentum=False
        ),
        12 - 1,
    ),
}

VALUES = [5, 4, 4.1, 3.9999, 4.2, float("nan"), 3, 3, 3, 3, 3, 3.1, 2, 2.5, 2.5, 2.5, 2.5, 2.5]

PLATEAUS = {
    "loss": plateau(VALUES, factor=0.5, patience=1),
    "cooldown": plateau(VALUES, factor=0.1, patience=1, cooldown=3, threshold=0.1, min_lr=0.02),
    "accuracy": plateau(VALUES, mode="max", factor=0.5, patience=2),
}

with open(sys.argv[1], "w", encoding="ascii") as file:
    json.dump(
        {
            "optimizers": OPTIMIZERS,
            "matrices": MATRICES,
            "schedules": SCHEDULES,
            "plateaus": PLATEAUS,
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
