"""Networks that compute as their crossbars would: against a plain loop over crossbars, and by values worked out by hand."""

from __future__ import annotations

import copy
import gzip
import math
import pathlib
import pickle
import warnings
from typing import Any, Dict, List, Optional

import pytest

from sgsars import hardware, layer_map, matrix

torch = pytest.importorskip("torch")
pytest.importorskip("numpy")
from modules import Conv1D  # noqa: E402

nn, functional = torch.nn, torch.nn.functional

IMAGES = pathlib.Path(__file__).resolve().parents[2] / "data/fashion-mnist-small"


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(7)


def flat(found: Any) -> List[Any]:
    """All tensors of a result, such as an LSTM's."""
    if isinstance(found, torch.Tensor):
        return [found]
    return [] if found is None else [tensor for part in found for tensor in flat(part)]


def assert_close(found: Any, expected: Any) -> None:
    assert len(flat(found)) == len(flat(expected)) > 0
    for one, other in zip(flat(found), flat(expected)):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


# ---- the plain loop: one number at a time, in Python's double precision


def top(magnitude: float) -> float:
    return 2.0 ** math.ceil(math.log2(magnitude)) if magnitude else 1.0


def stepped(value: float, scale: float, bits: int) -> float:
    step = scale / 2**bits
    return max(-scale, min(scale, round(value / step) * step))


def stepped_all(values: Any, scale: float, bits: int) -> List[List[float]]:
    return [[stepped(value, scale, bits) for value in row] for row in values.tolist()]


