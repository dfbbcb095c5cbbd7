"""Reading a run's report."""

from __future__ import annotations

import json
import pathlib
import sys
from typing import Any

import pytest

from sgsars import read_report

REPORT = {
    "format": "sgs-ars-report",
    "version": 1,
    "run": "mine-20261128-133946-887",
    "name": "mine",
    "complete": True,
    "notices": ["all 12 values on crossbars"],
    "scenarios": [
        {"name": "dense", "lifetimeExtension": 1.0, "layers": [{"name": "0", "maxCellWrites": 5}]},
        {"name": "sgs", "lifetimeExtension": 2.5, "layers": [{"name": "0", "maxCellWrites": 2}]},
    ],
}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "report.json").write_text(json.dumps(REPORT))
    (tmp_path / "wear.csv").write_text("scenario,layer,physicalRow,logicalRow,rowWrites\nsgs,0,0,3,7\nsgs,NA,1,,0\n")
    (tmp_path / "lifetime.csv").write_text(
        "scenario,layer,failedShare,failedCells,projected,iterations\nsgs,,0.0,1,true,12.5\nsgs,0,0.1,2,false,\n"
    )
    return tmp_path


@pytest.mark.parametrize("of", ["", "report.json"])
def test_report_is_read_from_folder_or_file(folder: pathlib.Path, of: str) -> None:
    report = read_report(folder / of)

    assert report.data == REPORT
    assert (report.name, report.run, report.complete) == ("mine", "mine-20261128-133946-887", True)
    assert report.notices == ["all 12 values on crossbars"]
    assert [scenario["name"] for scenario in report.scenarios] == ["dense", "sgs"]


def test_scenario_is_found_by_name_or_index(folder: pathlib.Path) -> None:
    report = read_report(str(folder))

    assert report.scenario("sgs")["lifetimeExtension"] == 2.5
    assert report.scenario(-1) is report.scenario("sgs")
    assert report.layers("dense") == [{"name": "0", "maxCellWrites": 5}]


@pytest.mark.parametrize("scenario", ["ars", 2])
def test_unknown_scenario_is_told_with_those_there_are(folder: pathlib.Path, scenario: Any) -> None:
    with pytest.raises(KeyError) as caught:
        read_report(folder).layers(scenario)

    assert f"scenario {scenario!r} is not in {folder}; there are dense, sgs" in str(caught.value)


def test_table_is_a_frame_in_which_names_stay_texts(folder: pathlib.Path) -> None:
    pytest.importorskip("pandas")

    wear = read_report(folder).frame("wear")

    assert wear["layer"].tolist() == ["0", "NA"]
    assert wear["rowWrites"].tolist() == [7, 0]
    assert wear["logicalRow"].isna().tolist() == [False, True]


def test_what_is_empty_has_no_value(folder: pathlib.Path) -> None:
    pytest.importorskip("pandas")

    lifetime = read_report(folder).frame("lifetime")

    assert lifetime["layer"].isna().tolist() == [True, False]
    assert lifetime["projected"].tolist() == [True, False]
    assert lifetime["iterations"].fillna(-1).tolist() == [12.5, -1]


def test_table_that_is_not_there_is_told_with_those_there_are(folder: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        read_report(folder).frame("accuracy")

    assert str(caught.value) == f"{folder / 'accuracy.csv'} is not there; of the tables there are wear, lifetime"


def test_unknown_table_is_told_with_what_is_allowed(folder: pathlib.Path) -> None:
    with pytest.raises(ValueError) as caught:
        read_report(folder).frame("rows")

    assert str(caught.value) == (
        "table 'rows' is not known; allowed: schemes, wear, timeline, lifetime, failures, retirement, accuracy, sweeps"
    )


def test_frame_without_pandas_says_what_to_install(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ImportError) as caught:
        read_report(folder).frame("wear")

    assert str(caught.value) == f"a data frame of {folder / 'wear.csv'} needs pandas: pip install pandas"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "has the format None and version None; allowed: 'sgs-ars-report' and 1"),
        ('{"format": "sgs-ars-report", "version": 2}', "has the format 'sgs-ars-report' and version 2; allowed"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: pathlib.Path, text: str, message: str) -> None:
    (tmp_path / "report.json").write_text(text)

    with pytest.raises(ValueError) as caught:
        read_report(tmp_path)

    assert str(caught.value).startswith(f"{tmp_path / 'report.json'} ")
    assert message in str(caught.value)


def test_folder_without_a_report_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError, match="report.json is not there; allowed: a run's folder or its report.json"):
        read_report(tmp_path)
