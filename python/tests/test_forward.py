"""The proof of the maps: the matrix of a layer, driven by the layer's inputs, gives what PyTorch's forward pass gives.

A row is driven by one input; a bias row by 1. What a column gives is the sum over the rows of input times weight.
"""

from __future__ import annotations

import itertools
from typing import Any, Dict, List, Sequence

import pytest

from sgsars import layer_map, matrix

torch = pytest.importorskip("torch")
pytest.importorskip("numpy")
from modules import Conv1D  # noqa: E402

nn, functional = torch.nn, torch.nn.functional


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(7)


def matrices(model: Any) -> Dict[str, Any]:
    """The matrix of every layer of a model, by the layer's name."""
    values = dict(model.named_parameters())
    found = {}
    for layer in layer_map(model).layers:
        bias = None if layer.bias is None else values[layer.bias]
        found[layer.name] = torch.from_numpy(matrix(layer, values[layer.weight], bias))
    return found


def drive(rows: Any, inputs: Any) -> Any:
    """What the columns give for inputs (..., rows), of which the bias row's is left out."""
    if rows.shape[0] == inputs.shape[-1] + 1:
        inputs = torch.cat([inputs, torch.ones(*inputs.shape[:-1], 1)], -1)
    return inputs @ rows


def assert_close(found: Any, expected: Any) -> None:
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_linear() -> None:
    model, x = nn.Linear(3, 4), torch.randn(5, 3)

    assert_close(drive(matrices(model)["weight"], x), model(x))


def test_linear_without_bias() -> None:
    model, x = nn.Linear(3, 4, bias=False), torch.randn(5, 3)

    assert_close(drive(matrices(model)["weight"], x), model(x))


def test_bilinear_is_driven_by_the_products_of_its_inputs() -> None:
    model, x, y = nn.Bilinear(2, 3, 4), torch.randn(5, 2), torch.randn(5, 3)

    products = (x[:, :, None] * y[:, None, :]).flatten(1)

    assert_close(drive(matrices(model)["weight"], products), model(x, y))