def looped(
    rows: Any, inputs: Any, size: int, bits: int, bias: bool, places: Optional[List[int]] = None, adc_range: str = "observed"
) -> Any:
    """What columns give for inputs (reads, rows without the bias row) to a matrix (rows, columns), crossbar by crossbar."""
    places = list(range(rows.shape[0])) if places is None else places
    cells = stepped_all(rows, top(rows.abs().max().item()), bits)
    reach = top(inputs.abs().max().item())
    drives = [row + [1.0] * bias for row in stepped_all(inputs, reach, bits)]
    total = [[0.0] * rows.shape[1] for _ in drives]
    for crossbar in sorted({place // size for place in places}):
        own = [row for row, place in enumerate(places) if place // size == crossbar]
        sums = [[sum(drive[row] * cells[row][column] for row in own) for column in range(rows.shape[1])] for drive in drives]
        if adc_range == "observed":
            most = max(abs(value) for read in sums for value in read)
        else:
            most = max(
                sum((1.0 if bias and row == len(places) - 1 else reach) * abs(cells[row][column]) for row in own)
                for column in range(rows.shape[1])
            )
        for read, of in zip(sums, total):
            for column, value in enumerate(read):
                of[column] += stepped(value, top(most), bits)
    return torch.tensor(total)


def rows_of(model: Any) -> Any:
    """The matrix of a model's only layer."""
    (layer,) = layer_map(model).layers
    values = dict(model.named_parameters())
    return torch.from_numpy(matrix(layer, values[layer.weight], None if layer.bias is None else values[layer.bias]))


@pytest.mark.parametrize("adc_range", ["observed", "possible"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("bits", [2, 4, 8])
def test_linear_is_the_loop_over_crossbars(bits: int, bias: bool, adc_range: str) -> None:
    model, x = nn.Linear(11, 5, bias=bias), torch.randn(6, 11)
    expected = looped(rows_of(model), x, 4, bits, bias, adc_range=adc_range)

    hardware(model, 4, bits, bits, bits, adc_range=adc_range)

    assert torch.equal(model(x), expected)


def test_places_decide_what_is_summed_in_a_crossbar() -> None:
    model, x = nn.Linear(7, 5), torch.randn(6, 7)
    rows = rows_of(model)
    with hardware(model, 4, 4, 4, 4) as found:
        in_order = model(x)
        # Eight logical rows in 16 physical ones: others are spare, or retired.
        places = [13, 2, 5, 9, 14, 0, 7, 3]
        found.update({"weight": places})

        assert torch.equal(model(x), looped(rows, x, 4, 4, True, places))
        assert not torch.equal(model(x), in_order)
        assert found.places("weight").tolist() == places
        # Within a crossbar it makes no difference where a row is.
        found.update({"weight": torch.tensor([14, 1, 4, 8, 12, 3, 6, 2])})
        assert torch.equal(model(x), looped(rows, x, 4, 4, True, places))
        found.update({"weight": None})
        assert torch.equal(model(x), in_order)


def test_convolution_in_groups_is_the_loop_over_crossbars() -> None:
    model, x = nn.Conv2d(4, 6, 3, padding=1, stride=2, groups=2), torch.randn(2, 4, 5, 6)
    groups = rows_of(model).chunk(2)
    # One group is driven at a time. All rows have one cell step, and all inputs one DAC step.
    assert groups[0].shape == (19, 3)
    found = hardware(model, 64, 8, 8, 8, adc_range="possible")
    weight = model.weight.abs().max().item()
    assert top(weight) == top(rows_of(model).abs().max().item())

    parts = model(x).chunk(2, 1)

    seen = functional.unfold(x, 3, padding=1, stride=2).transpose(1, 2).reshape(-1, 36)
    reach, cells = top(x.abs().max().item()), top(rows_of(model).abs().max().item())
    drives = torch.tensor(stepped_all(seen, reach, 8))
    sums, most = [], 0.0
    for inputs, rows in zip(drives.chunk(2, 1), groups):
        of = torch.tensor(stepped_all(rows, cells, 8))
        sums.append(torch.cat([inputs, torch.ones(len(inputs), 1)], 1) @ of)
        most = max(most, float((of.abs().sum(0) * reach - (reach - 1) * of[-1].abs()).max()))
    for part, expected in zip(parts, sums):
        # Both groups lie in the same crossbar, and so have one ADC step.
        rounded = torch.tensor(stepped_all(expected, top(most), 8))
        assert torch.equal(part.flatten(2).transpose(1, 2).reshape(-1, 3), rounded)
    assert found.layers == ["weight"]


def test_groups_that_straddle_crossbars_sum_their_parts() -> None:
    model, x = nn.Conv1d(3, 3, 3, groups=3), torch.randn(2, 3, 8)
    plain = model(x)
    with hardware(model, 3, 24, 24, 24, places={"weight": [11, 0, 7, 2, 1, 10, 9, 3, 4, 5, 8, 6]}):  # 12 rows in 4 crossbars
        assert_close(model(x), plain)


# ---- worked out by hand


def test_steps_by_hand() -> None:
    """Three rows, two columns, two bits, crossbars of two rows."""
    model = nn.Linear(3, 2, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[0.9, 0.3, -0.6], [-0.2, 0.4, 0.1]]))
    x = torch.tensor([[1.5, -0.7, 0.2]])

    hardware(model, 2, 2, 2, 2)

    # Inputs: scale 2, steps of 0.5: 1.5, -0.5 (0.7 is 1.4 steps), 0 (0.2 is 0.4).
    # Cells: scale 1, steps of 0.25: [1 (3.6 steps), 0.25 (1.2), -0.5 (2.4)], [-0.25 (0.8), 0.5 (1.6), 0 (0.4)].
    # Crossbar of rows 0 and 1: 1.5 * 1 - 0.5 * 0.25 = 1.375 and -1.5 * 0.25 - 0.5 * 0.5 = -0.625.
    # ADC: scale 2, steps of 0.5: 1.375 is 2.75 steps, 1.5; 0.625 is 1.25, 0.5. Crossbar of row 2: 0 and 0.
    assert model(x).tolist() == [[1.5, -0.5]]


def test_nearest_scale_clips_and_rounds_as_the_authors() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(0.7)
    x = torch.tensor([[1.3], [0.4]])

    hardware(model, 2, 2, 2, None, scales="nearest-power-of-two", weight_range=0.5)

    # 1.3 is nearer to 1 than to 2, and clipped to it; 0.4 is 1.6 steps of 0.25. The weight is clipped to 0.5.
    assert model(x).tolist() == [[0.5], [0.25]]


def test_half_a_step_goes_to_even() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(1)

    hardware(model, 2, 2, None, None)

    # Steps of 0.25: 0.5, 1.5 and 2.5 of them.
    assert model(torch.tensor([[0.125], [0.375], [0.625], [1.0]])).flatten().tolist() == [0, 0.5, 0.5, 1]


def test_calibrated_ranges_stay() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(0.5)

    found = hardware(model, 2, 2, None, 2, calibrate=[torch.tensor([[0.6]]), (torch.tensor([[-1.2]]),)])

    # DAC: to 1.2 in steps of 0.3; ADC: to 0.5 * 1 (what the scale 1 for 0.6, 2 for 1.2 made of them: 0.5 * 0.5, 0.5 * 1).
    # 3 is clipped to 1.2, which gives 0.6, clipped to 0.5; 0.5 is 1.67 steps, 0.6, which gives 0.3: 2.4 steps of 0.125, 0.25.
    assert torch.allclose(model(torch.tensor([[3.0], [0.5]])).flatten(), torch.tensor([0.5, 0.25]))
    assert model.training
    found.remove()
    assert model(torch.tensor([[3.0]])).item() == 1.5


# ---- 24 bits: every kind of layer


KINDS: Dict[str, Any] = {
    "Linear": lambda: (nn.Linear(9, 4), torch.randn(2, 3, 9)),
    "Linear of a vector": lambda: (nn.Linear(9, 4), torch.randn(9)),
    "Bilinear": lambda: (nn.Bilinear(2, 3, 4), torch.randn(5, 2), torch.randn(5, 3)),
    "Conv2d, same": lambda: (nn.Conv2d(3, 4, (3, 2), padding="same", padding_mode="circular"), torch.randn(2, 3, 6, 5)),
    "Conv1d, unbatched": lambda: (nn.Conv1d(3, 4, 3), torch.randn(3, 8)),
    "ConvTranspose2d, unbatched": lambda: (nn.ConvTranspose2d(3, 4, 3), torch.randn(3, 4, 5)),
    "Conv1D": lambda: (Conv1D(4, 9), torch.randn(5, 9)),
    "Embedding": lambda: (nn.Embedding(9, 3, padding_idx=2), torch.tensor([[1, 2], [8, 0]])),
    "EmbeddingBag": lambda: (nn.EmbeddingBag(9, 3), torch.tensor([[1, 2], [8, 0]])),
    "EmbeddingBag of weights": lambda: (
        nn.EmbeddingBag(9, 3, mode="sum"),
        torch.tensor([1, 2, 8, 0]),
        torch.tensor([0, 3]),
        torch.rand(4),
    ),
    "RNN": lambda: (nn.RNN(6, 5, nonlinearity="relu", bias=False), torch.randn(3, 2, 6)),
    "LSTM": lambda: (nn.LSTM(6, 5, 2, bidirectional=True, batch_first=True, proj_size=3), torch.randn(3, 4, 6)),
    "GRU": lambda: (nn.GRU(6, 5, 2, bidirectional=True), torch.randn(3, 4, 6)),
    "RNNCell": lambda: (nn.RNNCell(6, 5), torch.randn(3, 6)),
    "LSTMCell": lambda: (nn.LSTMCell(6, 5), torch.randn(3, 6)),
    "GRUCell": lambda: (nn.GRUCell(6, 5), torch.randn(3, 6)),
    "attention": lambda: (nn.MultiheadAttention(4, 2, batch_first=True), *[torch.randn(3, 5, 4)] * 3),
    "attention of others": lambda: (nn.MultiheadAttention(4, 2, add_zero_attn=True), *torch.randn(3, 5, 3, 4)),
    "attention of sizes": lambda: (
        nn.MultiheadAttention(4, 2, kdim=5, vdim=6, add_bias_kv=True),
        torch.randn(5, 4),
        torch.randn(7, 5),
        torch.randn(7, 6),
    ),
    "transformer": lambda: (
        nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True), 2),
        torch.randn(2, 5, 8),
    ),
    **{
        f"{kind}{n}d in {groups}": lambda kind=kind, n=n, groups=groups: (
            getattr(nn, f"{kind}{n}d")(4, 8, 3, stride=2, padding=1, dilation=1 + (kind == "Conv"), groups=groups),
            torch.randn(2, 4, *(7, 6, 5)[:n]),
        )
        for kind in ("Conv", "ConvTranspose")
        for n in (1, 2, 3)
        for groups in (1, 2, 4)
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_24_bits_are_the_plain_network_and_its_gradients(kind: str) -> None:
    model, *inputs = KINDS[kind]()
    for parameter in model.parameters():
        if parameter.dim() == 1:
            nn.init.normal_(parameter)  # PyTorch has attention's biases at 0
    for value in inputs:
        value.requires_grad_(value.is_floating_point())
    differed = [*model.parameters(), *(value for value in inputs if value.requires_grad)]

    def run() -> Any:
        found = flat(model(*inputs))
        return found, torch.autograd.grad(sum((part * part).mean() for part in found), differed, allow_unused=True)

    expected = run()
    random = torch.Generator().manual_seed(3)
    places = {}
    for name in [layer.name for layer in layer_map(model).layers]:
        with hardware(copy.deepcopy(model)) as of:
            count = len(of.places(name))
        places[name] = torch.randperm(count + 5, generator=random)[:count]

    with hardware(model, 4, 24, 24, 24, 24, places=places) as found:
        assert found.layers == list(places) and not found.plain
        seen = run()

    assert_close(seen, expected)


def test_24_bits_without_gradients_do_not_go_past_the_crossbars() -> None:
    """In evaluation PyTorch computes a transformer in one fused function, with the weights of all its modules."""
    model, x = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2).eval(), torch.randn(2, 5, 8)
    with torch.no_grad():
        plain = model(x)
        with hardware(model, 4, 24, 24, 24):
            assert_close(model(x), plain)
        with hardware(model, 4, 3, 3, 3):
            coarse = model(x)
            assert (coarse - plain).abs().max() > 0.01
            with torch.enable_grad():
                assert torch.equal(model(x), coarse)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_packed_sequences(kind: str) -> None:
    model = getattr(nn, kind)(6, 5, num_layers=2, bidirectional=True)
    x = nn.utils.rnn.pack_padded_sequence(torch.randn(4, 3, 6), [2, 4, 1], enforce_sorted=False)
    (plain, *_), last = model(x)

    hardware(model, 4, 24, 24, 24)
    (found, *_), found_last = model(x)

    assert_close((found, found_last), (plain, last))


def test_masks_of_attention() -> None:
    model, x = nn.MultiheadAttention(4, 2, batch_first=True, add_bias_kv=True), torch.randn(3, 5, 4)
    masks = {
        "key_padding_mask": torch.tensor([[False] * 4 + [True]] * 3),
        "attn_mask": torch.randn(6, 5, 5).masked_fill(torch.eye(5, dtype=torch.bool).flip(0), float("-inf")),
        "average_attn_weights": False,
    }
    plain = model(x, x, x, **masks)

    hardware(model, 4, 24, 24, 24)

    assert_close(model(x, x, x, **masks), plain)


def test_tied_weight_is_read_from_its_other_side() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wte = nn.Embedding(7, 3)
            self.head = nn.Linear(3, 7, bias=False)
            self.head.weight = self.wte.weight

        def forward(self, tokens: Any) -> Any:
            return self.head(torch.tanh(self.wte(tokens)))

    class Lent(Tied):
        def forward(self, tokens: Any) -> Any:
            return functional.linear(torch.tanh(self.wte(tokens)), self.wte.weight)

    tokens = torch.tensor([[4, 1, 0]])
    for model in (Tied(), Lent()):
        plain = model(tokens)
        with hardware(model, 2, 24, 24, 24) as found:
            assert_close(model(tokens), plain)
            assert found.layers == ["wte"]
        with hardware(model, 2, 4, None, 4):
            # Two columns of the array, then the third: the sums of a hidden value's crossbars.
            hidden = torch.tensor(stepped_all(torch.tanh(model.wte(tokens))[0], 1.0, 4))
            parts = [hidden[:, :2] @ model.wte.weight.T[:2], hidden[:, 2:] @ model.wte.weight.T[2:]]
            expected = sum(torch.tensor(stepped_all(part, top(part.abs().max().item()), 4)) for part in parts)
            assert_close(model(tokens)[0], expected)


@pytest.mark.parametrize("by", ["hook", "parametrization"])
def test_computed_weights(by: str) -> None:
    class Double(nn.Module):
        def forward(self, weight: Any) -> Any:
            return 2 * weight

    model, x = nn.Sequential(nn.Linear(6, 4), nn.ReLU(inplace=True)), torch.randn(5, 6)
    if by == "hook":
        nn.utils.weight_norm(model[0])
    else:
        nn.utils.parametrize.register_parametrization(model[0], "weight", Double())
    plain = model(x)

    with hardware(model, 4, 24, 24, 24) as found:
        assert_close(model(x), plain)
        assert found.layers == ["0"]
    with hardware(model, 4, 1, 1, 1):
        coarse = model(x)
        assert (coarse - plain).abs().max() > 0.05
        coarse.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


# ---- gradients


def test_gradients_pass_straight_through_in_their_own_steps() -> None:
    model = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[0.7, -0.2]]))
    x = torch.tensor([[0.9, 0.35]], requires_grad=True)
    hardware(model, 2, 1, 1, 1, 2)

    model(x).backward(torch.tensor([[1.2]]))

    # The output's gradient: scale 2, steps of 0.5: 1.2 is 2.4 of them, 1. All else has a scale of 1 and steps of 0.5.
    # Inputs: 1 (0.9 is 1.8 steps), 0.5 (0.35 is 0.7). Weights: 0.5 (0.7 is 1.4), 0 (0.2 is 0.4).
    # The weight's is 1 * (1, 0.5), the input's 1 * (0.5, 0): in steps of a quarter of their scales 1 and 0.5 as they are.
    assert model.weight.grad.tolist() == [[1, 0.5]]
    assert x.grad.tolist() == [[0.5, 0]]


