"""What a recorder keeps of a training."""

from __future__ import annotations

import json
import os
import pathlib
import warnings
from typing import Any, Dict, List

import pytest

from sgsars import Recorder, tensors

torch = pytest.importorskip("torch")
pytest.importorskip("numpy")
nn = torch.nn


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(3)


def files(folder: pathlib.Path) -> List[str]:
    return sorted(file.name for file in folder.iterdir())


def iteration(folder: pathlib.Path, number: int) -> Dict[str, Any]:
    return tensors.read(folder / f"{number:06d}.safetensors")


def named(**modules: Any) -> Any:
    model = nn.Module()
    for name, module in modules.items():
        setattr(model, name, module)
    return model


def give_gradients(model: Any, value: float = 1) -> None:
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def quietly(recorder: Recorder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recorder.record()


def test_real_training_is_kept_as_the_optimizer_is_given_it(tmp_path: pathlib.Path) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3, bias=False))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    weights = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    given = []

    with Recorder(model, tmp_path / "traces" / "mine") as recorder:
        for _ in range(3):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(torch.randn(4, 1, 4, 4)), torch.randint(3, (4,))).backward()
            given.append({name: parameter.grad.clone() for name, parameter in model.named_parameters()})
            quietly(recorder)
            optimizer.step()

    folder = tmp_path / "traces" / "mine"
    names = ["0.weight", "0.bias", "1.weight", "1.bias", "3.weight"]
    assert files(folder) == [
        "000000.safetensors",
        "000001.safetensors",
        "000002.safetensors",
        "initial-weights.safetensors",
        "layers.json",
    ]
    for number in range(3):
        found = iteration(folder, number)
        assert list(found) == names
        assert all(found[name].tobytes() == given[number][name].numpy().tobytes() for name in names)
    initial = tensors.read(folder / "initial-weights.safetensors")
    assert all(initial[name].tobytes() == weights[name].numpy().tobytes() for name in names)
    assert json.loads((folder / "layers.json").read_text()) == {
        "version": 1,
        "layers": [
            {"name": "0", "kind": "Conv2d", "weight": "0.weight", "bias": "0.bias", "axes": "out-in", "groups": 1},
            {"name": "3", "kind": "Linear", "weight": "3.weight", "axes": "out-in", "groups": 1},
        ],
        "digital": ["1.weight", "1.bias"],
    }


def test_initial_weights_may_be_left_out(tmp_path: pathlib.Path) -> None:
    Recorder(nn.Linear(3, 2), tmp_path / "trace", initial_weights=False)

    assert files(tmp_path / "trace") == ["layers.json"]


def test_trace_that_is_there_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "trace").mkdir()

    with pytest.raises(FileExistsError) as caught:
        Recorder(nn.Linear(3, 2), tmp_path / "trace")

    assert str(caught.value) == f"{tmp_path / 'trace'} is there already; remove it, or give the trace another folder"
    assert files(tmp_path / "trace") == []


def test_folder_is_made_when_all_else_is_right(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match="rules"):
        Recorder(nn.Linear(3, 2), tmp_path / "trace", rules={"other": "out-in"})

    assert files(tmp_path) == []


def test_rules_go_into_layers_json(tmp_path: pathlib.Path) -> None:
    recorder = Recorder(nn.Linear(3, 2), tmp_path / "trace", rules={"weight": "digital"})

    assert recorder.map.digital == ["weight", "bias"]
    assert json.loads((tmp_path / "trace" / "layers.json").read_text())["digital"] == ["weight", "bias"]


def test_unmapped_weight_is_recorded_like_all_others(tmp_path: pathlib.Path) -> None:
    model = nn.Module()
    model.kernel = nn.Parameter(torch.randn(2, 2))
    with pytest.warns(UserWarning, match="kernel"):
        recorder = Recorder(model, tmp_path / "trace")
    give_gradients(model)

    quietly(recorder)

    assert list(iteration(tmp_path / "trace", 0)) == ["kernel"]


# Lenient as a training is


