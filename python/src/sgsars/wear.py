"""What a run's crossbars have gone through, from the records that tell of it.

Importing it needs PyTorch, numpy, and the Kafka and Avro libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

from .selection import settings_of
from .tensors import some

if TYPE_CHECKING:
    from .run import Run

#: As devices have it that say nothing of it.
_WEIGHT_BITS, _CELL_BITS = 8, 2


class LayerWear(NamedTuple):
    """A layer's last wear report in one scenario.

    iterations: that it reflects. rows: as Wear.rows. largest_wear: writes of the most worn cell. failed_cells: worn out by now;
    cells that were stuck when fresh are not among them.
    """

    iterations: int
    rows: Tensor
    largest_wear: int
    failed_cells: int


class Wear:
    """Keeps the last wear report of each layer and scenario, and all failures."""

    def __init__(self, manifest: Mapping[str, Any], run: "Run") -> None:
        self._manifest, self._run = manifest, run
        self._scenarios = [scenario["name"] for scenario in manifest["scenarios"]]
        self._layers = [layer["name"] for layer in manifest["layers"]]
        self._own = [self._layers[layer] for layer in run.shard.layers]
        self._latest: Dict[Tuple[int, int], List[Dict[str, Any]]] = {}
        self._coming: Dict[Tuple[int, int], List[bytes]] = {}
        self._encoded: Dict[Tuple[int, int], List[bytes]] = {}
        self._failures: Dict[Tuple[int, int], List[bytes]] = {}
        run.on_wear, run.on_failures = self._take_wear, self._take_failures

    def _take_wear(self, value: bytes) -> None:
        # Most are never asked for, so only what tells them apart is read.
        scenario, layer, (_, part, parts) = self._run.wire.beginning("Wear", value, 3)
        coming = self._coming.setdefault((scenario, layer), [])
        if part == 0:
            coming.clear()
        coming.append(value)
        if len(coming) == parts:
            self._encoded[scenario, layer] = list(coming)
            self._latest.pop((scenario, layer), None)

    def _take_failures(self, value: bytes) -> None:
        scenario, layer, _ = self._run.wire.beginning("CellFailures", value, 1)
        self._failures.setdefault((scenario, layer), []).append(value)

    def _place(self, layer: str, scenario: Optional[str]) -> Tuple[int, int]:
        if layer not in self._own:
            where = "on crossbars" if layer not in self._layers else f"of shard {self._run.shard}"
            raise ValueError(f"layer {layer!r} is not {where}; there are {some(self._own)}")
        if scenario is None:
            training = self._manifest["training"]
            return (0 if training is None else int(training["scenarios"][0])), self._layers.index(layer)
        if scenario not in self._scenarios:
            raise ValueError(f"there is no scenario {scenario!r}; there are {some(self._scenarios)}")
        return self._scenarios.index(scenario), self._layers.index(layer)

    def _report(self, place: Tuple[int, int]) -> List[Dict[str, Any]]:
        """The parts of the last report; empty before the first."""
        if place not in self._latest and place in self._encoded:
            self._latest[place] = [self._run.wire.decode(part)[1] for part in self._encoded[place]]
        return self._latest.get(place, [])

    def rows(self, layer: str, scenario: Optional[str]) -> Tensor:
        """Writes of each physical row, (rows,)."""
        place = self._place(layer, scenario)
        self._run.look()
        writes = _writes(self._report(place))
        return torch.zeros(self._physical_rows(*place), dtype=torch.int64) if writes is None else writes

    def layers(self, scenario: Optional[str]) -> Dict[str, LayerWear]:
        """The last reports of all layers that have one, in their order. One that is not on crossbars has none."""
        # A name that is not there is said before anything is asked of the pipeline.
        places = {layer: self._place(layer, scenario) for layer in self._own}
        self._run.look()
        found = {}
        for layer, place in places.items():
            parts = self._report(place)
            writes = _writes(parts)
            if writes is not None:
                failed = sum(sum(part["rowFailures"]) for part in parts)
                found[layer] = LayerWear(parts[0]["iterations"], writes, parts[0]["maxCellWrites"], failed)
        return found

    def _physical_rows(self, scenario: int, layer: int) -> int:
        of = settings_of(self._manifest["scenarios"][scenario], layer)
        size, rows = int(of["crossbarSize"]), int(self._manifest["layers"][layer]["rows"])
        blocks = 1
        for leveller in of["levellers"]:
            if leveller["kind"] == "retire":
                # Its rows have as many blocks of columns as fit into a crossbar, if it does not say less.
                fitting = max(1, size // int(self._manifest["layers"][layer]["columns"]))
                blocks = min(fitting, int(leveller["settings"]["columnBlocks"]) or fitting)
        return (-(-rows // size) * size + int(of["spareRows"])) * blocks

    def places(self, layer: str, scenario: Optional[str]) -> Optional[Tensor]:
        """Where each logical row lies, (R,), as the last wear report has it; None before the first."""
        place = self._place(layer, scenario)
        self._run.look()
        parts = self._report(place)
        return torch.tensor(_places(parts, self._manifest["layers"][place[1]]["rows"])) if parts else None

    def dead(self, layer: str, scenario: Optional[str]) -> Tensor:
        """Which weights lie where a cell no longer switches: (R, C) of bool, as the last wear report has their places."""
        place = self._place(layer, scenario)
        self._run.look()
        shape = self._manifest["layers"][place[1]]
        dead = torch.zeros(shape["rows"], shape["columns"], dtype=torch.bool)
        parts = self._report(place)
        if not parts:
            return dead
        lies = {physical: logical for logical, physical in enumerate(_places(parts, shape["rows"]))}
        count = _cells(settings_of(self._manifest["scenarios"][place[0]], place[1])["device"])
        failed: List[Tuple[int, int]] = []
        for value in self._failures.get(place, []):
            record = self._run.wire.decode(value)[1]
            if record["all"]:
                failed.clear()
            if record["iteration"] < parts[0]["iterations"]:
                failed += zip(record["physicalRows"], record["cells"])
        for physical, cell in failed:
            if physical in lies:
                dead[lies[physical], cell // count] = True
        return dead


def _places(parts: List[Dict[str, Any]], rows: int) -> List[int]:
    """Where each of so many logical rows lies, from the parts of a report."""
    places: List[int] = []
    for part in parts:
        places += part["logicalToPhysical"]
    return places[:rows]


def _writes(parts: List[Dict[str, Any]]) -> Optional[Tensor]:
    """Writes of each physical row's most worn cell, from the parts of a report; None of no parts."""
    writes: List[int] = []
    for part in parts:
        cells = part["cellWrites"]
        if cells is None:
            writes += part["rowWrites"]
        else:
            columns = len(cells) // max(1, len(part["rowWrites"]))
            writes += [max(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    return torch.tensor(writes, dtype=torch.int64) if parts else None


def _cells(device: Optional[Mapping[str, Any]]) -> int:
    """Cells of a weight on a device."""
    settings = {} if device is None else device["settings"]
    mapping = settings.get("mapping", "one-cell")
    if mapping == "bit-slices":
        return -(-int(settings.get("weightBits", _WEIGHT_BITS)) // int(settings.get("cellBits", _CELL_BITS)))
    return 2 if mapping == "differential-pair" else 1
