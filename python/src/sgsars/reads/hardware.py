"""Lets a PyTorch model compute as its crossbars would: DAC, cells and ADC in steps, a partial sum per crossbar."""

from __future__ import annotations

import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Mapping, Optional, Type, Union

from ..computed import find
from ..layers import Layer, sizes
from ..mapper import layer_map
from ..tensors import some

if TYPE_CHECKING:
    import torch

    from .crossbars import Array, Settings

#: Physical rows of a layer's logical ones: by the layer's name, or what gives them for a name, None for rows in order.
Places = Union[Mapping[str, Any], Callable[[str], Any]]

_MOST_BITS = 24


def hardware(
    model: "torch.nn.Module",
    size: int = 128,
    input_bits: Optional[int] = 8,
    weight_bits: Optional[int] = 8,
    adc_bits: Optional[int] = 8,
    gradient_bits: Optional[int] = 16,
    *,
    scales: str = "power-of-two",
    adc_range: str = "observed",
    weight_range: Optional[float] = None,
    calibrate: Optional[Iterable[Any]] = None,
    places: Optional[Places] = None,
    rules: Optional[Mapping[str, str]] = None,
) -> "Hardware":
    """Makes every layer of a model that lies on crossbars compute as they would, until remove().

    size: rows of a crossbar, at least 1. input_bits, weight_bits, adc_bits, gradient_bits: 1 to 24, the sign on top of them, or
    None for exact values; a step is scale / 2^bits. Gradients pass straight through, those of outputs, inputs and weights in
    steps. scales: power-of-two is the least power of two that is not below the largest magnitude of a tensor;
    nearest-power-of-two is the authors', which clips what is above it. adc_range: the magnitude is that of a crossbar's partial
    sums in this pass (observed), or the most that its cells and the inputs' scale allow (possible). weight_range: the magnitude
    of all layers' weights in place of each one's largest; larger ones are clipped. calibrate: batches as calibrate() takes them.
    places: as update() takes them. rules: as those of layer_map.

    The parameters stay the same, and so do the keys of state_dict(). A copy of the model computes as hardware too, by itself. A
    second call on a model replaces the first. Raises ValueError that names the argument, the value and what is allowed.
    """
    return Hardware(
        model, _settings(size, input_bits, weight_bits, adc_bits, gradient_bits, scales, adc_range, weight_range), rules
    )._started(calibrate, places)


