"""The Python side of sgs-ars: records trainings, tells how layers lie on crossbars, streams gradients, reads reports,
and lets a model compute as its crossbars would.

Importing it needs neither PyTorch nor any other library; what a function needs is imported when it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .reads.hardware import Hardware, hardware
from .layers import Layer, LayerMap, matrix
from .mapper import layer_map
from .recorder import Recorder
from .report import Report, read_report
from .stream import Stream

if TYPE_CHECKING:
    from .convert import convert

__version__ = "0.1.0"
__all__ = [
    "Hardware",
    "Layer",
    "LayerMap",
    "Recorder",
    "Report",
    "Stream",
    "convert",
    "hardware",
    "layer_map",
    "matrix",
    "read_report",
]


def __getattr__(name: str) -> Any:
    # Imported only when it is asked for: python3 -m sgsars.convert would warn of a module that is there already.
    if name == "convert":
        from .convert import convert as function

        globals()[name] = function  # the import has put the module of this name there
        return function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
