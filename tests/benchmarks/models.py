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


def convolution(inputs, outputs, kernel, stride):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class BasicBlock(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = convolution(inputs, outputs, 3, stride)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = convolution(outputs, outputs, 3, 1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """Three convolutions, the middle one of a quarter of the channels, beside a shortcut."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.conv1, self.bn1 = convolution(inputs, width, 1, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = convolution(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = convolution(width, outputs, 1, 1), nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet50(nn.Module):
    """For 224 by 224 pixels and 1000 classes."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = convolution(3, 64, 7, 2), nn.BatchNorm2d(64)
        inputs = 64
        for stage, blocks in enumerate((3, 4, 6, 3)):
            width = 64 << stage
            layers = []
            for block in range(blocks):
                layers.append(Bottleneck(inputs, width, 2 if stage > 0 and block == 0 else 1))
                inputs = 4 * width
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(inputs, 1000)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(x.mean((2, 3)))


class ResNet18(nn.Module):
    """For 32 by 32 pixels."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = convolution(3, 64, 3, 1), nn.BatchNorm2d(64)
        inputs = 64
        for stage, outputs in enumerate((64, 128, 256, 512), 1):
            first = BasicBlock(inputs, outputs, 1 if stage == 1 else 2)
            blocks = nn.Sequential(first, BasicBlock(outputs, outputs, 1))
            setattr(self, f"layer{stage}", blocks)
            inputs = outputs
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(x.mean((2, 3)))


class Dcgan(nn.Module):
    """A generator and a discriminator for 28 by 28 pixels."""

    def __init__(self):
        super().__init__()
        self.generator = nn.Sequential(
            nn.Unflatten(1, (100, 1, 1)),
            nn.ConvTranspose2d(100, 128, 7, bias=False),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 1, 4, 2, 1),
            nn.Tanh(),
        )
        self.discriminator = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(64, 128, 4, 2, 1, bias=False),
            nn.BatchNorm2d(128),
            nn.LeakyReLU(0.2),
            nn.Conv2d(128, 1, 7),
            nn.Flatten(),
        )


class CharacterLstm(nn.Module):
    """65 characters, embedded in 128, two layers of 256."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(65, 128)
        self.lstm = nn.LSTM(128, 256, 2, batch_first=True)
        self.output = nn.Linear(256, 65)

    def forward(self, x):
        return self.output(self.lstm(self.embedding(x))[0])


class SelfAttention(nn.Module):
    """Causal."""

    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * size, size))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * size))
        self.out_proj = nn.Linear(size, size)

    def forward(self, x):
        batch, steps, size = x.shape
        projected = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        query, key, value = (
            part.view(batch, steps, self.heads, size // self.heads).transpose(1, 2)
            for part in projected.split(size, 2)
        )
        y = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out_proj(y.transpose(1, 2).reshape(batch, steps, size))


class Block(nn.Module):
    """Attention and a feedforward layer, each of a normalized input and beside a shortcut."""

    def __init__(self, size, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.self_attn = SelfAttention(size, heads)
        self.linear1, self.linear2 = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)

    def forward(self, x):
        x = x + self.self_attn(self.norm1(x))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x))))


class Blocks(nn.Module):
    """Blocks and a normalization."""

    def __init__(self, size, heads, count):
        super().__init__()
        self.layers = nn.ModuleList(Block(size, heads) for _ in range(count))
        self.norm = nn.LayerNorm(size)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class Gpt(nn.Module):
    """The output shares the embedding's weight."""

    def __init__(self, vocabulary, context, size, heads, layers):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(context, size)
        self.blocks = Blocks(size, heads, layers)

    def forward(self, x):
        y = self.blocks(self.tokens(x) + self.positions.weight[: x.shape[1]])
        return F.linear(y, self.tokens.weight)


def cast(tensor, precision):
    """Mixed precision, or none, for work on the device of a tensor."""
    return torch.autocast(tensor.device.type, torch.bfloat16, enabled=precision == "bf16")


