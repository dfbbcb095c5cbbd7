"""The Python side of sgs-ars: trains on crossbars, lets models compute as these would, records trainings, tells how
layers lie on crossbars, reads reports.

Importing it needs neither PyTorch nor any other library; what a function needs is imported when it is called.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .layers import Layer, LayerMap, matrix
from .mapper import layer_map
from .reads.hardware import Hardware, hardware
from .recorder import Recorder
from .report import Report, read_report
from .stream import Stream

if TYPE_CHECKING:
    from .convert import convert
    from .crossbars import Crossbars
    from .looking import Progress, TrainingCallback
    from .optimizer import CrossbarOptimizer, wrap
    from .pipeline import Pipeline, PipelineError, connect, local

__version__ = "0.2.0"
__all__ = [
    "CrossbarOptimizer",
    "Crossbars",
    "Hardware",
    "Layer",
    "LayerMap",
    "Pipeline",
    "PipelineError",
    "Progress",
    "Recorder",
    "Report",
    "Stream",
    "TrainingCallback",
    "connect",
    "convert",
    "hardware",
    "layer_map",
    "local",
    "matrix",
    "read_report",
    "wrap",
]

#: Imported only when they are asked for: most need libraries, and python3 -m sgsars.convert would warn of a module that is there already.
_LATER = {
    "CrossbarOptimizer": "optimizer",
    "Crossbars": "crossbars",
    "Pipeline": "pipeline",
    "PipelineError": "pipeline",
    "Progress": "looking",
    "TrainingCallback": "looking",
    "connect": "pipeline",
    "convert": "convert",
    "local": "pipeline",
    "wrap": "optimizer",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = found  # the import may have put the module of this name there
    return found
