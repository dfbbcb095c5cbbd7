"""What is kept of a run to send it again, and whether that is what the services write.

Importing it needs numpy.
"""

from __future__ import annotations

import os
import struct
import tempfile
from typing import TYPE_CHECKING, Any, Iterator, Optional, Sequence, Tuple

import numpy

if TYPE_CHECKING:
    import torch

    from .selection import Update
    from .wire import Weights

#: Of a list in a message.
_SHOWN_ROWS = 10


class History:
    """All updates of a run in the order they were sent, each with its layer, in a file without a name."""

    _HEAD = struct.Struct("<II")

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="sgsars-")

    def add(self, layer: int, update: bytes) -> None:
        """Keeps one."""
        self._file.write(self._HEAD.pack(layer, len(update)) + update)

    def __iter__(self) -> Iterator[Tuple[int, bytes]]:
        self._file.seek(0)
        while head := self._file.read(self._HEAD.size):
            layer, size = self._HEAD.unpack(head)
            yield layer, self._file.read(size)
        self._file.seek(0, os.SEEK_END)

    def state(self) -> "torch.Tensor":
        """All of it, of uint8."""
        import torch

        self._file.seek(0)
        kept = bytearray(self._file.read())
        return torch.frombuffer(kept, dtype=torch.uint8) if kept else torch.zeros(0, dtype=torch.uint8)

    def load(self, state: "torch.Tensor") -> None:
        """Goes on from what state() gave."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(state.cpu().numpy().tobytes())

    def close(self) -> None:
        """Forgets it."""
        self._file.close()

    def __del__(self) -> None:
        self.close()


def difference(selected: "Update", written: "Weights", wears: bool) -> Optional[str]:
    """How what was written differs from what was selected here; None if it does not as far as extent, rows and columns say.

    written: of the same layer and iteration. wears: whether a device is modelled. Where cells have failed or rows have moved,
    it has whole rows then, and those too.
    """
    same_extent = written.extent == selected.extent
    if same_extent and _equal(written.rows, selected.rows) and _equal(written.columns, selected.columns):
        return None
    if wears and written.extent == "ROWS" and selected.extent != "ALL" and set(selected.rows) <= set(written.rows.tolist()):
        return None
    return f"written were {_shown(written.extent, written.rows.tolist())}, selected {_shown(selected.extent, selected.rows)}"


def _equal(one: "numpy.ndarray[Any, Any]", other: Sequence[int]) -> bool:
    return len(one) == len(other) and bool((one == numpy.asarray(other, numpy.int64)).all())


def _shown(extent: str, rows: Sequence[int]) -> str:
    if extent == "ALL":
        return "all rows"
    more = f" and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
    return f"{'cells of rows' if extent == 'CELLS' else 'rows'} {', '.join(map(str, rows[:_SHOWN_ROWS]))}{more}"