def test_parameter_without_a_gradient_is_passed_over_and_named_once(tmp_path: pathlib.Path) -> None:
    model = named(a=nn.Linear(2, 2, bias=False), unused=nn.Linear(2, 2, bias=False))
    recorder = Recorder(model, tmp_path / "trace")
    model.a.weight.grad = torch.ones(2, 2)

    with pytest.warns(UserWarning) as caught:
        recorder.record()
    quietly(recorder)

    assert [str(warning.message) for warning in caught] == [
        f"{tmp_path / 'trace'}: not recorded: unused.weight (no gradient); "
        "what gets a gradient later is recorded from then on, and the source needs missing: zero"
    ]
    assert list(iteration(tmp_path / "trace", 0)) == list(iteration(tmp_path / "trace", 1)) == ["a.weight"]


def test_what_is_unfrozen_later_is_in_later_files(tmp_path: pathlib.Path) -> None:
    model = named(body=nn.Linear(2, 2, bias=False), head=nn.Linear(2, 2, bias=False))
    model.body.requires_grad_(False)
    recorder = Recorder(model, tmp_path / "trace")

    def train() -> None:
        model.zero_grad()
        model.head(model.body(torch.ones(1, 2))).sum().backward()

    train()
    with pytest.warns(UserWarning, match="body.weight"):
        recorder.record()
    model.body.requires_grad_(True)
    train()
    quietly(recorder)

    assert list(iteration(tmp_path / "trace", 0)) == ["head.weight"]
    assert list(iteration(tmp_path / "trace", 1)) == ["body.weight", "head.weight"]


def test_gradient_that_is_none_again_is_zero(tmp_path: pathlib.Path) -> None:
    model = named(a=nn.Linear(2, 1, bias=False), b=nn.Linear(2, 1, bias=False).half())
    recorder = Recorder(model, tmp_path / "trace")
    give_gradients(model)
    quietly(recorder)

    model.b.weight.grad = None
    quietly(recorder)

    found = iteration(tmp_path / "trace", 1)
    assert found["a.weight"].tolist() == [[1, 1]]
    assert found["b.weight"].tolist() == [[0, 0]]
    assert found["b.weight"].dtype == "float16"


def test_parameters_that_hold_no_gradients_are_passed_over(tmp_path: pathlib.Path) -> None:
    model = nn.Linear(2, 1, bias=False)
    model.codes = nn.Parameter(torch.ones(2, dtype=torch.int8), requires_grad=False)
    model.mask = nn.Parameter(torch.ones(2, dtype=torch.bool), requires_grad=False)
    model.phase = nn.Parameter(torch.ones(2, dtype=torch.complex64))
    model.scale = nn.Parameter(torch.tensor(2.0))
    recorder = Recorder(model, tmp_path / "trace")
    give_gradients(named(weight=model.weight, scale=model.scale))
    model.weight.grad = torch.ones(1, 2)

    with pytest.warns(UserWarning) as caught:
        recorder.record()

    assert str(caught[0].message) == (
        f"{tmp_path / 'trace'}: not recorded: codes (torch.int8), mask (torch.bool), phase (torch.complex64), "
        "scale (a single value without dimensions)"
    )
    assert list(iteration(tmp_path / "trace", 0)) == ["weight"]
    assert list(tensors.read(tmp_path / "trace" / "initial-weights.safetensors")) == ["weight"]


def test_long_list_of_what_is_passed_over_is_cut(tmp_path: pathlib.Path) -> None:
    model = nn.Sequential(*(nn.Linear(1, 1, bias=False) for _ in range(12)))
    recorder = Recorder(model, tmp_path / "trace")
    model[0].weight.grad = torch.ones(1, 1)

    with pytest.warns(UserWarning, match=r"8.weight \(no gradient\) and 3 more"):
        recorder.record()


