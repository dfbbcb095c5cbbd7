"""What is selected in PyTorch. LocalSelectionIT compares it with the sgs-service, byte by byte."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

import pytest

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")

from slow_selection import SlowSelection  # noqa: E402

from sgsars import cells, matrix  # noqa: E402
from sgsars.layers import Layer  # noqa: E402
from sgsars.random_stream import RandomStream  # noqa: E402
from sgsars.selection import Choice, LayerSelection, Update, choices  # noqa: E402

#: Of a training whose optimizer proposes: what comes is minus what the weights are to change by.
PROPOSED = {"momentum": 0.0, "learningRate": 1.0, "weightDecay": 0.0}
MOMENTUM = {"momentum": 0.5, "learningRate": 0.5, "weightDecay": 0.0}
PLAIN = Layer("fc", "Linear", "fc.weight")
BIASED = Layer("fc", "Linear", "fc.weight", "fc.bias")


def selection(
    inputs: int, outputs: int, kind: str, optimizer: Any = PROPOSED, trains: bool = True, **settings: Any
) -> LayerSelection:
    """A layer without a bias, whose weight is the matrix transposed."""
    return LayerSelection(PLAIN, torch.zeros(outputs, inputs), None, optimizer, [Choice(0, kind, settings, trains)], 1)


def select(of: LayerSelection, rows: List[List[float]]) -> Update:
    """Takes gradients as the matrix has them."""
    of.advance(of.iteration, torch.tensor(rows).T)
    (update,) = of.updates()
    return update


def floats(update: Update) -> List[float]:
    return [float(value) for value in numpy.frombuffer(update.values, "<f4")]


def test_max_takes_the_row_of_largest_magnitude_and_tells_what_it_changes() -> None:
    of = selection(3, 2, "sgs", {**PROPOSED, "learningRate": 0.5})

    first = select(of, [[1, 3], [-4, 0], [2, 2.5]])
    second = select(of, [[0, 0], [0, 0], [0, 0]])

    assert first == Update(0, 0, "ROWS", [1], [], numpy.array([2, -0.0], "<f4").tobytes())
    # Row 1 is 0 now, the others wait.
    assert (second.iteration, second.rows, floats(second)) == (1, [0], [-0.5, -1.5])


def test_sum_takes_the_row_of_largest_sum() -> None:
    assert select(selection(3, 2, "sgs", score="sum"), [[1, 3], [-4, 0], [2, 2.5]]).rows == [2]  # 4, 4, 4.5


@pytest.mark.parametrize("score", ["max", "sum"])
def test_ties_go_to_the_lowest_rows(score: str) -> None:
    rows: List[List[float]] = [[0, 0], [0, -5], [3, 2], [5, 0], [-5, 0]]

    assert select(selection(5, 2, "sgs", score=score), rows).rows == [1]
    assert select(selection(5, 2, "sgs", score=score, rows=2), rows).rows == [1, 2 if score == "sum" else 3]
    assert select(selection(5, 2, "sgs", score=score), [[0, 0]] * 5).rows == [0]


def test_a_sum_is_added_up_column_after_column_in_float32() -> None:
    # 2^24 and 1 make 2^24, each time: so row 0 has no more, and rows 1 and 2 have 2^24 + 2.
    rows = [[2.0**24, 1, 1], [1, 1, 2.0**24], [0, 2.0**24, 2]]

    assert select(selection(3, 3, "sgs", score="sum"), rows).rows == [1]
    assert select(selection(3, 3, "sgs", score="sum", rows=2), rows).rows == [1, 2]


def test_a_block_is_added_up_row_after_row() -> None:
    # Blocks of 2^24, 2^24 + 1 rounded to 2^24, 2^24 + 2.
    rows: List[List[float]] = [[2.0**24], [0], [2.0**24], [1], [1], [2.0**24 + 2]]

    assert select(selection(6, 1, "sgs", score="sum", block=2), rows).rows == [4, 5]
    assert select(selection(6, 1, "sgs", score="sum", block=2, rows=2), rows).rows == [0, 1, 4, 5]


def test_share_and_blocks_say_how_many_rows() -> None:
    rows: List[List[float]] = [[float(row)] for row in range(7)]

    assert select(selection(7, 1, "sgs", share=0.5), rows).rows == [3, 4, 5, 6]  # 3.5, half to even
    assert select(selection(7, 1, "sgs", share=0.01), rows).rows == [6]
    assert select(selection(7, 1, "sgs", block=2), rows).rows == [6]  # the last block has one row
    assert select(selection(7, 1, "sgs", block=3, share=0.8), rows).rows == [3, 4, 5, 6]  # 5.6 / 3 = 1.87 blocks


def test_by_position_writes_one_cell_of_a_small_layer() -> None:
    rows: List[List[float]] = [[1, 1, 1], [0, -4, 4]]

    assert select(selection(2, 3, "sgs", byPosition=True), rows)[2:5] == ("CELLS", [1], [1])
    assert select(selection(2, 3, "sgs", byPosition=True, smallRows=1), rows)[2:5] == ("ROWS", [1], [])


def test_top_k_ties_go_to_the_lowest_row_then_column() -> None:
    update = select(selection(3, 2, "top-k", ratio=0.5), [[1, -2], [2, 3], [2, -2]])

    assert update[2:5] == ("CELLS", [0, 1, 1], [1, 0, 1])
    assert floats(update) == [2, -2, -3]


def test_top_k_finds_the_largest_whatever_they_were_before() -> None:
    """Large at first, small later, many alike, and no gradient at all: an earlier threshold is no help, or a wrong one."""
    torch.manual_seed(1)
    of, slow = selection(40, 50, "top-k", ratio=0.01), SlowSelection(40, 50, PROPOSED, "top-k", {"ratio": 0.01})

    for factor in (1.0, 1.0, 1e-3, 0.0, 0.0, 1e3, 1.0, 1.0):
        rows = torch.randn(40, 50) * factor if factor != 1e-3 else torch.randint(-2, 3, (40, 50)).float() * factor
        _, chosen, columns, _ = slow.advance(of.iteration, rows.numpy())
        assert select(of, rows.tolist())[3:5] == (chosen, columns)


def test_top_k_looks_everywhere_where_the_last_threshold_leaves_too_few() -> None:
    of = selection(40, 5, "top-k", ratio=0.1)  # 20 cells

    select(of, [[100.0] * 5] * 5 + [[1.0] * 5] * 35)

    # Five of 100 are left, and fifteen of 1.
    update = select(of, [[0.0] * 5] * 40)
    assert update.rows == [4] * 5 + [5] * 5 + [6] * 5 + [7] * 5


def test_dense_writes_all_row_by_row() -> None:
    update = select(selection(2, 2, "dense"), [[1, 2], [3, -4]])

    assert (update.extent, update.rows, update.columns, floats(update)) == ("ALL", [], [], [-1, -2, -3, 4])


def test_without_training_nothing_tells_values() -> None:
    for kind in ("dense", "top-k", "sgs", "random-row", "mixed-precision"):
        assert select(selection(2, 2, kind, trains=False), [[1, 2], [3, -4]]).values == b""


def test_quantized_changes_are_whole_steps_half_to_even_and_the_rest_waits() -> None:
    of = selection(1, 4, "dense", {**PROPOSED, "learningRate": 0.5}, quantize=2, weightRange=4.0)  # steps of 1

    # Changes of -0.5, -1.5, -0.25 and 1.25 are rounded to 0, -2, 0 and 1: 1 too much is taken of the second.
    assert floats(select(of, [[1, 3, 0.5, -2.5]])) == [0, -2, 0, 1]
    # Accumulated: 1 + 0.5, -1 - 2, 0.5, -0.5 - 1.5; changes -0.75, 1.5, -0.25, 1.
    assert floats(select(of, [[0.5, -2, 0, -1.5]])) == [-1, 2, 0, 1]


def test_what_rounds_to_nothing_waits_as_it_is() -> None:
    torch.manual_seed(1)
    of = selection(20, 30, "dense", {**PROPOSED, "learningRate": 0.3}, quantize=1, weightRange=100.0)
    gradient = torch.randn(30, 20)

    of.advance(0, gradient)

    assert of.state_dict()["residual.0.weight"].equal(gradient)


def test_what_rounds_to_nothing_is_no_negative_zero() -> None:
    update = select(selection(1, 2, "dense", quantize=1), [[0.01, -0.01]])

    assert update.values == bytes(8)


def test_skip_unchanged_writes_cells_that_change() -> None:
    settings: Dict[str, Any] = {"quantize": 2, "weightRange": 4.0, "skipUnchanged": True}
    rows = [[0.25, 1.0], [-2.0, 0.5], [0.75, 0.0]]

    assert select(selection(3, 2, "dense", **settings), rows)[2:5] == ("CELLS", [0, 1, 2], [1, 0, 0])
    assert select(selection(3, 2, "sgs", **settings), rows)[2:5] == ("CELLS", [1], [0])
    assert select(selection(3, 2, "top-k", ratio=0.67, **settings), rows)[2:5] == ("CELLS", [0, 1, 2], [1, 0, 0])
    nothing = select(selection(3, 2, "dense", **settings), [[0.1, 0.1]] * 3)
    assert nothing[2:] == ("CELLS", [], [], b"")


def test_mixed_precision_writes_whole_pulses() -> None:
    of = selection(3, 2, "mixed-precision", step=0.5)

    first = select(of, [[0.75, 0.0], [-1.25, 0.375], [0.0, -3.0]])
    # 0.25 and -0.25 wait, and 0.375 as it is.
    second = select(of, [[0.25, 0.0], [-0.2, 0.1], [0.0, 0.0]])

    assert (first[2:5], floats(first)) == (("CELLS", [0, 1, 2], [0, 0, 1]), [-0.5, 1, 3])
    assert (second[2:5], floats(second)) == (("CELLS", [0], [0]), [-0.5])
    assert select(of, [[0, 0]] * 3)[2:] == ("CELLS", [], [], b"")


def test_cells_of_whole_pulses_hold_any_weight_at_first() -> None:
    of = LayerSelection(PLAIN, torch.zeros(2, 1), None, MOMENTUM, [Choice(0, "mixed-precision", {"step": 0.5}, True)], 1)

    (update,) = of.start(torch.tensor([[0.25], [-0.75]]), None)

    assert floats(update) == [0.25, -0.75]


def test_momentum_dampening_and_look_ahead_are_those_of_sgd() -> None:
    def steps(**changes: Any) -> List[float]:
        of = selection(1, 1, "dense", {**MOMENTUM, "learningRate": 1.0, **changes})
        return [-value for gradient in (4.0, 2.0, 1.0) for value in floats(select(of, [[gradient]]))]

    assert steps() == [4, 4, 3]
    assert steps(dampening=0.25) == [4, 3.5, 2.5]
    assert steps(nesterov=True) == [6, 4, 2.5]
    assert steps(momentum=0.0, dampening=0.25) == [4, 2, 1]  # nothing without momentum
    assert steps(learningRateSteps=[{"fromIteration": 1, "learningRate": 2.0}]) == [4, 8, 6]


def test_weights_decay_by_what_was_written() -> None:
    of = selection(2, 1, "sgs", {"momentum": 0.0, "learningRate": 0.5, "weightDecay": 0.25})

    (initial,) = of.start(torch.tensor([[8.0, 2.0]]), None)

    assert (initial.iteration, initial.extent, floats(initial)) == (-1, "ALL", [8, 2])
    # 0.25 * 8 and 0.25 * 2; row 0 is written by -1 and decays as 7 from then on, row 1 waits with 0.5 more each time.
    assert floats(select(of, [[0], [0]])) == [-1]
    second = select(of, [[0], [0]])
    assert (second.rows, floats(second)) == ([0], [-0.875])


def test_initial_weights_are_those_that_cells_can_hold() -> None:
    kinds = [Choice(0, "dense", {}), Choice(3, "sgs", {"quantize": 1}, True)]
    of = LayerSelection(BIASED, torch.zeros(2, 1), torch.zeros(2), MOMENTUM, kinds, 1)

    (update,) = of.start(torch.tensor([[0.3], [0.7]]), torch.tensor([0.1, -1.0]))

    assert (update.sparsifier, floats(update)) == (3, [0.25, 0.75, 0, -1])


def test_random_rows_are_those_of_java() -> None:
    # RandomStream.of(5, "iteration").child(i).generator().nextInt(bound)
    def rows(bound: int) -> List[int]:
        return [RandomStream.of(5, "iteration").child(i).first_below(bound) for i in range(6)]

    assert rows(64) == [19, 39, 49, 62, 28, 12]
    assert rows(201) == [5, 52, 155, 109, 41, 175]
    assert rows((1 << 30) + 1) == [613214825, 888799897, 600508774, 397346515, 707467982, 338888387]
    assert RandomStream.of(-7, "sparsifier").child("conv1").child("random-row").seed == -770304308860858311 % (1 << 64)
    assert RandomStream.of(1, "\u00e9").child(-3).seed == -6827611109244206049 % (1 << 64)


LAYERS: Dict[str, Any] = {
    "linear": (Layer("a", "Linear", "a.weight", "a.bias"), (5, 9), (5,)),
    "conv": (Layer("b", "Conv2d", "b.weight", "b.bias"), (6, 3, 2, 2), (6,)),
    "grouped": (Layer("c", "Conv2d", "c.weight", "c.bias", groups=2), (6, 3, 2, 2), (6,)),
    "transposed": (Layer("d", "ConvTranspose2d", "d.weight", "d.bias", axes="in-out"), (7, 3, 2, 2), (3,)),
    "grouped transposed": (Layer("e", "ConvTranspose2d", "e.weight", "e.bias", axes="in-out", groups=2), (8, 3, 2, 2), (6,)),
    "embedding": (Layer("f", "Embedding", "f.weight", axes="in-out"), (11, 4), None),
    "part of a bias": (Layer("g", "MultiheadAttention", "g.weight", "g.bias", 4), (4, 8), (12,)),
    "mixed": (Layer("h", "", "h.weight", axes="in-out-in"), (3, 4, 3), None),
}

SETTINGS = [
    ("dense", {"quantize": 3, "weightRange": 0.7, "skipUnchanged": True}),
    ("top-k", {"ratio": 0.2}),
    ("top-k", {"ratio": 0.3, "quantize": 4}),
    ("mixed-precision", {"step": 0.07}),
    ("sgs", {}),
    ("sgs", {"score": "sum", "rows": 3}),
    ("sgs", {"block": 4, "score": "sum"}),
    ("sgs", {"share": 0.4, "block": 2, "quantize": 3, "skipUnchanged": True}),
]

OPTIMIZERS: List[Any] = [
    {"momentum": 0.9, "learningRate": 0.3, "weightDecay": 0.125},
    {"momentum": 0.7, "learningRate": 0.1, "weightDecay": 0.0, "nesterov": True},
    PROPOSED,
]


@pytest.mark.parametrize("small_slices", [False, True])
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_any_layer_selects_what_plain_loops_select(
    name: str, channels_last: bool, small_slices: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeds 0 to 7. Some gradients are whole numbers, which are often equal, and some are below every normal number."""
    layer, shape, bias_shape = LAYERS[name]
    if small_slices:
        monkeypatch.setattr(cells, "_TOGETHER", 8)
    for seed, (kind, settings) in enumerate(SETTINGS):
        torch.manual_seed(seed)
        weight, bias = torch.randn(shape), None if bias_shape is None else torch.randn(bias_shape)
        if channels_last and weight.dim() == 4:
            weight = weight.to(memory_format=torch.channels_last)
        optimizer = OPTIMIZERS[seed % 3]
        of = LayerSelection(layer, weight, bias, optimizer, [Choice(2, kind, settings, True)], 1)
        start = matrix(layer, weight, bias)
        slow = SlowSelection(*start.shape, optimizer, kind, settings)
        slow.weights = start
        of.start(weight, bias)
        for iteration in range(8):
            gradient = [_gradient(values, iteration) for values in (weight, bias)]
            of.advance(iteration, *gradient)
            (update,) = of.updates()
            extent, rows, columns, values = slow.advance(iteration, matrix(layer, *gradient))
            assert (update.extent, update.rows, update.columns) == (extent, rows, columns)
            assert update.values == numpy.array(values, "<f4").tobytes()


