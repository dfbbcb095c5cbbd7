"""Gradients of weights that are computed: by weight_norm, spectral_norm, pruning and parametrizations.

The loss is the sum of y * c with y = x W^T, so that the gradient of W is c^T x, whatever W is.
"""

from __future__ import annotations

import copy
import pathlib
import warnings
from typing import Any, List

import pytest

from sgsars import Recorder, tensors

torch = pytest.importorskip("torch")
pytest.importorskip("numpy")
pytest.importorskip("torch.nn.utils.prune")  # not imported by torch itself
pytest.importorskip("torch.utils.checkpoint")
nn = torch.nn


class Gain(nn.Module):
    """A parametrization of two parameters: as PyTorch's weight_norm, which older versions lack."""

    def forward(self, gain: Any, direction: Any) -> Any:
        return gain * direction / direction.norm(dim=1, keepdim=True)

    def right_inverse(self, weight: Any) -> Any:
        return weight.norm(dim=1, keepdim=True), weight


class Same(nn.Module):
    """A parametrization that gives the parameter itself."""

    def forward(self, weight: Any) -> Any:
        return weight


def parametrized(by: Any) -> Any:
    return lambda module: nn.utils.parametrize.register_parametrization(module, "weight", by())


WAYS = {
    "weight_norm": nn.utils.weight_norm,
    "spectral_norm": nn.utils.spectral_norm,
    "pruning": lambda module: nn.utils.prune.l1_unstructured(module, "weight", 0.25),
    "gain": parametrized(Gain),
    "same": parametrized(Same),
    "parametrized spectral_norm": nn.utils.parametrizations.spectral_norm,
}
if hasattr(nn.utils.parametrizations, "weight_norm"):
    WAYS["parametrized weight_norm"] = nn.utils.parametrizations.weight_norm