def test_gradients_beyond_a_scale_are_not_cut_off() -> None:
    """Straight through: what is clipped has its gradient all the same, as the authors'."""
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(3)

    hardware(model, 2, None, 8, None, None, weight_range=0.5)
    found = model(torch.tensor([[2.0]]))
    found.backward()

    assert found.item() == 1
    assert model.weight.grad.item() == 2


def test_gradients_of_gradients() -> None:
    model, x = nn.Linear(3, 2), torch.randn(4, 3, requires_grad=True)

    def twice() -> Any:
        (first,) = torch.autograd.grad(torch.sigmoid(model(x)).sum(), x, create_graph=True)
        return torch.autograd.grad(first.square().sum(), [x, model.weight])

    expected = twice()
    with hardware(model, 2, 24, 24, 24, 24):
        assert_close(twice(), expected)


def test_sparse_gradients_of_embeddings_stay_sparse() -> None:
    model = nn.Embedding(9, 3, sparse=True)
    hardware(model, 4, gradient_bits=2)

    (model(torch.tensor([4, 1, 4])) * torch.tensor([1.0, 0.3, -0.6])).sum().backward()

    # The token 4 twice: 2, 0.6, -1.2 with a scale of 2 and steps of 0.5.
    assert model.weight.grad.is_sparse
    assert model.weight.grad.to_dense()[[1, 4]].tolist() == [[1, 0.5, -0.5], [2, 0.5, -1]]