def unfolded(x: Any, kernel: Sequence[int], stride: int, padding: int, dilation: int) -> Any:
    """What a kernel sees at each output position: (batch, positions, channels * taps)."""
    count = len(kernel)
    x = functional.pad(x, [padding] * (2 * count))
    places = [(size - dilation * (taps - 1) - 1) // stride + 1 for size, taps in zip(x.shape[2:], kernel)]
    seen = []
    for tap in itertools.product(*(range(taps) for taps in kernel)):
        cut = [slice(None), slice(None)]
        cut += [slice(t * dilation, t * dilation + stride * (n - 1) + 1, stride) for t, n in zip(tap, places)]
        seen.append(x[tuple(cut)].flatten(2))
    return torch.stack(seen, 2).flatten(1, 2).transpose(1, 2)


def test_unfolding_is_that_of_pytorch() -> None:
    x = torch.randn(2, 4, 6, 7)

    expected = functional.unfold(x, (3, 2), dilation=2, padding=1, stride=2).transpose(1, 2)

    assert torch.equal(unfolded(x, (3, 2), 2, 1, 2), expected)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("bias", [True, False])
def test_convolution(dimensions: int, groups: int, bias: bool) -> None:
    kernel = (3, 2, 2)[:dimensions]
    of = getattr(nn, f"Conv{dimensions}d")
    model = of(4, 8, kernel, stride=2, padding=1, dilation=2, groups=groups, bias=bias)
    x = torch.randn(2, 4, *(7, 6, 5)[:dimensions])
    expected = model(x)

    blocks = matrices(model)["weight"].chunk(groups)
    parts = [drive(block, unfolded(part, kernel, 2, 1, 2)) for block, part in zip(blocks, x.chunk(groups, 1))]

    # Each block of rows gives the outputs of its group.
    assert_close(torch.cat(parts, -1).transpose(1, 2).reshape(expected.shape), expected)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_transposed_convolution(dimensions: int, groups: int, bias: bool) -> None:
    """Each input position drives the rows once; columns are (outputs, taps), and each tap goes to an output position of its own.

    The bias drives once per output position, and not with the inputs: its row gives each channel's bias in the first tap's column
    and 0 in the others, so that the sum over the taps is the bias.
    """
    kernel, stride, padding = (3, 2, 2)[:dimensions], 2, 1
    of = getattr(nn, f"ConvTranspose{dimensions}d")
    model = of(4, 6, kernel, stride=stride, padding=padding, groups=groups, bias=bias)
    x = torch.randn(2, 4, *(4, 3, 5)[:dimensions])
    expected = model(x)

    outputs = []
    for block, part in zip(matrices(model)["weight"].chunk(groups), x.chunk(groups, 1)):
        inputs, channels = 4 // groups, 6 // groups
        taps = drive(block[:inputs], part.flatten(2).transpose(1, 2)).transpose(1, 2)
        taps = taps.reshape(2, channels, -1, *x.shape[2:])
        full = torch.zeros(2, channels, *(stride * (size - 1) + k for size, k in zip(x.shape[2:], kernel)))
        for number, tap in enumerate(itertools.product(*(range(k) for k in kernel))):
            cut = [slice(None), slice(None)]
            cut += [slice(t, t + stride * (size - 1) + 1, stride) for t, size in zip(tap, x.shape[2:])]
            full[tuple(cut)] += taps[:, :, number]
        if bias:
            of_taps = drive(block[inputs:], torch.ones(1, 1)).reshape(channels, -1)
            assert not of_taps[:, 1:].any()
            full += of_taps.sum(1).reshape(1, channels, *[1] * dimensions)
        outputs.append(full[(slice(None), slice(None), *[slice(padding, -padding)] * dimensions)])

    assert_close(torch.cat(outputs, 1), expected)


def test_scattering_of_taps_is_that_of_fold() -> None:
    model = nn.ConvTranspose2d(3, 4, (3, 2), stride=2, padding=1, output_padding=1)
    x = torch.randn(2, 3, 4, 5)
    expected = model(x)
    rows = matrices(model)["weight"]

    taps = drive(rows[:3], x.flatten(2).transpose(1, 2)).transpose(1, 2)
    found = functional.fold(taps, tuple(expected.shape[2:]), (3, 2), padding=1, stride=2)

    assert_close(found + rows[3].reshape(1, 4, 6).sum(2)[:, :, None, None], expected)


def test_embedding_is_driven_by_one_token_at_a_time() -> None:
    model, tokens = nn.Embedding(6, 3), torch.tensor([0, 5, 2])

    assert_close(drive(matrices(model)["weight"], functional.one_hot(tokens, 6).float()), model(tokens))


def test_embedding_bag_is_driven_by_the_counts_of_tokens() -> None:
    model, tokens = nn.EmbeddingBag(6, 3, mode="sum"), torch.tensor([[0, 5, 5], [1, 2, 0]])

    assert_close(drive(matrices(model)["weight"], functional.one_hot(tokens, 6).sum(1).float()), model(tokens))


def step(kind: str, inputs: Any, hidden: Any, state: Any, size: int) -> Any:
    """What a recurrent unit makes of the columns of its two arrays: the output and its state."""
    if kind == "RNN":
        return torch.tanh(inputs + hidden), state
    if kind == "GRU":
        (ri, zi, ni), (rh, zh, nh) = inputs.chunk(3, -1), hidden.chunk(3, -1)
        update = torch.sigmoid(zi + zh)
        new = torch.tanh(ni + torch.sigmoid(ri + rh) * nh)
        return (1 - update) * new + update * state, None
    i, f, g, o = (inputs + hidden).chunk(4, -1)
    state = torch.sigmoid(f) * state + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(state), state


def by_hand(kind: str, found: Dict[str, Any], x: Any, layers: int, size: int) -> Any:
    """A recurrent network in both directions, step by step, from its matrices. x: (steps, batch, inputs)."""
    for layer in range(layers):
        ways: List[Any] = []
        for way in ("", "_reverse"):
            of = f"l{layer}{way}"
            project = found.get(f"hr_{of}")
            output = torch.zeros(x.shape[1], size if project is None else project.shape[1])
            state = torch.zeros(x.shape[1], size)
            outputs = []
            for inputs in reversed(x) if way else x:
                before = output if kind == "GRU" else state
                output, state = step(kind, drive(found[f"ih_{of}"], inputs), drive(found[f"hh_{of}"], output), before, size)
                output = output if project is None else drive(project, output)
                outputs.append(output)
            ways.append(torch.stack(outputs[::-1] if way else outputs))
        x = torch.cat(ways, -1)
    return x


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("bias", [True, False])
def test_recurrent_network(kind: str, bias: bool) -> None:
    model = getattr(nn, kind)(3, 4, num_layers=2, bidirectional=True, bias=bias)
    x = torch.randn(5, 2, 3)

    assert_close(by_hand(kind, matrices(model), x, 2, 4), model(x)[0])


def test_recurrent_network_with_projections() -> None:
    model = nn.LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2)
    x = torch.randn(5, 2, 3)

    assert_close(by_hand("LSTM", matrices(model), x, 2, 4), model(x)[0])


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_recurrent_cell(kind: str) -> None:
    model = getattr(nn, f"{kind}Cell")(3, 4)
    x, hidden, state = torch.randn(2, 3), torch.randn(2, 4), torch.randn(2, 4)
    found = matrices(model)
    before = hidden if kind == "GRU" else state

    output, _ = step(kind, drive(found["ih"], x), drive(found["hh"], hidden), before, 4)

    expected = model(x, (hidden, state))[0] if kind == "LSTM" else model(x, hidden)
    assert_close(output, expected)


