"""Making a trace of gradients that are there."""

from __future__ import annotations

import pathlib
import sys
from typing import Any, List

import pytest

import sgsars
from sgsars import tensors

numpy = pytest.importorskip("numpy")


def files(folder: pathlib.Path) -> List[str]:
    return sorted(file.name for file in folder.iterdir())


def iterations(folder: pathlib.Path, name: str = "fc.weight") -> List[Any]:
    return [tensors.read(file)[name].tolist() for file in sorted(folder.iterdir())]


def npz(folder: pathlib.Path, name: str, *shape: int, value: float = 1, of: Any = "float32") -> pathlib.Path:
    numpy.savez(folder / name, **{"fc.weight": numpy.full(shape, value, of)})
    return folder / name


def test_file_is_an_iteration(tmp_path: pathlib.Path) -> None:
    npz(tmp_path, "one.npz", 2, 1, value=3)

    count = sgsars.convert(tmp_path / "one.npz", tmp_path / "traces" / "mine")

    assert count == 1
    assert files(tmp_path / "traces" / "mine") == ["000000.safetensors"]
    assert iterations(tmp_path / "traces" / "mine") == [[[3], [3]]]
    assert files(tmp_path / "traces") == ["mine"]


def test_files_of_a_pattern_are_in_the_order_of_their_numbers(tmp_path: pathlib.Path) -> None:
    for number in (10, 2, 1):
        npz(tmp_path, f"g{number}.npz", 1, 1, value=number)

    assert sgsars.convert(str(tmp_path / "g*.npz"), tmp_path / "trace") == 3

    assert iterations(tmp_path / "trace") == [[[1]], [[2]], [[10]]]


def test_files_of_a_list_are_in_its_order(tmp_path: pathlib.Path) -> None:
    given = [npz(tmp_path, f"{name}.npz", 1, 1, value=number) for number, name in enumerate("cab")]

    sgsars.convert(given, tmp_path / "trace")

    assert iterations(tmp_path / "trace") == [[[0]], [[1]], [[2]]]


def test_stacked_arrays_have_iterations_as_their_first_axis(tmp_path: pathlib.Path) -> None:
    numpy.savez(tmp_path / "all.npz", **{"fc.weight": numpy.arange(6.0).reshape(3, 1, 2), "fc.bias": numpy.arange(3.0)[:, None]})

    assert sgsars.convert(tmp_path / "all.npz", tmp_path / "trace", stacked=True) == 3

    assert iterations(tmp_path / "trace") == [[[0, 1]], [[2, 3]], [[4, 5]]]
    assert iterations(tmp_path / "trace", "fc.bias") == [[0], [1], [2]]


@pytest.mark.parametrize(("of", "kept"), [("float64", "float32"), (">f4", "float32"), ("float16", "float16")])
def test_types_are_kept_but_for_other_fractions(tmp_path: pathlib.Path, of: str, kept: str) -> None:
    npz(tmp_path, "one.npz", 1, 2, value=0.5, of=of)

    sgsars.convert(tmp_path / "one.npz", tmp_path / "trace")

    found = tensors.read(tmp_path / "trace" / "000000.safetensors")["fc.weight"]
    assert (found.tolist(), found.dtype.name) == ([[0.5, 0.5]], kept)


def test_what_is_no_gradient_is_passed_over_and_named(tmp_path: pathlib.Path) -> None:
    numpy.savez(tmp_path / "one.npz", w=numpy.ones((1, 2)), step=numpy.array(3), loss=numpy.array(0.5))

    with pytest.warns(UserWarning) as caught:
        sgsars.convert(tmp_path / "one.npz", tmp_path / "trace")

    assert [str(warning.message) for warning in caught] == [
        f"{tmp_path / 'trace'}: passed over: step (int64), loss (a single value without dimensions)"
    ]
    assert list(tensors.read(tmp_path / "trace" / "000000.safetensors")) == ["w"]


def test_state_dict_of_pytorch(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"fc.weight": torch.tensor([[1.5]], dtype=torch.bfloat16), "n": torch.tensor(1)}, tmp_path / "g.pt")

    with pytest.warns(UserWarning, match=r"n \(int64\)"):
        sgsars.convert(tmp_path / "g.pt", tmp_path / "trace")

    assert iterations(tmp_path / "trace") == [[[1.5]]]
    assert b'"BF16"' in (tmp_path / "trace" / "000000.safetensors").read_bytes()


