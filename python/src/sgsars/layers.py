"""Layers on crossbars, how they lie there, and the matrices that they make.

A layer is a weight and perhaps a bias. The matrix on its array has a row per position among the weight's inputs and a column per
position among its outputs, both in the order of the weight's axes. The bias is one more row, the last of its group.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, NoReturn, Optional, Sequence, Set, Tuple

from .tensors import PathLike, write_whole

if TYPE_CHECKING:
    import numpy

VERSION = 1
DIGITAL = "digital"
AXES_RULE = (
    "'in' and 'out', at least one of each, with '-' between, one for each dimension of the weight, "
    "of which the last counts for all that follow, such as out-in"
)

_OUT_IN, _IN_OUT = "out-in", "in-out"
_RECURRENT_WEIGHT = r"weight_(ih|hh|hr)(_l\d+(_reverse)?)?"
ATTENTION_WEIGHT = r"(in|q|k|v)_proj_weight"


class Kind(NamedTuple):
    """A module of PyTorch: how many dimensions its weights have, what their axes are, and what they are called."""

    name: str
    dimensions: int
    axes: str
    weights: str = "weight"


ON_CROSSBARS = {
    kind.name: kind
    for kind in (
        Kind("Linear", 2, _OUT_IN),
        Kind("Bilinear", 3, _OUT_IN),
        Kind("Conv1d", 3, _OUT_IN),
        Kind("Conv2d", 4, _OUT_IN),
        Kind("Conv3d", 5, _OUT_IN),
        Kind("ConvTranspose1d", 3, _IN_OUT),
        Kind("ConvTranspose2d", 4, _IN_OUT),
        Kind("ConvTranspose3d", 5, _IN_OUT),
        Kind("Embedding", 2, _IN_OUT),  # a token drives one row
        Kind("EmbeddingBag", 2, _IN_OUT),
        Kind("RNN", 2, _OUT_IN, _RECURRENT_WEIGHT),
        Kind("LSTM", 2, _OUT_IN, _RECURRENT_WEIGHT),
        Kind("GRU", 2, _OUT_IN, _RECURRENT_WEIGHT),
        Kind("RNNCell", 2, _OUT_IN, _RECURRENT_WEIGHT),
        Kind("LSTMCell", 2, _OUT_IN, _RECURRENT_WEIGHT),
        Kind("GRUCell", 2, _OUT_IN, _RECURRENT_WEIGHT),
        Kind("MultiheadAttention", 2, _OUT_IN, ATTENTION_WEIGHT),
    )
}

#: GPT-2's module is not PyTorch's own, so it is known by its name.
CONV1D = Kind("Conv1D", 2, _IN_OUT)

OFF_CROSSBARS = (
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "SyncBatchNorm",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LayerNorm",
    "GroupNorm",
    "RMSNorm",
    "PReLU",
)


@dataclass(frozen=True)
class Layer:
    """One layer on a crossbar array of its own.

    name: what its parameters' names share, such as conv1. kind: name of PyTorch's module, such as Conv2d.
    weight, bias: names of the parameters as named_parameters() gives them; no bias is None.
    bias_from: index of the layer's first value in a bias that several layers share; None where the bias is the layer's alone.
    axes: of the weight, in and out with - between, one for each dimension; the last counts for all that follow.
    groups: parts with inputs and outputs of their own, into which the weight's first axis is cut, at least 1.
    """

    name: str
    kind: str
    weight: str
    bias: Optional[str] = None
    bias_from: Optional[int] = None
    axes: str = _OUT_IN
    groups: int = 1

    def _json(self) -> Dict[str, Any]:
        values = {
            "name": self.name,
            "kind": self.kind,
            "weight": self.weight,
            "bias": self.bias,
            "biasFrom": self.bias_from,
            "axes": self.axes,
            "groups": self.groups,
        }
        return {key: value for key, value in values.items() if value is not None}


@dataclass
class LayerMap:
    """A model's layers, and what of it is not on crossbars.

    layers: in the model's order. digital: names of the parameters that are not on crossbars.
    unmapped: by name why it is unknown whether a parameter is on crossbars. notes: sentences for people.
    computed_from: by name of a parameter the weight that is computed from it, and that stands in its place in layers or digital.
    """

    layers: List[Layer]
    digital: List[str] = field(default_factory=list)
    unmapped: Dict[str, str] = field(default_factory=dict)
    notes: List[str] = field(default_factory=list)
    computed_from: Dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The text of a trace's layers.json. It has the layers and what is digital, and nothing of the rest."""
        layers = [layer._json() for layer in self.layers]
        return json.dumps({"version": VERSION, "layers": layers, "digital": self.digital}, indent=2) + "\n"

    def write(self, path: PathLike) -> None:
        """Writes to_json() to a file, whole or not at all. Raises OSError."""
        write_whole(path, (self.to_json().encode(),))

    @staticmethod
    def read(path: PathLike) -> "LayerMap":
        """Reads a layers.json. Raises ValueError that names the place, the value and what is allowed, and OSError."""
        with open(path, encoding="utf-8") as file:
            try:
                top = json.load(file)
            except ValueError as error:
                raise ValueError(f"{path} is not JSON: {error}") from error
        return _Reader(str(path)).map(top)