def _gradient(like: Any, iteration: int) -> Any:
    if like is None:
        return None
    numbers = torch.randint(-2, 3, like.shape).float() if iteration % 2 else torch.randn_like(like)
    return numbers * (1e-42 if iteration == 3 else 0.3)


@pytest.mark.parametrize("seed", range(5))
def test_sums_that_are_almost_equal_are_told_apart_as_java_does(seed: int) -> None:
    """Every row has the same numbers in another order, so that only rounding tells their sums apart."""
    generator = numpy.random.default_rng(seed)
    numbers = generator.standard_normal(300).astype(numpy.float32)
    rows = numpy.stack([generator.permutation(numbers) for _ in range(40)])
    for settings in ({"rows": 5}, {"block": 3, "rows": 4}):
        slow = SlowSelection(40, 300, PROPOSED, "sgs", {"score": "sum", **settings})
        assert select(selection(40, 300, "sgs", score="sum", **settings), rows.tolist()).rows == slow.advance(0, rows)[1]


def test_several_sparsifiers_share_a_velocity_and_have_their_own_residuals() -> None:
    kinds = [Choice(0, "sgs", {}), Choice(1, "dense", {}), Choice(4, "sgs", {"rows": 2})]
    of = LayerSelection(PLAIN, torch.zeros(2, 3), None, MOMENTUM, kinds, 1)

    of.advance(0, torch.tensor([[1.0, 2, 3], [0, 0, 0]]))
    assert [(update.sparsifier, update.rows) for update in of.updates()] == [(0, [2]), (1, []), (4, [1, 2])]

    assert sorted(of.state_dict()) == ["iteration", "residual.0.weight", "residual.2.weight", "velocity.0.weight"]
    assert of.state_dict()["velocity.0.weight"].tolist() == [[1, 2, 3], [0, 0, 0]]
    assert of.state_dict()["residual.2.weight"].tolist() == [[1, 0, 0], [0, 0, 0]]


