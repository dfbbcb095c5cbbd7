"""Makes a trace of gradients that something else has written: .npz files, PyTorch state dicts, HDF5 files.

    python3 -m sgsars.convert 'gradients/*.npz' traces/mine
    python3 -m sgsars.convert --stacked gradients.npz traces/mine
"""

from __future__ import annotations

import argparse
import glob
import os
import pathlib
import re
import shutil
import sys
import warnings
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from . import tensors
from .recorder import iteration_file, require_absent

Sources = Union[tensors.PathLike, Sequence[tensors.PathLike]]

_HDF5 = (".h5", ".hdf5")
_PYTORCH = (".pt", ".pth")
_FILES = ".npz, .pt, .pth, .h5 or .hdf5"


def convert(source: Sources, folder: tensors.PathLike, *, stacked: bool = False) -> int:
    """Writes a trace's folder, and returns how many iterations it has.

    source: a file, or a pattern such as gradients/*.npz, whose files are taken by their names, numbers in them by their value,
    or a list of both in its order. Files are .npz, .pt or .pth (a dict of tensors, read with weights_only), .h5 or .hdf5
    (datasets, whose groups' names are joined by dots). Each is one iteration: the gradients by the names of the parameters.
    stacked: every array has the iterations of its file as its first axis instead.

    float32, float16 and bfloat16 stay what they are, other fractions become float32. Arrays of other types, and single values
    without dimensions, are passed over, and one warning names them. The folder is there whole or not at all.
    Raises FileExistsError if something is there already, FileNotFoundError for a source that matches no file, ValueError for one
    that is something else, naming file, place and what is allowed, ImportError without the library that reads it, and OSError.
    """
    target = pathlib.Path(folder)
    require_absent(target)
    files = _files(source)
    passed_over: Dict[str, str] = {}
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.mkdir()
    try:
        count = 0
        for file in files:
            for gradients in _iterations(file, stacked, passed_over):
                tensors.write(temporary / iteration_file(count), gradients)
                count += 1
        if count == 0:
            raise ValueError(f"{files[0]} holds no iterations; allowed: at least one")
        require_absent(target)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    if passed_over:
        names = tensors.some([f"{name} ({reason})" for name, reason in passed_over.items()])
        warnings.warn(f"{target}: passed over: {names}", stacklevel=2)
    return count


def _files(source: Sources) -> List[pathlib.Path]:
    """The files in their order. Raises FileNotFoundError for what matches none."""
    sources = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    files: List[pathlib.Path] = []
    for each in sources:
        text = os.fspath(each)
        # A file that is there is meant as it is, whatever its name holds.
        found = [text] if os.path.exists(text) else sorted(glob.glob(text), key=_by_numbers)
        if not found:
            raise FileNotFoundError(f"{text} is no file and matches none; allowed: {_FILES}, and patterns of them")
        files += map(pathlib.Path, found)
    if not files:
        raise FileNotFoundError("there is no source; allowed: at least one file")
    return files


def _by_numbers(name: str) -> List[Tuple[int, Union[int, str]]]:
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", name)]


def _iterations(file: pathlib.Path, stacked: bool, passed_over: Dict[str, str]) -> Iterator[Dict[str, Any]]:
    """The gradients of each iteration in a file."""
    found: Dict[str, Any] = {}
    for name, value in _read(file).items():
        tensor, reason = _usable(value, 1 if stacked else 0)
        if tensor is None:
            passed_over[name] = reason
        else:
            found[name] = tensor
    if not found:
        raise ValueError(f"{file} holds no gradients; allowed: arrays with dimensions, of numbers with a fraction")
    if not stacked:
        yield found
        return
    counts = {name: tensor.shape[0] for name, tensor in found.items()}
    first = next(iter(counts))
    for name, count in counts.items():
        if count != counts[first]:
            raise ValueError(f"{file}: {name} has {count} iterations, {first} has {counts[first]}; allowed: as many in all")
    for iteration in range(counts[first]):
        yield {name: tensor[iteration] for name, tensor in found.items()}


def _usable(value: Any, stacked_axes: int) -> Tuple[Optional[Any], str]:
    """A tensor of a type that a trace has; or None and why it has none."""
    kind = tensors.dtype_name(value)
    if not re.fullmatch(r"b?float\d+.*", kind):
        return None, kind
    if len(value.shape) <= stacked_axes:
        return None, "a single value without dimensions"
    if kind not in tensors.DTYPES:
        value = value.float() if hasattr(value, "data_ptr") else value.astype("float32")
    return value, ""


def _read(file: pathlib.Path) -> Dict[str, Any]:
    """The arrays of a file by name."""
    suffix = file.suffix.lower()
    if suffix == ".npz":
        return _read_npz(file)
    if suffix in _PYTORCH:
        return _read_pytorch(file)
    if suffix in _HDF5:
        return _read_hdf5(file)
    raise ValueError(f"{file} is {suffix or 'without a suffix'}; allowed: {_FILES}")


def _read_npz(file: pathlib.Path) -> Dict[str, Any]:
    numpy = _library("numpy", file)
    try:
        with numpy.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except OSError:
        raise
    except Exception as error:  # what is no archive makes numpy raise whatever its parts do
        raise ValueError(f"{file} is not to be read as .npz: {error}") from error


def _read_pytorch(file: pathlib.Path) -> Dict[str, Any]:
    torch = _library("torch", file)
    try:
        loaded = torch.load(file, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # so does PyTorch
        raise ValueError(f"{file} is not to be read by torch.load with weights_only: {error}") from error
    if not isinstance(loaded, dict):
        raise ValueError(f"{file} holds {type(loaded).__name__}; allowed: a dict of tensors by name")
    for name, tensor in loaded.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise ValueError(f"{file}: {name!r} is {type(tensor).__name__}; allowed: tensors by name")
    return {name: tensor.to_dense() if tensor.layout != torch.strided else tensor for name, tensor in loaded.items()}


def _read_hdf5(file: pathlib.Path) -> Dict[str, Any]:
    h5py = _library("h5py", file)
    found: Dict[str, Any] = {}

    def take(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name.replace("/", ".")] = item[()]

    with h5py.File(file, "r") as top:
        top.visititems(take)
    return found


def _library(name: str, file: pathlib.Path) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"reading {file} needs {name}: pip install {name}") from error


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The command. Returns its exit code: 0, or 2 for wrong input, which it names."""
    parser = argparse.ArgumentParser(prog="python3 -m sgsars.convert", description="Makes a trace of gradients that are there.")
    parser.add_argument("source", nargs="+", help=f"{_FILES}, or a pattern: an iteration each, in this order")
    parser.add_argument("folder", help="the trace to write, which must not be there yet")
    parser.add_argument("--stacked", action="store_true", help="the first axis of every array are the iterations of its file")
    given = parser.parse_args(arguments)
    try:
        count = convert(given.source, given.folder, stacked=given.stacked)
    except (OSError, ValueError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{given.folder}: {count} iterations")
    return 0


if __name__ == "__main__":
    sys.exit(main())