class Training:
    """One model, one batch, one optimizer."""

    def __init__(self, model, optimizer, loss, values, fused, compiled, precision):
        batch = {name: value for name, value in values.items() if name.startswith("batch.")}
        state = {name: value for name, value in values.items() if name not in batch}
        self.precision = precision
        self.input = batch["batch.input"]
        self.target = batch["batch.target"]
        model.to(self.input.device).load_state_dict(state)
        self.model = model
        self.optimizer = optimizer(model.parameters(), **({"fused": True} if fused else {}))
        self.loss_of = loss
        self.forward = torch.compile(model) if compiled else model

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        with cast(self.input, self.precision):
            loss = self.loss_of(self.forward(self.input), self.target)
        loss.backward()
        self.optimizer.step()

    def loss(self):
        self.model.eval()
        with torch.no_grad(), cast(self.input, self.precision):
            value = self.loss_of(self.model(self.input), self.target).item()
        self.model.train()
        return value


class GanTraining:
    """A step of the discriminator, then of the generator, on samples made once."""

    def __init__(self, values, fused, compiled, precision):
        self.precision = precision
        self.real, self.noise = values.pop("batch.input"), values.pop("batch.noise")
        self.model = Dcgan().to(self.real.device)
        self.model.load_state_dict(values)
        options = {"fused": True} if fused else {}
        self.optimizers = [
            torch.optim.Adam(part.parameters(), 2e-4, (0.5, 0.999), **options)
            for part in (self.model.discriminator, self.model.generator)
        ]
        self.generate, self.discriminate = self.model.generator, self.model.discriminator
        if compiled:
            self.generate = torch.compile(self.generate)
            self.discriminate = torch.compile(self.discriminate)

    def step(self):
        discriminator, generator = self.optimizers
        with cast(self.real, self.precision):
            made = self.generate(self.noise)
            loss = self.discriminator_loss(self.discriminate, made.detach())
        discriminator.zero_grad(set_to_none=True)
        loss.backward()
        discriminator.step()
        generator.zero_grad(set_to_none=True)
        with cast(self.real, self.precision):
            loss = cross_entropy(self.discriminate(made), 1)
        loss.backward()
        generator.step()

    def discriminator_loss(self, discriminate, made):
        return cross_entropy(discriminate(self.real), 1) + cross_entropy(discriminate(made), 0)

    def loss(self):
        self.model.eval()
        with torch.no_grad(), cast(self.real, self.precision):
            made = self.model.generator(self.noise)
            value = self.discriminator_loss(self.model.discriminator, made).item()
        self.model.train()
        return value


def cross_entropy(scores, target):
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def next_character(logits, target):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten())


def adam(parameters, **options):
    return torch.optim.Adam(parameters, 1e-3, **options)


def sgd(parameters, **options):
    return torch.optim.SGD(parameters, 0.01, momentum=0.9, weight_decay=5e-4, **options)


def adamw(parameters, **options):
    return torch.optim.AdamW(parameters, 3e-4, weight_decay=0.01, **options)


def workloads():
    """For each name what makes the training from exported values."""
    return {
        "mlp": lambda *a: Training(Mlp(), adam, F.cross_entropy, *a),
        "lenet": lambda *a: Training(LeNet(), adam, F.cross_entropy, *a),
        "resnet18": lambda *a: Training(ResNet18(), sgd, F.cross_entropy, *a),
        "resnet50": lambda *a: Training(ResNet50(), sgd, F.cross_entropy, *a),
        "lstm": lambda *a: Training(CharacterLstm(), adam, next_character, *a),
        "gpt": lambda *a: Training(Gpt(65, 128, 192, 6, 6), adamw, next_character, *a),
        "gpt2": lambda *a: Training(Gpt(50257, 1024, 768, 12, 12), adamw, next_character, *a),
        "dcgan": GanTraining,
    }


# How far losses may be apart after some steps, relative: dropout draws other numbers, and a
# normalization by the statistics of few steps makes more of roundings, in a deep network most.
LATER_TOLERANCE = {"lenet": 0.3, "resnet18": 0.05, "resnet50": 0.3, "dcgan": 0.05}

# What takes minutes for a step on a processor.
FOR_GPUS = ["resnet50", "gpt2"]