# ---- the model


def network() -> Any:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(32, 3))


def test_model_stays_the_same_but_for_what_it_computes() -> None:
    model, x = network().eval(), torch.randn(2, 1, 6, 6)
    parameters, keys, classes = list(model.parameters()), list(model.state_dict()), [type(m) for m in model.modules()]
    shown, plain = repr(model), model(x)

    found = hardware(model, 8, 2, 2, 2)

    assert found.layers == ["0", "4"] and found.plain == {}
    assert all(one is other for one, other in zip(model.parameters(), parameters))
    assert list(model.state_dict()) == keys and repr(model) == shown
    assert isinstance(model[4], nn.Linear) and layer_map(model).layers == layer_map(network()).layers
    assert not torch.equal(model(x), plain)
    found.remove()
    found.remove()
    assert [type(m) for m in model.modules()] == classes
    assert torch.equal(model(x), plain)
    assert not any("sgsars" in name for module in model.modules() for name in module.__dict__)


def test_optimizer_and_moved_rows_between_iterations() -> None:
    model, x, y = network(), torch.randn(4, 1, 6, 6), torch.tensor([0, 1, 2, 0])
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    asked: List[str] = []

    def places(name: str) -> Any:
        asked.append(name)
        return None if name == "0" else torch.randperm(40)[:33]

    losses = []
    with hardware(model, 8, places=places) as found:
        for _ in range(30):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            found.update()
    assert losses[-1] < 0.5 * losses[0]
    assert asked == ["0", "4"] * 31