def _settings(
    size: int,
    input_bits: Optional[int],
    weight_bits: Optional[int],
    adc_bits: Optional[int],
    gradient_bits: Optional[int],
    scales: str,
    adc_range: str,
    weight_range: Optional[float],
) -> "Settings":
    import torch

    if not hasattr(torch.overrides, "TorchFunctionMode"):
        raise ImportError(f"sgsars.hardware needs PyTorch 1.13 or newer, and this is {torch.__version__}")
    from .crossbars import ADC_RANGES, SCALES, Settings

    if not _is_whole(size) or size < 1:
        raise ValueError(f"size is {size!r}; allowed: a whole number of at least 1")
    bits = {"input_bits": input_bits, "weight_bits": weight_bits, "adc_bits": adc_bits, "gradient_bits": gradient_bits}
    for name, value in bits.items():
        if value is not None and (not _is_whole(value) or not 1 <= value <= _MOST_BITS):
            raise ValueError(f"{name} is {value!r}; allowed: 1 to {_MOST_BITS}, or None for exact values")
    for name, text, allowed in (("scales", scales, SCALES), ("adc_range", adc_range, ADC_RANGES)):
        if text not in allowed:
            raise ValueError(f"{name} is {text!r}; allowed: {', '.join(allowed)}")
    if weight_range is not None and not 0 < weight_range < float("inf"):
        raise ValueError(f"weight_range is {weight_range!r}; allowed: a number above 0, or None")
    return Settings(size, input_bits, weight_bits, adc_bits, gradient_bits, scales, adc_range, weight_range)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Hardware:
    """A model that computes as its crossbars would; hardware() makes it, and a with statement or remove() ends it."""

    def __init__(self, model: "torch.nn.Module", settings: "Settings", rules: Optional[Mapping[str, str]]) -> None:
        from .crossbars import Array

        found = layer_map(model, rules)
        self.model, self.settings = model, settings
        self._plain: Dict[str, str] = {name: reason for name, reason in found.unmapped.items()}
        self._ask: Optional[Places] = None
        values: Dict[str, Any] = dict(model.named_parameters())
        values.update({weight.name: weight.value() for weight in find(model)})
        self._arrays: Dict[str, "Array"] = {}
        for layer in found.layers:
            bias = None if layer.bias is None else values[layer.bias].shape
            self._arrays[layer.name] = Array(layer, sizes(layer, values[layer.weight].shape, bias), settings)
        self._modules: List["torch.nn.Module"] = []
        self._install(found.layers)

    def _install(self, layers: List[Layer]) -> None:
        from .modules import Reading, install, own_uses

        uses = own_uses(self.model, layers, self._arrays)
        reached = set()
        for path, module in self.model.named_modules():
            own = uses.get(id(module), [])
            reason = install(module, Reading(own, self._arrays))
            if reason is None:
                self._modules.append(module)
            for use in own:
                reached.add(use.array.layer.name)
                if reason is not None and use.array.plain is None:
                    use.array.plain = f"module {path or type(module).__name__} {reason}"
        for name, array in self._arrays.items():
            if name not in reached:
                array.plain = "no module computes with it"

    def _started(self, calibrate: Optional[Iterable[Any]], places: Optional[Places]) -> "Hardware":
        try:
            if places is not None:
                self.update(places)
            if calibrate is not None:
                self.calibrate(calibrate)
        except BaseException:
            self.remove()
            raise
        return self

    @property
    def layers(self) -> List[str]:
        """Names of the layers that compute as their crossbars, in the model's order.

        What a module of the user's own does with its weight shows when it runs: a layer that it drives in an unknown way is in
        plain from then on, and a warning names it.
        """
        return [name for name, array in self._arrays.items() if array.plain is None]

    @property
    def plain(self) -> Dict[str, str]:
        """By name of a layer, or of a parameter that may be one, why it does not compute as crossbars."""
        reasons = {name: array.plain for name, array in self._arrays.items() if array.plain is not None}
        return {**reasons, **self._plain}

    def places(self, layer: str) -> "torch.Tensor":
        """(rows,) int64: the physical row of each logical row of a layer, bias rows among them. A copy.

        Raises ValueError for a name that no layer has.
        """
        return self._array(layer, "layer").places.clone()

    def _array(self, name: str, argument: str) -> "Array":
        if name not in self._arrays:
            raise ValueError(f"{argument} {name!r} is no layer; allowed: {some(list(self._arrays))}")
        return self._arrays[name]

    def update(self, places: Optional[Places] = None) -> None:
        """Says where the rows of layers lie from the next pass on.

        places: by layer's name whole numbers, one for each logical row in the order of matrix(), bias rows among them: the
        physical row that it lies in, from 0, each its own. There may be more physical rows than logical ones; a retired row is
        one that none lies in. Physical row p is row p % size of crossbar p // size. Layers that are not named stay as they are;
        None for a layer puts its rows in order. Or a function that gives this for each layer's name; update() asks it again.
        Raises ValueError that names the layer, before anything is changed.
        """
        self._ask = places if places is not None else self._ask
        if self._ask is None:
            raise ValueError("places is None; allowed: a mapping by layer's name or a function, or None to ask that one again")
        given = {name: self._ask(name) for name in self._arrays} if callable(self._ask) else self._ask
        checked = {name: _places(self._array(name, "places for"), rows) for name, rows in given.items()}
        for name, rows in checked.items():
            self._arrays[name].move(rows)

    def calibrate(self, batches: Iterable[Any]) -> None:
        """Fixes what DACs and ADCs reach, by layer, at the largest magnitudes that some batches bring.

        batches: each is what the model is called with: a tensor, a tuple or list of arguments, or a dict of named ones. The model
        runs as in evaluation and without gradients. What is larger later is clipped. A layer that is not reached keeps the ranges
        of each pass, and a warning names it. Raises ValueError if there are no batches.
        """
        import torch

        modes = [(module, module.training) for module in self.model.modules()]
        arrays = [array for array in self._arrays.values() if array.plain is None]
        for array in arrays:
            array.watch()
        count, is_done = 0, False
        try:
            self.model.eval()
            with torch.no_grad():
                for batch in batches:
                    count += 1
                    if isinstance(batch, Mapping):
                        self.model(**batch)
                    else:
                        self.model(*(batch if isinstance(batch, (tuple, list)) else (batch,)))
            is_done = True
        finally:
            for module, mode in modes:
                module.training = mode
            seen = [array.end_watch(is_done) for array in arrays]
        if not count:
            raise ValueError("calibrate has no batches; allowed: at least one")
        missed = [array.layer.name for array, is_seen in zip(arrays, seen) if not is_seen and array.plain is None]
        if missed:
            warnings.warn(f"calibration did not reach {some(missed)}: their ranges are those of each pass", stacklevel=2)

    def remove(self) -> None:
        """Gives the plain model back, with the values that its parameters have by now. Calling it again does nothing."""
        from .modules import uninstall

        for module in self._modules:
            uninstall(module, self._arrays)
        self._modules = []

    def __enter__(self) -> "Hardware":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.remove()


def _places(array: "Array", rows: Any) -> "torch.Tensor":
    """Checked places of a layer's rows."""
    import torch

    name, count = array.layer.name, array.sizes.rows
    if rows is None:
        return torch.arange(count)
    try:
        given: Any = torch.as_tensor(rows).detach().cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"places for {name!r} are {rows!r}; allowed: {count} whole numbers") from error
    if given.is_floating_point() or given.is_complex() or given.dtype == torch.bool or tuple(given.shape) != (count,):
        raise ValueError(
            f"places for {name!r} are {str(given.dtype).replace('torch.', '')} of shape {tuple(given.shape)}; "
            f"allowed: whole numbers of shape ({count},), one for each logical row"
        )
    found: torch.Tensor = given.long().clone()
    if count and int(given.min()) < 0:
        raise ValueError(f"places for {name!r} have {int(given.min())}; allowed: at least 0")
    values, counts = given.unique(return_counts=True)
    if len(values) != count:
        raise ValueError(f"places for {name!r} have {int(values[counts > 1][0])} more than once; allowed: a place per row")
    return found
