"""Records that come back are read as Avro's own library writes them."""

from __future__ import annotations

import pytest

numpy = pytest.importorskip("numpy")
pytest.importorskip("avro.schema")

from sgsars.wire import Wire  # noqa: E402


@pytest.mark.parametrize("count", [0, 1, 32, 33, 5000])
def test_reads_few_and_many_rows(count: int) -> None:
    rows = [(place * 2_654_435_761) % (1 << (7 * (place % 4) + 3)) for place in range(count)]
    columns = [place * 7 for place in range(count)]
    wire = Wire()
    value = wire.encode(
        "Weights",
        {
            "run": "mine",
            "scenario": 1,
            "layer": 2,
            "iteration": 300,
            "extent": "CELLS",
            "rows": rows,
            "columns": columns,
            "values": numpy.arange(count, dtype="<f4").tobytes(),
        },
    )

    weights = wire.weights(value)

    assert (weights.scenario, weights.layer, weights.iteration, weights.extent) == (1, 2, 300, "CELLS")
    assert weights.rows.tolist() == rows
    assert weights.columns.tolist() == columns
    assert weights.values.tolist() == list(range(count))
