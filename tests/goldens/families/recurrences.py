"""Recurrent cells over sequences: the states after each step, by PyTorch's cells."""

import torch

from golden import normal, values

CELLS = {"tanh": (1, 1), "relu": (1, 1), "lstm": (4, 2), "gru": (3, 1)}


def step(cell, x, states, weight, bias):
    """One step; as x is the inputs' share of the gates, the input weight is the identity."""
    taken = torch.eye(x.shape[1], dtype=x.dtype)
    none = torch.zeros(x.shape[1], dtype=x.dtype)
    if cell == "lstm":
        return torch.stack(torch.lstm_cell(x, list(states), taken, weight, none, bias))
    function = {"tanh": torch.rnn_tanh_cell, "relu": torch.rnn_relu_cell, "gru": torch.gru_cell}
    return function[cell](x, states[0], taken, weight, none, bias)[None]


def recurrence(x, weight, initial, *rest, cell, bias, lengths, reverse):
    steps = x.shape[0]
    b = rest[0] if bias else torch.zeros(weight.shape[0], dtype=x.dtype)
    states, after = initial, [None] * steps
    for t in reversed(range(steps)) if reverse else range(steps):
        following = step(cell, x[t], states, weight, b)
        states = torch.where((rest[-1] > t)[:, None], following, states) if lengths else following
        after[t] = states
    return torch.stack(after, 1) if steps else initial[:, None].narrow(1, 0, 0)


def add(g):
    for cell, (gates, states) in CELLS.items():
        for steps, batch, hidden, bias, lengths, reverse in [
                (1, 1, 1, True, None, False), (3, 2, 5, False, None, False),
                (4, 3, 7, True, None, True), (5, 4, 3, True, [5, 1, 0, 3], False),
                (5, 4, 8, False, [2, 5, 4, 0], True), (2, 17, 11, True, None, False),
                (3, 2, 33, True, None, False), (2, 13, 16, True, [2] * 6 + [1] * 7, True),
                (2, 1, 19, False, None, True), (0, 2, 3, True, None, False),
                (3, 0, 4, True, None, True)]:
            wide = gates * hidden
            inputs = [normal(steps, batch, wide), normal(wide, hidden, scale=0.5),
                      normal(states, batch, hidden)]
            if bias:
                inputs.append(normal(wide))
            if lengths:
                inputs.append(values(lengths, torch.int64))
            g.case("recurrence", inputs, recurrence, length=steps * (batch + hidden) * 4 + 1,
                   cell=cell, bias=bias, lengths=bool(lengths), reverse=reverse)
