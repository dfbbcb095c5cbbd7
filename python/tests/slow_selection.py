"""What a layer's sparsifiers select, in plain loops over the cells of the matrix: slow, and to be read beside Java's."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, Optional, Tuple

import numpy

F = numpy.float32
Taken = Tuple[str, List[int], List[int], List[float]]


class SlowSelection:
    """One sparsifier of a layer of R rows and C columns. values of the result: in the order of the record."""

    def __init__(self, rows: int, columns: int, optimizer: Mapping[str, Any], kind: str, settings: Mapping[str, Any]) -> None:
        self.rows, self.columns, self.kind = rows, columns, kind
        self.settings: Dict[str, Any] = dict(settings)
        self.optimizer = optimizer
        self.velocity = numpy.zeros((rows, columns), F)
        self.residual = numpy.zeros((rows, columns), F)
        self.weights = numpy.zeros((rows, columns), F)
        bits = self.settings.get("quantize")
        self.step: Optional[Any] = None if bits is None else F(self.settings.get("weightRange", 0.5) / 2**bits)
        self.skips, self.whole = self.settings.get("skipUnchanged", False), numpy.rint
        if kind == "mixed-precision":
            self.step, self.skips, self.whole = F(self.settings.get("step", 0.001)), True, numpy.trunc

    def step_of(self, gradient: Any, iteration: int) -> Any:
        momentum = F(self.optimizer["momentum"])
        share = F(1 - self.optimizer.get("dampening", 0.0)) if momentum else F(1)
        gradient = gradient + F(self.optimizer["weightDecay"]) * self.weights
        taken = gradient if iteration == 0 else share * gradient
        self.velocity = momentum * self.velocity + taken
        return gradient + momentum * self.velocity if self.optimizer.get("nesterov") else self.velocity

    def advance(self, iteration: int, gradient: Any) -> Taken:
        """gradient: (R, C), float32."""
        self.residual = self.residual + self.step_of(gradient, iteration)
        assert self.residual.dtype == F
        rate = F(self.optimizer["learningRate"])
        for step in self.optimizer.get("learningRateSteps", []):
            rate = F(step["learningRate"]) if iteration >= step["fromIteration"] else rate
        extent, rows, cells = self.chosen()
        changes = {cell: self.change(cell, rate) for cell in cells}
        if self.skips:
            extent, cells = "CELLS", [cell for cell in cells if changes[cell] != 0]
        taken = [self.take(cell, changes[cell], rate) for cell in cells]
        if extent == "CELLS":
            return extent, [row for row, _ in cells], [column for _, column in cells], taken
        return extent, rows, [], taken

    def change(self, cell: Tuple[int, int], rate: Any) -> Any:
        change = -rate * self.residual[cell]
        return change if self.step is None else F(self.whole(float(F(change / self.step)))) * self.step

    def take(self, cell: Tuple[int, int], change: Any, rate: Any) -> float:
        rest = F(0)
        if self.step is not None:
            if change == 0:
                return 0.0
            rest = (-rate * self.residual[cell] - change) / -rate
        self.weights[cell] += change
        self.residual[cell] = rest
        return float(change)

    def chosen(self) -> Tuple[str, List[int], List[Tuple[int, int]]]:
        every = [(row, column) for row in range(self.rows) for column in range(self.columns)]
        magnitude = numpy.abs(self.residual)
        if self.kind in ("dense", "mixed-precision"):
            return "ALL", [], every
        if self.kind == "top-k":
            count = max(1, math.floor(self.settings.get("ratio", 0.001) * len(every) + 0.5))
            return "CELLS", [], sorted(sorted(every, key=lambda cell: (-magnitude[cell], cell))[:count])
        rows = self.best_rows(magnitude)
        return "ROWS", rows, [(row, column) for row in rows for column in range(self.columns)]

    def best_rows(self, magnitude: Any) -> List[int]:
        is_sum, block = self.settings.get("score", "max") == "sum", self.settings.get("block", 1)
        scores: List[Any] = []
        for begin in range(0, self.rows, block):
            score = F(0)
            for row in range(begin, min(begin + block, self.rows)):
                of_row = F(0)
                for value in magnitude[row]:
                    of_row = F(of_row + value) if is_sum else max(of_row, value)
                score = F(score + of_row) if is_sum else max(score, of_row)
            scores.append(score)
        share = self.settings.get("share")
        count = self.settings.get("rows", 1) if share is None else max(1, round(share * self.rows / block))
        best = sorted(sorted(range(len(scores)), key=lambda at: (-scores[at], at))[:count])
        return [row for at in best for row in range(at * block, min((at + 1) * block, self.rows))]
