"""What is kept of a run to send it again."""

from __future__ import annotations

import re
from typing import Any, List, Optional, Sequence

import pytest

numpy = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")

from sgsars.cells import Cells  # noqa: E402
from sgsars.history import History, difference  # noqa: E402
from sgsars.layers import Layer  # noqa: E402
from sgsars.selection import Choice, LayerSelection, Update  # noqa: E402
from sgsars.sparsifiers import sparsifier  # noqa: E402
from sgsars.updates import UpdatesEncoder  # noqa: E402
from sgsars.wire import Weights  # noqa: E402


def selected(extent: str, rows: Sequence[int] = (), columns: Sequence[int] = ()) -> Update:
    return Update(1, 4, extent, list(rows), list(columns), b"")


def written(extent: str, rows: Sequence[int] = (), columns: Sequence[int] = ()) -> Weights:
    of_rows, of_columns = numpy.array(rows, numpy.int64), numpy.array(columns, numpy.int64)
    return Weights(0, 0, 4, extent, of_rows, of_columns, numpy.zeros(0, numpy.float32))


def test_history_that_goes_on_from_a_state_has_what_came_before_and_after() -> None:
    history, other = History(), History()
    history.add(0, b"first")
    history.add(3, b"")

    state = history.state()
    other.load(state)
    other.add(1, b"last")
    history.close()

    assert state.dtype == torch.uint8
    assert list(other) == [(0, b"first"), (3, b""), (1, b"last")] == list(other)
    other.load(History().state())
    assert list(other) == []


@pytest.mark.parametrize(
    "update, weights, wears, expected",
    [
        (selected("ALL"), written("ALL"), False, None),
        (selected("ROWS", [2, 5]), written("ROWS", [2, 5]), False, None),
        (selected("CELLS", [2, 2], [0, 1]), written("CELLS", [2, 2], [0, 1]), False, None),
        (selected("CELLS"), written("CELLS"), False, None),
        # Rows that moved, and such that lost a cell.
        (selected("ROWS", [5]), written("ROWS", [2, 5, 7]), True, None),
        (selected("CELLS", [5, 5], [0, 3]), written("ROWS", [2, 5]), True, None),
        (selected("ROWS", [5]), written("ROWS", [2, 5]), False, "written were rows 2, 5, selected rows 5"),
        (selected("ROWS", [5]), written("ROWS", [2, 7]), True, "written were rows 2, 7, selected rows 5"),
        (selected("CELLS", [5], [1]), written("CELLS", [5], [2]), True, "written were cells of rows 5, selected cells of rows 5"),
        (selected("ALL"), written("ROWS", [5]), True, "written were rows 5, selected all rows"),
        (selected("ROWS", range(12)), written("ALL"), True, "written were all rows, selected rows 0, .*, 9 and 2 more"),
    ],
)
def test_what_was_written_is_compared_with_what_was_selected(
    update: Update, weights: Weights, wears: bool, expected: Optional[str]
) -> None:
    found = difference(update, weights, wears)

    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert re.fullmatch(expected, found)


KINDS: List[Any] = [
    ("dense", {}),
    ("dense", {"quantize": 4, "skipUnchanged": True}),
    ("top-k", {"ratio": 0.3}),
    ("mixed-precision", {"step": 0.5}),
    ("random-row", {}),
    ("sgs", {}),
    ("sgs", {"rows": 2, "block": 3}),
    ("sgs", {"share": 1.0}),
    ("sgs", {"byPosition": True}),
]


@pytest.mark.parametrize("kind, settings", KINDS)
@pytest.mark.parametrize("trains", [True, False])
def test_updates_are_not_much_longer_than_is_reckoned(kind: str, settings: Any, trains: bool) -> None:
    weight, layer = torch.zeros(40, 10), Layer("fc", "Linear", "fc.weight", None, None, "out-in", 1)
    most = sparsifier(Cells(layer, weight), kind, settings, 1).most_bytes(trains)
    optimizer = {"momentum": 0.0, "learningRate": 1.0, "weightDecay": 0.0}
    selection = LayerSelection(layer, weight, None, optimizer, [Choice(0, kind, settings, trains)], 1)
    encoder = UpdatesEncoder("run")
    torch.manual_seed(1)

    for iteration in range(5):
        selection.advance(iteration, torch.randn_like(weight))
        (update,) = selection.updates()
        # Besides, a few numbers say what it is.
        assert len(encoder.rest(encoder.encode(0, update))) <= most + 20
