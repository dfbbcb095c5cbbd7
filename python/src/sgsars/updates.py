"""Writes the record Updates as sgs-service does, many times faster than the Avro library's writer.

Needs numpy, and the avro library once, to read the schema.
"""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, List, Optional, Sequence

from .stream import Format, schema_folder

if TYPE_CHECKING:
    from .selection import Update

#: Arrays from this length on are encoded all at once.
_MANY = 64

#: What a record is made of. Another schema needs another encoder.
_FIELDS = (
    "run string, sparsifier int, layer int, iteration long, extent enum, rows array, columns array, values bytes".split(", ")
)


def updates_format(folder: Optional[pathlib.Path] = None) -> Format:
    """The record's schema by the Avro library. folder: of the schemas; that of schema_folder() if it is None."""
    import avro.name

    names, folder = avro.name.Names(), schema_folder() if folder is None else folder
    Format(folder, "Extent", names)
    return Format(folder, "Updates", names)


class UpdatesEncoder:
    """Encodes the updates of one run.

    begin: the bytes that all of them begin with: of the schema, and of the run.
    """

    def __init__(self, run: str, folder: Optional[pathlib.Path] = None) -> None:
        """run: its name. folder: of the schemas, as in updates_format.

        Raises FileNotFoundError without schemas, ImportError without the library, ValueError if the record has other fields than
        this knows.
        """
        of = updates_format(folder)
        fields = [f"{field.name} {field.type.type}" for field in of.schema.fields]
        if fields != _FIELDS:
            raise ValueError(f"the schema of Updates has the fields {', '.join(fields)}; allowed: {', '.join(_FIELDS)}")
        extents = next(field.type.symbols for field in of.schema.fields if field.name == "extent")
        self._extents = {symbol: _number(index) for index, symbol in enumerate(extents)}
        name = run.encode()
        self.begin = of.header + _number(len(name)) + name

    def rest(self, value: bytes) -> bytes:
        """What of a record's bytes does not depend on the run: all behind begin."""
        return value[len(self.begin) :]

    def encode(self, layer: int, update: "Update") -> bytes:
        """The bytes of a record. layer: its index in the manifest."""
        return b"".join(
            (
                self.begin,
                _number(update.sparsifier),
                _number(layer),
                _number(update.iteration),
                self._extents[update.extent],
                _array(update.rows),
                _array(update.columns),
                _number(len(update.values)),
                update.values,
            )
        )


def _number(value: int) -> bytes:
    """A long in Avro's binary encoding: zigzag, seven bits a byte, the lowest first."""
    left = value << 1 if value >= 0 else ~(value << 1)
    if left < 0x80:
        return bytes((left,))
    out = bytearray()
    while left >= 0x80:
        out.append(left & 0x7F | 0x80)
        left >>= 7
    out.append(left)
    return bytes(out)


def _array(values: Sequence[int]) -> bytes:
    """One block of all items, and the empty one that ends an array."""
    if not values:
        return b"\0"
    items = _many(values) if len(values) >= _MANY else b"".join(map(_number, values))
    return _number(len(values)) + items + b"\0"


def _many(values: Sequence[int]) -> bytes:
    """The same as _number of each. values: 0 to below 2^31."""
    import numpy

    zigzag = numpy.asarray(values, numpy.uint32) << 1
    lengths = numpy.ones(len(zigzag), numpy.int64)
    parts: List[Any] = []
    for shift in range(7, 32, 7):
        longer = zigzag >> numpy.uint32(shift) != 0
        if not longer.any():
            break
        lengths += longer
        parts.append(longer)
    begins = numpy.cumsum(lengths) - lengths
    out = numpy.zeros(int(lengths.sum()), numpy.uint8)
    out[begins] = zigzag & 0x7F
    for place, longer in enumerate(parts):
        at = begins[longer] + place
        out[at] |= 0x80
        out[at + 1] = zigzag[longer] >> numpy.uint32(7 * place + 7) & 0x7F
    return out.tobytes()
