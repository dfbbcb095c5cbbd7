"""Takes what a module computes with its weights to their crossbars, whatever the module's own forward pass is.

While a forward pass goes on, PyTorch's functions come here first: those that drive a layer's weight are computed as its crossbars
would, and all others as ever. Imported only where PyTorch is.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import warnings
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from . import attention, geometry, recurrent
from .crossbars import Array
from ..layers import axis_words

Tensor = torch.Tensor


class Use(NamedTuple):
    """A weight that a module has, the crossbars it is on, and the bias that is their last row, if the module has that one."""

    weight: Tensor
    array: Array
    bias: Optional[Tensor]


class NotKnown(Exception):
    """What a function does with a weight is not what crossbars do; its text says why."""


#: What makes of a weight another tensor of the same values.
_COPIES = ("detach", "clone", "contiguous", "to", "float", "double")


class _Thread(threading.local):
    inside = False  # what is called is called from here, not from the model


_thread = _Thread()


class Intercept(TorchFunctionMode):
    """Intercepts functions that take one of some weights."""

    def __init__(self, uses: Sequence[Use]) -> None:
        self.uses = {id(use.weight): use for use in uses}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if not _thread.inside:
            _thread.inside = True
            try:
                taken = [use for use, _ in map(self.find, _tensors(args, kwargs)) if use is not None]
                if taken:
                    return self._call(func, args, kwargs, taken)
            finally:
                _thread.inside = False
        return func(*args, **kwargs)

    def _call(self, func: Any, args: Any, kwargs: Any, taken: List[Use]) -> Any:
        name = getattr(func, "__name__", "")
        function = FUNCTIONS.get(name)
        if function is None:
            return self._other(name, func, args, kwargs, taken)
        try:
            with _no_autocast(taken[0].weight.device):
                return function(self, *args, **kwargs)
        except NotKnown as error:
            self.passed(taken, f"{name} {error}")
            return func(*args, **kwargs)

    def find(self, tensor: Tensor) -> Tuple[Optional[Use], bool]:
        """The weight that a tensor is, and whether it is its transpose."""
        use = self.uses.get(id(tensor))
        if use is not None:
            return (None, False) if use.array.plain is not None else (use, False)
        base = tensor._base
        use = None if base is None else self.uses.get(id(base))
        if use is None or use.array.plain is not None or base is None:
            return None, False
        is_turned = base.dim() == 2 and tensor.shape == base.t().shape and tensor.stride() == base.t().stride()
        return (use, True) if is_turned else (None, False)

    def require(self, tensor: Tensor) -> Use:
        """The use of a weight that is taken as it is. Raises NotKnown for anything else."""
        use, is_turned = self.find(tensor)
        if use is None or is_turned:
            raise NotKnown("takes it otherwise than as its weight")
        return use

    def _other(self, name: str, func: Any, args: Any, kwargs: Any, taken: List[Use]) -> Any:
        """A function that is not known. Looking at a weight, or at it from another side, is none of the crossbars' business."""
        result = func(*args, **kwargs)
        weights = {id(use.weight) for use in taken}
        others = [t for t in _tensors(args, kwargs) if t.is_floating_point() and id(t) not in weights and t.dim() > 0]
        for made in result if isinstance(result, (tuple, list)) else (result,):
            if not isinstance(made, Tensor) or not made.is_floating_point() or id(made) in weights:
                continue
            is_view = made._base is not None and id(made._base) in weights
            if not others and (name in _COPIES or getattr(func, "__self__", None) is Tensor.data):
                self.uses[id(made)] = taken[0]._replace(weight=made)
            elif getattr(func, "__self__", None) is Tensor.grad:
                continue
            elif not is_view and (others or any(made.numel() == use.weight.numel() for use in taken)):
                self.passed(taken, f"{name} is not a function that drives crossbars")
                break
        return result

    @staticmethod
    def passed(taken: Sequence[Use], reason: str) -> None:
        """Notes that layers compute plainly, and warns of each once."""
        for use in taken:
            if use.array.plain is None:
                use.array.plain = reason
                warnings.warn(f"layer {use.array.layer.name} computes plainly, not as its crossbars: {reason}", stacklevel=6)


