"""The matrix of a layer, by values worked out by hand."""

from __future__ import annotations

import pytest

from sgsars import Layer, matrix
from sgsars.layers import sizes

numpy = pytest.importorskip("numpy")


def counting(*shape: int, start: int = 0) -> "numpy.ndarray":
    count = int(numpy.prod(shape))
    return numpy.arange(start, start + count, dtype=numpy.float32).reshape(shape)


def test_out_in_has_a_row_per_input_and_the_bias_last() -> None:
    layer = Layer("fc", "Linear", "fc.weight", "fc.bias")

    found = matrix(layer, counting(2, 3), counting(2, start=10))

    assert found.tolist() == [[0, 3], [1, 4], [2, 5], [10, 11]]
    assert found.dtype == numpy.float32
    assert found.flags.c_contiguous


def test_in_out_has_the_weight_as_it_is() -> None:
    layer = Layer("wte", "Embedding", "wte.weight", axes="in-out")

    assert matrix(layer, counting(3, 2)).tolist() == [[0, 1], [2, 3], [4, 5]]


def test_last_axis_counts_for_all_that_follow() -> None:
    layer = Layer("conv", "Conv2d", "conv.weight", "conv.bias")

    found = matrix(layer, counting(2, 1, 2, 2), counting(2, start=10))

    assert found.tolist() == [[0, 4], [1, 5], [2, 6], [3, 7], [10, 11]]


def test_axes_may_alternate() -> None:
    layer = Layer("mixed", "Mine", "mixed", axes="out-in-out")

    # weight[o][i][p]: row i, column 2 * o + p
    assert matrix(layer, counting(2, 3, 2)).tolist() == [[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11]]


def test_rows_of_a_group_stand_together_with_their_bias() -> None:
    layer = Layer("conv", "Conv1d", "conv.weight", "conv.bias", groups=2)

    found = matrix(layer, counting(4, 1, 2), counting(4, start=10))

    assert found.tolist() == [[0, 2], [1, 3], [10, 11], [4, 6], [5, 7], [12, 13]]


def test_bias_of_a_transposed_convolution_is_in_the_first_tap() -> None:
    layer = Layer("up", "ConvTranspose1d", "up.weight", "up.bias", axes="in-out")

    found = matrix(layer, counting(2, 2, 2), counting(2, start=10))

    assert found.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [10, 0, 11, 0]]


def test_groups_of_a_transposed_convolution_cut_its_inputs() -> None:
    layer = Layer("up", "ConvTranspose1d", "up.weight", "up.bias", axes="in-out", groups=2)

    # Each group has one input, and one output of two taps.
    found = matrix(layer, counting(2, 1, 2), counting(2, start=10))

    assert found.tolist() == [[0, 1], [10, 0], [2, 3], [11, 0]]


def test_shared_bias_is_cut_at_the_layers_own() -> None:
    layer = Layer("attn.k_proj", "MultiheadAttention", "attn.k_proj_weight", "attn.in_proj_bias", bias_from=2)

    found = matrix(layer, counting(2, 3), counting(6, start=10))

    assert found.tolist() == [[0, 3], [1, 4], [2, 5], [12, 13]]


def test_bias_may_have_several_output_axes() -> None:
    layer = Layer("grid", "Mine", "grid", "grid_bias", axes="in-out")

    found = matrix(layer, counting(1, 2, 2), counting(2, 2, start=10))

    assert found.tolist() == [[0, 1, 2, 3], [10, 11, 12, 13]]


def test_sizes_need_no_values() -> None:
    layer = Layer("conv", "Conv2d", "conv.weight", "conv.bias", groups=32)

    found = sizes(layer, (64, 2, 3, 3), (64,))

    assert (found.rows, found.columns, found.inputs, found.biases) == (32 * 19, 2, 18, 2)


@pytest.mark.parametrize(
    ("layer", "weight", "bias", "message"),
    [
        (Layer("fc", "Linear", "w", axes="out"), (2, 3), None, "layer fc: axes 'out' are not allowed; allowed: 'in' and 'out'"),
        (Layer("fc", "Linear", "w", axes="out-in-in"), (2, 3), None, "axes 'out-in-in' are 3, but w has 2 dimensions"),
        (Layer("fc", "Linear", "w", groups=2), (3, 2), None, "w of shape (3, 2) is not to be cut into 2 groups; allowed: what"),
        (Layer("fc", "Linear", "w", "b"), (2, 3), (3,), "b of shape (3,) is no bias of w of shape (2, 3), whose axes are out-in"),
        (Layer("fc", "Linear", "w", "b", 3), (2, 3), (4,), "whose axes are out-in, from index 3 on"),
        (Layer("fc", "Linear", "w", "b", groups=2), (2, 3), (1,), "whose axes are out-in in 2 groups"),
        (Layer("fc", "Linear", "w", "b"), (2, 3), None, "layer fc has the bias b, but values of none are given"),
        (Layer("fc", "Linear", "w"), (2, 3), (2,), "layer fc has no bias, but values of one are given"),
    ],
)
def test_what_does_not_fit_is_named(layer: Layer, weight: tuple, bias: tuple, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        matrix(layer, counting(*weight), None if bias is None else counting(*bias))

    assert message in str(caught.value)