def test_copies_compute_as_hardware_by_themselves() -> None:
    model, x = network().eval(), torch.randn(2, 1, 6, 6)
    plain = model(x)
    found = hardware(model, 8, 3, 3, 3, places={"4": torch.arange(33) * 2})
    coarse = model(x)
    copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]

    of_copy = copy.deepcopy(found)
    of_copy.remove()
    assert torch.equal(of_copy.model(x), plain)
    assert torch.equal(model(x), coarse)
    found.remove()
    assert torch.equal(model(x), plain)
    for other in copies:
        assert torch.equal(other(x), coarse)
        with hardware(other, 8, None, None, None, None):
            assert_close(other(x), plain)
        assert_close(other(x), plain)


def test_second_call_replaces_the_first() -> None:
    model, x = network().eval(), torch.randn(2, 1, 6, 6)
    plain = model(x)
    first = hardware(model, 8, 1, 1, 1)

    second = hardware(model, 8, None, None, None)
    assert_close(model(x), plain)
    first.remove()
    assert type(model[0]) is not nn.Conv2d
    second.remove()
    assert type(model[0]) is nn.Conv2d


def test_autocast_does_not_coarsen_sums() -> None:
    model, x = nn.Linear(64, 8), torch.randn(5, 64)
    hardware(model, 16)
    expected = model(x)

    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = model(x)

    assert torch.equal(found, expected)