def _tensors(args: Any, kwargs: Any) -> Iterator[Tensor]:
    for value in itertools.chain(args, kwargs.values()):
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from (item for item in value if isinstance(item, Tensor))


def _no_autocast(device: torch.device) -> Any:
    # Steps of 8 bits and more are not to be had in sums of half precision.
    autocast: Any = getattr(torch, "autocast")
    return autocast(device.type, enabled=False) if device.type in ("cpu", "cuda") else contextlib.nullcontext()


def _precise(tensor: Optional[Tensor]) -> Any:
    """A tensor in float32 where it is of half precision."""
    return tensor.float() if tensor is not None and tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _fixed(use: Use) -> Tuple[Tensor, Optional[Tensor]]:
    """The weight and the layer's part of the bias, in steps."""
    bias = None if use.bias is None else use.array.own_bias(use.bias)
    return use.array.weights(_precise(use.weight), _precise(bias))


def _split_bias(use: Use, bias: Optional[Tensor]) -> Tuple[bool, Optional[Tensor]]:
    """Whether a call's bias is the crossbars' last row, and what is added digitally."""
    is_row = bias is not None and use.bias is bias
    return is_row, None if is_row else bias


def driven(array: Array, values: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    """(..., outputs) of values (..., inputs). weight: in steps, (outputs, inputs) or some of its outputs; bias alike."""
    fixed, top = array.inputs(values)
    with torch.no_grad():
        rows = None if bias is None else bias[None]
        sums = array.sums(fixed.reshape(-1, 1, fixed.shape[-1]), weight.t()[None], rows, top)
        value = sums.reshape(*values.shape[:-1], weight.shape[0])
    return array.read(value, lambda: functional.linear(fixed, weight, bias))


def _product(mode: Intercept, values: Tensor, given: Tensor, bias: Optional[Tensor], axes: str) -> Tensor:
    """values (..., inputs) times a weight whose axes are these, as it is given."""
    use, is_turned = mode.find(given)
    if use is None:
        raise NotKnown("takes it otherwise than as its weight")
    if given.dim() != 2 or not values.is_floating_point():
        raise NotKnown(f"takes it as {given.dim()} dimensions")
    if is_turned:
        axes = "out-in" if axes == "in-out" else "in-out"
    array, (weight, row) = use.array, _fixed(use)
    is_row, digital = _split_bias(use, bias)
    if array.layer.axes != axes:  # a tied weight, of which the other module is on the crossbars' other side
        array, is_row, digital = array.other_side(), False, bias
    elif array.layer.groups != 1:
        raise NotKnown(f"knows no groups, and the layer has {array.layer.groups}")
    found = driven(array, _precise(values), weight if axes == "out-in" else weight.t(), row if is_row else None)
    found = found if digital is None else found + digital
    return found.to(values.dtype)


def _linear(mode: Intercept, input: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    return _product(mode, input, weight, bias, "out-in")


def _matmul(mode: Intercept, input: Tensor, other: Tensor) -> Tensor:
    return _product(mode, input, other, None, "in-out")


def _addmm(mode: Intercept, input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    if beta != 1 or alpha != 1:
        raise NotKnown(f"has beta {beta} and alpha {alpha}")
    return _product(mode, mat1, mat2, input, "in-out")


def _bilinear(mode: Intercept, input1: Tensor, input2: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    use = mode.require(weight)
    _require(use, "out", "in", 1)
    fixed, row = _fixed(use)
    is_row, digital = _split_bias(use, bias)
    products = (_precise(input1)[..., :, None] * _precise(input2)[..., None, :]).flatten(-2)
    found = driven(use.array, products, fixed.flatten(1), row if is_row else None)
    return (found if digital is None else found + digital).to(input1.dtype)


def _require(use: Use, first: str, other: str, groups: int) -> None:
    words = axis_words(use.array.layer, use.weight.dim())
    if words != [first] + [other] * (use.weight.dim() - 1):
        raise NotKnown(f"takes a weight of axes {first}-{other}, and the layer's are {use.array.layer.axes}")
    if use.array.layer.groups != groups:
        raise NotKnown(f"has {groups} groups, and the layer {use.array.layer.groups}")


def _conv(
    mode: Intercept,
    input: Tensor,
    weight: Tensor,
    bias: Optional[Tensor] = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    use, count = mode.require(weight), weight.dim() - 2
    _require(use, "out", "in", groups)
    array, (fixed, row) = use.array, _fixed(use)
    is_row, digital = _split_bias(use, bias)
    inputs, top = array.inputs(_precise(input))
    row = row if is_row else None
    with torch.no_grad():
        whole = inputs if inputs.dim() == count + 2 else inputs[None]
        steps, apart = geometry.each(stride, count), geometry.each(dilation, count)
        seen, places = geometry.unfolded(whole, list(weight.shape[2:]), steps, padding, apart, groups)
        sums = array.sums(seen, array.matrix(fixed), None if row is None else row.reshape(groups, -1), top)
        value = sums.reshape(whole.shape[0], *places, weight.shape[0]).movedim(-1, 1)
        value = value.contiguous() if inputs.dim() == count + 2 else value[0].contiguous()
    plain = _PLAIN[f"conv{count}d"]
    found = _added(array.read(value, lambda: plain(inputs, fixed, row, stride, padding, dilation, groups)), digital, count)
    return _like(found, input)


def _added(found: Tensor, digital: Optional[Tensor], count: int) -> Tensor:
    """Adds a bias by channels in front of count dimensions."""
    return found if digital is None else found + digital.reshape([-1] + [1] * count)


def _like(found: Tensor, given: Tensor) -> Tensor:
    return found.to(given.dtype)


def _conv_transpose(
    mode: Intercept,
    input: Tensor,
    weight: Tensor,
    bias: Optional[Tensor] = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """Each input position drives the rows once, and its taps' outputs are added digitally where they belong."""
    use, count = mode.require(weight), weight.dim() - 2
    _require(use, "in", "out", groups)
    array, (fixed, row) = use.array, _fixed(use)
    is_row, digital = _split_bias(use, bias)
    inputs, top = array.inputs(_precise(input))
    row = row if is_row else None
    with torch.no_grad():
        whole = inputs if inputs.dim() == count + 2 else inputs[None]
        drive = whole.movedim(1, -1).reshape(-1, groups, whole.shape[1] // groups)
        sums = array.sums(drive, array.matrix(fixed), None, top)
        sums = sums.reshape(whole.shape[0], *whole.shape[2:], groups * weight.shape[1], geometry.count(weight.shape[2:]))
        settings = [geometry.each(value, count) for value in (stride, padding, output_padding, dilation)]
        value = geometry.scattered(sums.movedim(-2, 1), list(weight.shape[2:]), *settings)
        if row is not None:
            value = _added(value, array.bias_alone(row), count)  # once per output position, in a read of its own
        value = value if inputs.dim() == count + 2 else value[0].contiguous()
    plain = _PLAIN[f"conv_transpose{count}d"]
    found = array.read(value, lambda: plain(inputs, fixed, row, stride, padding, output_padding, groups, dilation))
    return _like(_added(found, digital, count), input)


def _table(mode: Intercept, input: Tensor, weight: Tensor, max_norm: Optional[float], norm_type: float) -> Tensor:
    """An embedding as it is read, a token at a time, which drives one row."""
    use = mode.require(weight)
    _require(use, "in", "out", 1)
    if max_norm is not None:
        with torch.no_grad():
            torch.embedding_renorm_(weight.detach(), input.contiguous().view(-1), max_norm, norm_type)
    fixed, _ = _fixed(use)
    with torch.no_grad():
        value = use.array.cells(fixed)
    return use.array.read(value, lambda: fixed).to(weight.dtype)


def _embedding(
    mode: Intercept,
    input: Tensor,
    weight: Tensor,
    padding_idx: Optional[int] = None,
    max_norm: Optional[float] = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    table = _table(mode, input, weight, max_norm, norm_type)
    return functional.embedding(input, table, padding_idx, None, norm_type, scale_grad_by_freq, sparse)


def _embedding_bag(
    mode: Intercept,
    /,  # the function has an argument of that name
    input: Tensor,
    weight: Tensor,
    offsets: Optional[Tensor] = None,
    max_norm: Optional[float] = None,
    norm_type: float = 2,
    *args: Any,
    **kwargs: Any,
) -> Tensor:
    table = _table(mode, input, weight, max_norm, norm_type)
    return functional.embedding_bag(input, table, offsets, None, norm_type, *args, **kwargs)


def _attention(mode: Intercept, query: Tensor, key: Tensor, value: Tensor, *args: Any, **kwargs: Any) -> Any:
    return attention.attend(_Projections(mode), query, key, value, *args, **kwargs)


class _Projections:
    """The linear maps of an attention module, on crossbars."""

    def __init__(self, mode: Intercept) -> None:
        self.mode = mode

    def packed(self, values: Sequence[Tensor], weight: Tensor, bias: Optional[Tensor]) -> List[Tensor]:
        """Query, key and value by one array, of whose columns each takes a third; the same input is driven once."""
        use = self.mode.require(weight)
        _require(use, "out", "in", 1)
        fixed, row = _fixed(use)
        is_row, digital = _split_bias(use, bias)
        row = row if is_row else None
        if values[0] is values[1] is values[2]:
            found = driven(use.array, _precise(values[0]), fixed, row)
            parts = list((found if digital is None else found + digital).chunk(3, -1))
        else:
            rows = (None,) * 3 if row is None else row.chunk(3)
            added = (None,) * 3 if digital is None else digital.chunk(3)
            parts = []
            for given, third, bias_row, rest in zip(values, fixed.chunk(3), rows, added):
                found = driven(use.array, _precise(given), third, bias_row)
                parts.append(found if rest is None else found + rest)
        return [part.to(given.dtype) for part, given in zip(parts, values)]

    def shared_bias(self, values: Tensor, weight: Tensor, bias: Optional[Tensor], begin: int) -> Tensor:
        """One of three arrays that share a bias, of which each takes a third from an index on."""
        use = self.mode.require(weight)
        if bias is not None and use.bias is not bias:
            part = bias[begin : begin + weight.shape[0]]
            return _product(self.mode, values, weight, None, "out-in") + part
        return _product(self.mode, values, weight, bias, "out-in")

    def single(self, values: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
        return _product(self.mode, values, weight, bias, "out-in")


def _units(mode: Intercept) -> Callable[[Tensor], recurrent.Drive]:
    """Makes of a weight what drives its array, in steps that are taken once."""

    def of(weight: Tensor) -> recurrent.Drive:
        use = mode.require(weight)
        _require(use, "out", "in", 1)
        fixed, row = _fixed(use)

        def drive(values: Tensor, bias: Optional[Tensor]) -> Tensor:
            is_row, digital = _split_bias(use, bias)
            found = driven(use.array, _precise(values), fixed, row if is_row else None)
            return (found if digital is None else found + digital).to(values.dtype)

        return drive

    return of


def _recurrent(kind: str) -> Callable[..., Any]:
    def function(mode: Intercept, *args: Any) -> Any:
        return recurrent.network(kind, _units(mode), *args)

    return function


def _cell(kind: str) -> Callable[..., Any]:
    def function(mode: Intercept, *args: Any) -> Any:
        return recurrent.cell(kind, _units(mode), *args)

    return function


_PLAIN: Dict[str, Callable[..., Tensor]] = {
    name: getattr(torch, name) for name in (f"conv{part}{n}d" for part in ("", "_transpose") for n in (1, 2, 3))
}

#: By name what is computed as crossbars would where it takes a layer's weight.
FUNCTIONS: Dict[str, Callable[..., Any]] = {
    "linear": _linear,
    "bilinear": _bilinear,
    "matmul": _matmul,
    "__matmul__": _matmul,
    "mm": _matmul,
    "addmm": _addmm,
    "embedding": _embedding,
    "embedding_bag": _embedding_bag,
    "multi_head_attention_forward": _attention,
    **{f"conv{n}d": _conv for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _conv_transpose for n in (1, 2, 3)},
    **{name: _recurrent(name) for name in recurrent.NETWORKS},
    **{name: _cell(name) for name in recurrent.CELLS},
}