class Training:
    """A linear module whose weight is computed, and its recorder."""

    def __init__(self, folder: pathlib.Path, way: str = "weight_norm") -> None:
        torch.manual_seed(5)
        self.model = nn.Sequential(WAYS[way](nn.Linear(3, 2)))
        self.fc = self.model[0]
        self.folder = folder / "trace"
        self.recorder = Recorder(self.model, self.folder)
        self.number = 0

    def forward(self, x: Any, c: Any) -> Any:
        return (self.fc(x) * c).sum()

    def recorded(self) -> Any:
        """The gradient of the weight that the next file has."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.recorder.record()
        found = tensors.read(self.folder / f"{self.number:06d}.safetensors")
        self.number += 1
        assert sorted(found) == ["0.bias", "0.weight"]
        return torch.from_numpy(found["0.weight"].copy())


def batches(count: int) -> List[Any]:
    """Inputs and factors, and the gradient that they give."""
    torch.manual_seed(11)
    found = []
    for _ in range(count):
        x, c = torch.randn(4, 3), torch.randn(4, 2)
        found.append((x, c, c.T @ x))
    return found


@pytest.mark.parametrize("way", WAYS)
def test_gradient_is_that_of_the_computed_weight(tmp_path: pathlib.Path, way: str) -> None:
    training = Training(tmp_path, way)
    optimizer = torch.optim.SGD(training.model.parameters(), lr=0.1)

    for x, c, expected in batches(3):
        optimizer.zero_grad()
        training.forward(x, c).backward()
        torch.testing.assert_close(training.recorded(), expected)
        optimizer.step()


@pytest.mark.parametrize("way", WAYS)
def test_initial_weight_is_the_computed_one(tmp_path: pathlib.Path, way: str) -> None:
    training = Training(tmp_path, way)
    training.fc.eval()  # a power iteration would go on
    training.fc(torch.ones(1, 3))

    found = tensors.read(training.folder / "initial-weights.safetensors")

    assert sorted(found) == ["0.bias", "0.weight"]
    torch.testing.assert_close(torch.from_numpy(found["0.weight"].copy()), training.fc.weight.detach())


def test_loaded_weights_count_before_the_first_forward_pass(tmp_path: pathlib.Path) -> None:
    model = nn.utils.weight_norm(nn.Linear(3, 2))
    with torch.no_grad():
        model.weight_g.mul_(2)
    expected = torch._weight_norm(model.weight_v, model.weight_g, 0).detach()

    Recorder(model, tmp_path / "trace")

    found = tensors.read(tmp_path / "trace" / "initial-weights.safetensors")
    torch.testing.assert_close(torch.from_numpy(found["weight"].copy()), expected)


@pytest.mark.parametrize("way", ["weight_norm", "gain", "same"])
def test_gradients_of_several_backward_passes_add_up(tmp_path: pathlib.Path, way: str) -> None:
    training = Training(tmp_path, way)
    first, second = batches(2)

    for x, c, _ in (first, second):
        training.forward(x, c).backward()

    torch.testing.assert_close(training.recorded(), first[2] + second[2])


@pytest.mark.parametrize("way", ["weight_norm", "gain", "same"])
def test_gradients_of_several_uses_add_up(tmp_path: pathlib.Path, way: str) -> None:
    training = Training(tmp_path, way)
    first, second = batches(2)

    (training.forward(*first[:2]) + training.forward(*second[:2])).backward()

    torch.testing.assert_close(training.recorded(), first[2] + second[2])


@pytest.mark.parametrize("set_to_none", [True, False])
@pytest.mark.parametrize("clears_first", [True, False])
def test_step_that_is_skipped_is_not_counted(tmp_path: pathlib.Path, set_to_none: bool, clears_first: bool) -> None:
    training = Training(tmp_path)
    skipped, kept = batches(2)
    training.forward(*skipped[:2]).backward()

    if clears_first:
        training.model.zero_grad(set_to_none=set_to_none)
    loss = training.forward(*kept[:2])
    if not clears_first:
        training.model.zero_grad(set_to_none=set_to_none)
    loss.backward()

    torch.testing.assert_close(training.recorded(), kept[2])


def test_evaluation_is_not_counted(tmp_path: pathlib.Path) -> None:
    training = Training(tmp_path)
    x, c, expected = batches(1)[0]
    training.forward(x, c).backward()

    with torch.no_grad():
        training.forward(x, c)
    training.forward(x, c)

    torch.testing.assert_close(training.recorded(), expected)


@pytest.mark.parametrize("use_reentrant", [True, False])
@pytest.mark.parametrize("way", ["weight_norm", "gain"])
def test_forward_pass_that_is_done_again_counts_once(tmp_path: pathlib.Path, way: str, use_reentrant: bool) -> None:
    training = Training(tmp_path, way)
    x, c, expected = batches(1)[0]
    x.requires_grad_(True)

    y = torch.utils.checkpoint.checkpoint(training.fc, x, use_reentrant=use_reentrant)
    (y * c).sum().backward()

    torch.testing.assert_close(training.recorded(), expected.detach())


def test_weight_that_is_cached_counts_once(tmp_path: pathlib.Path) -> None:
    training = Training(tmp_path, "gain")
    first, second = batches(2)

    with nn.utils.parametrize.cached():
        (training.forward(*first[:2]) + training.forward(*second[:2])).backward()

    torch.testing.assert_close(training.recorded(), first[2] + second[2])


def test_weight_that_is_not_used_again_has_zeros(tmp_path: pathlib.Path) -> None:
    training = Training(tmp_path)
    x, c, _ = batches(1)[0]
    training.forward(x, c).backward()
    training.recorded()

    training.model.zero_grad(set_to_none=True)

    assert training.recorded().tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("way", WAYS)
def test_unscaling_reaches_the_computed_weight(tmp_path: pathlib.Path, way: str) -> None:
    training = Training(tmp_path, way)
    first, second = batches(2)
    for x, c, _ in (first, second):
        (65536 * training.forward(x, c)).backward()

    for parameter in training.model.parameters():
        parameter.grad /= 65536

    torch.testing.assert_close(training.recorded(), first[2] + second[2])


def test_clipping_by_the_norm_reaches_the_computed_weight(tmp_path: pathlib.Path) -> None:
    training = Training(tmp_path)
    x, c, expected = batches(1)[0]
    training.forward(x, c).backward()

    norm = nn.utils.clip_grad_norm_(training.model.parameters(), 0.5)

    assert norm > 0.5
    torch.testing.assert_close(training.recorded(), expected * (0.5 / norm))


def test_gradient_that_nothing_multiplies_is_kept_to_the_bit(tmp_path: pathlib.Path) -> None:
    training = Training(tmp_path, "same")
    twin = nn.Linear(3, 2)
    twin.load_state_dict({"weight": training.fc.weight, "bias": training.fc.bias})
    for x, c, _ in batches(3):
        training.forward(x, c).backward()
        (twin(x) * c).sum().backward()

    assert torch.equal(training.recorded(), twin.weight.grad)


def test_frozen_weight_is_passed_over(tmp_path: pathlib.Path) -> None:
    model = nn.Sequential(nn.utils.weight_norm(nn.Linear(3, 2, bias=False)), nn.Linear(2, 1, bias=False))
    model[0].requires_grad_(False)
    recorder = Recorder(model, tmp_path / "trace")
    model(torch.ones(1, 3)).sum().backward()

    with pytest.warns(UserWarning, match=r"not recorded: 0.weight \(no gradient\)"):
        recorder.record()

    assert list(tensors.read(tmp_path / "trace" / "000000.safetensors")) == ["1.weight"]


def test_adapter_on_a_frozen_weight_has_the_gradient_of_the_sum(tmp_path: pathlib.Path) -> None:
    class Adapter(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down, self.up = nn.Parameter(torch.randn(1, 3)), nn.Parameter(torch.randn(2, 1))

        def forward(self, weight: Any) -> Any:
            return weight + self.up @ self.down

    model = nn.Linear(3, 2, bias=False).requires_grad_(False)
    nn.utils.parametrize.register_parametrization(model, "weight", Adapter())
    recorder = Recorder(model, tmp_path / "trace")
    x, c, expected = batches(1)[0]
    (model(x) * c).sum().backward()

    recorder.record()

    found = tensors.read(tmp_path / "trace" / "000000.safetensors")
    assert list(found) == ["weight"]
    torch.testing.assert_close(torch.from_numpy(found["weight"].copy()), expected)


def test_recurrent_weight_is_recorded_by_its_name(tmp_path: pathlib.Path) -> None:
    model = nn.utils.weight_norm(nn.LSTM(3, 2), "weight_hh_l0")
    plain = nn.LSTM(3, 2)
    recorder = Recorder(model, tmp_path / "trace")
    with torch.no_grad():
        model(torch.ones(1, 1, 3))
        for name, parameter in plain.named_parameters():
            parameter.copy_(getattr(model, name))
    x = torch.randn(4, 1, 3)
    for of in (model, plain):
        of(x)[0].pow(2).sum().backward()

    recorder.record()

    found = tensors.read(tmp_path / "trace" / "000000.safetensors")
    assert sorted(found) == ["bias_hh_l0", "bias_ih_l0", "weight_hh_l0", "weight_ih_l0"]
    for name, parameter in plain.named_parameters():
        torch.testing.assert_close(torch.from_numpy(found[name].copy()), parameter.grad)


@pytest.mark.parametrize("way", ["weight_norm", "gain"])
def test_close_leaves_the_model_as_it_was(tmp_path: pathlib.Path, way: str) -> None:
    training = Training(tmp_path, way)
    x, c, _ = batches(1)[0]
    training.forward(x, c).backward()
    before = 1 if way == "weight_norm" else 0

    training.recorder.close()

    chain = [] if way == "weight_norm" else list(training.fc.parametrizations.weight._forward_hooks)
    assert (len(training.fc._forward_pre_hooks), chain) == (before, [])
    assert not any(parameter._backward_hooks for parameter in training.model.parameters())


def test_copy_of_a_model_is_not_recorded(tmp_path: pathlib.Path) -> None:
    training = Training(tmp_path, "gain")
    x, c, expected = batches(1)[0]
    twin = copy.deepcopy(training.model)
    training.forward(x, c).backward()

    (twin[0](x) * c).sum().backward()

    torch.testing.assert_close(training.recorded(), expected)
