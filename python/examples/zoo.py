"""Records a few iterations of seven small networks, each a trace of its own: python3 zoo.py FOLDER [NAME...].

docs/NETWORKS.md has what becomes of each on crossbars.
"""

import math
import pathlib
import sys

import sgsars
import torch
from torch import nn
from torch.nn import functional

ITERATIONS = 3


class LeNet(nn.Module):
    """LeNet-5 on images of 28 x 28."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(torch.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))


class BasicBlock(nn.Module):
    """Two convolutions of 3 x 3 and a shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        return torch.relu(shortcut + self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))


class ResNet18(nn.Module):
    """ResNet-18 with its stem for small images, of a quarter of the channels."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        blocks, inputs = [], 16
        for outputs, stride in ((16, 1), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), (128, 1)):
            blocks.append(BasicBlock(inputs, outputs, stride))
            inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        return self.fc(self.blocks(torch.relu(self.bn1(self.conv1(x)))).mean((2, 3)))


class MobileNet(nn.Module):
    """Depthwise and pointwise convolutions by turns."""

    def __init__(self):
        super().__init__()

        def separable(inputs, outputs, stride):
            return [
                nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU6(),
                nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU6(),
            ]

        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
        self.body = nn.Sequential(*separable(8, 16, 1), *separable(16, 32, 2), *separable(32, 32, 1))
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        return self.head(self.body(self.stem(x)).mean((2, 3)))


class CharLstm(nn.Module):
    """Characters in, characters out, two layers of LSTM between."""

    def __init__(self, characters=40, hidden=32):
        super().__init__()
        self.embed = nn.Embedding(characters, 16)
        self.lstm = nn.LSTM(16, hidden, 2, batch_first=True)
        self.out = nn.Linear(hidden, characters)

    def forward(self, text):
        return self.out(self.lstm(self.embed(text))[0]).flatten(0, 1)


class Conv1D(nn.Module):
    """GPT-2's linear layer: its weight is (in, out)."""

    def __init__(self, nf, nx):
        super().__init__()
        self.nf = nf
        self.weight = nn.Parameter(torch.randn(nx, nf) * 0.02)
        self.bias = nn.Parameter(torch.zeros(nf))

    def forward(self, x):
        return x @ self.weight + self.bias


class GptBlock(nn.Module):
    """One block of GPT-2."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(width)
        self.c_attn = Conv1D(3 * width, width)
        self.c_proj = Conv1D(width, width)
        self.ln_2 = nn.LayerNorm(width)
        self.c_fc = Conv1D(4 * width, width)
        self.c_out = Conv1D(width, 4 * width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in self.c_attn(self.ln_1(x)).chunk(3, -1))
        scores = (q @ k.transpose(-1, -2)) / math.sqrt(q.shape[-1]) + torch.full((length, length), -1e9).triu(1)
        x = x + self.c_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width))
        return x + self.c_out(functional.gelu(self.c_fc(self.ln_2(x))))


class TinyGpt(nn.Module):
    """GPT-2 in small: embedding and output share their weight."""

    def __init__(self, tokens=50, length=16, width=24):
        super().__init__()
        self.wte = nn.Embedding(tokens, width)
        self.wpe = nn.Embedding(length, width)
        self.h = nn.ModuleList(GptBlock(width, 4) for _ in range(2))
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, tokens, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, text):
        x = self.wte(text) + self.wpe(torch.arange(text.shape[1]))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x)).flatten(0, 1)


class VisionTransformer(nn.Module):
    """Patches of 4 x 4, two encoder layers, a class token."""

    def __init__(self, width=32):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.randn(1, 17, width) * 0.02)
        self.encoder = nn.ModuleList(nn.TransformerEncoderLayer(width, 4, 64, 0.0, batch_first=True) for _ in range(2))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        for layer in self.encoder:
            x = layer(x)
        return self.head(self.norm(x)[:, 0])


class DcganGenerator(nn.Module):
    """Noise to images of 16 x 16 by transposed convolutions."""

    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(20, 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
            nn.ConvTranspose2d(16, 3, 4, 2, 1), nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


def classes(logits):
    """A loss against random classes."""
    return functional.cross_entropy(logits, torch.randint(logits.shape[1], (len(logits),)))


def square(images):
    """A loss against random images."""
    return functional.mse_loss(images, torch.rand_like(images))


# Of each: the network, its input, its loss, and what its own modules do not say.
ZOO = {
    "lenet": (LeNet, lambda: torch.randn(4, 1, 28, 28), classes, {}),
    "resnet-18": (ResNet18, lambda: torch.randn(4, 3, 16, 16), classes, {}),
    "mobilenet": (MobileNet, lambda: torch.randn(4, 3, 16, 16), classes, {}),
    "char-lstm": (CharLstm, lambda: torch.randint(40, (4, 12)), classes, {}),
    "tiny-gpt": (TinyGpt, lambda: torch.randint(50, (4, 16)), classes, {}),
    "vit": (VisionTransformer, lambda: torch.randn(4, 3, 16, 16), classes, {"pos_embed": "digital"}),
    "dcgan-generator": (DcganGenerator, lambda: torch.randn(4, 20, 1, 1), square, {}),
}


def record(name, folder):
    """Trains a network of the zoo for a few iterations and records their gradients."""
    network, batch, loss, rules = ZOO[name]
    torch.manual_seed(1)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with sgsars.Recorder(model, folder, rules=rules) as recorder:
        for _ in range(ITERATIONS):
            optimizer.zero_grad()
            loss(model(batch())).backward()
            recorder.record()
            optimizer.step()


if __name__ == "__main__":
    for chosen in sys.argv[2:] or ZOO:
        record(chosen, pathlib.Path(sys.argv[1]) / chosen)
