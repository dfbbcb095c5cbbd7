"""The package as it is installed: it needs nothing before a function is called."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import sgsars

SOURCES = pathlib.Path(sgsars.__file__).parent.parent
LIBRARIES = ("torch", "numpy", "pandas", "confluent_kafka", "avro", "h5py")


def python(*arguments: str, cwd: pathlib.Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )


def test_import_without_any_library_has_all_names(tmp_path: pathlib.Path) -> None:
    script = f"""
import sys
sys.modules.update(dict.fromkeys({LIBRARIES}))
import sgsars
need_torch = ["CrossbarOptimizer", "Crossbars", "Progress", "TrainingCallback", "wrap"]
print([name for name in sgsars.__all__ if name not in need_torch and not callable(getattr(sgsars, name))])
"""
    done = python("-c", script, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "[]\n")


def test_convert_is_a_function_and_a_command(tmp_path: pathlib.Path) -> None:
    done = python("-m", "sgsars.convert", "missing.npz", "trace", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stdout == (
        "error: missing.npz is no file and matches none; allowed: .npz, .pt, .pth, .h5 or .hdf5, and patterns of them\n"
    )
    assert not (tmp_path / "trace").exists()
    assert sgsars.convert.__doc__.startswith("Writes a trace's folder")


def test_unknown_name_is_an_attribute_error(tmp_path: pathlib.Path) -> None:
    assert not hasattr(sgsars, "recrd")


def test_the_package_says_that_it_has_types() -> None:
    assert (pathlib.Path(sgsars.__file__).parent / "py.typed").exists()