def attention(query: Any, key: Any, value: Any, heads: int) -> Any:
    """Scaled dot-product attention of projected inputs (batch, steps, width)."""

    def split(x: Any) -> Any:
        return x.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = map(split, (query, key, value))
    weights = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
    return (weights @ v).transpose(1, 2).flatten(2)


def test_attention_of_one_size() -> None:
    model = nn.MultiheadAttention(4, 2, batch_first=True)
    nn.init.normal_(model.in_proj_bias)
    nn.init.normal_(model.out_proj.bias)
    x = torch.randn(3, 5, 4)
    found = matrices(model)

    query, key, value = drive(found["in_proj"], x).chunk(3, -1)

    assert_close(drive(found["out_proj"], attention(query, key, value, 2)), model(x, x, x)[0])


def test_attention_of_several_sizes() -> None:
    model = nn.MultiheadAttention(4, 2, kdim=5, vdim=6, batch_first=True)
    nn.init.normal_(model.in_proj_bias)
    x, k, v = torch.randn(3, 2, 4), torch.randn(3, 7, 5), torch.randn(3, 7, 6)
    found = matrices(model)

    query, key, value = (drive(found[f"{of}_proj"], given) for of, given in (("q", x), ("k", k), ("v", v)))

    assert_close(drive(found["out_proj"], attention(query, key, value, 2)), model(x, k, v)[0])


def test_conv1d_of_gpt2() -> None:
    model, x = Conv1D(4, 3), torch.randn(5, 3)

    assert_close(drive(matrices(model)["weight"], x), model(x))


def test_tied_weight_serves_both_modules() -> None:
    model = nn.ModuleDict({"wte": nn.Embedding(6, 3), "head": nn.Linear(3, 6, bias=False)})
    model["head"].weight = model["wte"].weight
    rows = matrices(model)["wte"]
    tokens = torch.tensor([4, 1])

    assert_close(drive(rows, functional.one_hot(tokens, 6).float()), model["wte"](tokens))
    # The other module reads the same array the other way round.
    hidden = torch.randn(2, 3)
    assert_close(hidden @ rows.T, model["head"](hidden))


class Gain(nn.Module):
    """A parametrization of two parameters: as PyTorch's weight_norm, which older versions lack."""

    def forward(self, gain: Any, direction: Any) -> Any:
        return gain * direction / direction.norm(dim=1, keepdim=True)

    def right_inverse(self, weight: Any) -> Any:
        return weight.norm(dim=1, keepdim=True), weight


def by_hook(module: Any) -> Any:
    return nn.utils.weight_norm(module)


def by_parametrization(module: Any) -> Any:
    return nn.utils.parametrize.register_parametrization(module, "weight", Gain())


@pytest.mark.parametrize("normalised", [by_hook, by_parametrization])
def test_weight_norm(normalised: Any) -> None:
    model, x = normalised(nn.Linear(3, 4)), torch.randn(5, 3)
    expected = model(x)
    (layer,) = layer_map(model).layers

    rows = torch.from_numpy(matrix(layer, model.weight, model.bias))

    assert layer.weight == "weight"
    assert_close(drive(rows, x), expected)