def test_sparse_gradient_is_made_dense(tmp_path: pathlib.Path) -> None:
    model = nn.Embedding(4, 2, sparse=True)
    recorder = Recorder(model, tmp_path / "trace")
    model(torch.tensor([1, 3, 3])).sum().backward()
    assert model.weight.grad.is_sparse

    quietly(recorder)

    assert iteration(tmp_path / "trace", 0)["weight"].tolist() == [[0, 0], [1, 1], [0, 0], [2, 2]]


@pytest.mark.parametrize(
    ("of", "kept"), [(torch.float64, "F32"), (torch.float32, "F32"), (torch.float16, "F16"), (torch.bfloat16, "BF16")]
)
def test_types_are_kept_but_for_float64(tmp_path: pathlib.Path, of: Any, kept: str) -> None:
    model = nn.Linear(2, 1, bias=False).to(of)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[0.5, -3.0]]))
    recorder = Recorder(model, tmp_path / "trace")
    give_gradients(model, -1.5)

    quietly(recorder)

    assert tensors.read(tmp_path / "trace" / "initial-weights.safetensors")["weight"].tolist() == [[0.5, -3.0]]
    assert iteration(tmp_path / "trace", 0)["weight"].tolist() == [[-1.5, -1.5]]
    data = (tmp_path / "trace" / "000000.safetensors").read_bytes()
    assert f'"dtype": "{kept}"'.encode() in data


def test_gradient_in_another_layout_is_kept_in_order(tmp_path: pathlib.Path) -> None:
    model = nn.Linear(3, 2, bias=False)
    recorder = Recorder(model, tmp_path / "trace")
    model.weight.grad = torch.arange(6.0).reshape(3, 2).t()

    quietly(recorder)

    assert iteration(tmp_path / "trace", 0)["weight"].tolist() == [[0, 2, 4], [1, 3, 5]]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_gradient_may_be_on_a_gpu(tmp_path: pathlib.Path) -> None:
    model = nn.Linear(3, 2).cuda()
    recorder = Recorder(model, tmp_path / "trace")
    model(torch.ones(1, 3, device="cuda")).sum().backward()

    quietly(recorder)

    assert iteration(tmp_path / "trace", 0)["weight"].tolist() == [[1, 1, 1], [1, 1, 1]]


def test_wrapped_model_keeps_its_names(tmp_path: pathlib.Path) -> None:
    recorder = Recorder(nn.DataParallel(named(fc=nn.Linear(3, 2))), tmp_path / "trace")

    assert [(layer.name, layer.weight) for layer in recorder.map.layers] == [("fc", "module.fc.weight")]


# What is wrong


def test_record_without_a_backward_pass_is_refused(tmp_path: pathlib.Path) -> None:
    recorder = Recorder(nn.Linear(3, 2), tmp_path / "trace")

    with pytest.raises(ValueError) as caught:
        recorder.record()

    assert str(caught.value) == (
        f"{tmp_path / 'trace'}: nothing has a gradient; call record() after backward() and before zero_grad()"
    )
    assert files(tmp_path / "trace") == ["initial-weights.safetensors", "layers.json"]


def test_record_after_close_is_refused(tmp_path: pathlib.Path) -> None:
    model = nn.Linear(3, 2)
    with Recorder(model, tmp_path / "trace") as recorder:
        give_gradients(model)
        recorder.record()
    recorder.close()

    with pytest.raises(ValueError, match="is closed; allowed: record\\(\\) before close\\(\\)"):
        recorder.record()


def test_file_is_there_whole_or_not_at_all(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.Linear(3, 2)
    recorder = Recorder(model, tmp_path / "trace")
    give_gradients(model)
    seen: List[List[str]] = []

    def fail(source: Any, target: Any) -> None:
        seen.append(files(tmp_path / "trace"))
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="no room"):
            recorder.record()
    assert seen == [[".000000.safetensors.tmp", "initial-weights.safetensors", "layers.json"]]
    assert files(tmp_path / "trace") == ["initial-weights.safetensors", "layers.json"]

    recorder.record()

    assert files(tmp_path / "trace") == ["000000.safetensors", "initial-weights.safetensors", "layers.json"]
