"""Selects in PyTorch what is written to the crossbars, on the model's device, as sgs-service would.

So a training sends no gradients, only what follows from them: a few numbers of each layer. Importing it needs PyTorch and numpy.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import torch
from torch import Tensor

from .accumulation import Optimizer, Residual, Taken, VelocityPath
from .cells import Cells, Values
from .layers import Layer
from .sparsifiers import ALL, sparsifier


class Choice(NamedTuple):
    """A sparsifier to run.

    number: its index in the manifest. kind, settings: as the manifest has them. trains: whether its updates carry values.
    """

    number: int
    kind: str
    settings: Mapping[str, Any]
    trains: bool = False


class Update(NamedTuple):
    """What one sparsifier wants written in a layer: the record Updates without its run and its layer.

    sparsifier: index in the manifest. iteration: from 0; -1 for the initial weights. extent: ALL, ROWS or CELLS.
    rows: logical rows, ascending, or of each cell its row; columns: of each cell, ascending within a row; otherwise empty.
    values: little-endian float32 as the record has them, empty unless the sparsifier trains.
    """

    sparsifier: int
    iteration: int
    extent: str
    rows: List[int]
    columns: List[int]
    values: bytes


def choices(run: Mapping[str, Any], layer: int, training: int = 0) -> List[Choice]:
    """The sparsifiers that a layer has in a run, in the manifest's order.

    run: a RunManifest as a dictionary. layer: its index there. training: which of the run's trainings the gradients come from.
    """
    scenarios = run["scenarios"]
    trained = run["training"]["scenarios"] if run.get("training") else []
    on_crossbars = {scenario["sparsifier"] for scenario in scenarios if not settings_of(scenario, layer).get("digital", False)}
    trains = {scenarios[number]["sparsifier"] for number in trained}
    # Where every scenario trains, a sparsifier gets the gradients of one training alone.
    source = {scenarios[number]["sparsifier"]: number for number in range(1, len(trained))}
    return [
        Choice(number, of["kind"], of["settings"], number in trains)
        for number, of in enumerate(run["sparsifiers"])
        if number in on_crossbars and source.get(number, 0) == training
    ]


def settings_of(scenario: Mapping[str, Any], layer: int) -> Mapping[str, Any]:
    """A layer's own settings in a scenario of a manifest, or the scenario itself where it has none."""
    of_layers = scenario.get("exceptionOfLayers") or []
    exception = of_layers[layer] if of_layers else -1
    own: Mapping[str, Any] = scenario["exceptions"][exception] if exception >= 0 else scenario
    return own


