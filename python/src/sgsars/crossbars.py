"""A model's layers on crossbars of a pipeline: what an optimizer proposes is written there, and what can be read comes back.

Importing it needs PyTorch, numpy, and the Kafka and Avro libraries.
"""

from __future__ import annotations

import json
import math
import time
import urllib.parse
import warnings
from typing import Any, Dict, List, Mapping, Optional, Sequence, TextIO, Tuple

import torch
from torch import Tensor

from . import looking
from .cells import Cells
from .checkpoints import Checkpoints, packed, unpacked
from .history import difference
from .layers import Layer
from .mapper import layer_map
from .pipeline import Pipeline, PipelineError
from .recorder import GradientReader
from .run import GRADIENTS, UPDATES, Run, attempts
from .selection import LayerSelection, Update, choices, settings_of
from .shards import shard_of
from .sparsifiers import OTHERWISE, sparsifier
from .stream import wire_values
from .tensors import PathLike, some
from .wear import LayerWear, Wear
from .wire import Weights

WHERE = ("service", "local")

_ALL_LAYERS = "all layers"

#: Weights of a layer that fit a record of the services (16 MiB), beside what else stands in it.
MOST_CELLS = ((16 << 20) - 4096) // 4

#: Bytes of updates that are kept at most of a run whose gradients are sent.
MOST_ALONG = 1 << 30


