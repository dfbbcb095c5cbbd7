"""Maps a PyTorch model: says of each parameter whether it is a layer on crossbars, by the module that it is of."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from . import computed
from .layers import ATTENTION_WEIGHT, AXES_RULE, CONV1D, DIGITAL, OFF_CROSSBARS, ON_CROSSBARS, Kind, Layer, LayerMap
from .layers import is_axes, sizes
from .tensors import some

if TYPE_CHECKING:
    import torch


def layer_map(model: "torch.nn.Module", rules: Optional[Mapping[str, str]] = None) -> LayerMap:
    """Tells which of a model's parameters are layers on crossbars, by the modules that they are of.

    rules: what holds for some of them whatever their module is. A key is the name of a layer or a parameter, in which * stands
    for any characters and ? for one, or the name of a module's class. A value is the weight's axes such as in-out, the name of a
    PyTorch module such as Linear whose weight lies alike, or digital. The first rule that matches counts.

    What nothing is known of is in `unmapped`, and one warning names it. Raises ValueError for a rule that matches nothing, is not
    allowed or does not fit, naming it, and for a parameter that has no shape yet.
    """
    mapper = _Mapper(model, rules)
    found = mapper.map()
    if found.unmapped:
        first = next(iter(found.unmapped))
        warnings.warn(
            f"it is unknown whether {some(list(found.unmapped))} lie on crossbars ({some(list(found.unmapped.values()))}); "
            f"say it by rules, such as rules={{{first!r}: 'digital'}}, or 'out-in' or 'in-out' for a layer's weight",
            stacklevel=2,
        )
    return found


class _Tensor(NamedTuple):
    """A parameter, or a computed weight in its place.

    name: as named_parameters() gives it; alias: by the path of this module; type: of the numbers, real, complex or whole.
    """

    name: str
    alias: str
    shape: Tuple[int, ...]
    type: str

    def is_vector(self, is_bias: bool) -> bool:
        """Whether it varies along one dimension at most. What has two may be the matrix of a layer with one input or output."""
        return sum(size != 1 for size in self.shape) <= 1 and (len(self.shape) != 2 or is_bias)


class _Candidate:
    """What a parameter is in one of its modules: a layer, digital, or nothing that can be told."""

    def __init__(self, tensor: _Tensor, layer: Optional[Layer] = None, reason: str = "", is_ruled: bool = False) -> None:
        self.tensor, self.layer, self.reason, self.is_ruled = tensor, layer, reason, is_ruled

    @property
    def rank(self) -> int:
        """Which of several modules with the same parameter says what it is: the least."""
        if self.is_ruled:
            return 0
        if self.layer is not None:
            return 1 if self.layer.bias is not None else 2
        return 4 if self.reason else 3


class _Rules:
    """What somebody says of layers, by their names."""

    def __init__(self, rules: Optional[Mapping[str, str]]) -> None:
        self.rules = dict(rules or {})
        self.matched: Set[str] = set()
        self.used: Set[str] = set()
        for key, value in self.rules.items():
            if not isinstance(value, str) or not (self.is_off(value) or self.axes(value)):
                kinds = ", ".join([*ON_CROSSBARS, CONV1D.name, *OFF_CROSSBARS])
                raise ValueError(f"rules[{key!r}] is {value!r}; allowed: {AXES_RULE}; '{DIGITAL}'; or one of {kinds}")

    @staticmethod
    def is_off(value: str) -> bool:
        """Whether a rule keeps what it matches off the crossbars."""
        return value == DIGITAL or value in OFF_CROSSBARS

    @staticmethod
    def kind(value: str) -> Optional[Kind]:
        return CONV1D if value == CONV1D.name else ON_CROSSBARS.get(value)

    @staticmethod
    def axes(value: str) -> Optional[str]:
        kind = _Rules.kind(value)
        return kind.axes if kind else value if is_axes(value) else None

    def of(self, names: Sequence[str], classes: Sequence[str]) -> Optional[str]:
        """The key of the first rule that matches one of the names or of the module's classes."""
        keys = [key for key in self.rules if key in classes or any(_glob(key).fullmatch(name) for name in names)]
        self.matched.update(keys)
        return keys[0] if keys else None

    def require_used(self, names: Sequence[str]) -> None:
        for key, value in self.rules.items():
            if key not in self.matched:
                raise ValueError(f"rules[{key!r}] matches no layer, no parameter and no module's class; there are {some(names)}")
            if key not in self.used and not self.is_off(value):
                raise ValueError(
                    f"rules[{key!r}] is {value!r}, but matches no weight of two or more dimensions "
                    "that a rule before it does not match"
                )


