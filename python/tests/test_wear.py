"""What crossbars have gone through, before a report of it has come."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch")

from sgsars.shards import shard_of  # noqa: E402
from sgsars.wear import Wear  # noqa: E402


class Silent:
    """A run of which nothing has come."""

    shard = shard_of(["fc"])

    def look(self) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    "levellers, rows",
    [
        ([{"kind": "paced", "settings": {}}], 18),
        # 16 columns hold three blocks of five.
        ([{"kind": "paced", "settings": {}}, {"kind": "retire", "settings": {"columnBlocks": 0}}], 54),
        ([{"kind": "retire", "settings": {"columnBlocks": 2}}], 36),
    ],
)
def test_rows_before_the_first_report_are_those_of_all_blocks(levellers: Any, rows: int) -> None:
    scenario = {"name": "one", "levellers": levellers, "crossbarSize": 16, "spareRows": 2}
    manifest = {"scenarios": [scenario], "layers": [{"name": "fc", "rows": 11, "columns": 5}], "training": None}
    run: Any = Silent()

    assert Wear(manifest, run).rows("fc", None).tolist() == [0] * rows
