"""Trains LeNet as source train has done, by a wrapped optimizer, and compares what both select. For SameSelectionsIT.

    same_selections.py FOLDER IMAGES

FOLDER has what the other training was: gradients (initial weights first), batches, selections.json; and sgs-ars and python.yml. It
trains twice, and writes what differs: given.json with the other training's gradients, own.json with those of this PyTorch at the
weights that can be read.
"""

import gzip
import json
import os
import pathlib
import sys

import numpy
import torch
from torch import nn

import sgsars

BATCH, RATE, MOMENTUM = 32, 0.01, 0.9

folder, images = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
os.environ["SGSARS_HOME"] = str(folder)
torch.set_num_threads(1)


def normalised():
    """All training images, each channel of mean 0 and deviation 1: in doubles, rounded once, as the other training does."""
    pixels = numpy.frombuffer(gzip.open(images / "train-images-idx3-ubyte.gz").read()[16:], numpy.uint8).astype(numpy.float64)
    mean = pixels.sum() / pixels.size
    deviation = numpy.sqrt((pixels * pixels).sum() / pixels.size - mean * mean)
    return torch.from_numpy(((pixels - mean) / deviation).astype(numpy.float32)).view(-1, 1, 28, 28)


def network():
    parts = {
        "conv1": nn.Conv2d(1, 8, 5, 2, 2),
        "relu1": nn.ReLU(),
        "conv2": nn.Conv2d(8, 16, 5, 2, 2),
        "relu2": nn.ReLU(),
        "pool": nn.AvgPool2d(2),
        "flatten": nn.Flatten(),
        "fc": nn.Linear(144, 10),
    }
    model = nn.Sequential()
    for name, part in parts.items():
        model.add_module(name, part)
    return model


def split(values, model):
    """The values of all parameters, from one row of them."""
    return [part.reshape(p.shape) for part, p in zip(values.split([p.numel() for p in model.parameters()]), model.parameters())]


def matrices(parts):
    """Of each layer the matrix, (rows, columns), from weights and biases by turns; in doubles."""
    return [
        torch.cat([weight.reshape(len(weight), -1), bias[:, None]], 1).T.double().numpy() for weight, bias in zip(parts[::2], parts[1::2])
    ]


class RecordedSGD(torch.optim.SGD):
    """Keeps what it was given, and what its steps have really made of the weights: of a difference of weights the last bits are lost."""

    def __init__(self, parameters):
        super().__init__(parameters, lr=RATE, momentum=MOMENTUM)
        self.gradients, self.steps = [], []

    def step(self, closure=None):
        parameters = self.param_groups[0]["params"]
        self.gradients.append(matrices([p.grad.clone() for p in parameters]))
        before = [p.detach().clone() for p in parameters]
        super().step(closure)
        self.steps.append(matrices([(b - p.detach()) for b, p in zip(before, parameters)]))


def train(model, batches, given, pipeline, run):
    """Returns the inner optimizer, and the selections by layer. given: gradients to take in the place of one's own, if any."""
    x = normalised()
    y = torch.from_numpy(numpy.frombuffer(gzip.open(images / "train-labels-idx1-ubyte.gz").read()[8:], numpy.uint8).astype(numpy.int64))
    inner = RecordedSGD(model.parameters())
    crossbars = sgsars.Crossbars(model, folder / "python.yml", pipeline=pipeline, run=run)
    optimizer = sgsars.wrap(inner, crossbars)
    for iteration, batch in enumerate(batches):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        if given is not None:
            for parameter, gradient in zip(model.parameters(), split(given[iteration], model)):
                parameter.grad.copy_(gradient)
        optimizer.step()
    layers = crossbars.finish()["scenarios"][0]["layers"]
    return inner, [layer["selectedRows"] for layer in layers]


def scores(steps, selected):
    """The rows' scores of each iteration, by what is accumulated: the largest magnitude in a row. In doubles."""
    rest = numpy.zeros_like(steps[0])
    for step, row in zip(steps, selected):
        rest += step
        yield numpy.abs(rest).max(1)
        rest[row] = 0


def momentum(gradients):
    """The steps of gradients."""
    velocity = 0.0
    for gradient in gradients:
        velocity = MOMENTUM * velocity + gradient
        yield RATE * velocity


def compare(theirs, ours, their_steps, our_steps):
    """A layer's selections: how many are the same, and until the first that differs how the scores do, over the largest of them.

    closest: how far the second row was behind the first at least. Of the first that differs, tie: how far the row that was selected
    here was behind theirs; error: how far the scores differed.
    """
    same = [a == b for a, b in zip(theirs, ours)]
    first = same.index(False) if False in same else None
    found = {"same": sum(same), "first": first, "rows": len(set(theirs)), "scores": 0.0, "closest": 1.0}
    for iteration, (a, b) in enumerate(zip(scores(their_steps, theirs), scores(our_steps, ours))):
        best = a.max()
        error = float(numpy.abs(a - b).max() / best)
        found["scores"] = max(found["scores"], error)
        found["closest"] = min(found["closest"], float(1 - numpy.sort(a)[-2] / best))
        if iteration == first:
            found.update(tie=float((best - a[ours[first]]) / best), error=error)
            break
    return found


def differences(one, other):
    """The largest difference of two gradients, by layer, over the largest value."""
    return [float(numpy.abs(a - b).max() / numpy.abs(a).max()) for a, b in zip(one, other)]


def main():
    values = torch.from_numpy(numpy.fromfile(folder / "gradients", "<f4")).view(-1, sum(p.numel() for p in network().parameters()))
    batches = torch.from_numpy(numpy.fromfile(folder / "batches", ">i4").astype(numpy.int64)).view(-1, BATCH)
    theirs = [[rows[0] for rows in layer] for layer in json.loads((folder / "selections.json").read_text())]
    gradients = [matrices(split(row, network())) for row in values[1:]]
    with sgsars.local(out=folder / "out") as pipeline:
        for run, given in (("given", values[1:]), ("own", None)):
            model = network()
            with torch.no_grad():
                for parameter, value in zip(model.parameters(), split(values[0], model)):
                    parameter.copy_(value)
            inner, ours = train(model, batches, given, pipeline, run)
            layers = [
                compare(theirs[layer], ours[layer], list(momentum([of[layer] for of in gradients])), [of[layer] for of in inner.steps])
                for layer in range(len(theirs))
            ]
            result = {
                "gradients": run,
                "torch": torch.__version__,
                "iterations": len(batches),
                "first": min((layer["first"] for layer in layers if layer["first"] is not None), default=None),
                "share": sum(layer["same"] for layer in layers) / sum(len(layer) for layer in theirs),
                "layers": layers,
                "firstGradients": differences(gradients[0], inner.gradients[0]),
                "lastGradients": differences(gradients[-1], inner.gradients[-1]),
            }
            (folder / f"{run}.json").write_text(json.dumps(result))


main()
