"""What a layer accumulates from its gradients until it is written: velocity, residuals, and the weights where they decay.

Arithmetic is float32, every operation rounded once, as sgs-service has it. Importing it needs PyTorch and numpy.
"""

from __future__ import annotations

from typing import Any, List, Mapping, NamedTuple, Optional, Sequence

import numpy
import torch
from torch import Tensor

from .cells import Values
from .sparsifiers import CELLS, Chosen, Sparsifier, float32


class Optimizer:
    """A manifest's optimizer, in float32."""

    def __init__(self, of: Mapping[str, Any]) -> None:
        self.momentum, self.decay = float32(of["momentum"]), float32(of["weightDecay"])
        dampening = float32(of.get("dampening", 0.0))
        # As a decimal the share of the gradient has the rounding of 1 - dampening. Without momentum it is whole, as in PyTorch.
        self.share = float32(1 - float(str(numpy.float32(dampening)))) if self.momentum else 1.0
        self.nesterov = bool(of.get("nesterov", False))
        self._rate = float32(of["learningRate"])
        self._steps = [(step["fromIteration"], float32(step["learningRate"])) for step in of.get("learningRateSteps", [])]
        if not (0 <= self.momentum < 1 and 0 <= dampening <= 1 and self.decay >= 0):
            raise ValueError(
                f"momentum {self.momentum} with dampening {dampening} and weightDecay {self.decay}; "
                "allowed: [0, 1), [0, 1] and at least 0"
            )
        if self.nesterov and (self.momentum == 0 or dampening != 0):
            raise ValueError("nesterov: allowed: true only with a momentum above 0 and without dampening")

    def rate(self, iteration: int) -> float:
        """The step size in an iteration."""
        rate = self._rate
        for begin, later in self._steps:
            rate = later if iteration >= begin else rate
        return rate


class VelocityPath:
    """A velocity, the weights that decay and so count for it, and what accumulates its steps."""

    def __init__(self, velocity: Optional[Values], weights: Optional[Values]) -> None:
        self.velocity, self.weights = velocity, weights
        self.readers: List[Residual] = []

    def advance(self, optimizer: Optimizer, iteration: int, gradients: Sequence[Optional[Tensor]]) -> None:
        """Adds the iteration's step to what is accumulated. gradients: float32, part by part; None is zeros."""
        share = optimizer.share if iteration > 0 else 1.0
        for part, gradient in enumerate(gradients):
            step = self._step(optimizer, share, part, gradient)
            for reader in self.readers:
                if step is not None:
                    reader.values.parts[part].add_(step)
                reader.values.score(part)

    def _step(self, optimizer: Optimizer, share: float, part: int, gradient: Optional[Tensor]) -> Optional[Tensor]:
        if self.weights is not None:
            decayed = self.weights.parts[part] * optimizer.decay
            gradient = decayed if gradient is None else decayed.add_(gradient)
        taken = gradient if gradient is None or share == 1 else gradient * share
        if self.velocity is None:  # without momentum it is the gradient
            return taken
        # Not one call with a factor: what is fused is rounded once, and not twice.
        step = self.velocity.parts[part].mul_(optimizer.momentum)
        if taken is not None:
            step.add_(taken)
        if optimizer.nesterov:
            step = step * optimizer.momentum
            return step if gradient is None else step.add_(gradient)
        return step


class Taken(NamedTuple):
    """What was taken: as Chosen; changes: what each weight changes by, in the order of the record, or None."""

    extent: str
    rows: Optional[Tensor]
    columns: Optional[Tensor]
    changes: Optional[Tensor]


class Residual:
    """What one sparsifier has accumulated and not written yet."""

    def __init__(self, values: Values, weights: Optional[Values], of: Sparsifier, trains: bool) -> None:
        self.values, self.weights, self._trains = values, weights, trains
        self._steps = of.steps

    def take(self, chosen: Chosen, rate: float) -> Taken:
        """What is chosen is written, as far as it changes by a step: it goes, and the weights that decay change by it."""
        cells, flat = self.values.cells, self.values.flat
        index = None if chosen.rows is None else cells.offsets(chosen.rows, chosen.columns)
        if self._steps is None and self.weights is None and not self._trains:
            self._put(index, None)
            return Taken(chosen.extent, chosen.rows, chosen.columns, None)
        values = flat if index is None else flat[index]
        changes = values * -rate
        rest, written = None, None
        if self._steps is not None:
            whole = self.whole(changes)
            written = whole != 0
            # A device may divide by a number as it multiplies by its inverse, but not by a tensor.
            waits = (changes - whole) / torch.full((), -rate, device=flat.device)
            rest = torch.where(written, waits, values)
            changes = torch.where(written, whole, torch.zeros_like(whole))
        self._change_weights(index, changes)
        self._put(index, rest)
        if written is not None and self._steps is not None and self._steps.skips:
            return self._of_cells(chosen, changes, written)
        if not self._trains:
            return Taken(chosen.extent, chosen.rows, chosen.columns, None)
        return Taken(chosen.extent, chosen.rows, chosen.columns, cells.matrix(changes) if index is None else changes)

    def whole(self, changes: Tensor) -> Tensor:
        """What is written of changes: whole steps, or all of them without steps."""
        if self._steps is None:
            return changes
        step = torch.full((), self._steps.step, device=changes.device)
        count = changes / step
        return (count.trunc_() if self._steps.pulses else count.round_()).mul_(step)

    def programmable(self, weights: Tensor) -> Tensor:
        """The nearest weights that cells can be programmed to when a run begins."""
        return weights if self._steps is None or self._steps.pulses else self.whole(weights)

    def _put(self, index: Optional[Tensor], rest: Optional[Tensor]) -> None:
        flat = self.values.flat
        if index is None:
            flat.zero_() if rest is None else flat.copy_(rest)
        elif rest is None:
            flat.index_fill_(0, index.flatten(), 0.0)
        else:
            flat[index] = rest

    def _change_weights(self, index: Optional[Tensor], changes: Tensor) -> None:
        if self.weights is None:
            return
        if index is None:
            self.weights.flat.add_(changes)
        else:
            self.weights.flat[index] += changes

    def _of_cells(self, chosen: Chosen, changes: Tensor, written: Tensor) -> Taken:
        """The cells that change, out of what was chosen."""
        cells = self.values.cells
        if chosen.rows is None:
            positions, order = cells.positions(written.nonzero().flatten()).sort()
            rows, columns = torch.div(positions, cells.columns, rounding_mode="floor"), positions % cells.columns
            left = changes[written][order]
        elif chosen.columns is None:
            at = written.nonzero()
            rows, columns, left = chosen.rows[at[:, 0]], at[:, 1], changes[written]
        else:
            rows, columns, left = chosen.rows[written], chosen.columns[written], changes[written]
        return Taken(CELLS, rows, columns, left if self._trains else None)