class LayerSelection:
    """One layer of one run under its sparsifiers: takes gradients, iteration by iteration, and gives the updates.

        selection = LayerSelection(layer, fc.weight, fc.bias, run["optimizer"], choices(run, 0), run["seed"])
        for iteration in range(run["iterations"]):
            selection.advance(iteration, fc.weight.grad, fc.bias.grad)      # of all layers; does not wait for the device
            for update in selection.updates(): ...                          # then of all layers; waits for what is selected

    It keeps float32 in the memory format of the weight, on its device: a velocity if there is momentum, what each sparsifier has
    accumulated where that counts, and with weight decay a velocity and the weights of each. Arithmetic is that of sgs-service:
    every operation is rounded once. skipUnchanged, top-k, and sgs with the score sum wait for the device in advance() already.
    """

    def __init__(
        self,
        layer: Layer,
        weight: Tensor,
        bias: Optional[Tensor],
        optimizer: Mapping[str, Any],
        of: Sequence[Choice],
        seed: int,
    ) -> None:
        """All zeros.

        layer: as layer_map gives it. weight, bias: of the model; a bias that several layers share is all of it. None without one.
        optimizer, seed: of the manifest. of: the sparsifiers, as choices() gives them.
        Raises ValueError for parameters that do not fit the layer, and for a sparsifier or a setting that does not run here.
        It names what is allowed.
        """
        self.layer, self.cells, self.iteration = layer, Cells(layer, weight, bias), 0
        self._optimizer = Optimizer(optimizer)
        self._choices, self._sparsifiers = list(of), [sparsifier(self.cells, c.kind, c.settings, seed) for c in of]
        self._residuals: List[Optional[Residual]] = []
        self._paths: List[VelocityPath] = []
        decays, shared = self._optimizer.decay != 0, VelocityPath(None, None)
        for choice, its in zip(self._choices, self._sparsifiers):
            if not (decays or choice.trains or its.reads or its.steps is not None):
                self._residuals.append(None)
                continue
            path = VelocityPath(None, Values(self.cells)) if decays else shared
            if path not in self._paths:
                path.velocity = Values(self.cells) if self._optimizer.momentum else None
                self._paths.append(path)
            residual = Residual(Values(self.cells, its.score), path.weights, its, choice.trains)
            path.readers.append(residual)
            self._residuals.append(residual)
        self._taken: List[Taken] = []
        self._finite: List[Tensor] = []
        self._gradient: List[Optional[Tensor]] = []

    def start(self, weight: Tensor, bias: Optional[Tensor]) -> List[Update]:
        """Takes the initial weights, which a run with weight decay or a training has, before the first iteration.

        Returns the updates of iteration -1: the nearest weights that cells can be programmed to, of each sparsifier that trains.
        """
        with torch.no_grad():
            values = self._values(self._parts(weight, bias))
            for path in self._paths:
                if path.weights is not None:
                    path.weights.flat.copy_(values.flat)
            return [
                Update(choice.number, -1, ALL, [], [], _bytes(self.cells.matrix(residual.programmable(values.flat))))
                for choice, residual in zip(self._choices, self._residuals)
                if choice.trains and residual is not None
            ]

    def _parts(self, weight: Optional[Tensor], bias: Optional[Tensor]) -> List[Optional[Tensor]]:
        """Values of the parameters, part by part, in float32: rounded before anything else, as on the wire."""
        given = []
        for name, values, shape in (("weight", weight, self.cells.shape), ("bias", bias, self.cells.bias_shape)):
            if values is not None and tuple(values.shape) != shape:
                raise ValueError(f"layer {self.layer.name}: a {name} of shape {tuple(values.shape)} comes; allowed: {shape}")
            given.append(None if values is None else _plain(values, self.cells.device))
        return self.cells.parts(*given)

    def _values(self, parts: Sequence[Optional[Tensor]]) -> Values:
        values = Values(self.cells)
        for own, part in zip(values.parts, parts):
            if part is not None:
                own.copy_(part)
        return values

    def advance(self, iteration: int, weight: Optional[Tensor], bias: Optional[Tensor] = None) -> None:
        """Takes the gradients of an iteration, and lets every sparsifier select.

        iteration: from 0, without a gap. weight, bias: gradients in the parameters' shapes; None is zeros.
        Raises ValueError for another iteration or other shapes, naming both.
        """
        if iteration != self.iteration:
            raise ValueError(f"layer {self.layer.name}: iteration {iteration} comes where {self.iteration} should")
        with torch.no_grad():
            parts = self._parts(weight, bias)
            self.iteration += 1
            for path in self._paths:
                path.advance(self._optimizer, iteration, parts)
            self._taken, self._finite, self._gradient = [], [], parts
            for its, residual in zip(self._sparsifiers, self._residuals):
                chosen = its.choose(None if residual is None else residual.values, iteration)
                if chosen.peak is not None:
                    self._finite.append(chosen.peak)
                self._taken.append(
                    Taken(chosen.extent, chosen.rows, chosen.columns, None)
                    if residual is None
                    else residual.take(chosen, self._optimizer.rate(iteration))
                )
            if not self._finite:  # nothing has looked at all values
                self._finite = [end for part in parts if part is not None for end in (part.amin(), part.amax())]

    def updates(self) -> List[Update]:
        """The updates of the last iteration, in the manifest's order; once. Waits for the device.

        Raises ValueError naming the first gradient that is not finite. It is in what is accumulated then, so the layer is over.
        """
        if self._finite and not bool(torch.stack(self._finite).isfinite().all()):
            raise ValueError(f"layer {self.layer.name}, iteration {self.iteration - 1}: {self._not_finite()}")
        taken, self._taken, self._finite, self._gradient = self._taken, [], [], []
        return [
            Update(
                choice.number,
                self.iteration - 1,
                of.extent,
                [] if of.rows is None else of.rows.tolist(),
                [] if of.columns is None else of.columns.tolist(),
                b"" if of.changes is None else _bytes(of.changes),
            )
            for choice, of in zip(self._choices, taken)
        ]

    def _not_finite(self) -> str:
        gradient = self.cells.matrix(self._values(self._gradient).flat)
        wrong = (~gradient.T.isfinite()).nonzero()
        if not len(wrong):
            return "what is accumulated is not finite: it has become too large for float32"
        column, row = wrong[0].tolist()
        return f"value {float(gradient[row, column])} at row {row}, column {column} is not finite"

    def state_dict(self) -> Dict[str, Any]:
        """The state, to go on from later: `iteration` and tensors by name, the layer's own and not copies.

        velocity.N and weights.N are those of the N-th velocity, residual.N of the N-th sparsifier; each has a part weight in the
        weight's shape and, with a bias, a part bias of shape (groups, columns).
        """
        state: Dict[str, Any] = {"iteration": self.iteration}
        for name, values in self._state():
            state[f"{name}.weight"] = self.cells.weight_of(values.flat)
            if self.cells.biases:
                state[f"{name}.bias"] = self.cells.bias_of(values.flat)
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a state of the same layer under the same sparsifiers, from any device.

        Raises ValueError naming what is missing, too much, or of another shape; nothing has changed then.
        """
        own = self.state_dict()
        other = sorted(set(own) ^ set(state))
        if other:
            of = "the state is of other sparsifiers or another optimizer"
            raise ValueError(f"layer {self.layer.name}: {of}: {', '.join(other)}")
        for name, tensor in own.items():
            if name != "iteration" and tensor.shape != state[name].shape:
                shapes = f"{tuple(state[name].shape)}; allowed: {tuple(tensor.shape)}"
                raise ValueError(f"layer {self.layer.name}: {name} has shape {shapes}")
        for name, tensor in own.items():
            if name != "iteration":
                tensor.copy_(state[name])
        self.iteration = int(state["iteration"])

    def _state(self) -> List[Tuple[str, Values]]:
        found: List[Tuple[str, Values]] = []
        for i, path in enumerate(self._paths):
            found += [(f"velocity.{i}", path.velocity)] if path.velocity is not None else []
            found += [(f"weights.{i}", path.weights)] if path.weights is not None else []
        return found + [(f"residual.{i}", of.values) for i, of in enumerate(self._residuals) if of is not None]


def _plain(tensor: Tensor, device: torch.device) -> Tensor:
    dense = tensor.detach() if tensor.layout == torch.strided else tensor.detach().to_dense()
    return dense.to(device, torch.float32)


def _bytes(values: Tensor) -> bytes:
    """Little-endian float32, the last dimension fastest."""
    return bytes(values.contiguous().cpu().numpy().astype("<f4", copy=False).tobytes())
