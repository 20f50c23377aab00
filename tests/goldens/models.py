"""The models of org.gradus.models in PyTorch, with the same names of parameters.

    python3 tests/goldens/models.py write tests/src/test/resources/goldens/models
    python3 tests/goldens/models.py check gpt WEIGHTS.safetensors OUTPUTS.safetensors

The first writes small random weights of each model, and inputs with the outputs that PyTorch
computes: the tests load these weights and expect these outputs. The second goes the other way: it
loads weights that Gradus has written (io.Safetensors, or `gradus export`) and compares the outputs.
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

PADDING = 0


def layer(kind, size, heads, hidden, **options):
    return kind(size, heads, hidden, dropout=0.0, batch_first=True, **options)


class Gpt(nn.Module):
    def __init__(self, vocabulary=11, context=12, size=16, heads=2, layers=2):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(context, size)
        block = layer(nn.TransformerEncoderLayer, size, heads, 4 * size, activation="gelu",
                      norm_first=True)
        self.blocks = nn.TransformerEncoder(block, layers, nn.LayerNorm(size),
                                            enable_nested_tensor=False)

    def forward(self, tokens):
        steps = tokens.shape[1]
        x = self.tokens(tokens) + self.positions.weight[:steps]
        hidden = nn.Transformer.generate_square_subsequent_mask(steps)
        return functional.linear(self.blocks(x, hidden, is_causal=True), self.tokens.weight)


def sinusoids(steps, size):
    angles = torch.arange(steps).unsqueeze(1) * 10000.0 ** (-torch.arange(0, size, 2) / size)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


class Seq2SeqTransformer(nn.Module):
    def __init__(self, source=9, target=10, size=16, heads=4, layers=2, hidden=24):
        super().__init__()
        self.size = size
        self.source = nn.Embedding(source, size)
        self.target = nn.Embedding(target, size)
        self.transformer = nn.Transformer(size, heads, layers, layers, hidden, dropout=0.0,
                                          batch_first=True)
        self.head = nn.Linear(size, target)

    def forward(self, source, target):
        x, y = [embedding(t) * self.size ** 0.5 + sinusoids(t.shape[1], self.size)
                for embedding, t in [(self.source, source), (self.target, target)]]
        padding = source == PADDING
        later = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).triu(1)
        return self.head(self.transformer(x, y, tgt_mask=later, src_key_padding_mask=padding,
                                          memory_key_padding_mask=padding))


class TextClassifier(nn.Module):
    def __init__(self, vocabulary=9, context=8, classes=3, size=8, heads=2, layers=1, hidden=12):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(context, size)
        block = layer(nn.TransformerEncoderLayer, size, heads, hidden)
        self.encoder = nn.TransformerEncoder(block, layers, nn.LayerNorm(size),
                                             enable_nested_tensor=False)
        self.head = nn.Linear(size, classes)

    def forward(self, tokens):
        padding = tokens == PADDING
        x = self.tokens(tokens) + self.positions.weight[:tokens.shape[1]]
        y = self.encoder(x, src_key_padding_mask=padding)
        text = (~padding).unsqueeze(2).to(y.dtype)
        return self.head((y * text).sum(1) / text.sum(1))


class ViT(nn.Module):
    def __init__(self, channels=3, image=8, patch=4, classes=5, size=8, heads=2, layers=1):
        super().__init__()
        self.class_token = nn.Parameter(torch.empty(1, 1, size))
        self.patches = nn.Conv2d(channels, size, patch, stride=patch)
        self.positions = nn.Embedding((image // patch) ** 2 + 1, size)
        block = layer(nn.TransformerEncoderLayer, size, heads, 16, activation="gelu",
                      norm_first=True)
        self.encoder = nn.TransformerEncoder(block, layers, nn.LayerNorm(size),
                                             enable_nested_tensor=False)
        self.head = nn.Linear(size, classes)

    def forward(self, images):
        steps = self.patches(images).flatten(2).mT
        x = torch.cat([self.class_token.expand(len(images), -1, -1), steps], 1)
        return self.head(self.encoder(x + self.positions.weight)[:, 0])


def convolution(channels, size, kernel, stride=1):
    return nn.Conv2d(channels, size, kernel, stride, kernel // 2, bias=False)


class BasicBlock(nn.Module):
    def __init__(self, channels, size, stride):
        super().__init__()
        self.conv1 = convolution(channels, size, 3, stride)
        self.bn1 = nn.BatchNorm2d(size)
        self.conv2 = convolution(size, size, 3)
        self.bn2 = nn.BatchNorm2d(size)
        self.downsample = None
        if stride > 1 or channels != size:
            self.downsample = nn.Sequential(convolution(channels, size, 1, stride),
                                            nn.BatchNorm2d(size))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet(nn.Module):
    def __init__(self, channels=2, width=4, classes=3):
        super().__init__()
        self.conv1 = convolution(channels, width, 3)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = nn.Sequential(BasicBlock(width, width, 1))
        self.layer2 = nn.Sequential(BasicBlock(width, 2 * width, 2))
        self.fc = nn.Linear(2 * width, classes)

    def forward(self, images):
        x = self.bn1(self.conv1(images)).relu()
        return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))


class CharLstm(nn.Module):
    def __init__(self, vocabulary=11, embedding=6, hidden=8, layers=2):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, embedding)
        self.lstm = nn.LSTM(embedding, hidden, layers, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(self, tokens):
        return self.head(self.lstm(self.tokens(tokens))[0])


def padded(tokens):
    """The last i tokens of sequence i are padding."""
    steps = torch.arange(tokens.shape[1])
    text = steps < tokens.shape[1] - torch.arange(len(tokens)).unsqueeze(1)
    return torch.where(text, tokens, PADDING)


def models():
    """Each model by name, with its inputs."""
    def tokens(count, *shape):
        return torch.randint(1, count, shape)

    return {
        "gpt": (Gpt(), [tokens(11, 3, 12)]),
        "seq2seq": (Seq2SeqTransformer(), [padded(tokens(9, 3, 7)), tokens(10, 3, 5)]),
        "text-classifier": (TextClassifier(), [padded(tokens(9, 3, 8))]),
        "vit": (ViT(), [torch.randn(2, 3, 8, 8)]),
    }


def trained_models():
    """Models whose state is more than parameters, with inputs; they learn a little first."""
    return {
        "resnet": (ResNet(), [torch.randn(4, 2, 7, 8)]),
        "char-lstm": (CharLstm(), [torch.randint(0, 11, (3, 9))]),
    }


def learn(model, inputs):
    """Five steps, after which running statistics are no longer those of a new model."""
    optimizer = torch.optim.SGD(model.train().parameters(), 0.1, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        (model(*inputs) - 1).square().mean().backward()
        optimizer.step()


def write(folder):
    torch.manual_seed(0)
    for name, (model, inputs) in models().items():
        for parameter in model.parameters():
            nn.init.normal_(parameter, 0, 0.4)
        save(folder, name, model, inputs)
    torch.manual_seed(1)
    for name, (model, inputs) in trained_models().items():
        learn(model, inputs)
        save(folder, name, model, inputs)


def save(folder, name, model, inputs):
    save_file(dict(model.state_dict()), folder / f"{name}.safetensors")
    with torch.no_grad():
        output = model.eval()(*inputs)
    save_file({f"input{i}": x for i, x in enumerate(inputs)} | {"output": output},
              folder / f"{name}.outputs.safetensors")


def check(name, weights, outputs):
    model = (models() | trained_models())[name][0].eval()
    model.load_state_dict(load_file(weights), strict=True)
    stored = load_file(outputs)
    inputs = [stored[f"input{i}"] for i in range(len(stored) - 1)]
    with torch.no_grad():
        difference = (model(*inputs) - stored["output"]).abs().max().item()
    print(f"{name}: all names and shapes fit; the outputs differ by at most {difference:.1e}")
    return difference < 1e-5


if __name__ == "__main__":
    if sys.argv[1] == "write":
        target = pathlib.Path(sys.argv[2])
        target.mkdir(parents=True, exist_ok=True)
        write(target)
    else:
        sys.exit(0 if check(*sys.argv[2:]) else 1)
