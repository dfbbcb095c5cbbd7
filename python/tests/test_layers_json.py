"""layers.json: what is written is what is read, and what is wrong is named."""

from __future__ import annotations

import json
import pathlib

import pytest

from sgsars import Layer, LayerMap

MAP = LayerMap(
    [
        Layer("conv", "Conv2d", "conv.weight", "conv.bias", groups=2),
        Layer("attn.v_proj", "MultiheadAttention", "attn.v_proj_weight", "attn.in_proj_bias", bias_from=8),
        Layer("wte", "Embedding", "wte.weight", axes="in-out"),
    ],
    ["bn.weight", "bn.bias"],
    unmapped={"pos": "user module Net's pos of shape (4, 3): no rule"},
    notes=["a note"],
    computed_from={"conv.weight_g": "conv.weight"},
)


def test_json_has_the_known_keys_and_no_other() -> None:
    assert json.loads(MAP.to_json()) == {
        "version": 1,
        "layers": [
            {"name": "conv", "kind": "Conv2d", "weight": "conv.weight", "bias": "conv.bias", "axes": "out-in", "groups": 2},
            {
                "name": "attn.v_proj",
                "kind": "MultiheadAttention",
                "weight": "attn.v_proj_weight",
                "bias": "attn.in_proj_bias",
                "biasFrom": 8,
                "axes": "out-in",
                "groups": 1,
            },
            {"name": "wte", "kind": "Embedding", "weight": "wte.weight", "axes": "in-out", "groups": 1},
        ],
        "digital": ["bn.weight", "bn.bias"],
    }


def linear(*layers: str) -> str:
    """A file of Linears, each with a name, a weight and perhaps a bias; d is digital."""
    entries = [dict(zip(("name", "weight", "bias"), layer.split()), kind="Linear") for layer in layers]
    return json.dumps({"version": 1, "layers": entries, "digital": ["d"]})


def test_read_gives_what_write_was_given(tmp_path: pathlib.Path) -> None:
    MAP.write(tmp_path / "layers.json")

    found = LayerMap.read(tmp_path / "layers.json")

    assert found == LayerMap(MAP.layers, MAP.digital)
    assert [file.name for file in tmp_path.iterdir()] == ["layers.json"]


def test_read_takes_axes_from_the_kind(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "layers.json"
    file.write_text('{"version": 1, "layers": [{"name": "wte", "kind": "Embedding", "weight": "wte.weight"}]}')

    assert LayerMap.read(file) == LayerMap([Layer("wte", "Embedding", "wte.weight", axes="in-out")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "is not JSON"),
        ("[]", "all of it: [] is not allowed; allowed: an object with version, layers, digital"),
        ('{"version": 2}', "version: 2 is not allowed; allowed: 1"),
        ('{"version": 1, "layer": []}', 'all of it: "layer" is not allowed; allowed: version, layers, digital'),
        ('{"version": 1, "layers": {}}', "layers: {} is not allowed; allowed: a list"),
        ('{"version": 1, "digital": [1]}', "digital[0]: 1 is not allowed; allowed: a text"),
        ('{"version": 1, "layers": [{"weight": "w", "axes": "out-in"}]}', "layers[0].name: null is not allowed; allowed: a text"),
        ('{"version": 1, "layers": [{"name": "a", "weight": "w"}]}', "layers[0].axes: null is not allowed; allowed: 'in' and"),
        (
            '{"version": 1, "layers": [{"name": "a", "weight": "w", "axes": "out-in", "groups": 0}]}',
            "layers[0].groups: 0 is not allowed; allowed: a whole number of at least 1",
        ),
        (
            '{"version": 1, "layers": [{"name": "a", "weight": "w", "axes": "out-in", "biasFrom": 0.5}]}',
            "layers[0].biasFrom: 0.5 is not allowed; allowed: a whole number of at least 0",
        ),
        (linear("a w", "a v"), 'layers[1].name: "a" is not allowed; allowed: each name once; layers[0] has it too'),
        (linear("a w", "b w"), 'layers[1].weight: "w" is not allowed; allowed: each weight once; layers[0] has it too'),
        (linear("a w", "b v w"), 'layers[1].bias: "w" is not allowed; allowed: no weight; it is that of layers[0]'),
        (linear("a w d"), 'layers[0].bias: "d" is not allowed; allowed: what digital does not list'),
        (linear("a d"), 'layers[0].weight: "d" is not allowed; allowed: what digital does not list'),
    ],
)
def test_read_names_place_value_and_what_is_allowed(tmp_path: pathlib.Path, text: str, message: str) -> None:
    file = tmp_path / "layers.json"
    file.write_text(text)

    with pytest.raises(ValueError) as caught:
        LayerMap.read(file)

    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)
