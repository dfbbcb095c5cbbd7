"""Records any PyTorch training as a gradient trace for sgs-ars: a folder with a safetensors file per iteration."""

from __future__ import annotations

import os
import pathlib
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Type

from . import tensors
from .computed import Collector, find, is_one_process
from .layers import LayerMap
from .mapper import layer_map

if TYPE_CHECKING:
    import torch

LAYERS = "layers.json"
WEIGHTS = "initial-weights.safetensors"


def iteration_file(iteration: int) -> str:
    """The name of an iteration's file, numbered from 0."""
    return f"{iteration:06d}.safetensors"


def require_absent(folder: "os.PathLike[str]") -> None:
    """Raises FileExistsError, saying what to do, if there is something at a trace's place: traces are not mixed."""
    if os.path.lexists(folder):
        raise FileExistsError(f"{folder} is there already; remove it, or give the trace another folder")


def plain(tensor: "torch.Tensor") -> "torch.Tensor":
    """A real tensor as a trace holds it: dense, of float32, float16 or bfloat16."""
    import torch

    tensor = tensor.detach()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    return tensor if tensors.dtype_name(tensor) in tensors.DTYPES else tensor.float()


class GradientReader:
    """Reads what a model's backward passes have left: gradients of parameters, and of weights that are computed from some.

    parameters: by name those that can be recorded. computed: the weights. passed_over: by name why a parameter is not recorded.
    """

    def __init__(self, model: "torch.nn.Module") -> None:
        self.computed = find(model)
        self.passed_over: Dict[str, str] = {}
        self.parameters: Dict[str, "torch.nn.Parameter"] = {}
        parts = {id(part) for weight in self.computed for part in weight.parts}
        for name, parameter in model.named_parameters():
            if not parameter.is_floating_point():
                self.passed_over[name] = str(parameter.dtype)
            elif parameter.dim() == 0:
                self.passed_over[name] = "a single value without dimensions"
            elif id(parameter) not in parts:
                self.parameters[name] = parameter
        self._collectors: Dict[str, Collector] = {}

    def values(self) -> Dict[str, "torch.Tensor"]:
        """The weights as they are now, by name."""
        values: Dict[str, "torch.Tensor"] = dict(self.parameters)
        values.update({weight.name: weight.value() for weight in self.computed})
        return values

    def start(self) -> None:
        """Collects from now on what no parameter keeps."""
        self._collectors = {weight.name: Collector(weight) for weight in self.computed}
        if self._collectors and not is_one_process():
            names = tensors.some(list(self._collectors))
            warnings.warn(f"gradients of {names} are those of this process alone: these weights are computed", stacklevel=3)

    def gradients(self) -> Dict[str, Optional["torch.Tensor"]]:
        """By name what the optimizer is given, None without a gradient."""
        gradients: Dict[str, Optional["torch.Tensor"]] = {name: p.grad for name, p in self.parameters.items()}
        gradients.update({name: collector.gradient() for name, collector in self._collectors.items()})
        return gradients

    def close(self) -> None:
        """Leaves the model as it was."""
        for collector in self._collectors.values():
            collector.close()


class Recorder:
    """Writes a trace: at once how layers lie and the initial weights, and the gradients whenever record() is called.

        with Recorder(model, "traces/mine") as recorder:
            for x, y in batches:
                optimizer.zero_grad()
                loss(model(x), y).backward()
                recorder.record()
                optimizer.step()

    The folder can be read at any time: each file is there whole or not at all.
    """

    def __init__(
        self,
        model: "torch.nn.Module",
        folder: tensors.PathLike,
        *,
        rules: Optional[Mapping[str, str]] = None,
        initial_weights: bool = True,
    ) -> None:
        """Makes the folder, whose parents may be missing, when everything else is prepared.

        rules: as those of layer_map. initial_weights: whether they are kept; they are needed for weight decay.
        Raises FileExistsError if something is there already, ValueError or TypeError as layer_map does, and OSError.
        """
        self.folder = pathlib.Path(folder)
        require_absent(self.folder)
        self.map: LayerMap = layer_map(model, rules)
        self.iteration = 0
        self._reader = GradientReader(model)
        self._known: Dict[str, Any] = {}
        self._is_open = True
        weights = {name: plain(value) for name, value in self._reader.values().items()} if initial_weights else {}
        self.folder.mkdir(parents=True)
        self.map.write(self.folder / LAYERS)
        if initial_weights:
            tensors.write(self.folder / WEIGHTS, weights)
        self._reader.start()

    def record(self) -> None:
        """Writes the gradients of this iteration: what the optimizer is given. Called after backward() and before step().

        A parameter whose gradient is None is passed over until it has one, and has zeros from then on. A warning names once what
        is passed over.
        Raises ValueError if nothing has a gradient yet or the recorder is closed, naming the folder, and OSError.
        """
        import torch

        if not self._is_open:
            raise ValueError(f"the recorder of {self.folder} is closed; allowed: record() before close()")
        found: Dict[str, "torch.Tensor"] = {}
        missing: List[str] = []
        for name, gradient in self._reader.gradients().items():
            if gradient is not None:
                found[name] = plain(gradient)
                self._known[name] = (found[name].shape, found[name].dtype)
            elif name in self._known:
                shape, dtype = self._known[name]
                found[name] = torch.zeros(shape, dtype=dtype)
            else:
                missing.append(name)
        if not found:
            raise ValueError(f"{self.folder}: nothing has a gradient; call record() after backward() and before zero_grad()")
        tensors.write(self.folder / iteration_file(self.iteration), found)
        if self.iteration == 0:
            self._name(missing)
        self.iteration += 1

    def _name(self, missing: List[str]) -> None:
        """Warns of what is passed over."""
        passed = {**self._reader.passed_over, **{name: "no gradient" for name in missing}}
        if not passed:
            return
        names = tensors.some([f"{name} ({reason})" for name, reason in passed.items()])
        later = "; what gets a gradient later is recorded from then on, and the source needs missing: zero" if missing else ""
        warnings.warn(f"{self.folder}: not recorded: {names}{later}", stacklevel=3)

    def close(self) -> None:
        """Ends the recording and leaves the model as it was. The folder is whole before, too."""
        self._is_open = False
        self._reader.close()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()