def test_half_precision_is_computed_in_single() -> None:
    model, x = nn.Linear(64, 8).bfloat16(), torch.randn(5, 64).bfloat16()
    exact = copy.deepcopy(model).float()
    hardware(model, 16)
    hardware(exact, 16)

    assert torch.equal(model(x), exact(x.float()).bfloat16())


def test_double_precision_and_empty_batches() -> None:
    model = nn.Sequential(nn.Conv1d(2, 3, 2), nn.Flatten(), nn.Linear(9, 2)).double()
    hardware(model, 4)

    assert model(torch.randn(5, 2, 4).double()).dtype == torch.float64
    assert model(torch.randn(0, 2, 4).double()).shape == (0, 2)


# ---- what does not compute as hardware is named


class Mine(nn.Module):
    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.kernel = nn.Parameter(torch.randn(6, 4))

    def forward(self, x: Any) -> Any:
        if self.way == "einsum":
            return torch.einsum("bi,io->bo", x, self.kernel)
        if self.way == "turned":
            return functional.linear(x, self.kernel.t()) + 0 * self.kernel.norm()
        return x @ self.kernel.detach() if self.way == "detached" else x @ self.kernel


@pytest.mark.parametrize("way", ["matmul", "turned", "detached"])
def test_own_module_by_a_rule(way: str) -> None:
    model, x = Mine(way), torch.randn(3, 6)
    rows = model.kernel.detach()

    found = hardware(model, 4, 4, 4, 4, rules={"kernel": "in-out"})

    assert torch.equal(model(x), looped(rows, x, 4, 4, False))
    assert found.layers == ["kernel"] and found.plain == {}


