"""Reads and writes safetensors files: eight bytes of header length, a JSON header, the values of all tensors."""

from __future__ import annotations

import ctypes
import json
import os
import pathlib
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Sequence, Union

if TYPE_CHECKING:
    import numpy

PathLike = Union[str, "os.PathLike[str]"]

#: The types that hold gradients, by PyTorch's and numpy's name.
DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}

_ITEM_BYTES = {"F32": 4, "F16": 2, "BF16": 2}
_MOST_HEADER_BYTES = 100_000_000


def dtype_name(tensor: Any) -> str:
    """The element type of a PyTorch tensor or a numpy array, such as float32."""
    return str(getattr(tensor.dtype, "name", tensor.dtype)).replace("torch.", "")


def write(path: PathLike, tensors: Mapping[str, Any]) -> None:
    """Writes a safetensors file, whole or not at all: under another name first, which is then changed.

    tensors: by name, PyTorch tensors on any device or numpy arrays, of float32, float16 or bfloat16, in any layout that is dense.
    Raises TypeError naming a tensor of another type, and OSError.
    """
    header: Dict[str, Dict[str, Any]] = {}
    end = 0
    for name, tensor in tensors.items():
        kind = dtype_name(tensor)
        if kind not in DTYPES:
            raise TypeError(f"{path}: tensor {name} is {kind}; allowed: {', '.join(DTYPES)}")
        shape = [int(size) for size in tensor.shape]
        begin, end = end, end + _count(shape) * _ITEM_BYTES[DTYPES[kind]]
        header[name] = {"dtype": DTYPES[kind], "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # so that the values begin at a multiple of eight
    write_whole(path, (len(text).to_bytes(8, "little"), text), tensors.values())


def write_whole(path: PathLike, first: Sequence[bytes], tensors: Any = ()) -> None:
    """Writes bytes, and the values of tensors behind them, so that the file is there whole or not at all."""
    target = pathlib.Path(path)
    # A hidden file is no data to what reads a trace meanwhile.
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        with open(temporary, "wb") as out:
            for part in first:
                out.write(part)
            for tensor in tensors:
                out.write(_values(tensor))
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _count(shape: Sequence[int]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _values(tensor: Any) -> bytes:
    """Little-endian values, the last dimension fastest."""
    if hasattr(tensor, "data_ptr"):
        tensor = tensor.detach().cpu().contiguous()
        # PyTorch can be installed without numpy, and numpy has no bfloat16.
        return ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())
    return bytes(tensor.astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes())


def read(path: PathLike) -> Dict[str, "numpy.ndarray[Any, Any]"]:
    """Reads all tensors of a safetensors file: float32 and float16 as they are, bfloat16 as float32.

    Raises ValueError if the file is not whole or has tensors of other types, naming the file, and OSError.
    """
    import numpy

    data = pathlib.Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(_MOST_HEADER_BYTES, len(data) - 8):
        raise ValueError(f"{path} is no safetensors file or truncated: it has {len(data)} bytes, its header should have {length}")
    try:
        header = json.loads(data[8 : 8 + length].decode())
        header.pop("__metadata__", None)
        entries = [(name, entry["dtype"], entry["shape"], entry["data_offsets"]) for name, entry in header.items()]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path}: its header is not that of a safetensors file: {error!r}") from error
    tensors: Dict[str, Any] = {}
    for name, kind, shape, (begin, end) in entries:
        if kind not in _ITEM_BYTES:
            raise ValueError(f"{path}: tensor {name} is {kind}; allowed: {', '.join(_ITEM_BYTES)}")
        values = data[8 + length + begin : 8 + length + end]
        if len(values) != _count(shape) * _ITEM_BYTES[kind]:
            raise ValueError(f"{path}: tensor {name} of shape {shape} and type {kind} does not have {len(values)} bytes")
        if kind == "BF16":  # the upper half of a float32
            array = (numpy.frombuffer(values, "<u2").astype(numpy.uint32) << 16).view(numpy.float32)
        else:
            array = numpy.frombuffer(values, "<f4" if kind == "F32" else "<f2")
        tensors[name] = array.reshape(shape)
    return tensors


def some(names: Sequence[str], most: int = 8) -> str:
    """Names for people, the first of them if there are many."""
    shown: List[str] = list(names[:most])
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")
