"""What a training on crossbars costs beside the same training without: iterations a second of both, by turns.

    PYTHONPATH=python/src python3 python/benchmarks/closed_loop.py [--device cuda] [--rounds N] [--no-history]

Starts a pipeline of its own. Times are of one machine; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import tempfile
import time
from typing import Any, Callable, List, Tuple

# Debian's OpenBLAS waits for work by spinning, in a thread that takes the services' core. It is set before it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import torch  # noqa: E402

import sgsars  # noqa: E402

nn = torch.nn

EXPERIMENT = """
name: benchmark
source: {{kind: external, iterations: {iterations}}}
scenarios:
  - {{name: sgs-ars, sparsifier: {{kind: sgs}}, leveller: {{kind: ars, interval: 128}}, train: true}}
"""


def small_cnn() -> nn.Module:
    """That of the source train, network cnn: 26,698 weights."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 32), nn.ReLU(), nn.Linear(32, 10),
    )  # fmt: skip


class Block(nn.Module):
    """Two convolutions and what goes round them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.round = nn.Sequential()
        if stride > 1 or inputs != outputs:
            self.round = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(inner + self.round(x))


def resnet18() -> nn.Module:
    """He et al. for images of 32 x 32: 11,173,962 weights."""
    layers: List[nn.Module] = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    width = 64
    for outputs, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(width, outputs, stride), Block(outputs, outputs, 1)]
        width = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def loop(model: nn.Module, optimizer: Any, shape: Tuple[int, ...], device: str) -> Callable[[int], float]:
    """Some iterations of a training; gives the seconds of one."""
    images = torch.randn(shape, device=device)
    classes = torch.randint(10, (shape[0],), device=device)

    def some(iterations: int) -> float:
        began = time.perf_counter()
        for _ in range(iterations):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), classes).backward()
            optimizer.step()
        if device != "cpu":
            torch.cuda.synchronize()
        return (time.perf_counter() - began) / iterations

    return some


def compare(
    name: str, make: Callable[[], nn.Module], shape: Tuple[int, ...], iterations: Tuple[int, int], sparsify: str, options: Any
) -> None:
    """Prints iterations a second of both trainings, and the ratio of the medians. iterations: to warm up with, and of a turn."""
    warm_up, turn = iterations
    with tempfile.TemporaryDirectory() as folder, sgsars.local(out=pathlib.Path(folder) / "out") as pipeline:
        file = pathlib.Path(folder) / "benchmark.yml"
        file.write_text(EXPERIMENT.format(iterations=warm_up + turn * options.rounds), encoding="utf-8")
        plain, model = make().to(options.device), make().to(options.device)
        xbar = sgsars.Crossbars(model, file, pipeline=pipeline, sparsify=sparsify, history=options.history)
        both = (
            loop(plain, torch.optim.SGD(plain.parameters(), lr=0.01, momentum=0.9), shape, options.device),
            loop(model, sgsars.wrap(torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9), xbar), shape, options.device),
        )
        times: Tuple[List[float], List[float]] = ([], [])
        # The services run slower until the virtual machine has compiled them.
        for some in both:
            some(warm_up)
        for _ in range(options.rounds):
            for some, taken in zip(both, times):
                taken.append(some(turn))
        xbar.close()
    of_plain, of_crossbars = statistics.median(times[0]), statistics.median(times[1])
    print(
        f"{name}, {sparsify}: {1 / of_crossbars:.2f} iterations/s on crossbars, {1 / of_plain:.2f} without, "
        f"ratio {of_plain / of_crossbars:.3f}",
        flush=True,
    )


def main() -> None:
    """Compares both networks."""
    parser = argparse.ArgumentParser(description="Iterations a second of trainings on crossbars and without, by turns.")
    parser.add_argument("--device", default="cpu", help="of the models (default: cpu)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each training (default: 5)")
    parser.add_argument("--sparsify", default="service,local", help="ways of the small CNN (default: both)")
    parser.add_argument("--no-history", dest="history", action="store_false", help="keep nothing to send a run again")
    parser.add_argument("--small", action="store_true", help="the small CNN alone")
    options = parser.parse_args()

    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {options.device}")
    for sparsify in options.sparsify.split(","):
        compare("small CNN, batch 32", small_cnn, (32, 1, 28, 28), (2500, 300), sparsify, options)
    if not options.small:
        compare("ResNet-18 at 32 x 32, batch 32", resnet18, (32, 3, 32, 32), (3, 3), "local", options)


if __name__ == "__main__":
    main()