def _glob(pattern: str) -> "re.Pattern[str]":
    parts = [".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern]
    return re.compile("".join(parts), re.DOTALL)


def layer_name(parameter: str) -> str:
    """The name of the layer that a parameter is of: without what wrappers put in, and without what says that it is a weight."""
    segments = [segment for segment in parameter.split(".") if segment != "_orig_mod"]
    while len(segments) > 1 and segments[0] == "module":
        segments.pop(0)
    path, local = ".".join(segments[:-1]), segments[-1]
    if local in ("weight", "bias"):
        return path or "weight"
    attention = re.fullmatch(r"(in|q|k|v)_proj_(weight|bias)", local)
    short = f"{attention.group(1)}_proj" if attention else re.sub(r"^(weight|bias)_(?=.)", "", local)
    return computed.joined(path, short)


class _Mapper:
    """Maps one model."""

    def __init__(self, model: "torch.nn.Module", rules: Optional[Mapping[str, str]]) -> None:
        import torch

        if not isinstance(model, torch.nn.Module):
            raise TypeError(f"model is {type(model).__name__}; allowed: a torch.nn.Module")
        self.rules = _Rules(rules)
        self.model = model
        self.kinds = _kinds()
        self.names: Dict[int, str] = {}
        for name, parameter in model.named_parameters():
            if torch.nn.parameter.is_lazy(parameter):
                raise ValueError(f"parameter {name} has no shape yet; run the model once before")
            self.names[id(parameter)] = name
        self.computed: Dict[int, List[computed.Computed]] = {}
        self.computed_from: Dict[str, str] = {}
        self.hidden: Set[int] = set()
        for weight in computed.find(model):
            self.computed.setdefault(id(weight.module), []).append(weight)
            for part in weight.parts:
                self.computed_from[self.names[id(part)]] = weight.name
                self.hidden.add(id(part))

    def map(self) -> LayerMap:
        by_name: Dict[str, List[_Candidate]] = {}
        for path, module in self.model.named_modules(remove_duplicate=False):
            for candidate in _OfModule(module, self.kinds, self.rules, self.tensors(path, module)).candidates():
                by_name.setdefault(candidate.tensor.name, []).append(candidate)
        layers: List[Layer] = []
        unmapped: Dict[str, str] = {}
        notes: List[str] = []
        for name, candidates in by_name.items():
            chosen = min(candidates, key=lambda candidate: candidate.rank)
            if chosen.layer is None:
                if chosen.reason:
                    unmapped[name] = chosen.reason
                continue
            layers.append(chosen.layer)
            aliases = [candidate.tensor.alias for candidate in candidates if candidate.tensor.alias != name]
            for alias in dict.fromkeys(aliases):
                notes.append(f"{alias} is {name}: one array, mapped as {chosen.layer.kind} {chosen.layer.name}")
        on_crossbars = {name for layer in layers for name in (layer.weight, layer.bias)}
        self.rules.require_used(list(dict.fromkeys([*(layer_name(name) for name in by_name), *by_name])))
        _require_own_names(layers)
        # In the model's order; a bias that no layer has, as that of a tied weight's other module, is digital too.
        digital = [name for name in self.all_names() if name not in on_crossbars and name not in unmapped]
        return LayerMap(layers, digital, {n: r for n, r in unmapped.items() if n not in on_crossbars}, notes, self.computed_from)

    def all_names(self) -> List[str]:
        """Of parameters and, in their place, of what is computed from them."""
        names = [self.computed_from.get(name, name) for name in self.names.values()]
        return list(dict.fromkeys(names))

    def tensors(self, path: str, module: "torch.nn.Module") -> Dict[str, _Tensor]:
        """The module's own, by local name; those that are computed stand first, as weights do."""
        own: Dict[str, _Tensor] = {}
        for weight in self.computed.get(id(module), []):
            value = weight.value()
            own[weight.local] = _Tensor(weight.name, computed.joined(path, weight.local), tuple(value.shape), _type(value))
        for local, parameter in module._parameters.items():
            if parameter is not None and id(parameter) not in self.hidden:
                alias = computed.joined(path, local)
                name = self.names.get(id(parameter), alias)
                own[local] = _Tensor(name, alias, tuple(parameter.shape), _type(parameter))
        return own


class _OfModule:
    """Says what the parameters of one module are."""

    def __init__(
        self, module: "torch.nn.Module", kinds: Sequence[Tuple[type, Optional[Kind]]], rules: _Rules, own: Dict[str, _Tensor]
    ) -> None:
        self.module, self.rules, self.own = module, rules, own
        self.is_known, self.kind = _kind_of(module, kinds)
        classes = [cls.__name__ for cls in type(module).__mro__]
        # A parametrized module has a class of its own, made of that which it had.
        is_made = classes[0].startswith("Parametrized") and hasattr(module, "parametrizations")
        self.class_name = classes[1 if is_made else 0]
        self.classes = [name for name in classes if name not in ("Module", "object")]
        self.biases = {bias for bias in map(self.bias_of, own) if bias is not None}
        self.unfit: Dict[str, str] = {}

    def candidates(self) -> List[_Candidate]:
        """What they are; a bias that is a layer's last row is nothing of its own."""
        # Weights come first: whether a bias is a layer's is known then.
        weights = [self.candidate(local, tensor) for local, tensor in self.own.items() if local not in self.biases]
        taken = {candidate.layer.bias for candidate in weights if candidate.layer is not None}
        biases = [self.own[local] for local in self.own if local in self.biases and self.own[local].name not in taken]
        return weights + [self.candidate(bias.alias.rpartition(".")[2], bias) for bias in biases]

    def is_weight(self, local: str) -> bool:
        """Whether PyTorch's module has a weight of this name."""
        return self.kind is not None and re.fullmatch(self.kind.weights, local) is not None

    def bias_of(self, local: str) -> Optional[str]:
        """The local name of the bias that goes with a weight, if the module has one."""
        is_attention = self.kind is not None and self.kind.weights == ATTENTION_WEIGHT and self.is_weight(local)
        bias = "in_proj_bias" if is_attention else local.replace("weight", "bias")
        return bias if bias != local and bias in self.own else None

    def rule(self, tensor: _Tensor) -> Optional[str]:
        return self.rules.of((layer_name(tensor.alias), tensor.name, tensor.alias), self.classes)

    def candidate(self, local: str, tensor: _Tensor) -> _Candidate:
        key = self.rule(tensor)
        if key is not None:
            value = self.rules.rules[key]
            if self.rules.is_off(value):
                return _Candidate(tensor, is_ruled=True)
            if len(tensor.shape) >= 2 and local not in self.biases:
                self.rules.used.add(key)
                return _Candidate(tensor, self.ruled(key, value, local, tensor), is_ruled=True)
        is_off = self.is_known and self.kind is None
        if is_off or 0 in tensor.shape or tensor.type == "whole":  # the last two have no gradients
            return _Candidate(tensor)
        if local in self.unfit:
            return _Candidate(tensor, reason=self.unfit[local])
        if self.kind is not None and self.is_weight(local):
            return self.known(self.kind, local, tensor)
        # What scales the directions of a weight is a vector, too.
        is_vector = tensor.is_vector(local in self.biases or local in ("bias", "weight_g"))
        return _Candidate(tensor, reason="" if is_vector else f"{self.text(local, tensor)}: no rule")

    def text(self, local: str, tensor: _Tensor) -> str:
        # What is derived from PyTorch's modules is the user's own.
        of = "module" if type(self.module).__module__.startswith("torch.") else "user module"
        return f"{of} {self.class_name}'s {local} of shape {tensor.shape}"

    def known(self, kind: Kind, local: str, tensor: _Tensor) -> _Candidate:
        """A weight of one of PyTorch's modules."""
        if tensor.type == "complex":
            return _Candidate(tensor, reason=f"{self.text(local, tensor)} is complex, and crossbars hold real numbers")
        if len(tensor.shape) != kind.dimensions:
            of = f"the weight of a {kind.name} has {kind.dimensions} dimensions"
            return _Candidate(tensor, reason=f"{self.text(local, tensor)}: {of}")
        layer = Layer(layer_name(tensor.alias), kind.name, tensor.name, axes=kind.axes, groups=self.groups(kind))
        try:
            sizes(layer, tensor.shape)
        except ValueError as error:
            return _Candidate(tensor, reason=str(error))
        whole = self.with_bias(layer, local, tensor)
        try:
            self.check(whole, tensor)
        except ValueError as error:
            bias = self.bias_of(local)
            assert bias is not None
            self.unfit[bias] = str(error)
            return _Candidate(tensor, layer)
        return _Candidate(tensor, whole)

    def ruled(self, key: str, value: str, local: str, tensor: _Tensor) -> Layer:
        """A weight that a rule says something of."""
        axes = self.rules.axes(value)
        assert axes is not None
        kind = self.rules.kind(value)
        if kind is None and self.kind is not None and self.is_weight(local) and self.kind.axes == axes:
            kind = self.kind
        of = kind.name if kind else self.class_name
        layer = Layer(layer_name(tensor.alias), of, tensor.name, axes=axes, groups=self.groups(kind))
        try:
            sizes(layer, tensor.shape)
        except ValueError as error:
            raise ValueError(f"rules[{key!r}] is {value!r}, but {error}") from error
        whole = self.with_bias(layer, local, tensor)
        try:
            self.check(whole, tensor)
        except ValueError as error:
            raise ValueError(
                f"rules[{key!r}] is {value!r}, but {error}; "
                f"a rule {whole.bias!r}: '{DIGITAL}' before it keeps the bias off the crossbars"
            ) from error
        return whole

    def check(self, layer: Layer, tensor: _Tensor) -> None:
        shapes = {bias.name: bias.shape for bias in self.own.values()}
        sizes(layer, tensor.shape, None if layer.bias is None else shapes[layer.bias])

    def groups(self, kind: Optional[Kind]) -> int:
        groups = getattr(self.module, "groups", 1) if kind is not None and kind.name.startswith("Conv") else 1
        return groups if isinstance(groups, int) and not isinstance(groups, bool) else 1

    def with_bias(self, layer: Layer, local: str, tensor: _Tensor) -> Layer:
        """The layer with the bias that goes with the weight, unless a rule says that it is digital."""
        bias = self.bias_of(local)
        if bias is None:
            return layer
        key = self.rule(self.own[bias])
        if key is not None and self.rules.is_off(self.rules.rules[key]):
            return layer
        is_shared = bias == "in_proj_bias" and local != "in_proj_weight"
        begin = "qkv".index(local[0]) * tensor.shape[0] if is_shared else None
        return replace(layer, bias=self.own[bias].name, bias_from=begin)


def _type(tensor: "torch.Tensor") -> str:
    return "real" if tensor.is_floating_point() else "complex" if tensor.is_complex() else "whole"


def _kinds() -> List[Tuple[type, Optional[Kind]]]:
    """PyTorch's classes with their kinds, None for those that are not on crossbars."""
    import torch

    nn = torch.nn
    kinds: List[Tuple[type, Optional[Kind]]] = [(getattr(nn, name), kind) for name, kind in ON_CROSSBARS.items()]
    kinds.append((nn.RNNBase, ON_CROSSBARS["RNN"]))
    digital = [nn.modules.batchnorm._NormBase, *(getattr(nn, name, None) for name in OFF_CROSSBARS)]
    kinds += [(cls, None) for cls in digital if cls is not None]
    return kinds


def _kind_of(module: "torch.nn.Module", kinds: Sequence[Tuple[type, Optional[Kind]]]) -> Tuple[bool, Optional[Kind]]:
    """Whether a module's class is known, and its kind: that of the nearest of PyTorch's classes that it is derived from."""
    known = dict(kinds)
    for cls in type(module).__mro__:
        if cls in known:
            return True, known[cls]
        if cls.__name__ == CONV1D.name and hasattr(module, "nf"):
            return True, CONV1D
    return False, None


def _require_own_names(layers: Sequence[Layer]) -> None:
    by_name: Dict[str, Layer] = {}
    for layer in layers:
        other = by_name.setdefault(layer.name, layer)
        if other is not layer:
            raise ValueError(f"two layers are named {layer.name}: those of {other.weight} and {layer.weight}")
