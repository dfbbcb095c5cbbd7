"""The sparsifiers that run in PyTorch, beside the training: which cells of a layer are written.

They choose what those of sgs-service choose, bit by bit. Importing it needs PyTorch and numpy.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

import numpy
import torch
from torch import Tensor

from .cells import Cells, Values
from .random_stream import RandomStream

ALL, ROWS, CELLS = "ALL", "ROWS", "CELLS"

_MOST_ROWS = 1 << 28
#: Relative error of one float32 operation.
_ROUNDING = 2.0**-24
#: Cells that are summed up together at most.
_TOGETHER = 1 << 20
#: From which share of the last threshold on a cell may be among the largest, and of how many cells that is of use.
_LIKELY, _FEW = 0.8, 0.1
_LARGEST = 3.4028234663852886e38
#: Of a cell that is written: its value, and where it is.
_VALUE_BYTES, _PLACE_BYTES = 4, 4
#: What to do about it, as messages have it.
OTHERWISE = 'sparsify="service" has all of them'


def float32(number: float) -> float:
    """The nearest float32 of a number."""
    return float(struct.unpack("<f", struct.pack("<f", number))[0])


class Chosen(NamedTuple):
    """What a sparsifier chooses, on the layer's device.

    extent: ALL, ROWS or CELLS. rows: logical rows of ROWS, or of each of the CELLS, ascending; int64, (n,); None with ALL.
    columns: of each of the CELLS, ascending within a row. peak: a value that is finite if everything accumulated is; () or None.
    """

    extent: str
    rows: Optional[Tensor] = None
    columns: Optional[Tensor] = None
    peak: Optional[Tensor] = None


class WholeSteps(NamedTuple):
    """Changes that are written in whole steps.

    step: smallest change of a weight, a float32. skips: whether what rounds to 0 is not written. pulses: changes are cut
    towards 0, and cells hold any weight at first; otherwise both are rounded, half to even.
    """

    step: float
    skips: bool
    pulses: bool = False


class _Setting(NamedTuple):
    type: type
    allowed: str
    least: float
    most: float
    default: Any = None


_QUANTIZE: Dict[str, _Setting] = {
    "quantize": _Setting(int, "1 to 24", 1, 24),
    "weightRange": _Setting(float, "1e-6 to 1e6", 1e-6, 1e6),
    "skipUnchanged": _Setting(bool, "true or false", 0, 1),
}
_SHARE = math.ulp(0.0)
_ALLOWED: Dict[str, Dict[str, _Setting]] = {
    "dense": _QUANTIZE,
    "random-row": _QUANTIZE,
    "top-k": {"ratio": _Setting(float, "above 0, at most 1", _SHARE, 1, 0.001), **_QUANTIZE},
    "sgs": {
        "score": _Setting(str, "max, sum", 0, 0, "max"),
        "rows": _Setting(int, f"1 to {_MOST_ROWS}", 1, _MOST_ROWS, 1),
        "share": _Setting(float, "above 0, at most 1", _SHARE, 1),
        "block": _Setting(int, f"1 to {_MOST_ROWS}", 1, _MOST_ROWS),
        "byPosition": _Setting(bool, "true or false", 0, 1, False),
        "smallRows": _Setting(int, f"1 to {_MOST_ROWS}", 1, _MOST_ROWS, 128),
        **_QUANTIZE,
    },
    "mixed-precision": {"step": _Setting(float, "1e-9 to 1e6", 1e-9, 1e6, 0.001)},
}

#: The kinds of sparsifiers that run in PyTorch.
KINDS = tuple(_ALLOWED)


def _checked(kind: str, settings: Mapping[str, Any]) -> Dict[str, Any]:
    """All settings that the kind has, defaults filled in; None where none was given and there is no default."""
    if kind not in _ALLOWED:
        raise ValueError(f"sparsifier '{kind}' does not run in PyTorch; allowed: {', '.join(KINDS)}; {OTHERWISE}")
    of = _ALLOWED[kind]
    values = {name: setting.default for name, setting in of.items()}
    for name, value in settings.items():
        if name == "scenario":  # says only whose sparsifier it is
            continue
        if name not in of:
            raise ValueError(f"sparsifier '{kind}' has no setting '{name}' in PyTorch; allowed: {', '.join(of)}; {OTHERWISE}")
        values[name] = _value(f"{kind}: {name}", of[name], value)
    if values.get("quantize") is None and (values.get("weightRange") is not None or values.get("skipUnchanged") is not None):
        raise ValueError(f"{kind}: weightRange and skipUnchanged go with quantize")
    return values


def _value(place: str, of: _Setting, value: Any) -> Any:
    if of.type is str:
        right = value in of.allowed.split(", ")
    elif of.type is bool:
        right = isinstance(value, bool)
    else:
        is_number = isinstance(value, int if of.type is int else (int, float)) and not isinstance(value, bool)
        right = is_number and of.least <= value <= of.most
    if not right:
        raise ValueError(f"{place}: {value!r} is not allowed; allowed: {of.allowed}")
    return value


class Sparsifier:
    """A sparsifier of one layer. What it chooses follows from the iteration and what is accumulated alone.

    kind: such as top-k. steps: in which changes are written, or None. reads: whether what is accumulated counts for its choice.
    score: what scores of rows it needs of what is accumulated, as Values has them, or None. most_cells: that it writes in an
    iteration at most.
    """

    kind = "dense"
    reads = False
    score: Optional[str] = None

    def __init__(self, cells: Cells, settings: Mapping[str, Any], seed: int) -> None:
        self.cells = cells
        self.steps = self._steps(settings)
        self.most_cells = cells.count

    def _steps(self, settings: Mapping[str, Any]) -> Optional[WholeSteps]:
        bits, weight_range = settings["quantize"], settings["weightRange"]
        if bits is None:
            return None
        return WholeSteps(float32((0.5 if weight_range is None else weight_range) / (1 << bits)), bool(settings["skipUnchanged"]))

    def most_bytes(self, trains: bool) -> int:
        """Of what it writes in an iteration, at most and about. trains: whether that has values."""
        lists = self.kind == "top-k" or (self.steps is not None and self.steps.skips)
        return self.most_cells * ((_VALUE_BYTES if trains else 0) + (_PLACE_BYTES if lists else 0))

    def choose(self, accumulated: Optional[Values], iteration: int) -> Chosen:
        """What is written after an iteration. accumulated: None only where it does not count and is not kept."""
        return Chosen(ALL)


def sparsifier(cells: Cells, kind: str, settings: Mapping[str, Any], seed: int) -> Sparsifier:
    """The sparsifier of a layer.

    kind, settings: as a manifest has them. seed: of the run.
    Raises ValueError for a kind or a setting that does not run in PyTorch, or a value out of range, saying what is allowed.
    """
    values = _checked(kind, settings)
    own = RandomStream.of(seed, "sparsifier").child(cells.layer.name).child(kind).seed
    kinds = {of.kind: of for of in (Sparsifier, _RandomRow, _LargestCells, _WholePulses, _BestRows)}
    return kinds[kind](cells, values, own)


class _RandomRow(Sparsifier):
    """One uniformly random row."""

    kind = "random-row"

    def __init__(self, cells: Cells, settings: Mapping[str, Any], seed: int) -> None:
        super().__init__(cells, settings, seed)
        self._iterations = RandomStream.of(seed, "iteration")
        self.most_cells = cells.columns

    def choose(self, accumulated: Optional[Values], iteration: int) -> Chosen:
        row = self._iterations.child(iteration).first_below(self.cells.rows)
        return Chosen(ROWS, torch.full((1,), row, dtype=torch.int64, device=self.cells.device))


class _LargestCells(Sparsifier):
    """A share of the cells, those of largest magnitude; among equals the lowest row, then the lowest column."""

    kind = "top-k"
    reads = True

    def __init__(self, cells: Cells, settings: Mapping[str, Any], seed: int) -> None:
        super().__init__(cells, settings, seed)
        self.most_cells = self.count = max(1, math.floor(settings["ratio"] * cells.count + 0.5))
        self._guess: Optional[float] = None

    def choose(self, accumulated: Optional[Values], iteration: int) -> Chosen:
        assert accumulated is not None
        magnitudes = accumulated.flat.abs()
        offsets = self._likely(magnitudes)
        if offsets is not None:
            magnitudes = magnitudes[offsets]
        largest = magnitudes.topk(self.count, sorted=False).values
        threshold = largest.min()
        chosen = (magnitudes >= threshold).nonzero().flatten()
        offsets, magnitudes = chosen if offsets is None else offsets[chosen], magnitudes[chosen]
        self._guess = float(threshold) * _LIKELY
        positions = self.cells.positions(offsets)
        if len(offsets) > self.count:  # ties, of which the first by position are taken
            at = magnitudes == threshold
            above, equal = positions[~at], positions[at].sort().values
            positions = torch.cat([above, equal[: self.count - len(above)]])
        positions = positions.sort().values
        rows = torch.div(positions, self.cells.columns, rounding_mode="floor")
        return Chosen(CELLS, rows, positions % self.cells.columns, largest.max())

    def _likely(self, magnitudes: Tensor) -> Optional[Tensor]:
        """Offsets of a few cells among which the largest are, as far as the last threshold lets one guess; None for all."""
        if self._guess is None or not math.isfinite(self._guess) or self.count > _FEW * self.cells.count:
            return None
        offsets = (magnitudes >= self._guess).nonzero().flatten()
        return offsets if self.count <= len(offsets) <= _FEW * self.cells.count else None


class _WholePulses(Sparsifier):
    """Every cell whose accumulated update has come to a pulse of the device, by whole pulses."""

    kind = "mixed-precision"
    reads = True

    def _steps(self, settings: Mapping[str, Any]) -> Optional[WholeSteps]:
        return WholeSteps(float32(settings["step"]), True, True)


class _BestRows(Sparsifier):
    """The rows, or blocks of adjacent rows, of largest score; among equals the lowest."""

    kind = "sgs"
    reads = True

    def __init__(self, cells: Cells, settings: Mapping[str, Any], seed: int) -> None:
        super().__init__(cells, settings, seed)
        rows, share = settings["rows"], settings["share"]
        self.block = block = settings["block"] or 1
        if share is not None and rows != 1:
            raise ValueError("sgs: rows and share both say how much is written; give one of them")
        if settings["byPosition"] and (rows, share, block) != (1, None, 1):
            raise ValueError("sgs: byPosition writes one cell of one row, so rows and block must be 1")
        if rows * block > cells.rows:
            blocks = "" if block == 1 else f" blocks of {block} rows"
            raise ValueError(
                f"sgs: rows: {rows}{blocks} is more than the {cells.rows} rows of layer {cells.layer.name}; "
                "allowed: at most the rows of the smallest layer"
            )
        self.score = str(settings["score"])
        # Half goes to the even number in Java's Math.rint as in round().
        self.count = rows if share is None else max(1, round(share * cells.rows / block))
        self._is_small = bool(settings["byPosition"]) and cells.rows <= settings["smallRows"]
        self.most_cells = 1 if self._is_small else min(cells.rows, self.count * block) * cells.columns

    def choose(self, accumulated: Optional[Values], iteration: int) -> Chosen:
        assert accumulated is not None
        scores = self._blocks(accumulated.scores())
        peak, best = self._best(scores) if self.score == "max" else self._by_sum(scores, accumulated)
        rows = best if self.block == 1 else self._rows_of(best)
        if not self._is_small:
            return Chosen(ROWS, rows, None, peak)
        values = accumulated.flat[self.cells.offsets(rows)]
        return Chosen(CELLS, rows, values.abs_().max(1).indices, peak)

    def _best(self, scores: Tensor) -> Tuple[Tensor, Tensor]:
        """The largest score, and where the `count` largest are, ascending. Both ways the lowest come first among equals."""
        if self.count == 1:
            peak, best = scores.max(0)
            return peak, best.view(1)
        ordered = scores.sort(descending=True, stable=True)
        return ordered.values[0], ordered.indices[: self.count].sort().values

    def _blocks(self, scores: Tensor) -> Tensor:
        """Scores of blocks of rows; the last block may have fewer rows."""
        if self.block == 1:
            return scores
        blocks = torch.nn.functional.pad(scores, (0, -len(scores) % self.block)).view(-1, self.block)
        return blocks.sum(1) if self.score == "sum" else blocks.amax(1)

    def _rows_of(self, blocks: Tensor) -> Tensor:
        rows = (blocks.unsqueeze(1) * self.block + torch.arange(self.block, device=blocks.device)).flatten()
        return rows[rows < self.cells.rows] if self.cells.rows % self.block else rows

    def _by_sum(self, sums: Tensor, accumulated: Values) -> Tuple[Tensor, Tensor]:
        """As _best, of sums as the service has them: float32, column after column, then row after row of a block.

        So a sum depends on its order. Whatever the order, n additions of float32 without a sign err by less than n roundings.
        What could be among the best by a sum of any order is summed up anew in the right one; hardly ever is that more than
        the best.
        """
        largest = sums.topk(self.count).values
        # Two sums of a candidate err, and two of the last of the best. The rest is for second order, and for rounding here.
        error = 6 * (self.cells.columns + self.block) * _ROUNDING
        bound = largest[-1] * max(0.0, 1 - error)
        if error >= 1 or not bool(largest[0] < _LARGEST / 2):
            bound = torch.zeros_like(bound)  # nothing is known of sums that overflow
        candidates = (sums >= bound).nonzero().flatten()
        if len(candidates) <= self.count:
            return largest[0], candidates
        exact = torch.from_numpy(self._exact_sums(accumulated, candidates)).to(sums.device)
        peak, best = self._best(exact)
        return peak, candidates[best]

    def _exact_sums(self, accumulated: Values, blocks: Tensor) -> "numpy.ndarray[Any, Any]":
        rows = blocks.unsqueeze(1) * self.block + torch.arange(self.block, device=blocks.device)
        is_row = (rows < self.cells.rows).flatten()
        found: List[Any] = []
        for some in torch.split(rows.flatten().clamp_(max=self.cells.rows - 1), max(1, _TOGETHER // self.cells.columns)):
            magnitudes = accumulated.flat[self.cells.offsets(some)].abs_().cpu().numpy()
            # accumulate() has every partial sum, so it cannot take them in another order.
            found.append(numpy.add.accumulate(magnitudes, 1, numpy.float32)[:, -1])
        sums = numpy.where(is_row.cpu().numpy(), numpy.concatenate(found), numpy.float32(0)).reshape(-1, self.block)
        return numpy.ascontiguousarray(numpy.add.accumulate(sums, 1, numpy.float32)[:, -1])