def test_unknown_use_is_named_when_it_is_seen() -> None:
    model, x = nn.Sequential(nn.Linear(6, 6), Mine("einsum")), torch.randn(3, 6)
    plain = model(x)
    found = hardware(model, 4, 24, 24, 24, rules={"1.kernel": "in-out"})

    with pytest.warns(UserWarning, match="layer 1.kernel computes plainly, not as its crossbars: einsum is not a function"):
        seen = model(x)

    assert_close(seen, plain)
    assert found.layers == ["0"]
    assert found.plain == {"1.kernel": "einsum is not a function that drives crossbars"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(x)


def test_what_cannot_be_reached_is_named() -> None:
    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.compiled = torch.jit.script(nn.Linear(3, 3))
            self.patched = nn.Linear(3, 3)
            self.patched.forward = lambda x: x
            self.cube = nn.Parameter(torch.randn(2, 2, 2))

    with pytest.warns(UserWarning, match="it is unknown whether cube"):
        found = hardware(Whole(), rules={"compiled": "out-in"})

    assert found.layers == []
    assert found.plain == {
        "compiled": "module compiled is compiled by TorchScript",
        "patched": "module patched has a forward of its own instance, which is called past its class",
        "cube": "user module Whole's cube of shape (2, 2, 2): no rule",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "size is 0; allowed: a whole number of at least 1"),
        ({"size": 2.0}, "size is 2.0; allowed"),
        ({"input_bits": 0}, "input_bits is 0; allowed: 1 to 24, or None"),
        ({"weight_bits": 25}, "weight_bits is 25; allowed: 1 to 24"),
        ({"adc_bits": True}, "adc_bits is True; allowed: 1 to 24"),
        ({"gradient_bits": "8"}, "gradient_bits is '8'; allowed: 1 to 24"),
        ({"scales": "linear"}, "scales is 'linear'; allowed: power-of-two, nearest-power-of-two"),
        ({"adc_range": ""}, "adc_range is ''; allowed: observed, possible"),
        ({"weight_range": -1}, "weight_range is -1; allowed: a number above 0"),
        ({"calibrate": []}, "calibrate has no batches; allowed: at least one"),
        ({"places": {"fc": [0]}}, "places for 'fc' is no layer; allowed: 0, 4"),
        ({"places": {"4": [0, 1]}}, "places for '4' are int64 of shape (2,); allowed: whole numbers of shape (33,)"),
        ({"places": {"4": [0.5] * 33}}, "places for '4' are float32 of shape (33,)"),
        ({"places": {"4": range(-1, 32)}}, "places for '4' have -1; allowed: at least 0"),
        ({"places": {"4": [*range(32), 7]}}, "places for '4' have 7 more than once; allowed: a place per row"),
        ({"places": {"4": ["a"]}}, "places for '4' are ['a']; allowed: 33 whole numbers"),
    ],
)
def test_bad_arguments_are_named_and_leave_the_model(arguments: Dict[str, Any], message: str) -> None:
    model = network()

    with pytest.raises(ValueError) as caught:
        hardware(model, **arguments)

    assert message in str(caught.value)
    assert type(model[4]) is nn.Linear


def test_places_of_no_layer_and_nothing_to_ask() -> None:
    found = hardware(network())

    with pytest.raises(ValueError, match="layer 'fc' is no layer; allowed: 0, 4"):
        found.places("fc")
    with pytest.raises(ValueError, match="places is None; allowed: a mapping by layer's name or a function"):
        found.update()


def test_layer_that_calibration_misses_is_named() -> None:
    class Half(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.unused = nn.Linear(2, 2), nn.Linear(2, 2)

        def forward(self, x: Any) -> Any:
            return self.fc(x)

    with pytest.warns(UserWarning, match="calibration did not reach unused: their ranges are those of each pass"):
        hardware(Half(), calibrate=[{"x": torch.ones(1, 2)}])


# ---- a training


def images(part: str) -> Any:
    pixels = bytearray(gzip.open(IMAGES / f"{part}-images-idx3-ubyte.gz").read()[16:])
    labels = bytearray(gzip.open(IMAGES / f"{part}-labels-idx1-ubyte.gz").read()[8:])
    x = torch.frombuffer(pixels, dtype=torch.uint8).view(-1, 1, 28, 28).float()
    return (x - 73) / 90, torch.frombuffer(labels, dtype=torch.uint8).long()


def trained(bits: Optional[int], iterations: int) -> float:
    """The share of test images that a LeNet gets right."""
    torch.manual_seed(1)
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 5, 2), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(64, 10))
    )
    if bits is not None:
        hardware(model, 64, bits, bits, bits)
    optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9)
    x, y = images("train")
    order = torch.randperm(len(x))
    for batch in order[: iterations * 32].split(32):
        optimizer.zero_grad()
        functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    x, y = images("t10k")
    with torch.no_grad():
        return float((model.eval()(x).argmax(1) == y).float().mean())


def test_lenet_of_8_bits_trains_as_in_float() -> None:
    exact, coarse = trained(None, 187), trained(8, 187)

    assert exact > 0.65
    assert abs(coarse - exact) < 0.02