class _Reader:
    """Checks what a layers.json holds."""

    KEYS = ("name", "kind", "weight", "bias", "biasFrom", "axes", "groups")

    def __init__(self, path: str) -> None:
        self.path = path

    def refuse(self, place: str, value: Any, allowed: str) -> NoReturn:
        raise ValueError(f"{self.path}: {place}: {json.dumps(value)} is not allowed; allowed: {allowed}")

    def keys(self, place: str, value: Any, allowed: Sequence[str]) -> None:
        if not isinstance(value, dict):
            self.refuse(place, value, f"an object with {', '.join(allowed)}")
        for key in value:
            if key not in allowed:
                self.refuse(place, key, ", ".join(allowed))

    def text(self, place: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            self.refuse(place, value, "a text")
        return str(value)

    def number(self, place: str, value: Any, least: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.refuse(place, value, f"a whole number of at least {least}")
        return int(value)

    def map(self, top: Any) -> LayerMap:
        self.keys("all of it", top, ("version", "layers", "digital"))
        if top.get("version") != VERSION or isinstance(top["version"], bool):
            self.refuse("version", top.get("version"), str(VERSION))
        for key in ("layers", "digital"):
            if not isinstance(top.get(key, []), list):
                self.refuse(key, top[key], "a list")
        layers = [self.layer(f"layers[{i}]", layer) for i, layer in enumerate(top.get("layers", []))]
        digital = [self.text(f"digital[{i}]", name) for i, name in enumerate(top.get("digital", []))]
        self.require_one_use(layers, set(digital))
        return LayerMap(layers, digital)

    def require_one_use(self, layers: Sequence[Layer], digital: Set[str]) -> None:
        """No parameter is two things; several layers may share a bias."""
        names: Dict[str, str] = {}
        weights: Dict[str, str] = {}
        for i, layer in enumerate(layers):
            if layer.name in names:
                self.refuse(f"layers[{i}].name", layer.name, f"each name once; {names[layer.name]} has it too")
            if layer.weight in weights:
                self.refuse(f"layers[{i}].weight", layer.weight, f"each weight once; {weights[layer.weight]} has it too")
            names[layer.name] = weights[layer.weight] = f"layers[{i}]"
        for i, layer in enumerate(layers):
            for key, name in (("weight", layer.weight), ("bias", layer.bias)):
                if name in digital:
                    self.refuse(f"layers[{i}].{key}", name, "what digital does not list")
            if layer.bias in weights:
                self.refuse(f"layers[{i}].bias", layer.bias, f"no weight; it is that of {weights[layer.bias]}")

    def layer(self, place: str, value: Any) -> Layer:
        self.keys(place, value, self.KEYS)
        kind = "" if value.get("kind") is None else self.text(f"{place}.kind", value["kind"])
        known = ON_CROSSBARS.get(kind, CONV1D if kind == CONV1D.name else None)
        axes = value.get("axes")
        if axes is None and known is not None:
            axes = known.axes
        if not isinstance(axes, str) or not is_axes(axes):
            self.refuse(f"{place}.axes", axes, AXES_RULE)
        return Layer(
            self.text(f"{place}.name", value.get("name")),
            kind,
            self.text(f"{place}.weight", value.get("weight")),
            None if value.get("bias") is None else self.text(f"{place}.bias", value["bias"]),
            None if value.get("biasFrom") is None else self.number(f"{place}.biasFrom", value["biasFrom"], 0),
            axes,
            1 if value.get("groups") is None else self.number(f"{place}.groups", value["groups"], 1),
        )


def is_axes(text: str) -> bool:
    words = text.split("-")
    return set(words) == {"in", "out"}


class Sizes(NamedTuple):
    """Sizes of a layer's matrix.

    inputs: rows of one group, without its bias; columns: outputs of one group; outputs: sizes of a group's output axes.
    biases: outputs of one group that have a bias of their own, every (columns / biases)th from the first; 0 without a bias.
    """

    groups: int
    inputs: int
    columns: int
    outputs: Tuple[int, ...]
    biases: int

    @property
    def rows(self) -> int:
        """All rows of the matrix, bias rows among them."""
        return self.groups * (self.inputs + (1 if self.biases else 0))


def axis_words(layer: Layer, dimensions: int) -> List[str]:
    """Of each of the weight's dimensions whether it is in or out. Raises ValueError if the layer's axes do not fit so many."""
    words = layer.axes.split("-")
    if not is_axes(layer.axes):
        raise ValueError(f"layer {layer.name}: axes '{layer.axes}' are not allowed; allowed: {AXES_RULE}")
    if len(words) > dimensions:
        raise ValueError(
            f"layer {layer.name}: axes '{layer.axes}' are {len(words)}, but {layer.weight} has {dimensions} dimensions"
        )
    return words + words[-1:] * (dimensions - len(words))


def _product(sizes: Sequence[int]) -> int:
    product = 1
    for size in sizes:
        product *= size
    return product


def sizes(layer: Layer, weight: Sequence[int], bias: Optional[Sequence[int]] = None) -> Sizes:
    """The sizes of the matrix that a layer makes of a weight and a bias of these shapes.

    Raises ValueError if they do not fit the layer, naming both.
    """
    return _sizes(layer, tuple(map(int, weight)), None if bias is None else tuple(map(int, bias)))


@functools.lru_cache(maxsize=4096)  # asked of every layer in every iteration
def _sizes(layer: Layer, shape: Tuple[int, ...], bias: Optional[Tuple[int, ...]]) -> Sizes:
    words = axis_words(layer, len(shape))
    if layer.groups < 1 or shape[0] % layer.groups:
        raise ValueError(
            f"layer {layer.name}: {layer.weight} of shape {shape} is not to be cut into {layer.groups} groups; "
            "allowed: what divides its first dimension"
        )
    cut = (shape[0] // layer.groups, *shape[1:])
    inputs = _product([size for size, word in zip(cut, words) if word == "in"])
    outputs = tuple(size for size, word in zip(cut, words) if word == "out")
    if (bias is None) != (layer.bias is None):
        has = "no bias" if layer.bias is None else f"the bias {layer.bias}"
        raise ValueError(f"layer {layer.name} has {has}, but values of {'none' if bias is None else 'one'} are given")
    biases = 0 if bias is None else _biases(layer, shape, bias, outputs)
    return Sizes(layer.groups, inputs, _product(outputs), outputs, biases)


def _biases(layer: Layer, weight: Tuple[int, ...], bias: Tuple[int, ...], outputs: Tuple[int, ...]) -> int:
    if layer.bias_from is not None:
        if len(bias) == 1 and layer.groups == 1 and 0 <= layer.bias_from <= bias[0] - outputs[0]:
            return outputs[0]
    elif layer.groups > 1:
        if bias == (layer.groups * outputs[0],):
            return outputs[0]
    elif bias and bias == outputs[: len(bias)]:
        return _product(bias)
    groups = f" in {layer.groups} groups" if layer.groups > 1 else ""
    begin = f", from index {layer.bias_from} on" if layer.bias_from is not None else ""
    raise ValueError(
        f"layer {layer.name}: {layer.bias} of shape {bias} is no bias of {layer.weight} of shape {weight}, "
        f"whose axes are {layer.axes}{groups}{begin}"
    )


def array(tensor: Any) -> "numpy.ndarray[Any, Any]":
    """A PyTorch tensor on any device, or anything that numpy takes, as a numpy array of float32 that may share its memory."""
    import numpy

    if hasattr(tensor, "detach"):
        import torch

        dense = tensor.detach() if tensor.layout == torch.strided else tensor.detach().to_dense()
        tensor = dense.float().cpu().numpy()  # numpy has no bfloat16
    return numpy.asarray(tensor, numpy.float32)


def groups_of(
    layer: Layer, weight: Any, bias: Any = None
) -> Tuple["numpy.ndarray[Any, Any]", Optional["numpy.ndarray[Any, Any]"]]:
    """A layer's values by groups: weights (groups, inputs, columns), which may share memory, and bias rows (groups, columns).

    Raises ValueError if weight or bias does not fit the layer.
    """
    import numpy

    values = array(weight)
    own = None if bias is None else array(bias)
    of = sizes(layer, values.shape, None if own is None else own.shape)
    words = axis_words(layer, values.ndim)
    # The groups become an axis of their own, in front of all others.
    cut = values.reshape((of.groups, values.shape[0] // of.groups, *values.shape[1:]))
    inputs = [1 + axis for axis, word in enumerate(words) if word == "in"]
    outputs = [1 + axis for axis, word in enumerate(words) if word == "out"]
    if inputs[0] < outputs[0]:
        weights = cut.transpose([0, *inputs, *outputs]).reshape(of.groups, of.inputs, of.columns)
    else:  # turned last, so that what lies with its outputs first is not copied
        weights = cut.transpose([0, *outputs, *inputs]).reshape(of.groups, of.columns, of.inputs).transpose(0, 2, 1)
    if own is None:
        return weights, None
    begin = layer.bias_from or 0
    rows = numpy.zeros((of.groups, of.columns), numpy.float32)
    # Outputs that share a bias, such as the taps of a transposed convolution, have it in the first of their columns.
    rows[:, :: of.columns // of.biases] = own.reshape(-1)[begin : begin + of.groups * of.biases].reshape(of.groups, of.biases)
    return weights, rows


def matrix(layer: Layer, weight: Any, bias: Any = None) -> "numpy.ndarray[Any, Any]":
    """The matrix that lies on a layer's array, float32 of shape (rows, columns).

    weight, bias: values as the model has them, PyTorch tensors or numpy arrays; of a bias that several layers share all of it.
    The rows of a group stand together, its bias row behind them, and hold the outputs of that group only. Where outputs have an
    axis more than the bias, as the taps of a transposed convolution, the bias is in the column of the first, and 0 in the others.
    Raises ValueError if weight or bias does not fit the layer, naming the layer and the shapes.
    """
    import numpy

    weights, rows = groups_of(layer, weight, bias)
    parts = [weights] if rows is None else [weights, rows[:, None, :]]
    return numpy.ascontiguousarray(numpy.concatenate(parts, axis=1).reshape(-1, weights.shape[2]))
