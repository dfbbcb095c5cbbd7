"""What crossbars compute: inputs in DAC steps, weights in cell steps, a partial sum per crossbar in ADC steps, summed digitally.

Imported only where PyTorch is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

import torch

from ..layers import Layer, Sizes, axis_words

#: A scale's least value: steps of 24 bits below it are normal numbers still.
_LEAST = 2.0**-100

POWER_OF_TWO, NEAREST_POWER_OF_TWO = "power-of-two", "nearest-power-of-two"
SCALES = (POWER_OF_TWO, NEAREST_POWER_OF_TWO)
OBSERVED, POSSIBLE = "observed", "possible"
ADC_RANGES = (OBSERVED, POSSIBLE)


@dataclass(frozen=True)
class Settings:
    """How crossbars are read. Bits are without the sign, and None is exact; hardware() has the rest."""

    size: int
    input_bits: Optional[int]
    weight_bits: Optional[int]
    adc_bits: Optional[int]
    gradient_bits: Optional[int]
    scales: str = POWER_OF_TWO
    adc_range: str = OBSERVED
    weight_range: Optional[float] = None


def largest(values: torch.Tensor) -> torch.Tensor:
    """The largest magnitude, 0 where there are no values."""
    if values.numel() == 0:
        return values.new_zeros(())
    low, high = torch.aminmax(values)
    return torch.maximum(-low, high)


def scale(magnitude: torch.Tensor, scales: str) -> torch.Tensor:
    """The power of two that stands for each magnitude: the least that is not below it, or the nearest by logarithm."""
    magnitude = magnitude.clamp_min(_LEAST)
    mantissa: torch.Tensor = torch.frexp(magnitude)[0]  # in [0.5, 1)
    above = magnitude / mantissa  # exact, and so a power of two
    is_below = mantissa <= (0.5 if scales == POWER_OF_TWO else 0.5**0.5)
    found: torch.Tensor = above.where(~is_below, above / 2)
    return found


def in_steps(values: torch.Tensor, top: Any, bits: Optional[int]) -> torch.Tensor:
    """Values in whole steps of top / 2^bits, half to even, within -top to top; as they are where bits is None.

    top: a number or a tensor that broadcasts to the values. The sign comes on top of the bits, as in the authors' code.
    """
    if bits is None:
        return values
    levels = 2.0**bits
    step = top / levels
    steps: torch.Tensor = values / step
    return steps.round_().clamp_(-levels, levels).mul_(step)


class _Straight(torch.autograd.Function):
    """Gives a value, and passes its gradient, in steps of its own, to what the value stands for."""

    @staticmethod
    def forward(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        _, (value,), bits, scales = args
        ctx.settings = bits, scales
        return value

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (gradient,) = gradients
        return _gradient_in_steps(gradient, *ctx.settings), None, None, None


def _gradient_in_steps(gradient: torch.Tensor, bits: Optional[int], scales: str) -> torch.Tensor:
    if bits is None:
        return gradient
    if gradient.is_sparse:  # of an embedding
        whole = gradient.detach().coalesce().clone()
        whole._values().copy_(_gradient_in_steps(whole.values().clone(), bits, scales))
        return whole
    fixed = in_steps(gradient.detach(), scale(largest(gradient.detach()), scales), bits)
    # A gradient that is differentiated itself passes straight through, too.
    return _straight(gradient, fixed, bits, scales)


def _straight(through: torch.Tensor, value: torch.Tensor, bits: Optional[int], scales: str) -> torch.Tensor:
    if not (torch.is_grad_enabled() and through.requires_grad):
        return value
    # Wrapped and detached, the value is neither an input nor a view: what follows may change it in place, as rectifiers do.
    found: torch.Tensor = _Straight.apply(through, (value.detach(),), bits, scales)
    return found


class _Converters(NamedTuple):
    """Which sums the same ADCs convert: those of one crossbar.

    of: (sums,) the number of a sum's crossbar; sums: (crossbars, most) of each crossbar, the first again where it has fewer.
    """

    of: torch.Tensor
    sums: torch.Tensor

    def to(self, device: torch.device) -> "_Converters":
        return _Converters(self.of.to(device), self.sums.to(device))


def _converters(crossbars: torch.Tensor) -> _Converters:
    """crossbars: (sums,) of each sum, not all of which need be there."""
    given: Any = crossbars
    _, of, counts = given.unique(return_inverse=True, return_counts=True)
    order = of.argsort()
    begins = counts.cumsum(0) - counts
    sums = order[begins][:, None].repeat(1, int(counts.max()))
    sums[of[order], torch.arange(len(order)) - begins[of[order]]] = order
    return _Converters(of, sums)


class _Plan(NamedTuple):
    """Which rows are summed together: those of one group in one crossbar, a part.

    rows: (parts * most,) the index of a row among all groups' rows, each group's with a row of zeros behind them.
    converters: of the parts. parts: of each group. most: rows of the largest part.
    """

    rows: torch.Tensor
    converters: "_Converters"
    parts: int
    most: int


def _plan(places: torch.Tensor, groups: int, size: int) -> _Plan:
    """places: (rows,) physical rows, those of a group together."""
    by_group = places.reshape(groups, -1)
    rows = by_group.shape[1]
    ordered, row = by_group.sort(1)
    crossbar = torch.div(ordered, size, rounding_mode="floor")
    number = torch.arange(rows).expand(groups, rows)
    is_first = torch.ones_like(crossbar, dtype=torch.bool)
    is_first[:, 1:] = crossbar[:, 1:] != crossbar[:, :-1]
    part = is_first.long().cumsum(1) - 1
    within = number - torch.where(is_first, number, torch.zeros_like(number)).cummax(1).values
    parts, most = int(part.max()) + 1, int(within.max()) + 1
    group = torch.arange(groups)[:, None].expand(groups, rows)
    # What is left over of a part is the row of zeros.
    index = torch.full((groups, parts, most), rows)
    index[group, part, within] = row
    index += torch.arange(groups)[:, None, None] * (rows + 1)
    crossbars = torch.zeros((groups, parts), dtype=torch.long)
    crossbars[group, part] = crossbar
    return _Plan(index.flatten(), _converters(crossbars.flatten()), parts, most)


class Array:
    """The crossbars of one layer, how they are read, and where its rows lie.

    layer, sizes: of the matrix on it, or of what is read of it from its other side. places: (rows,) the physical row of each
    logical row. input_range, adc_range: calibrated, the magnitude that the converters reach; None takes each pass's own.
    plain: why the layer does not compute as its crossbars would, or None.
    """

    def __init__(self, layer: Layer, sizes: Sizes, settings: Settings) -> None:
        self.layer, self.sizes, self.settings = layer, sizes, settings
        self.places = torch.arange(sizes.rows)
        self.input_range: Optional[float] = None
        self.adc_range: Optional[float] = None
        self.plain: Optional[str] = None
        self._watched: Optional[List[float]] = None
        self._plans: Dict[torch.device, _Plan] = {}
        self._cells: Optional[_Converters] = None
        self._other: Optional[Array] = None

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_plans": {}, "_cells": None}

    def move(self, places: torch.Tensor) -> None:
        """places: checked, on the CPU."""
        self.places, self._plans, self._cells = places, {}, None

    def other_side(self) -> "Array":
        """The array as it is driven at its columns and read at its rows, by a tied weight's other module.

        A sum is then one over columns, which crossbars cut as they lie; where the rows are makes no difference to it.
        """
        if self._other is None:
            turned = Sizes(1, self.sizes.columns, self.sizes.inputs, (self.sizes.inputs,), 0)
            axes = "-".join({"in": "out", "out": "in"}[word] for word in self.layer.axes.split("-"))
            self._other = Array(Layer(self.layer.name, self.layer.kind, self.layer.weight, axes=axes), turned, self.settings)
        return self._other

    def watch(self) -> None:
        """Forgets calibrated ranges, and notes from now on how far inputs and partial sums reach."""
        self.input_range = self.adc_range = None
        self._watched = [0.0, 0.0]
        if self._other is not None:
            self._other.watch()

    def end_watch(self, is_kept: bool) -> bool:
        """Makes what was noted the ranges, where is_kept. Returns whether anything was."""
        watched, self._watched = self._watched, None
        sides = [] if self._other is None else [self._other.end_watch(is_kept)]
        if watched is None or not any(watched):
            return any(sides)
        if is_kept:
            # Nothing to read but zeros: any range serves.
            self.input_range, self.adc_range = watched[0] or None, watched[1] or None
        return True

    def _note(self, at: int, magnitude: torch.Tensor) -> None:
        if self._watched is not None and magnitude.numel():
            self._watched[at] = max(self._watched[at], float(magnitude.max()))

    def inputs(self, values: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """Inputs of any shape in DAC steps, and the magnitude that they may have."""
        with torch.no_grad():
            top = largest(values)
            self._note(0, top)
            if self.input_range is not None:
                top = torch.full_like(top, self.input_range)
            elif self.settings.input_bits is not None:
                top = scale(top, self.settings.scales)
            fixed = in_steps(values, top, self.settings.input_bits)
        return self._through(values, fixed), top

    def weights(self, weight: torch.Tensor, bias: Optional[torch.Tensor]) -> Tuple[torch.Tensor, Optional[torch.Tensor]]:
        """A layer's weight and bias, as they are in the model, in steps: one for both, as all cells are alike."""
        settings = self.settings
        if settings.weight_bits is None:
            # Straight through all the same, as gradients have steps.
            return self._through(weight, weight.detach()), None if bias is None else self._through(bias, bias.detach())
        with torch.no_grad():
            if settings.weight_range is not None:
                top = weight.new_tensor(settings.weight_range)
            else:
                top = largest(weight) if bias is None else torch.maximum(largest(weight), largest(bias))
            top = scale(top, settings.scales)
            fixed = in_steps(weight, top, settings.weight_bits)
            fixed_bias = None if bias is None else in_steps(bias, top, settings.weight_bits)
        through = self._through(weight, fixed)
        return through, None if bias is None or fixed_bias is None else self._through(bias, fixed_bias)

    def _through(self, values: torch.Tensor, fixed: torch.Tensor) -> torch.Tensor:
        return _straight(values, fixed, self.settings.gradient_bits, self.settings.scales)

    def read(self, value: torch.Tensor, plain: Callable[[], torch.Tensor]) -> torch.Tensor:
        """What the crossbars give, with the gradient of the plain function's result, which is of the same shape."""
        return self._through(plain(), value) if torch.is_grad_enabled() else value

    def matrix(self, weight: torch.Tensor) -> torch.Tensor:
        """(groups, inputs, columns) of a weight of the layer's shape, without its bias row."""
        of = self.sizes
        words = axis_words(self.layer, weight.dim())
        cut = weight.reshape(of.groups, weight.shape[0] // of.groups, *weight.shape[1:])
        inputs = [1 + axis for axis, word in enumerate(words) if word == "in"]
        outputs = [1 + axis for axis, word in enumerate(words) if word == "out"]
        return cut.permute(0, *inputs, *outputs).reshape(of.groups, of.inputs, of.columns)

    def own_bias(self, bias: torch.Tensor) -> torch.Tensor:
        """The layer's part of a bias, which it may share with others."""
        begin = self.layer.bias_from
        return bias if begin is None else bias[begin : begin + self.sizes.biases]

    @torch.no_grad()
    def sums(
        self, inputs: torch.Tensor, matrix: torch.Tensor, bias: Optional[torch.Tensor], top: torch.Tensor
    ) -> torch.Tensor:
        """(reads, groups, columns): the digital sum of all crossbars' partial sums, each of them in ADC steps.

        inputs: (reads, groups, inputs) in steps, top: the magnitude that they may have. matrix: (groups, inputs, columns) or some
        of its columns. bias: (groups, columns), driven by 1, or None where it is not driven.
        """
        groups, columns = self.sizes.groups, matrix.shape[2]
        reads = inputs.shape[0]
        if self.settings.adc_bits is None:
            exact = torch.einsum("bgi,gic->bgc", inputs, matrix)
            return exact if bias is None else exact + bias
        plan = self._plan_on(inputs.device)
        ends = self.sizes.rows // groups - self.sizes.inputs + 1  # bias row, if the layer has one, and zeros
        drive = torch.cat([inputs, inputs.new_zeros(reads, groups, ends)], 2)
        rows = torch.cat([matrix, matrix.new_zeros(groups, ends, columns)], 1)
        if bias is not None:
            drive[:, :, -2] = 1
            rows[:, -2] = bias
        shape = (groups * plan.parts, plan.most)
        lined = drive.flatten(1).index_select(1, plan.rows).view(reads, *shape).transpose(0, 1)
        cells = rows.flatten(0, 1).index_select(0, plan.rows).view(*shape, columns)
        partial = torch.bmm(lined, cells)
        if self.adc_range is None and self.settings.adc_range == POSSIBLE:
            most = torch.cat([top.expand(groups, self.sizes.inputs), top.new_zeros(groups, ends)], 1)
            if bias is not None:
                most[:, -2] = 1
            bound = torch.bmm(most.flatten()[plan.rows].view(shape[0], 1, plan.most), cells.abs())
        else:
            bound = partial
        partial = self._converted(partial, bound, plan.converters)
        return partial.view(groups, plan.parts, reads, columns).sum(1).transpose(0, 1)

    def _converted(self, partial: torch.Tensor, bound: torch.Tensor, converters: _Converters) -> torch.Tensor:
        """Partial sums (parts, ...) in ADC steps. bound: (parts, ...) as far as they reach."""
        if self._watched is not None:
            self._note(1, largest(partial))
        if self.adc_range is not None:
            return in_steps(partial, self.adc_range, self.settings.adc_bits)
        reach = partial.new_zeros(partial.shape[0])
        if bound.numel():
            low, high = torch.aminmax(bound.flatten(1), dim=1)
            reach = torch.maximum(-low, high)
        # One range for a crossbar, whichever group of its rows is read.
        top = scale(reach[converters.sums].amax(1), self.settings.scales)[converters.of]
        return in_steps(partial, top.view(-1, *[1] * (partial.dim() - 1)), self.settings.adc_bits)

    @torch.no_grad()
    def cells(self, matrix: torch.Tensor) -> torch.Tensor:
        """A matrix (rows, columns) whose rows are driven by 1 and read one at a time, in ADC steps."""
        if self.settings.adc_bits is None:
            return matrix
        if self._cells is None:
            self._cells = _converters(torch.div(self.places, self.settings.size, rounding_mode="floor"))
        self._cells = self._cells.to(matrix.device)
        return self._converted(matrix, matrix, self._cells)

    @torch.no_grad()
    def bias_alone(self, bias: torch.Tensor) -> torch.Tensor:
        """Biases that are driven by 1 in a read of their own, in ADC steps."""
        alone = torch.zeros(1, 1, dtype=torch.long, device=bias.device)
        return self._converted(bias[None], bias[None], _Converters(alone[0], alone))[0]

    def _plan_on(self, device: torch.device) -> _Plan:
        if device not in self._plans:
            made = _plan(self.places, self.sizes.groups, self.settings.size)
            self._plans[device] = made._replace(rows=made.rows.to(device), converters=made.converters.to(device))
        return self._plans[device]