def test_a_restored_selection_goes_on_as_the_first_would() -> None:
    def fresh(memory: Any) -> LayerSelection:
        weight = torch.zeros(4, 3, 2, 2).to(memory_format=memory)
        kinds = [Choice(0, "sgs", {"quantize": 4}, True), Choice(1, "top-k", {"ratio": 0.1}, True), Choice(2, "random-row", {})]
        layer = Layer("conv", "Conv2d", "conv.weight", "conv.bias")
        return LayerSelection(layer, weight, torch.zeros(4), {**MOMENTUM, "weightDecay": 0.1}, kinds, 1)

    torch.manual_seed(1)
    gradients = [(torch.randn(4, 3, 2, 2), torch.randn(4)) for _ in range(6)]
    first, second = fresh(torch.contiguous_format), fresh(torch.channels_last)
    first.start(*gradients[0])
    for iteration in range(3):
        first.advance(iteration, *gradients[iteration])
        first.updates()

    second.load_state_dict(first.state_dict())

    for iteration in range(3, 6):
        for of in (first, second):
            of.advance(iteration, *gradients[iteration])
        assert first.updates() == second.updates()


def test_a_state_of_something_else_is_refused() -> None:
    of = selection(3, 2, "sgs")

    with pytest.raises(ValueError, match="other sparsifiers or another optimizer: velocity.0.weight"):
        of.load_state_dict(selection(3, 2, "sgs", MOMENTUM).state_dict())
    with pytest.raises(ValueError, match=r"residual.0.weight has shape \(2, 4\); allowed: \(2, 3\)"):
        of.load_state_dict(selection(4, 2, "sgs").state_dict())