def test_pytorch_file_that_runs_code_is_refused(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"fc.weight": pathlib.PurePosixPath("x")}, tmp_path / "g.pt")

    with pytest.raises(ValueError, match="g.pt is not to be read by torch.load with weights_only"):
        sgsars.convert(tmp_path / "g.pt", tmp_path / "trace")


def test_pytorch_file_of_something_else_is_refused(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save([torch.ones(1)], tmp_path / "list.pt")
    torch.save({"state": {"fc.weight": torch.ones(1)}}, tmp_path / "nested.pth")

    with pytest.raises(ValueError, match="list.pt holds list; allowed: a dict of tensors by name"):
        sgsars.convert(tmp_path / "list.pt", tmp_path / "trace")
    with pytest.raises(ValueError, match="nested.pth: 'state' is dict; allowed: tensors by name"):
        sgsars.convert(tmp_path / "nested.pth", tmp_path / "trace")


def test_hdf5_groups_are_joined_by_dots(tmp_path: pathlib.Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "g.h5", "w") as file:
        file["fc/weight"] = numpy.ones((1, 2), "float32")

    sgsars.convert(tmp_path / "g.h5", tmp_path / "trace")

    assert iterations(tmp_path / "trace") == [[[1, 1]]]


def test_hdf5_without_its_library_says_what_to_install(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "g.h5").write_bytes(b"")

    with pytest.raises(ImportError) as caught:
        sgsars.convert(tmp_path / "g.h5", tmp_path / "trace")

    assert str(caught.value) == f"reading {tmp_path / 'g.h5'} needs h5py: pip install h5py"


def test_trace_that_is_there_is_refused(tmp_path: pathlib.Path) -> None:
    npz(tmp_path, "one.npz", 1, 1)
    (tmp_path / "trace").mkdir()

    with pytest.raises(FileExistsError, match="trace is there already; remove it, or give the trace another folder"):
        sgsars.convert(tmp_path / "one.npz", tmp_path / "trace")


def test_folder_is_there_whole_or_not_at_all(tmp_path: pathlib.Path) -> None:
    npz(tmp_path, "1.npz", 1, 1)
    (tmp_path / "2.npz").write_bytes(b"no archive")

    with pytest.raises(ValueError, match="2.npz is not to be read as .npz"):
        sgsars.convert(str(tmp_path / "*.npz"), tmp_path / "trace")

    assert files(tmp_path) == ["1.npz", "2.npz"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing*.npz", "missing*.npz is no file and matches none; allowed: .npz, .pt, .pth, .h5 or .hdf5, and patterns"),
        ("text.txt", "text.txt is .txt; allowed: .npz, .pt, .pth, .h5 or .hdf5"),
        ("empty.npz", "empty.npz holds no gradients; allowed: arrays with dimensions, of numbers with a fraction"),
    ],
)
def test_wrong_source_is_named(tmp_path: pathlib.Path, name: str, message: str) -> None:
    (tmp_path / "text.txt").write_text("")
    numpy.savez(tmp_path / "empty.npz")

    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        sgsars.convert(tmp_path / name, tmp_path / "trace")

    assert message in str(caught.value)


def test_stacked_arrays_have_as_many_iterations(tmp_path: pathlib.Path) -> None:
    numpy.savez(tmp_path / "all.npz", a=numpy.ones((3, 1)), b=numpy.ones((2, 1)))

    with pytest.raises(ValueError, match="all.npz: b has 2 iterations, a has 3; allowed: as many in all"):
        sgsars.convert(tmp_path / "all.npz", tmp_path / "trace", stacked=True)


def test_stack_without_iterations_is_refused(tmp_path: pathlib.Path) -> None:
    numpy.savez(tmp_path / "all.npz", a=numpy.ones((0, 1)))

    with pytest.raises(ValueError, match="all.npz holds no iterations; allowed: at least one"):
        sgsars.convert(tmp_path / "all.npz", tmp_path / "trace", stacked=True)
