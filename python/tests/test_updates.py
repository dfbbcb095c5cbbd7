"""The encoder of updates, held to the Avro library and to the bytes of the golden files."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List

import pytest

pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")
pytest.importorskip("avro.schema")

from sgsars.selection import Update  # noqa: E402
from sgsars.updates import UpdatesEncoder, updates_format  # noqa: E402

CONTRACT = pathlib.Path(__file__).resolve().parents[2] / "pipeline-contract/src"
SCHEMAS = CONTRACT / "main/avro"
pytestmark = pytest.mark.skipif(not SCHEMAS.exists(), reason="needs the schemas of a checkout")


def record(run: str, layer: int, update: Update) -> Dict[str, Any]:
    return {"run": run, "layer": layer, **update._asdict()}


def test_golden_record_has_the_bytes_of_java() -> None:
    golden = bytes.fromhex((CONTRACT / "test/resources/golden/Updates.hex").read_text())
    values = numpy.array([1, 2], "<f4").tobytes()

    assert UpdatesEncoder("run-1", SCHEMAS).encode(0, Update(1, 5, "CELLS", [1, 1], [0, 3], values)) == golden


@pytest.mark.parametrize("count", [0, 1, 63, 64, 1000])
@pytest.mark.parametrize("most", [63, 64, 8191, 8192, 1 << 20, 1 << 27, (1 << 31) - 1])
def test_arrays_have_the_bytes_of_the_library(count: int, most: int) -> None:
    numbers: List[int] = numpy.random.default_rng(count).integers(0, most, count, endpoint=True).tolist()
    numbers[-1:] = [most] if count else []
    update = Update(3, 1 << 40, "CELLS", numbers, numbers[::-1], b"values")

    assert UpdatesEncoder("r\u00e9", SCHEMAS).encode(70, update) == updates_format(SCHEMAS).encode(record("r\u00e9", 70, update))


def test_initial_weights_have_the_bytes_of_the_library() -> None:
    update = Update(0, -1, "ALL", [], [], bytes(300))

    assert UpdatesEncoder("r", SCHEMAS).encode(0, update) == updates_format(SCHEMAS).encode(record("r", 0, update))


def test_a_schema_with_other_fields_is_refused(tmp_path: pathlib.Path) -> None:
    for name in ("Extent", "Updates"):
        text = (SCHEMAS / f"{name}.avsc").read_text().replace('"name": "columns"', '"name": "places"')
        (tmp_path / f"{name}.avsc").write_text(text)

    with pytest.raises(ValueError, match="places array, values bytes; allowed: run string, sparsifier int"):
        UpdatesEncoder("r", tmp_path)