def test_gradients_of_other_types_count_as_on_the_wire() -> None:
    wide = torch.tensor([[1 + 2.0**-40, 2.0, 0.1]], dtype=torch.float64)
    of, narrow = selection(3, 1, "dense"), selection(3, 1, "dense")

    of.advance(0, wide)
    narrow.advance(0, wide.float())
    assert of.updates() == narrow.updates()
    of.advance(1, wide.bfloat16())
    assert floats(of.updates()[0])[2] == -float(torch.tensor(0.1).bfloat16())


def test_no_gradient_is_zeros() -> None:
    of = selection(2, 1, "sgs", MOMENTUM)
    select(of, [[4], [1]])

    of.advance(1, None)

    # The velocities 4 and 1 make 2 and 0.5; row 0 was taken.
    (update,) = of.updates()
    assert (update.rows, floats(update)) == ([0], [-1])


@pytest.mark.parametrize("kind", ["sgs", "top-k", "dense", "random-row", "mixed-precision"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_gradient_that_is_not_finite_is_refused_by_its_place(kind: str, value: float) -> None:
    of = LayerSelection(BIASED, torch.zeros(2, 3), torch.zeros(2), PROPOSED, [Choice(0, kind, {})], 1)
    of.advance(0, torch.tensor([[1.0, 2, 3], [4, value, 6]]), torch.tensor([0.0, value]))

    with pytest.raises(ValueError, match=f"layer fc, iteration 0: value {value} at row 1, column 1 is not finite"):
        of.updates()


@pytest.mark.parametrize(
    "kind, settings, message",
    [
        ("threshold", {"magnitude": 1.0}, "'threshold' does not run in PyTorch; allowed: dense, random-row, top-k, sgs, "),
        ("attacker", {}, "'attacker' does not run in PyTorch"),
        ("sgs", {"wearFeedback": 8}, "'sgs' has no setting 'wearFeedback' in PyTorch; allowed: score, rows, share"),
        ("sgs", {"rows": 9}, "rows: 9 is more than the 3 rows of layer fc"),
        ("sgs", {"block": 2, "rows": 2}, "rows: 2 blocks of 2 rows is more than the 3 rows of layer fc"),
        ("sgs", {"rows": 2, "share": 0.5}, "rows and share both say how much is written"),
        ("sgs", {"byPosition": True, "rows": 2}, "byPosition writes one cell of one row"),
        ("sgs", {"score": "mean"}, "sgs: score: 'mean' is not allowed; allowed: max, sum"),
        ("top-k", {"ratio": 0}, "top-k: ratio: 0 is not allowed; allowed: above 0, at most 1"),
        ("dense", {"quantize": True}, "dense: quantize: True is not allowed; allowed: 1 to 24"),
        ("dense", {"skipUnchanged": True}, "dense: weightRange and skipUnchanged go with quantize"),
    ],
)
def test_what_does_not_run_here_is_refused_with_what_is_allowed(kind: str, settings: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as raised:
        selection(3, 2, kind, **settings)
    assert message in str(raised.value)


def test_iterations_come_without_a_gap_and_values_in_the_layers_shape() -> None:
    of = selection(3, 2, "sgs")

    with pytest.raises(ValueError, match="layer fc: iteration 1 comes where 0 should"):
        of.advance(1, torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r"layer fc: a weight of shape \(3, 2\) comes; allowed: \(2, 3\)"):
        of.advance(0, torch.zeros(3, 2))
    of.advance(0, torch.zeros(2, 3))
    assert of.iteration == 1


def test_optimizers_that_are_not_allowed_are_refused() -> None:
    with pytest.raises(ValueError, match="momentum 1.0"):
        selection(3, 2, "sgs", {**PROPOSED, "momentum": 1.0})
    with pytest.raises(ValueError, match="nesterov"):
        selection(3, 2, "sgs", {**PROPOSED, "nesterov": True})


def run(training: Optional[List[int]], **changes: Any) -> Dict[str, Any]:
    exceptions = [{"digital": True}, {"digital": False}]
    return {
        "sparsifiers": [{"kind": kind, "settings": {"quantize": 4}} for kind in ("dense", "sgs", "top-k")],
        "scenarios": [
            {"sparsifier": 1, "exceptions": [], "exceptionOfLayers": []},
            {"sparsifier": 0, "exceptions": exceptions, "exceptionOfLayers": [0, 1, -1]},
            {"sparsifier": 2, "exceptions": [], "exceptionOfLayers": []},
        ],
        "training": None if training is None else {"scenarios": training},
        **changes,
    }


def test_choices_are_the_sparsifiers_that_have_the_layer_on_crossbars() -> None:
    assert [choice.number for choice in choices(run(None), 0)] == [1, 2]
    assert choices(run(None), 1)[0] == Choice(0, "dense", {"quantize": 4}, False)
    assert [choice.trains for choice in choices(run([1]), 2)] == [True, False, False]
    assert [[choice.number for choice in choices(run([0, 1, 2]), 2, training)] for training in range(3)] == [[1], [0], [2]]
