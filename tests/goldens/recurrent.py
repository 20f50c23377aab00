"""Writes what PyTorch's recurrent networks and cells compute, for the tests of org.gradus.nn.

    python3 tests/goldens/recurrent.py tests/src/test/resources/goldens/nn/recurrent.json

Inputs, initial states and parameters are not stored: element i of tensor k is sin(0.7 * i + k),
times 0.5 for parameters, in double precision; the test makes them the same way. Tensor 0 is the
input, the parameters are numbered from 1 on, and the parts of the initial state are 90 and 91. The
loss is the sum of the output times tensor 100 and of the parts of the final state times tensors 101
and 102, so that every element counts differently.
"""

import json
import sys

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)

KINDS = {
    "rnn": (nn.RNN, nn.RNNCell, {}),
    "rnn.relu": (nn.RNN, nn.RNNCell, {"nonlinearity": "relu"}),
    "lstm": (nn.LSTM, nn.LSTMCell, {}),
    "gru": (nn.GRU, nn.GRUCell, {}),
}


def wave(k, *shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + k).reshape(shape)


def numbers(tensor):
    return [float(f"{x:.12g}") for x in tensor.detach().flatten().tolist()]


def parts(state):
    return list(state) if isinstance(state, tuple) else [state]


def start(module, shape):
    """Returns an initial state, and what PyTorch takes for it."""
    count = 2 if isinstance(module, (nn.LSTM, nn.LSTMCell)) else 1
    initial = [wave(90 + i, *shape).requires_grad_() for i in range(count)]
    return initial, tuple(initial) if count == 2 else initial[0]


def fill(module):
    for k, parameter in enumerate(module.parameters()):
        parameter.data = 0.5 * wave(k + 1, *parameter.shape)


def results(module, x, initial, output, final):
    loss = sum((part * wave(101 + i, *part.shape)).sum() for i, part in enumerate(final))
    if output is not None:
        loss = loss + (output * wave(100, *output.shape)).sum()
    loss.backward()
    return {
        "keys": {n: list(t.shape) for n, t in module.state_dict().items()},
        "output": [] if output is None else numbers(output),
        "state": [numbers(part) for part in final],
        "inputGradient": numbers(x.grad),
        "initialGradients": [numbers(part.grad) for part in initial],
        "gradients": {n: numbers(p.grad) for n, p in module.named_parameters()},
    }


def network(module, *shape, initial=False, lengths=None):
    fill(module)
    x = wave(0, *shape).requires_grad_()
    batch = shape[0 if module.batch_first else 1]
    directions = 2 if module.bidirectional else 1
    given, state = start(module, (module.num_layers * directions, batch, module.hidden_size))
    if not initial:
        given, state = [], None
    if lengths is None:
        output, final = module(x, state)
    else:
        packed = pack_padded_sequence(x, lengths, module.batch_first, enforce_sorted=False)
        output, final = module(packed, state)
        output, _ = pad_packed_sequence(output, module.batch_first, total_length=shape[1])
    return results(module, x, given, output, parts(final))


def cell(module, batch, initial):
    fill(module)
    x = wave(0, batch, module.input_size).requires_grad_()
    given, state = start(module, (batch, module.hidden_size))
    if not initial:
        given, state = [], None
    return results(module, x, given, None, parts(module(x, state)))


def cases():
    for name, (kind, single, options) in KINDS.items():
        def make(inputs, hidden, batch_first=True, kind=kind, options=options, **more):
            return kind(inputs, hidden, batch_first=batch_first, **options, **more)

        yield name, network(make(3, 4), 2, 5, 3)
        yield name + ".smallest", network(make(1, 1), 1, 1, 1, initial=True)
        yield name + ".primes", network(make(7, 13), 3, 5, 7, initial=True)
        yield name + ".noBias", network(make(3, 4, bias=False), 2, 3, 3, initial=True)
        yield name + ".stepsFirst", network(make(3, 4, batch_first=False), 5, 2, 3, initial=True)
        yield name + ".layers", network(make(3, 5, num_layers=3), 2, 4, 3, initial=True)
        yield name + ".bidirectional", network(
            make(3, 4, num_layers=2, bidirectional=True), 2, 4, 3, initial=True)
        yield name + ".lengths", network(make(3, 4), 4, 5, 3, initial=True, lengths=[3, 5, 1, 4])
        yield name + ".all", network(
            make(2, 3, num_layers=2, bidirectional=True), 4, 6, 2, initial=True,
            lengths=[2, 5, 1, 4])
        yield name + ".cell", cell(single(3, 4, **options), 2, True)
        yield name + ".cell.noBias", cell(single(3, 4, bias=False, **options), 2, False)


with open(sys.argv[1], "w", encoding="ascii") as file:
    json.dump(dict(cases()), file, separators=(",", ":"))
    file.write("\n")
