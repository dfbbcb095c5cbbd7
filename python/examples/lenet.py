"""LeNet-5 on the shipped part of Fashion-MNIST, trained on crossbars that wear: python3 python/examples/lenet.py

It starts the services for itself; --servers and --page name some that run already. The report comes to out/.
"""

import argparse
import gzip
import pathlib

import sgsars
import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
IMAGES = HERE.parents[1] / "data/fashion-mnist-small"

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--iterations", type=int, help="instead of the experiment's")
parser.add_argument("--experiment", default=HERE / "lenet.yml")
parser.add_argument("--servers", help="HOST:PORT of a broker; a pipeline of its own without")
parser.add_argument("--page", default="http://localhost:8080", help="of these services")
parser.add_argument("--run", help="its name; the experiment's and the time without")
options = parser.parse_args()


def read(part):
    """Images (N, 1, 28, 28), with mean 0 and deviation 1, and their classes (N,)."""
    pixels = torch.frombuffer(bytearray(gzip.decompress((IMAGES / f"{part}-images-idx3-ubyte.gz").read_bytes())[16:]), dtype=torch.uint8)
    classes = torch.frombuffer(bytearray(gzip.decompress((IMAGES / f"{part}-labels-idx1-ubyte.gz").read_bytes())[8:]), dtype=torch.uint8)
    return (pixels.view(-1, 1, 28, 28) / 255 - 0.286) / 0.353, classes.long()


torch.set_num_threads(1)  # as small networks are fastest, and the same everywhere
torch.manual_seed(1)
model = nn.Sequential()
model.add_module("conv1", nn.Conv2d(1, 6, 5, padding=2))
model.add_module("pool1", nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)))
model.add_module("conv2", nn.Conv2d(6, 16, 5))
model.add_module("pool2", nn.Sequential(nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()))
model.add_module("fc1", nn.Linear(400, 120))
model.add_module("relu1", nn.ReLU())
model.add_module("fc2", nn.Linear(120, 84))
model.add_module("relu2", nn.ReLU())
model.add_module("fc3", nn.Linear(84, 10))
images, classes = read("train")
test_images, test_classes = read("t10k")

pipeline = sgsars.connect(options.servers, options.page) if options.servers else sgsars.local()
xbar = sgsars.Crossbars(model, options.experiment, pipeline=pipeline, run=options.run, iterations=options.iterations, sparsify="local")
# A row is written with all that it gathered since it was written last, so momentum would make large steps larger.
opt = sgsars.wrap(torch.optim.SGD(model.parameters(), lr=0.1), xbar)
print(f"{xbar.name}: {', '.join(xbar.layers)} on crossbars; to look at: {xbar.page}", flush=True)


def test():
    with torch.no_grad():
        xbar.accuracy(int((model(test_images).argmax(1) == test_classes).sum()), len(test_classes))


with xbar.progress() as line:
    test()
    while xbar.iteration < xbar.iterations:
        batch = torch.randint(len(images), (32,))
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(images[batch]), classes[batch])
        loss.backward()
        opt.step()
        if xbar.iteration % max(1, xbar.iterations // 40) == 0 or xbar.iteration == xbar.iterations:
            test()
        line.update(loss=loss)
report = xbar.finish()
for scenario in report["scenarios"]:
    told = f", {100 * scenario['accuracy'][-1]['accuracy']:.1f} % correct" if scenario.get("accuracy") else ""
    extension = f"lives {scenario['lifetimeExtension']:.1f} times as long as dense training"
    print(f"{scenario['name']:10} {extension}, {scenario['failedCells']:,} of {scenario['cells']:,} cells dead{told}")
