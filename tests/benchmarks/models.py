"""The models of gradus benchmark in PyTorch, with the same names of parameters."""

import torch
from torch import nn
from torch.nn import functional as F


class Mlp(nn.Module):
    """784-512-512-10."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 512),
            nn.ReLU(),
            nn.Linear(512, 512),
            nn.ReLU(),
            nn.Linear(512, 10),
        )

    def forward(self, x):
        return self.layers(x)


class LeNet(nn.Module):
    """Two convolutions and two linear layers, for 28 by 28 pixels."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dropout = nn.Dropout(0.1)
        self.hidden = nn.Linear(64 * 5 * 5, 128)
        self.output = nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.hidden(self.dropout(x.flatten(1))))
        return self.output(x)


class CharacterLstm(nn.Module):
    """65 characters, embedded in 128, two layers of 256."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(65, 128)
        self.lstm = nn.LSTM(128, 256, 2, batch_first=True)
        self.output = nn.Linear(256, 65)

    def forward(self, x):
        return self.output(self.lstm(self.embedding(x))[0])


class Training:
    """One model, one batch, one optimizer."""

    def __init__(self, model, optimizer, loss, values, fused, compiled):
        batch = {name: value for name, value in values.items() if name.startswith("batch.")}
        state = {name: value for name, value in values.items() if name not in batch}
        model.load_state_dict(state)
        self.model = model
        self.optimizer = optimizer(model.parameters(), **({"fused": True} if fused else {}))
        self.loss_of = loss
        self.input = batch["batch.input"]
        self.target = batch["batch.target"]
        self.forward = torch.compile(model) if compiled else model

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss_of(self.forward(self.input), self.target).backward()
        self.optimizer.step()

    def loss(self):
        self.model.eval()
        with torch.no_grad():
            value = self.loss_of(self.model(self.input), self.target).item()
        self.model.train()
        return value


def next_character(logits, target):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten())


def adam(parameters, **options):
    return torch.optim.Adam(parameters, 1e-3, **options)


def workloads():
    """For each name what makes the training from exported values."""
    return {
        "mlp": lambda *a: Training(Mlp(), adam, F.cross_entropy, *a),
        "lenet": lambda *a: Training(LeNet(), adam, F.cross_entropy, *a),
        "lstm": lambda *a: Training(CharacterLstm(), adam, next_character, *a),
    }


# Dropout draws other numbers, so that losses agree less after some steps.
RANDOM = {"lenet"}
