"""The safetensors format, byte by byte."""

from __future__ import annotations

import json
import pathlib

import pytest

from sgsars import tensors

numpy = pytest.importorskip("numpy")


def test_file_is_length_header_values(tmp_path: pathlib.Path) -> None:
    tensors.write(tmp_path / "t", {"a": numpy.array([[1, 2]], "float32"), "b": numpy.array([0.5], "float16")})

    data = (tmp_path / "t").read_bytes()
    length = int.from_bytes(data[:8], "little")
    assert length % 8 == 0
    assert json.loads(data[8 : 8 + length]) == {
        "a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
        "b": {"dtype": "F16", "shape": [1], "data_offsets": [8, 10]},
    }
    assert data[8 + length :] == bytes.fromhex("0000803f 00000040 0038")


def test_pytorch_tensors_are_written_alike(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    tensors.write(tmp_path / "torch", {"a": torch.tensor([[1.0, 2.0]]), "e": torch.ones(0, 3), "n": torch.tensor(4.0)})
    tensors.write(
        tmp_path / "numpy",
        {"a": numpy.array([[1, 2]], "float32"), "e": numpy.ones((0, 3), "float32"), "n": numpy.array(4, "float32")},
    )

    assert (tmp_path / "torch").read_bytes() == (tmp_path / "numpy").read_bytes()


def test_read_gives_what_was_written(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    tensors.write(tmp_path / "t", {"half": torch.tensor([1.5]).half(), "brain": torch.tensor([[-2.5], [3.0]]).bfloat16()})

    found = tensors.read(tmp_path / "t")

    assert {name: value.tolist() for name, value in found.items()} == {"half": [1.5], "brain": [[-2.5], [3.0]]}


def test_other_type_is_refused_and_leaves_no_file(tmp_path: pathlib.Path) -> None:
    with pytest.raises(TypeError) as caught:
        tensors.write(tmp_path / "t", {"a": numpy.ones(2, "int64")})

    assert str(caught.value) == f"{tmp_path / 't'}: tensor a is int64; allowed: float32, float16, bfloat16"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no safetensors file or truncated: it has 0 bytes"),
        ((99).to_bytes(8, "little") + b"{}", "its header should have 99"),
        ((2).to_bytes(8, "little") + b"[]", "its header is not that of a safetensors file"),
        ((3).to_bytes(8, "little") + b"{x}", "its header is not that of a safetensors file"),
    ],
)
def test_what_is_no_file_of_this_format_is_refused(tmp_path: pathlib.Path, data: bytes, message: str) -> None:
    (tmp_path / "t").write_bytes(data)

    with pytest.raises(ValueError) as caught:
        tensors.read(tmp_path / "t")

    assert message in str(caught.value)


def test_truncated_values_are_refused(tmp_path: pathlib.Path) -> None:
    tensors.write(tmp_path / "t", {"a": numpy.ones(2, "float32")})
    (tmp_path / "t").write_bytes((tmp_path / "t").read_bytes()[:-1])

    with pytest.raises(ValueError, match="tensor a of shape \\[2\\] and type F32 does not have 7 bytes"):
        tensors.read(tmp_path / "t")
