"""What selecting beside a training costs: the pass over all weights of ResNet-50 next to the step of torch.optim.SGD.

    PYTHONPATH=python/src python3 python/benchmarks/local_selection.py [--device cuda] [--rounds 30] [--channels-last]

Both see the same gradients of 54 layers, 25.5 million weights. The pass adds them to the residual, scores the rows (sgs, max),
takes one row of each layer with its values, and encodes the records. The two alternate; medians and their ratio are printed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any, Callable, Dict, List, Tuple

import torch

from sgsars.layers import Layer
from sgsars.selection import Choice, LayerSelection
from sgsars.updates import UpdatesEncoder

#: Of the run of a training whose optimizer proposes: gradients are what the weights are to change by.
PROPOSED = {"momentum": 0.0, "learningRate": 1.0, "weightDecay": 0.0}


def shapes() -> List[Tuple[int, ...]]:
    """The weights of ResNet-50 that lie on crossbars."""
    found: List[Tuple[int, ...]] = [(64, 3, 7, 7)]
    inputs = 64
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            found += [(width, inputs, 1, 1), (width, width, 3, 3), (4 * width, width, 1, 1)]
            found += [(4 * width, inputs, 1, 1)] if block == 0 else []
            inputs = 4 * width
    return found + [(1000, 2048)]


def timed(work: Callable[[], Any], device: str) -> float:
    """Milliseconds, the device's work included."""
    if device == "cuda":
        torch.cuda.synchronize()
    begin = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - begin) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--channels-last", action="store_true", help="weights of four dimensions in that memory format")
    parser.add_argument("--score", default="max", choices=("max", "sum"))
    parser.add_argument("--kind", default="sgs", choices=("sgs", "top-k"))
    parser.add_argument("--momentum", type=float, default=0.0, help="of the run, not of torch.optim.SGD")
    given = parser.parse_args()
    torch.manual_seed(1)
    parameters = []
    for shape in shapes():
        values = torch.randn(shape, device=given.device)
        if given.channels_last and values.dim() == 4:
            values = values.contiguous(memory_format=torch.channels_last)
        parameters.append(torch.nn.Parameter(values))
        parameters[-1].grad = torch.randn_like(parameters[-1].detach())
    optimizer = torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
    settings: Dict[str, Any] = {"score": given.score} if given.kind == "sgs" else {}
    choice = Choice(0, given.kind, settings, trains=True)
    of = {**PROPOSED, "momentum": given.momentum}
    layers = [LayerSelection(Layer(str(i), "", f"{i}.weight"), p, None, of, [choice], 1) for i, p in enumerate(parameters)]
    encoder = UpdatesEncoder("benchmark")
    sent = 0

    def select() -> None:
        nonlocal sent
        for layer, parameter in zip(layers, parameters):
            layer.advance(layer.iteration, parameter.grad)
        sent = sum(len(encoder.encode(number, update)) for number, layer in enumerate(layers) for update in layer.updates())

    def step() -> None:
        optimizer.step()

    for work in (step, select) * 3:
        timed(work, given.device)
    steps, selections = [], []
    for _ in range(given.rounds):
        steps.append(timed(step, given.device))
        selections.append(timed(select, given.device))
    weights = sum(parameter.numel() for parameter in parameters)
    ratio = statistics.median(selections) / statistics.median(steps)
    print(f"{len(layers)} layers, {weights:,} weights, {sent:,} bytes an iteration")
    print(f"{given.device}, {torch.get_num_threads()} threads, PyTorch {torch.__version__}")
    for name, times in (("torch.optim.SGD", steps), ("selection", selections)):
        print(f"{name}: {statistics.median(times):.2f} ms, the fastest {min(times):.2f} ms")
    print(f"selection / SGD = {ratio:.2f} by the medians, {min(selections) / min(steps):.2f} by the fastest")


if __name__ == "__main__":
    main()