class PlacedLayer:
    """One layer: its parameters, and what its crossbars hold as it could be read last.

    number: its index in the manifest. held: a value for each cell, at the offsets of cells: what was read, or where nothing steers
    the parameters as the last step left them. weight, own: its parts in the shapes of the weight and, if there is one, of what of
    the bias is the layer's, (groups, biases). selection: what selects in this program, or None; selected: its last updates.
    """

    def __init__(self, number: int, layer: Layer, weight: Tensor, bias: Optional[Tensor]) -> None:
        self.number, self.layer, self.name = number, layer, layer.name
        self.cells = Cells(layer, weight, bias)
        self.held = torch.zeros(self.cells.count, dtype=torch.float32, device=self.cells.device)
        self.weight = self.cells.weight_of(self.held)
        # Outputs that share a bias, such as the taps of a transposed convolution, have it in the first of their columns.
        self.own = self.cells.bias_of(self.held)[:, :: self.cells.columns // max(1, self.cells.biases)] if bias is not None else None
        self.selection: Optional[LayerSelection] = None
        self.selected: List[Update] = []

    def hold(self, weight: Tensor, bias: Optional[Tensor]) -> None:
        """Takes what the parameters are."""
        self.weight.copy_(weight)
        if self.own is not None and bias is not None:
            self.own.copy_(self.cells.own(bias))

    def read(self, extent: str, rows: Any, columns: Any, values: Any) -> None:
        """Takes what can be read of some cells."""
        device = self.cells.device
        given = torch.from_numpy(values.copy()).to(device)
        if extent == "CELLS":
            at = self.cells.offsets(torch.from_numpy(rows).to(device), torch.from_numpy(columns).to(device))
            self.held[at] = given
            return
        of = torch.from_numpy(rows).to(device) if extent == "ROWS" else torch.arange(self.cells.rows, device=device)
        given = given.view(len(of), self.cells.columns)
        # In parts, as an offset is twice as long as a value.
        most = max(1, (1 << 22) // self.cells.columns)
        for begin in range(0, len(of), most):
            self.held[self.cells.offsets(of[begin : begin + most])] = given[begin : begin + most]


class Crossbars:
    """A model on crossbars that wear.

        xbar = sgsars.Crossbars(model, "mine.yml", pipeline=pipeline, run="mine")
        opt = sgsars.wrap(torch.optim.SGD(model.parameters(), lr=0.05), xbar)
        ...                                     # train as ever; mine.yml says how many steps there are
        report = xbar.finish()

    name: of the run. iterations: how many it has; iteration: how many are done. layers: names of those on crossbars, in order.
    digital: names of the parameters that are not. tested: iterations done before the last accuracy() of this process, and the share
    that was correct; None before it.
    """

    def __init__(
        self,
        model: "torch.nn.Module",
        experiment: PathLike,
        *,
        pipeline: Pipeline,
        run: Optional[str] = None,
        iterations: Optional[int] = None,
        sparsify: str = "service",
        rules: Optional[Mapping[str, str]] = None,
        history: bool = True,
        timeout: float = 300.0,
        shard: Optional[Tuple[int, int]] = None,
        shard_layers: Optional[Sequence[Sequence[str]]] = None,
    ) -> None:
        """Checks that the experiment fits the model; nothing is sent before the first step.

        model: what of it is frozen now has no writes. experiment: a file with the source {kind: external, iterations: N}. run: a name
        of its own; the experiment's and the time if it is None. iterations: of the run; the experiment's if it is None. sparsify:
        service sends gradients to the sgs-service, local selects here, on the model's device, and sends what is selected. rules: as
        those of layer_map. history: whether what is selected is kept, and stands in every state, so that a run can go on where the
        pipeline does not know it: the values of a row for each layer and iteration. With service it is selected here as well, for
        that alone, and not kept where it does not run here or is more than MOST_ALONG. timeout: how long to wait for the pipeline
        at most, in seconds. shard: (i, n) where n processes train parts of one model, each with crossbars of this run, and this is
        process i, from 0; its layers alone are sent and set. All have the whole model, of which the layers of others may be on the
        device meta. shard_layers: of each process the names of its layers, the same everywhere; n runs of layers that follow each
        other, in the model's order, if it is None.
        Raises ValueError for what does not fit, naming it and what is allowed, and what Pipeline.manifest raises.
        """
        if sparsify not in WHERE:
            raise ValueError(f"sparsify is {sparsify!r}; allowed: {', '.join(WHERE)}")
        if not (timeout > 0 and math.isfinite(timeout)):
            raise ValueError(f"timeout is {timeout} s; allowed: more than 0")
        self.model, self.pipeline, self.sparsify = model, pipeline, sparsify
        self._reader = GradientReader(model)
        of = layer_map(model, rules)
        values = self._reader.values()
        # What is frozen has no steps, and so no writes.
        moving = {name for name, parameter in self._reader.parameters.items() if parameter.requires_grad}
        moving |= {weight.name for weight in self._reader.computed if any(part.requires_grad for part in weight.parts)}
        shapes = {name: list(value.shape) for name, value in values.items() if name in moving}
        text = json.loads(of.to_json())
        text["shapes"] = shapes
        text["digital"] = [name for name in of.digital if name in shapes]
        self.manifest = pipeline.manifest(experiment, json.dumps(text), iterations)
        self._layers: List[PlacedLayer] = []
        self.shard = shard_of([layer["name"] for layer in self.manifest["layers"]], shard, shard_layers)
        self.shard.partition(0, pipeline.partitions)
        for number in self.shard.layers:
            layer = _layer(self.manifest["layers"][number])
            weight = values[layer.weight]
            if weight.is_meta:
                raise ValueError(f"{layer.weight} is on the device meta; allowed there: layers of other shards than {self.shard}")
            if weight.dtype != torch.float32:
                raise ValueError(f"{layer.weight} is of {weight.dtype}; allowed on crossbars: torch.float32")
            self._layers.append(PlacedLayer(number, layer, weight, None if layer.bias is None else values[layer.bias]))
        layers = [_layer(of_layer) for of_layer in self.manifest["layers"]]
        on = {name for layer in layers for name in (layer.weight, layer.bias)}
        self._of_others = [layer for number, layer in enumerate(layers) if number not in self.shard.layers]
        self.digital = [name for name in shapes if name not in on]
        self._by_number = {placed.number: placed for placed in self._layers}
        self.iterations = int(self.manifest["iterations"])
        self.name = run if run is not None else f"{self.manifest['name']}-{time.strftime('%Y%m%d-%H%M%S')}"
        self._timeout, self._keeps = timeout, history
        self._unkept = None if history else "history is off"
        try:
            # What does not run here is known before anything starts.
            size = self._history_bytes()
        except ValueError as error:
            if sparsify == "local":
                raise
            self._unkept = self._unkept or str(error).replace(f"; {OTHERWISE}", "")
        else:
            if sparsify == "service" and size > MOST_ALONG:
                what = f"what is written would be {size / 1e9:.1f} GB, and {MOST_ALONG / 1e9:.1f} GB are kept at most"
                self._unkept = self._unkept or f'{what}; sparsify="local" keeps all'
        self._steers: Optional[bool] = None
        self._run: Optional[Run] = None
        self._resumed: Optional[Dict[str, Any]] = None
        self._is_repeating = False
        self._wear: Optional[Wear] = None
        self.iteration = 0
        self.tested: Optional[Tuple[int, float]] = None

    @property
    def page(self) -> str:
        """Where the live page shows the run."""
        return f"{self.pipeline.page}/#{urllib.parse.quote(self.name, safe='')}"

    @property
    def layers(self) -> List[str]:
        """Names of the layers on crossbars; of a shard, of its own."""
        return [placed.name for placed in self._layers]

    def _history_bytes(self) -> int:
        """About how much there is to keep of the whole run. Raises ValueError for a sparsifier that does not run here."""
        size = 0
        for placed in self._layers:
            for choice in choices(self.manifest, placed.number):
                of = sparsifier(placed.cells, choice.kind, choice.settings, int(self.manifest["seed"]))
                size += of.most_bytes(choice.trains)
        return size * self.iterations

    def _selection(self, placed: PlacedLayer) -> LayerSelection:
        values = self._reader.values()
        bias = placed.layer.bias
        return LayerSelection(
            placed.layer,
            values[placed.layer.weight],
            None if bias is None else values[bias],
            self.manifest["optimizer"],
            choices(self.manifest, placed.number),
            int(self.manifest["seed"]),
        )

    # What the optimizer asks for.

    def require_parameters(self, given: Sequence[Any], steers: bool = True) -> None:
        """Raises ValueError if a layer's parameters are none of these, naming it: nothing would ever train it.

        Also if those of another shard's layers are, and they steer: nothing would set them to what can be read.
        """
        there = {id(parameter) for parameter in given}
        for weight in self._reader.computed:
            if any(id(part) in there for part in weight.parts):
                there.add(id(weight))
        values: Dict[str, Any] = {**self._reader.parameters, **{weight.name: weight for weight in self._reader.computed}}
        without = [p.name for p in self._layers if id(values[p.layer.weight]) not in there]
        if without:
            raise ValueError(
                f"the optimizer does not have the weights of {some(without)}, which are on crossbars; "
                "allowed: an optimizer of them all; freeze the others, or give them the rule digital"
            )
        others = [layer.name for layer in self._of_others if id(values[layer.weight]) in there]
        if others and steers:
            raise ValueError(
                f"the optimizer has the weights of {some(others)}, which other shards than {self.shard} train; "
                f"allowed: those of {some(self.layers)}"
            )

    def steer(self, steers: bool) -> None:
        """Whether the weights become what can be read. Once, before the first step.

        Raises ValueError if a layer's weight is computed from others, so that it cannot be set, or a layer has more cells than fit
        a record, naming those.
        """
        if self._steers is not None:
            raise ValueError(f"the crossbars of run {self.name} have an optimizer already; allowed: one")
        if steers:
            computed = {weight.name for weight in self._reader.computed}
            wrong = [p.name for p in self._layers if computed & {p.layer.weight, p.layer.bias}]
            if wrong:
                raise ValueError(
                    f"weights of {some(wrong)} are computed from other parameters, so they cannot be set to what was read; "
                    "remove the parametrization, give them the rule digital, or count only: wrap(..., steer=False)"
                )
            large = [p for p in self._layers if p.cells.count > MOST_CELLS]
            if large:
                raise ValueError(
                    f"layers {some([p.name for p in large])} have up to {max(p.cells.count for p in large)} weights; allowed of a layer "
                    f"that is trained on crossbars: {MOST_CELLS}, as its weights go over the wire in one record; "
                    "give them the rule digital, or count only: wrap(..., steer=False)"
                )
        else:
            self.manifest["training"] = None
        self._steers = steers

    @property
    def steers(self) -> bool:
        """Whether the weights become what can be read."""
        return bool(self._steers)

    def begin(self) -> None:
        """Announces the run, or continues the one whose state was loaded; nothing if that is done already.

        Raises PipelineError if the name is taken, or nothing is there to continue.
        """
        if self._run is not None:
            return
        if self._steers is None:
            raise ValueError("the crossbars have no optimizer; sgsars.wrap an optimizer first")
        sends = UPDATES if self.sparsify == "local" else GRADIENTS
        run = Run(self.pipeline, self.manifest, self.name, self._timeout, sends, self._unkept, self.shard)
        try:
            if self._resumed is not None:
                self._go_on(run, self._resumed)
            else:
                self._start(run)
        except BaseException:
            run.close()
            raise
        self._run, self._resumed = run, None
        self._wear = Wear(self.manifest, run)

    @torch.no_grad()
    def _start(self, run: Run) -> None:
        run.announce()
        values = self._reader.values()
        for placed in self._layers:
            bias = placed.layer.bias
            placed.hold(values[placed.layer.weight], None if bias is None else values[bias])
            if run.sends == UPDATES or run.keeps:
                placed.selection = self._selection(placed)
        if self.steers:
            self._send(run, -1, [(p, values[p.layer.weight], self._bias(values, p)) for p in self._layers])
            self._read(run, -1)
            self._give_back()

    @staticmethod
    def _bias(values: Mapping[str, Any], placed: PlacedLayer) -> Optional[Tensor]:
        return None if placed.layer.bias is None else values[placed.layer.bias]

    def _send(self, run: Run, iteration: int, whole: List[Tuple[PlacedLayer, Tensor, Optional[Tensor]]]) -> None:
        """Sends all layers' gradients, or what follows from them; of iteration -1 their weights."""
        if run.sends == GRADIENTS:
            # Before anything is selected here, as the services have their time meanwhile.
            for placed, weight, bias in whole:
                weights, biases = wire_values(placed.layer, weight.detach(), None if bias is None else bias.detach())
                run.gradients(placed.number, iteration, weights, biases)
        selecting = [(placed.selection, placed, weight, bias) for placed, weight, bias in whole if placed.selection is not None]
        if iteration >= 0:
            for selection, _, weight, bias in selecting:
                selection.advance(iteration, weight, bias)
        # After all layers have selected, as this waits for the device.
        for selection, placed, weight, bias in selecting:
            placed.selected = selection.start(weight, bias) if iteration < 0 else selection.updates()
            run.updates(placed.number, placed.selected)

    def _read(self, run: Run, iteration: int) -> None:
        """Takes what the crossbars hold after an iteration."""
        for weights in run.wait(iteration):
            placed = self._by_number[weights.layer]
            placed.read(weights.extent, weights.rows, weights.columns, weights.values)
            if placed.selection is not None and (run.sends == GRADIENTS or self._is_repeating):
                self._compare(run, placed, weights)

    def _compare(self, run: Run, placed: PlacedLayer, weights: Weights) -> None:
        """Keeps nothing more of the run if the sgs-service has selected something else, such as one of the user's own.

        Raises PipelineError where this program selects, and selected otherwise when it did this iteration before.
        """
        scenario = self.manifest["scenarios"][weights.scenario]
        selected = next(update for update in placed.selected if update.sparsifier == scenario["sparsifier"])
        wears = settings_of(scenario, placed.number)["device"] is not None
        differs = difference(selected, weights, wears)
        if differs is None:
            return
        what = f"layer {placed.name}, iteration {weights.iteration}: {differs}"
        if run.sends == UPDATES:
            raise PipelineError(
                f"run {self.name} was trained beyond its state, and is trained otherwise now: {what}; let it compute the same again "
                "(batches, random numbers, torch.use_deterministic_algorithms, the same kind of processor), or give it another name"
            )
        why = f"the sgs-service selects otherwise: {what}"
        warnings.warn(f"run {self.name} goes on only where its pipeline knows it: {why}", stacklevel=2)
        self._forget(run, why)

    def _forget(self, run: Run, why: str) -> None:
        run.forget(why)
        for placed in self._layers:
            placed.selection, placed.selected = None, []

    @torch.no_grad()
    def _give_back(self) -> None:
        """The parameters become what can be read."""
        for placed in self._layers:
            parameters = self._reader.parameters
            parameters[placed.layer.weight].copy_(placed.weight)
            if placed.layer.bias is not None and placed.own is not None:
                placed.cells.own(parameters[placed.layer.bias]).copy_(placed.own)

    def require_next(self) -> None:
        """Raises ValueError if the run has had all its iterations."""
        if self.iteration >= self.iterations:
            raise ValueError(
                f"run {self.name} has had its {self.iterations} iterations; give source.iterations more of them, or stop here"
            )

    @torch.no_grad()
    def step(self) -> None:
        """Takes what an optimizer has made of the parameters since the last step; afterwards they are what can be read.

        Raises ValueError if a value is not finite, naming the layer, and PipelineError if the pipeline cannot go on or does not
        answer in time. The parameters are what could be read last then.
        """
        run = self._run
        if run is None:
            raise ValueError(f"run {self.name} has not begun")
        self.require_next()
        values = self._reader.values()
        try:
            gradients = [self._gradient(placed, values) for placed in self._layers]
            self._require_finite(gradients)
            whole = [(placed, weight, _whole(placed, own)) for placed, (weight, own) in zip(self._layers, gradients)]
            self._send(run, self.iteration, whole)
            if self.steers:
                self._read(run, self.iteration)
            else:
                run.keep_pace(self.iteration)
                for placed in self._layers:
                    placed.hold(values[placed.layer.weight], self._bias(values, placed))
        except BaseException:
            if run.sends == GRADIENTS and any(p.selection is not None and p.selection.iteration > self.iteration for p in self._layers):
                # What was selected goes with a step that is not taken.
                self._forget(run, f"iteration {self.iteration} failed halfway")
            raise
        finally:
            if self.steers:
                self._give_back()
        self.iteration += 1

    def _gradient(self, placed: PlacedLayer, values: Mapping[str, Tensor]) -> Any:
        """What was held minus what is now: a gradient whose step is what the optimizer did. Of the bias the layer's own values.

        It is made in the place of one of both, as there may be no room for a third.
        """
        weight, bias = values[placed.layer.weight], self._bias(values, placed)
        own = None if bias is None else placed.cells.own(bias.detach())
        weight = weight.detach()
        if self.steers:
            torch.sub(placed.weight, weight, out=weight)
            if own is not None and placed.own is not None:
                torch.sub(placed.own, own, out=own)
            return weight, own
        placed.weight.sub_(weight)
        if own is not None and placed.own is not None:
            placed.own.sub_(own)
        return placed.weight, placed.own

    def _require_finite(self, gradients: List[Any]) -> None:
        # A sum is not finite if a value is not, and seldom otherwise.
        sums = torch.stack([weight.sum() + (0 if own is None else own.sum()) for weight, own in gradients])
        if bool(sums.isfinite().all()):
            return
        for placed, of in zip(self._layers, gradients):
            if not all(part is None or bool(part.isfinite().all()) for part in of):
                raise ValueError(
                    f"layer {placed.name}, iteration {self.iteration}: the optimizer's step is not finite; its weights are as before. "
                    "Its own state, such as momentum, may hold what is not finite: load an earlier one, or skip such gradients as "
                    "torch.cuda.amp.GradScaler does"
                )

    # What a program asks for.

    def accuracy(self, correct: int, images: int, loss: float = math.nan) -> None:
        """Tells report and page how the network does on images that it is not trained on, now.

        correct: of so many images. loss: mean cross-entropy, in nats, if it is known. Nothing where nothing steers: what is sent
        is of weights on crossbars.
        Raises ValueError for numbers that cannot be.
        """
        if not 0 <= correct <= images or images < 1:
            raise ValueError(f"accuracy of {correct} in {images} images; allowed: at least 1 image, and at most all correct")
        if not self.steers:
            warnings.warn("accuracy of a run that only counts is not of weights on crossbars: not told", stacklevel=2)
            return
        if self.shard.index:
            warnings.warn(f"accuracy is sent by shard 0, and this is shard {self.shard}: not sent", stacklevel=2)
            return
        self.begin()
        assert self._run is not None
        self._run.accuracy(self.iteration, int(correct), int(images), float(loss))
        self.tested = self.iteration, int(correct) / int(images)

    def wear(self, layer: str, scenario: Optional[str] = None) -> Tensor:
        """Writes of each physical row of a layer, (rows,) of int64: of its most worn cell where single cells are written.

        scenario: the one that steers, else the first, if it is None. It is as the last wear report has it, zeros before the first.
        Raises ValueError for a name that is not there, naming those that are.
        """
        self.begin()
        assert self._wear is not None
        return self._wear.rows(layer, scenario)

    def dead(self, layer: str, scenario: Optional[str] = None) -> Tensor:
        """Which weights of a layer lie where a cell no longer switches, in the weight's shape, of bool.

        scenario and time as in wear(). The bias rows are not in it.
        Raises ValueError for a name that is not there, naming those that are.
        """
        self.begin()
        assert self._wear is not None
        matrix = self._wear.dead(layer, scenario)
        placed = self._layers[self.layers.index(layer)]
        flat = torch.zeros(placed.cells.count, dtype=torch.bool, device=placed.cells.device)
        flat[placed.cells.offsets(torch.arange(placed.cells.rows, device=placed.cells.device))] = matrix.to(placed.cells.device)
        return placed.cells.weight_of(flat).clone()

    def places(self, layer: str, scenario: Optional[str] = None) -> Optional[Tensor]:
        """The physical row of each row of a layer's matrix, bias rows among them, (R,) of int64; None while they lie in order.

        scenario and time as in wear(). So sgsars.hardware(model, places=xbar.places) reads the rows where they lie, and its
        update() asks again. Raises ValueError for a name that is not there, naming those that are.
        """
        return None if self._wear is None else self._wear.places(layer, scenario)

    def worn(self, scenario: Optional[str] = None) -> Dict[str, LayerWear]:
        """The last wear report of each layer, in order; without those that have none yet, or are digital there.

        scenario: as in wear(). Raises ValueError for a name that is not there, naming those that are.
        """
        self.begin()
        assert self._wear is not None
        return self._wear.layers(scenario)

    def log(self, writer: Any, step: Optional[int] = None, scenario: Optional[str] = None) -> None:
        """Logs wear, of the network as crossbars/... and of each layer as crossbars.LAYER/..., for TensorBoard.

        Logged are largest_wear, gini, dead_cells and extension, with the report's definitions, a wear_map for each layer, and accuracy
        as it was told last. Wear is as the last reports have it, which are a few iterations behind; nothing before the first.
        writer: has add_scalar and add_image, as torch.utils.tensorboard.SummaryWriter. step: iterations done if it is None.
        scenario: as in wear(). Raises ValueError for a name that is not there, naming those that are.
        """
        looking.log(self, writer, step, scenario)

    def progress(self, stream: Optional[TextIO] = None) -> looking.Progress:
        """A line on stderr, or another stream, that says how the run goes. Call its update() after each step, and close() in the end."""
        return looking.Progress(self, stream)

    def finish(self) -> Dict[str, Any]:
        """Ends the run, and waits for its report: report.json as a dictionary.

        Where not all iterations were done, the run is marked as stopped and its report is of those that were. Its checkpoints go.
        Raises PipelineError if the report does not come in time.
        """
        self.begin()
        assert self._run is not None
        try:
            report = self._run.finish(self.iteration)
        finally:
            self.close()
        self._checkpoints().delete()
        return report

    def close(self) -> None:
        """Leaves the run as it is, to be continued later from a state. The model is left as it was."""
        if self._run is not None:
            self._run.close()

    # To go on later.

    def state_dict(self) -> Dict[str, Any]:
        """What a run goes on from: tensors and plain values."""
        state: Dict[str, Any] = {
            "run": self.name,
            "experiment": _comparable(self.manifest),
            "iteration": self.iteration,
            "steers": self.steers,
            "sparsify": self.sparsify,
            "history": self._keeps,
            "shard": _shard_text(self),
            "begun": self._run is not None,
        }
        if self._run is not None:
            state["place"] = self._run.state_dict()
            state["held"] = {placed.name: placed.held.clone() for placed in self._layers}
            state["selection"] = {
                placed.name: _copied(placed.selection.state_dict()) for placed in self._layers if placed.selection is not None
            }
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a state, with the next step.

        Raises ValueError if it is of another experiment, model or way to go, naming what differs.
        """
        if self._run is not None:
            raise ValueError(f"run {self.name} has begun; load a state before the first step")
        mine = {
            "experiment": _comparable(self.manifest),
            "steers": self.steers,
            "sparsify": self.sparsify,
            "history": self._keeps,
            "shard": _shard_text(self),
        }
        for what, value in mine.items():
            # States of earlier versions are of all layers.
            was = state.get(what, _ALL_LAYERS) if what == "shard" else state[what]
            if was != value:
                difference = "" if what == "experiment" else f" {was!r}; allowed: {value!r}"
                raise ValueError(f"the state of run {state['run']} is of another {what}{difference}")
        if any(int(of["iteration"]) != state["iteration"] for of in state.get("selection", {}).values()):
            raise ValueError(f"the state of run {state['run']} is of a step that failed halfway; load an earlier one")
        self.name = state["run"]
        self.iteration = int(state["iteration"])
        self._resumed = dict(state) if state["begun"] else None

    def _checkpoints(self) -> Checkpoints:
        return Checkpoints(self.pipeline, self.name, self._timeout)

    def checkpoint(self, state: Mapping[str, Any]) -> None:
        """Keeps a state in the pipeline's broker, as torch.save would in a file, so that the run goes on from there on any host.

        state: what torch.save takes, as it is after the last step. The wrapped optimizer's state_dict() is in it, and whatever else
        the program goes on from: the model's, a scheduler's, random numbers. It is in the log when this returns.
        Raises ValueError for a state without the run's place or of an earlier step, and PipelineError if the broker does not take it,
        with its reason: the checkpoints before count then, and the training may go on.
        """
        self._checkpoints().save(self.iteration, packed(self, state))

    def last_checkpoint(self, weights_only: Optional[bool] = None) -> Optional[Dict[str, Any]]:
        """The state of the run's last checkpoint, on the CPU; None if the pipeline does not know the run, so that it begins.

        weights_only: as torch.load has it, with its default: without it, who may write to the topic may have this program do anything.
        Raises ValueError if it is of another model or experiment or torch.load does not load it, and PipelineError if the run has begun
        and there is none, or all are damaged, or the broker does not answer.
        """
        checkpoints = self._checkpoints()
        last = checkpoints.last()
        if last is not None:
            return unpacked(self, last, checkpoints.topic, weights_only)
        if attempts(self.pipeline.runs(), self.name):
            raise PipelineError(
                f"run {self.name} has begun, and there is no checkpoint of it in topic {checkpoints.topic}; choose another name, or load "
                "a state of it that was saved elsewhere"
            )
        return None

    def identity(self) -> Dict[str, str]:
        """What makes the run what it is, by the names of the manifest's fields; whether it steers is not in it."""
        of = json.loads(_comparable(self.manifest))
        return {key: json.dumps(value, sort_keys=True) for key, value in of.items() if key != "training"}

    def parameters(self) -> Dict[str, List[int]]:
        """The shapes of the model's parameters."""
        return {name: list(value.shape) for name, value in self._reader.values().items()}

    @torch.no_grad()
    def _go_on(self, run: Run, state: Mapping[str, Any]) -> None:
        for placed in self._layers:
            placed.held.copy_(state["held"][placed.name])
            if placed.name in state["selection"]:
                placed.selection = self._selection(placed)
                placed.selection.load_state_dict(state["selection"][placed.name])
        again = run.go_on(state["place"], self.iteration)
        self._is_repeating = not again
        if again and self.steers:
            held = [placed.held.clone() for placed in self._layers]
            for iteration in range(-1, self.iteration):
                self._read(run, iteration)
            if not all(torch.equal(placed.held, was) for placed, was in zip(self._layers, held)):
                raise PipelineError(
                    f"run {self.name}, sent again, comes to other weights after {self.iteration} iterations: by another version of "
                    "sgs-ars, or by services of your own?"
                )
        if self.steers:
            self._give_back()


def _layer(shape: Mapping[str, Any]) -> Layer:
    """A layer as the manifest has it, by the model's modules and the experiment's rules."""
    of = shape["map"]
    return Layer(
        shape["name"],
        of["kind"],
        shape["parameters"][0]["name"],
        shape["parameters"][1]["name"] if len(shape["parameters"]) > 1 else None,
        of["biasFrom"],
        of["axes"],
        of["groups"],
    )


def _whole(placed: PlacedLayer, own: Optional[Tensor]) -> Optional[Tensor]:
    """A layer's own values of a bias as the whole parameter's, of which the others are nobody's here."""
    shape = placed.cells.bias_shape
    if own is None or shape is None:
        return None
    if own.numel() == math.prod(shape):
        return own.reshape(shape)
    whole = torch.zeros(shape, dtype=own.dtype, device=own.device)
    placed.cells.own(whole).copy_(own)
    return whole


def _comparable(manifest: Mapping[str, Any]) -> str:
    """What of a manifest makes a run what it is, as a text. Its comments and its time do not."""
    left = {key: value for key, value in manifest.items() if key not in ("run", "createdAtMs", "source", "experiment", "notices")}
    return json.dumps(left, sort_keys=True)


def _shard_text(crossbars: Crossbars) -> str:
    """Which part of a run it is, for people."""
    return _ALL_LAYERS if crossbars.shard.is_whole else f"{crossbars.shard} of {', '.join(crossbars.layers)}"


def _copied(state: Mapping[str, Any]) -> Dict[str, Any]:
    return {key: value.clone() if isinstance(value, Tensor) else value for key, value in state.items()}
