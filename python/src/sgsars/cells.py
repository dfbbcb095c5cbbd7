"""Where the cells of a layer's matrix lie in PyTorch's memory, so that nothing is transposed to find or change them.

Importing it needs PyTorch.
"""

from __future__ import annotations

from typing import List, Optional, Tuple

import torch
from torch import Tensor

from .layers import Layer, axis_words, sizes

#: Values of a slice, for each thread: with two tensors of them a core's second cache is half full.
_TOGETHER = 1 << 17


class Cells:
    """The cells of a layer of R rows and C columns in one flat tensor, on the weight's device.

    The flat tensor has the weight first, in the weight's own memory format, and behind it the bias row of each group, with a
    value for each column. So it has R * C values, one for each cell. An offset is an index in it.
    """

    def __init__(self, layer: Layer, weight: Tensor, bias: Optional[Tensor] = None) -> None:
        """weight, bias: of the model; only shapes, strides and device count. Raises ValueError if they do not fit the layer."""
        of = sizes(layer, weight.shape, None if bias is None else bias.shape)
        self.layer, self.rows, self.columns, self.device = layer, of.rows, of.columns, weight.device
        self.groups, self.inputs, self.biases = of.groups, of.inputs, of.biases
        self.shape, self.bias_shape = tuple(weight.shape), None if bias is None else tuple(bias.shape)
        self.strides = torch.empty_like(weight, dtype=torch.float32, memory_format=torch.preserve_format).stride()
        self.weights = weight.numel()
        words = axis_words(layer, weight.dim())
        # The groups are an axis of their own, in front of all others.
        self._sizes = (of.groups, self.shape[0] // of.groups, *self.shape[1:])
        self._strides = (self._sizes[1] * self.strides[0], *self.strides)
        self.inner = [1 + axis for axis, word in enumerate(words) if word == "in"]
        self.outer = [1 + axis for axis, word in enumerate(words) if word == "out"]
        self._arrange()
        self._row_steps = self._steps(self.inner)
        self._column_steps = self._steps(self.outer)
        self._row_steps[0] = self.rows // of.groups
        self._row_offsets, self._is_bias, self._column_offsets = self._tables()

    def _arrange(self) -> None:
        """Where axes come as they lie in memory, a reduction over some of them is fast.

        In slices that a core's cache holds, what is added is still at hand to be scored. A device of its own has nothing of that.
        slice_count: slices of the weight. reduced: its output axes as they come there. adds_up: whether a row has cells in all
        slices; if not, cut_along is the axis along which what is left of them stands together.
        """
        self._order = sorted(range(len(self._sizes)), key=lambda axis: -self._strides[axis])
        kept = [axis for axis in self._order if axis not in self.outer]
        self._kept = [kept.index(axis) for axis in (0, *self.inner)]
        self.reduced = [self._order.index(axis) for axis in self.outer]
        self._sliced = next((at for at, axis in enumerate(self._order) if self._sizes[axis] > 1), 0)
        along = self._order[self._sliced]
        self.adds_up = along in self.outer
        self.cut_along = 0 if self.adds_up else kept.index(along)
        most = _TOGETHER * torch.get_num_threads() if self.device.type == "cpu" else self.weights
        self._together = max(1, most * self._sizes[along] // self.weights)
        self.slice_count = -(-self._sizes[along] // self._together)

    @property
    def count(self) -> int:
        """R * C."""
        return self.rows * self.columns

    def _steps(self, axes: List[int]) -> List[int]:
        """By how much a matrix' index grows with one step along each axis; 0 for those that are not among these."""
        steps, step = [0] * len(self._sizes), 1
        for axis in reversed(axes):
            steps[axis], step = step, step * self._sizes[axis]
        return steps

    def _grid(self, axes: List[int]) -> Tensor:
        """The offsets along some axes, the last of them fastest."""
        grid = torch.zeros((), dtype=torch.int64)
        for axis in axes:
            grid = grid.unsqueeze(-1) + torch.arange(self._sizes[axis]) * self._strides[axis]
        return grid.flatten()

    def _tables(self) -> Tuple[Tensor, Tensor, Tensor]:
        """Offset of each row's first cell, whether it is a bias row, and what a column adds: in other rows, in bias rows."""
        offsets = self._grid([0, *self.inner]).view(self.groups, self.inputs)
        is_bias = torch.zeros_like(offsets)
        if self.biases:
            begins = self.weights + torch.arange(self.groups) * self.columns
            offsets = torch.cat([offsets, begins.unsqueeze(1)], 1)
            is_bias = torch.cat([is_bias, torch.ones(self.groups, 1, dtype=torch.int64)], 1)
        columns = torch.stack([self._grid(self.outer), torch.arange(self.columns)])
        return offsets.flatten().to(self.device), is_bias.flatten().to(self.device), columns.to(self.device)

    def offsets(self, rows: Tensor, columns: Optional[Tensor] = None) -> Tensor:
        """Offsets of cells. rows, columns: int64 of shape (n,) on the device. Without columns (n, C): all cells of the rows."""
        begins, is_bias = self._row_offsets[rows], self._is_bias[rows]
        if columns is None:
            return begins.unsqueeze(1) + self._column_offsets[is_bias]
        return begins + self._column_offsets[is_bias, columns]

    def positions(self, offsets: Tensor) -> Tensor:
        """Positions in the matrix, row * C + column, of cells at some offsets; int64 of the same shape."""
        positions = torch.zeros_like(offsets)
        for size, stride, row, column in zip(self._sizes, self._strides, self._row_steps, self._column_steps):
            at = torch.div(offsets, stride, rounding_mode="floor") % size
            positions += at * (row * self.columns + column)
        if self.biases:
            behind = offsets - self.weights
            group = torch.div(behind, self.columns, rounding_mode="floor")
            rows = group * self._row_steps[0] + self.inputs
            positions = torch.where(behind >= 0, rows * self.columns + behind % self.columns, positions)
        return positions

    def weight_of(self, flat: Tensor) -> Tensor:
        """The weight's part of a flat tensor, in the weight's shape. A view."""
        return flat.as_strided(self.shape, self.strides)

    def slices(self, weight: Tensor) -> List[Tensor]:
        """A tensor of the weight's shape in slices, their axes in the order of the layer's memory. Views."""
        cut = weight.unsqueeze(0) if self.groups == 1 else weight.reshape(self._sizes)
        ordered = cut.permute(self._order)
        return [ordered] if self.slice_count == 1 else list(torch.split(ordered, self._together, self._sliced))

    def by_row(self, found: Tensor) -> Tensor:
        """What a reduction over the axes `reduced` has found, as (groups, rows of a group without its bias)."""
        return found.permute(self._kept).reshape(self.groups, self.inputs)

    def bias_of(self, flat: Tensor) -> Tensor:
        """The bias rows of a flat tensor, (groups, C); (0, C) without a bias. A view."""
        return flat[self.weights :].view(-1, self.columns)

    def own(self, bias: Tensor) -> Tensor:
        """The values of a bias parameter that are the layer's, (groups, biases)."""
        begin = self.layer.bias_from or 0
        return bias.reshape(-1)[begin : begin + self.groups * self.biases].reshape(self.groups, self.biases)

    def parts(self, weight: Optional[Tensor], bias: Optional[Tensor]) -> List[Optional[Tensor]]:
        """Values in the parameters' shapes as the parts of Values; None where there are none."""
        found: List[Optional[Tensor]] = [None] * self.slice_count if weight is None else [*self.slices(weight)]
        if self.biases:
            found.append(None if bias is None else self.own(bias))
        return found

    def matrix(self, flat: Tensor) -> Tensor:
        """The matrix of shape (R, C) that a flat tensor's values make, in memory row by row: perhaps a copy."""
        axes = flat.as_strided(self._sizes, self._strides).permute(0, *self.inner, *self.outer)
        parts = axes.reshape(self.groups, self.inputs, self.columns)
        if self.biases:
            parts = torch.cat([parts, self.bias_of(flat).unsqueeze(1)], 1)
        return parts.reshape(self.rows, self.columns)


class Values:
    """A float32 for each cell of a layer, zeros at first. Its parts are views of one flat tensor.

    parts: slices of the weight, each of adjacent memory, and what the bias rows have of the bias parameter, (groups, biases).
    """

    def __init__(self, cells: Cells, scored: Optional[str] = None) -> None:
        """scored: whether rows have scores, 'max' or 'sum' of their magnitudes, once score() has seen all parts."""
        self.cells, self._scored = cells, scored
        self._scores: List[Tensor] = []
        self.flat = torch.zeros(cells.count, dtype=torch.float32, device=cells.device)
        self.parts: List[Tensor] = cells.slices(cells.weight_of(self.flat))
        if cells.biases:
            # Outputs that share a bias, such as the taps of a transposed convolution, have it in the first of their columns.
            self.parts.append(cells.bias_of(self.flat)[:, :: cells.columns // cells.biases])

    def score(self, part: int) -> None:
        """Looks at a part as it is now, all of them in order."""
        if self._scored is None:
            return
        if part == 0:
            self._scores = []
        is_bias = part == self.cells.slice_count
        found = self._of(self.parts[part], [1] if is_bias else self.cells.reduced)
        if is_bias or part == 0 or not self.cells.adds_up:
            self._scores.append(found)
        elif self._scored == "max":
            torch.maximum(self._scores[0], found, out=self._scores[0])
        else:
            self._scores[0].add_(found)

    def _of(self, part: Tensor, axes: List[int]) -> Tensor:
        if self._scored == "sum":
            return part.abs().sum(axes)
        # Two passes that only read are faster than one that writes all magnitudes and another that reads them.
        return torch.maximum(part.amax(axes), part.amin(axes).neg_()).abs_()

    def scores(self) -> Tensor:
        """The score of each row, (R,). NaN and infinity are larger than any number; sums are added up in no certain order."""
        found, biases = self._scores[: len(self._scores) - bool(self.cells.biases)], self._scores[-1:]
        scores = self.cells.by_row(found[0] if len(found) == 1 else torch.cat(found, self.cells.cut_along))
        return (torch.cat([scores, biases[0].unsqueeze(1)], 1) if self.cells.biases else scores).view(-1)
