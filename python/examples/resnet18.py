"""ResNet-18 on CIFAR-10's binary files, trained on crossbars: python3 python/examples/resnet18.py --data data/cifar-10-batches-bin

Where there are no files it takes made-up images. It starts the services for itself; --servers and --page name some that run already.
"""

import argparse
import pathlib

import sgsars
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).resolve().parent

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--iterations", type=int, help="instead of the experiment's")
parser.add_argument("--data", type=pathlib.Path, default=HERE.parents[1] / "data/cifar-10-batches-bin")
parser.add_argument("--width", type=int, default=64, help="channels of the first stage")
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--servers", help="HOST:PORT of a broker; a pipeline of its own without")
parser.add_argument("--page", default="http://localhost:8080", help="of these services")
parser.add_argument("--run", help="its name; the experiment's and the time without")
options = parser.parse_args()


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))


def read(names):
    """Images (N, 3, 32, 32) between -1 and 1, and their classes (N,). A record is a byte of class and 3,072 of pixels."""
    records = torch.cat([torch.frombuffer(bytearray((options.data / name).read_bytes()), dtype=torch.uint8) for name in names]).view(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].long()


def made_up(count):
    """The same of nothing: a colour for each class, and noise."""
    classes = torch.randint(10, (count,))
    colours = torch.rand(10, 3, 1, 1, generator=torch.Generator().manual_seed(0)) * 155
    return (colours[classes] + 100 * torch.rand(count, 3, 32, 32)).byte(), classes


torch.manual_seed(1)
there = (options.data / "test_batch.bin").exists()
images, classes = read([f"data_batch_{n}.bin" for n in range(1, 6)]) if there else made_up(2000)
test_images, test_classes = (part[:200] for part in (read(["test_batch.bin"]) if there else made_up(200)))
channels = [options.width * n for n in (1, 1, 1, 2, 2, 4, 4, 8, 8)]
blocks = [Block(a, b, 1 + (a != b)) for a, b in zip(channels, channels[1:])]
stem = nn.Sequential(nn.Conv2d(3, options.width, 3, 1, 1, bias=False), nn.BatchNorm2d(options.width), nn.ReLU())
model = nn.Sequential(stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels[-1], 10))

pipeline = sgsars.connect(options.servers, options.page) if options.servers else sgsars.local()
xbar = sgsars.Crossbars(model, HERE / "resnet18.yml", pipeline=pipeline, run=options.run, iterations=options.iterations, sparsify="local")
opt = sgsars.wrap(torch.optim.SGD(model.parameters(), lr=0.05), xbar)
print(f"{xbar.name}: {len(xbar.layers)} layers on crossbars, {'CIFAR-10' if there else 'made-up images'}; to look at: {xbar.page}")
with xbar.progress() as line:
    while xbar.iteration < xbar.iterations:
        batch = torch.randint(len(images), (options.batch,))
        opt.zero_grad()
        loss = functional.cross_entropy(model(images[batch] / 127.5 - 1), classes[batch])
        loss.backward()
        opt.step()
        if xbar.iteration % max(1, xbar.iterations // 10) == 0 or xbar.iteration == xbar.iterations:
            model.eval()
            with torch.no_grad():
                xbar.accuracy(int((model(test_images / 127.5 - 1).argmax(1) == test_classes).sum()), len(test_classes))
            model.train()
        line.update(loss=loss)
[scenario] = xbar.finish()["scenarios"]
print(f"lives {scenario['lifetimeExtension']:.1f} times as long as dense training, {100 * xbar.tested[1]:.1f} % correct")
