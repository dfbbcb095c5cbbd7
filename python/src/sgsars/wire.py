"""Reads and writes the records of a closed loop, the frequent ones many times faster than the Avro library does.

Needs numpy, and the avro library for the others.
"""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Tuple

from .stream import DEPENDENCIES, Chunk, Format, schema_folder
from .updates import _number as number

if TYPE_CHECKING:
    import numpy

RECORDS = (
    "RunManifest",
    "RunAborted",
    "StateLost",
    "RunRetired",
    "Gradients",
    "Updates",
    "Weights",
    "Accuracy",
    "DeadLetter",
    "Wear",
    "CellFailures",
    "SnapshotBegin",
    "SnapshotChunk",
    "SnapshotEnd",
)

_HEADER_BYTES = 10

#: Numbers that are read one by one sooner than all at once.
_FEW = 32


class Weights(NamedTuple):
    """What the crossbars hold after an iteration, of a layer: the record of this name, without the run.

    extent: ALL, ROWS or CELLS. rows, columns: int64 of shape (n,); of ROWS no columns, of ALL neither.
    values: float32, of CELLS (n,), otherwise row by row with all columns.
    """

    scenario: int
    layer: int
    iteration: int
    extent: str
    rows: "numpy.ndarray[Any, Any]"
    columns: "numpy.ndarray[Any, Any]"
    values: "numpy.ndarray[Any, Any]"


class Wire:
    """The records that go over the topics, by the schemas of a folder."""

    def __init__(self, folder: Optional[pathlib.Path] = None) -> None:
        """folder: of the schemas; that of schema_folder() if it is None. Raises FileNotFoundError and ImportError as Stream does."""
        import avro.name

        folder = schema_folder() if folder is None else folder
        names = avro.name.Names()
        for name in (*DEPENDENCIES, "Extent", "StuckAt"):
            Format(folder, name, names)
        self.formats: Dict[str, Format] = {name: Format(folder, name, names) for name in RECORDS}
        self._by_header = {of.header: name for name, of in self.formats.items()}
        extent = next(field.type for field in self.formats["Weights"].schema.fields if field.name == "extent")
        self._extents: Tuple[str, ...] = tuple(extent.symbols)

    def encode(self, name: str, record: Dict[str, Any]) -> bytes:
        """The bytes of a record, what it lacks by the schema's defaults."""
        return self.formats[name].encode(record)

    def decode(self, value: bytes) -> Tuple[str, Dict[str, Any]]:
        """A record's name and its fields. Raises ValueError for one of another schema, saying which it begins with."""
        name = self._by_header.get(value[:_HEADER_BYTES])
        if name is None:
            raise ValueError(f"a record begins with {value[:_HEADER_BYTES].hex()}, which is of no schema here: another version of sgs-ars?")
        return name, self.formats[name].decode(value)

    def weights(self, value: bytes) -> Weights:
        """A record Weights. Raises ValueError for another record."""
        import numpy

        reader = self._behind_run("Weights", value)
        scenario, layer, iteration = reader.number(), reader.number(), reader.number()
        extent = self._extents[reader.number()]
        rows, columns = reader.numbers(), reader.numbers()
        size = reader.number()
        values = numpy.frombuffer(value, "<f4", size // 4, reader.at)
        return Weights(scenario, layer, iteration, extent, rows, columns, values)

    def beginning(self, name: str, value: bytes, count: int) -> Tuple[int, int, List[int]]:
        """Scenario, layer and so many numbers behind them of a record that begins with run, scenario and layer.

        Raises ValueError for another record.
        """
        reader = self._behind_run(name, value)
        return reader.number(), reader.number(), [reader.number() for _ in range(count)]

    def _behind_run(self, name: str, value: bytes) -> "_Reader":
        """Reads a record on from behind its first field, the run. Raises ValueError for another record."""
        header = self.formats[name].header
        if value[: len(header)] != header:
            raise ValueError(f"a record {name} begins with {value[:_HEADER_BYTES].hex()}; allowed: {header.hex()}")
        reader = _Reader(value, len(header))
        reader.skip(reader.number())
        return reader


class Gradients:
    """Writes the gradients of one run."""

    def __init__(self, wire: Wire, run: str) -> None:
        name = run.encode()
        self._begin = wire.formats["Gradients"].header + number(len(name)) + name

    def encode(self, layer: int, iteration: int, part: Chunk) -> bytes:
        """A record Gradients of a part of a layer's values."""
        return b"".join(
            (
                self._begin,
                *map(number, (layer, iteration, *part[:4], len(part.weights))),
                part.weights,
                number(len(part.biases)),
                part.biases,
                number(0),  # the first training: there is one at most
            )
        )


class _Reader:
    """Avro's binary encoding of numbers."""

    def __init__(self, value: bytes, at: int) -> None:
        self.value, self.at = value, at

    def skip(self, size: int) -> None:
        self.at += size

    def number(self) -> int:
        shift = found = 0
        while True:
            byte = self.value[self.at]
            self.at += 1
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (found >> 1) ^ -(found & 1)
            shift += 7

    def numbers(self) -> "numpy.ndarray[Any, Any]":
        """An array of ints."""
        import numpy

        blocks: List[Any] = []
        while True:
            count = self.number()
            if count == 0:
                return numpy.concatenate(blocks) if blocks else numpy.zeros(0, numpy.int64)
            if count < 0:  # followed by the block's size
                count = -count
                self.number()
            blocks.append(self._block(count))

    def _block(self, count: int) -> "numpy.ndarray[Any, Any]":
        import numpy

        if count <= _FEW:
            return numpy.array([self.number() for _ in range(count)], numpy.int64)
        # An int takes five bytes at most.
        part = numpy.frombuffer(self.value, numpy.uint8, min(5 * count, len(self.value) - self.at), self.at)
        ends = numpy.flatnonzero(part < 0x80)[:count]
        begins: Any = numpy.append(0, ends[:-1] + 1)
        found = numpy.zeros(count, numpy.int64)
        for place in range(int((ends - begins).max()) + 1):
            there = begins + place <= ends
            found[there] |= (part[begins[there] + place] & 0x7F).astype(numpy.int64) << (7 * place)
        self.at += int(ends[-1]) + 1
        return (found >> 1) ^ -(found & 1)
