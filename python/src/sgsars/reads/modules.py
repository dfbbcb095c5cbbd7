"""Puts what computes as crossbars into a model's modules and takes it out again. Imported only where PyTorch is."""

from __future__ import annotations

import contextlib
import copyreg
import threading
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence

import torch
from torch.nn.utils import parametrize

from ..computed import find
from .crossbars import Array
from ..layers import Layer
from .reading import Intercept, Use

_ATTRIBUTE = "_sgsars_reading"

class OwnUse(NamedTuple):
    """A weight of a module by its name in it, its crossbars, and the bias that is their last row, if the module has that one."""

    local: str
    array: Array
    bias: Optional[str]


class Reading:
    """What a module computes as crossbars. own: with its own weights; arrays: all of its model, by layer."""

    def __init__(self, own: List[OwnUse], arrays: Dict[str, Array]) -> None:
        self.own, self.arrays = own, arrays


class _Current(threading.local):
    outer: Optional[Intercept] = None


_current = _Current()


def own_uses(model: "torch.nn.Module", layers: Sequence[Layer], arrays: Dict[str, Array]) -> Dict[int, List[OwnUse]]:
    """By id of a module the weights that it has of layers on crossbars."""
    by_weight = {layer.weight: layer for layer in layers}
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    computed = {(id(weight.module), weight.local): weight.name for weight in find(model)}
    found: Dict[int, List[OwnUse]] = {}
    for module in model.modules():
        locals_of: Dict[str, Optional[str]] = {local: name for (of, local), name in computed.items() if of == id(module)}
        locals_of.update({local: names.get(id(value)) for local, value in module._parameters.items()})
        own = []
        for local, name in locals_of.items():
            layer = None if name is None else by_weight.get(name)
            if layer is not None:
                biases = [other for other, of in locals_of.items() if of is not None and of == layer.bias]
                own.append(OwnUse(local, arrays[layer.name], biases[0] if biases else None))
        if own:
            found[id(module)] = own
    return found


def install(module: "torch.nn.Module", reading: Reading) -> Optional[str]:
    """Lets a module compute as crossbars from now on. Returns why not, if it does not."""
    jit: Any = torch.jit
    if isinstance(module, jit.ScriptModule):
        return "is compiled by TorchScript"
    if "forward" in module.__dict__:
        return "has a forward of its own instance, which is called past its class"
    if not hasattr(type(module), "_sgsars_plain"):
        try:
            module.__class__ = _reading_class(type(module))
        except TypeError as error:
            return f"is of a class that cannot be derived: {error}"
    setattr(module, _ATTRIBUTE, reading)
    return None


def uninstall(module: "torch.nn.Module", arrays: Dict[str, Array]) -> None:
    """Makes a module plain again, unless it computes as other crossbars by now."""
    reading = module.__dict__.get(_ATTRIBUTE)
    if reading is None or reading.arrays is not arrays:
        return
    delattr(module, _ATTRIBUTE)
    plain = type(module).__dict__.get("_sgsars_plain")
    if plain is not None:  # a class that was derived since, as by parametrizations, computes plainly without a reading
        module.__class__ = plain


_classes: Dict[type, type] = {}


def _reading_class(plain: type) -> type:
    """The class of modules of a class that compute as crossbars. It goes by the same name."""
    if plain in _classes:
        return _classes[plain]
    forward_of: Any = plain

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        reading = self.__dict__.get(_ATTRIBUTE)
        if reading is None:
            return forward_of.forward(self, *args, **kwargs)
        with _intercepting(self, reading):
            return forward_of.forward(self, *args, **kwargs)

    def __reduce_ex__(self: Any, protocol: Any) -> Any:
        # Pickles find a class by its name, and this one has none.
        made = forward_of.__reduce_ex__(self, protocol)
        if made[0] is copyreg.__newobj__ and made[1][0] is _classes.get(plain):  # type: ignore[attr-defined]
            return (_new, (plain, *made[1][1:]), *made[2:])
        return made

    members = {
        "forward": forward,
        "__reduce_ex__": __reduce_ex__,
        "__module__": plain.__module__,
        "__doc__": plain.__doc__,
        "__qualname__": plain.__qualname__,
        "_sgsars_plain": plain,
    }
    _classes[plain] = type(plain)(plain.__name__, (plain,), members)
    return _classes[plain]


def _new(plain: type, *args: Any) -> Any:
    made = _reading_class(plain)
    return made.__new__(made, *args)


@contextlib.contextmanager
def _intercepting(module: "torch.nn.Module", reading: Reading) -> Iterator[None]:
    """Intercepts functions during the module's forward pass.

    The outermost module intercepts those that take weights of any module within it, as tied weights are lent. A module whose
    weight is computed anew for each pass has to intercept what takes that one by itself.
    """
    attention = module.out_proj if isinstance(module, torch.nn.MultiheadAttention) else None
    with contextlib.ExitStack() as stack:
        if reading.own and hasattr(module, "parametrizations"):
            stack.enter_context(parametrize.cached())  # so that the weight is one tensor, whoever asks for it
        if _current.outer is None:
            _current.outer = Intercept([use for part in module.modules() for use in _uses(part)])
            stack.callback(_leave)
            stack.enter_context(_current.outer)
        elif reading.own:
            own = [*_uses(module), *([] if attention is None else _uses(attention))]
            if not all(id(use.weight) in _current.outer.uses for use in own):
                stack.enter_context(Intercept(own))
        yield


def _leave() -> None:
    _current.outer = None


def _uses(module: "torch.nn.Module") -> Iterator[Use]:
    reading = module.__dict__.get(_ATTRIBUTE)
    for use in [] if reading is None else reading.own:
        if use.array.plain is None and not _is_lazy(module, use.local):
            bias = None if use.bias is None else getattr(module, use.bias)
            yield Use(getattr(module, use.local), use.array, bias)


def _is_lazy(module: "torch.nn.Module", local: str) -> bool:
    """Whether a hook has not computed the weight yet."""
    return not hasattr(module, local)
