"""Reads what a run leaves: its report, and the tables beside it."""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING, Any, Dict, List, Union

from .tensors import PathLike, some

if TYPE_CHECKING:
    import pandas

FORMAT, VERSION = "sgs-ars-report", 1
TABLES = ("schemes", "wear", "timeline", "lifetime", "failures", "retirement", "accuracy", "sweeps")

#: Columns that hold names, which can look like numbers: layers of a torch.nn.Sequential are called 0, 1, 2.
_TEXTS = {"scenario": str, "layer": str, "sweep": str, "setting": str, "value": str}


class Report:
    """A run's report.

    data: report.json as it is. folder: where it lies, with the tables beside it.
    """

    def __init__(self, data: Dict[str, Any], folder: pathlib.Path) -> None:
        self.data, self.folder = data, folder

    @property
    def name(self) -> str:
        """The experiment's name."""
        return str(self.data["name"])

    @property
    def run(self) -> str:
        """The run."""
        return str(self.data["run"])

    @property
    def complete(self) -> bool:
        """Whether every layer of every scenario was followed to the end."""
        return bool(self.data["complete"])

    @property
    def notices(self) -> List[str]:
        """What to know in reading the numbers, a sentence each."""
        return list(self.data.get("notices", []))

    @property
    def scenarios(self) -> List[Dict[str, Any]]:
        """One per scenario, in the experiment's order, with the keys of report.json."""
        return list(self.data["scenarios"])

    def scenario(self, scenario: Union[str, int]) -> Dict[str, Any]:
        """A scenario by its name or its index. Raises KeyError that names those there are."""
        scenarios = self.scenarios
        if isinstance(scenario, int) and -len(scenarios) <= scenario < len(scenarios):
            return scenarios[scenario]
        for found in scenarios:
            if found["name"] == scenario:
                return found
        raise KeyError(f"scenario {scenario!r} is not in {self.folder}; there are {some([s['name'] for s in scenarios])}")

    def layers(self, scenario: Union[str, int]) -> List[Dict[str, Any]]:
        """The layers of a scenario, with the keys of report.json. Raises KeyError as scenario() does."""
        return list(self.scenario(scenario)["layers"])

    def frame(self, table: str) -> "pandas.DataFrame":
        """A table as a data frame; what has no value is NaN.

        table: schemes, wear, timeline, lifetime, failures, retirement, accuracy or sweeps.
        Raises ValueError for another name and FileNotFoundError if the folder lacks the table, both naming those there are, and
        ImportError without pandas.
        """
        path = self.folder / f"{table}.csv"
        if table not in TABLES:
            raise ValueError(f"table {table!r} is not known; allowed: {', '.join(TABLES)}")
        if not path.exists():
            there = [name for name in TABLES if (self.folder / f"{name}.csv").exists()]
            raise FileNotFoundError(f"{path} is not there; of the tables there are {', '.join(there) or 'none'}")
        try:
            import pandas
        except ImportError as error:
            raise ImportError(f"a data frame of {path} needs pandas: pip install pandas") from error
        # Only what is empty has no value: a layer can be called NA.
        return pandas.read_csv(path, dtype=_TEXTS, keep_default_na=False, na_values=[""])


def read_report(path: PathLike) -> Report:
    """Reads the report of a run.

    path: the run's folder, or the report.json in it.
    Raises FileNotFoundError if it is not there, and ValueError if it is something else, naming the file and what is allowed.
    """
    file = pathlib.Path(path)
    if file.is_dir():
        file = file / "report.json"
    if not file.exists():
        raise FileNotFoundError(f"{file} is not there; allowed: a run's folder or its report.json")
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}") from error
    found = (data.get("format"), data.get("version")) if isinstance(data, dict) else (None, None)
    if found != (FORMAT, VERSION):
        raise ValueError(f"{file} has the format {found[0]!r} and version {found[1]!r}; allowed: {FORMAT!r} and {VERSION}")
    return Report(data, file.parent)
