"""Which parameters of a model are layers, by the modules that they are of."""

from __future__ import annotations

import warnings
from typing import Any, List

import pytest

from sgsars import Layer, LayerMap, layer_map

torch = pytest.importorskip("torch")
pytest.importorskip("torch.nn.utils.prune")  # not imported by torch itself
from modules import Conv1D  # noqa: E402

nn = torch.nn


def mapped(model: Any, rules: Any = None) -> LayerMap:
    """The map of a model of which all is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return layer_map(model, rules)


def named(**modules: Any) -> Any:
    """A model of modules by name."""
    model = nn.Module()
    for name, module in modules.items():
        setattr(model, name, module)
    return model


class Foo(nn.Module):
    """A user's own module: it takes 3 inputs to 4 outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 3))
        self.bias = nn.Parameter(torch.randn(4))


@pytest.mark.parametrize(
    ("module", "layer"),
    [
        (nn.Linear(3, 4), Layer("m", "Linear", "m.weight", "m.bias")),
        (nn.Linear(3, 4, bias=False), Layer("m", "Linear", "m.weight")),
        (nn.Bilinear(2, 3, 4), Layer("m", "Bilinear", "m.weight", "m.bias")),
        (nn.Conv1d(2, 4, 3), Layer("m", "Conv1d", "m.weight", "m.bias")),
        (nn.Conv2d(8, 4, 3, groups=4), Layer("m", "Conv2d", "m.weight", "m.bias", groups=4)),
        (nn.Conv3d(2, 4, 3, bias=False), Layer("m", "Conv3d", "m.weight")),
        (nn.ConvTranspose1d(2, 4, 3), Layer("m", "ConvTranspose1d", "m.weight", "m.bias", axes="in-out")),
        (nn.ConvTranspose2d(8, 4, 3, groups=2), Layer("m", "ConvTranspose2d", "m.weight", "m.bias", axes="in-out", groups=2)),
        (nn.ConvTranspose3d(2, 4, 3, bias=False), Layer("m", "ConvTranspose3d", "m.weight", axes="in-out")),
        (nn.Embedding(5, 3), Layer("m", "Embedding", "m.weight", axes="in-out")),
        (nn.EmbeddingBag(5, 3), Layer("m", "EmbeddingBag", "m.weight", axes="in-out")),
        (Conv1D(4, 3), Layer("m", "Conv1D", "m.weight", "m.bias", axes="in-out")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_module_of_one_weight_is_a_layer(module: Any, layer: Layer) -> None:
    found = mapped(named(m=module))

    assert (found.layers, found.digital, found.unmapped, found.notes) == ([layer], [], {}, [])


def recurrent(kind: str, name: str, bias: bool = True) -> Layer:
    return Layer(f"m.{name}", kind, f"m.weight_{name}", f"m.bias_{name}" if bias else None)


def test_each_weight_of_a_recurrent_module_is_a_layer() -> None:
    found = mapped(named(m=nn.LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2)))

    names = [f"{of}_l{layer}{way}" for layer in (0, 1) for way in ("", "_reverse") for of in ("ih", "hh", "hr")]
    assert found.layers == [recurrent("LSTM", name, bias="hr" not in name) for name in names]
    assert found.digital == []


@pytest.mark.parametrize("kind", ["RNN", "GRU"])
def test_simple_and_gated_units_are_alike(kind: str) -> None:
    assert mapped(named(m=getattr(nn, kind)(3, 4))).layers == [recurrent(kind, "ih_l0"), recurrent(kind, "hh_l0")]


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells_are_alike(kind: str) -> None:
    assert mapped(named(m=getattr(nn, kind)(3, 4))).layers == [recurrent(kind, "ih"), recurrent(kind, "hh")]
    assert mapped(named(m=getattr(nn, kind)(3, 4, bias=False))).layers == [
        recurrent(kind, "ih", bias=False),
        recurrent(kind, "hh", bias=False),
    ]


OUT_PROJECTION = Layer("attn.out_proj", "Linear", "attn.out_proj.weight", "attn.out_proj.bias")


def test_attention_of_one_size_has_one_input_projection() -> None:
    found = mapped(named(attn=nn.MultiheadAttention(4, 2, add_bias_kv=True)))

    assert found.layers == [
        Layer("attn.in_proj", "MultiheadAttention", "attn.in_proj_weight", "attn.in_proj_bias"),
        OUT_PROJECTION,
    ]
    assert found.digital == ["attn.bias_k", "attn.bias_v"]


def test_attention_of_several_sizes_shares_a_bias() -> None:
    found = mapped(named(attn=nn.MultiheadAttention(4, 2, kdim=5, vdim=6)))

    assert found.layers == [
        Layer("attn.q_proj", "MultiheadAttention", "attn.q_proj_weight", "attn.in_proj_bias", bias_from=0),
        Layer("attn.k_proj", "MultiheadAttention", "attn.k_proj_weight", "attn.in_proj_bias", bias_from=4),
        Layer("attn.v_proj", "MultiheadAttention", "attn.v_proj_weight", "attn.in_proj_bias", bias_from=8),
        OUT_PROJECTION,
    ]
    assert found.digital == []


def test_attention_may_have_no_bias() -> None:
    found = mapped(named(attn=nn.MultiheadAttention(4, 2, kdim=5, vdim=6, bias=False)))

    assert [(layer.name, layer.bias, layer.bias_from) for layer in found.layers] == [
        ("attn.q_proj", None, None),
        ("attn.k_proj", None, None),
        ("attn.v_proj", None, None),
        ("attn.out_proj", None, None),
    ]


@pytest.mark.parametrize(
    "module",
    [
        nn.BatchNorm1d(4),
        nn.BatchNorm2d(4),
        nn.BatchNorm3d(4),
        nn.SyncBatchNorm(4),
        nn.InstanceNorm2d(4, affine=True),
        nn.GroupNorm(2, 4),
        nn.LayerNorm(4),
        nn.LayerNorm((4, 3)),
    ],
    ids=lambda module: type(module).__name__,
)
def test_norms_are_digital(module: Any) -> None:
    found = mapped(named(m=module))

    assert (found.layers, found.digital) == ([], ["m.weight", "m.bias"])


def test_prelu_is_digital() -> None:
    assert mapped(named(m=nn.PReLU(4))).digital == ["m.weight"]


def test_all_of_a_transformer_layer_is_known() -> None:
    found = mapped(nn.TransformerEncoderLayer(8, 2, 16))

    assert [layer.name for layer in found.layers] == ["self_attn.in_proj", "self_attn.out_proj", "linear1", "linear2"]
    assert found.digital == ["norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"]


def test_module_derived_from_a_known_one_is_that() -> None:
    class Mine(nn.Conv2d):
        pass

    assert mapped(named(m=Mine(2, 4, 3))).layers == [Layer("m", "Conv2d", "m.weight", "m.bias")]


def test_model_of_one_module_has_a_layer_called_weight() -> None:
    assert mapped(nn.Linear(3, 4)).layers == [Layer("weight", "Linear", "weight", "bias")]
    assert [layer.name for layer in mapped(nn.LSTM(3, 4)).layers] == ["ih_l0", "hh_l0"]


def test_layers_are_named_without_wrappers_and_parameters_with_them() -> None:
    compiled = nn.Sequential()
    compiled.add_module("_orig_mod", nn.Linear(3, 4))
    model = named(module=named(module=named(body=compiled)))

    assert mapped(model).layers == [
        Layer("body", "Linear", "module.module.body._orig_mod.weight", "module.module.body._orig_mod.bias")
    ]


# What nothing is known of


def test_vector_of_a_user_module_is_digital() -> None:
    model = nn.Module()
    model.scale = nn.Parameter(torch.tensor(1.0))
    model.gain = nn.Parameter(torch.ones(4))
    model.token = nn.Parameter(torch.ones(1, 1, 4))
    model.one = nn.Parameter(torch.ones(1, 1, 1))
    model.bias = nn.Parameter(torch.ones(1, 4))
    model.weight_g = nn.Parameter(torch.ones(4, 1))

    assert mapped(model).digital == ["scale", "gain", "token", "one", "bias", "weight_g"]


def test_matrix_of_one_row_or_column_is_unmapped() -> None:
    model = nn.Module()
    model.w1 = nn.Parameter(torch.ones(4, 1))
    model.log_std = nn.Parameter(torch.ones(1, 4))

    with pytest.warns(UserWarning):
        found = layer_map(model)

    assert found.unmapped == {
        "w1": "module Module's w1 of shape (4, 1): no rule",
        "log_std": "module Module's log_std of shape (1, 4): no rule",
    }
    assert mapped(model, {"w1": "out-in", "log_std": "digital"}).digital == ["log_std"]


def test_matrix_of_a_user_module_is_unmapped_and_named() -> None:
    with pytest.warns(UserWarning) as caught:
        found = layer_map(named(foo=Foo(), fc=nn.Linear(2, 2)))

    assert found.unmapped == {"foo.weight": "user module Foo's weight of shape (4, 3): no rule"}
    assert [layer.name for layer in found.layers] == ["fc"]
    assert found.digital == ["foo.bias"]
    assert len(caught) == 1
    assert str(caught[0].message) == (
        "it is unknown whether foo.weight lie on crossbars (user module Foo's weight of shape (4, 3): no rule); "
        "say it by rules, such as rules={'foo.weight': 'digital'}, or 'out-in' or 'in-out' for a layer's weight"
    )


def test_analog_layer_of_another_simulator_is_unmapped() -> None:
    class Tile(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(4, 3))

    class AnalogLinear(nn.Linear):
        """Holds its weight in a tile, and none of its own."""

        def __init__(self) -> None:
            super().__init__(3, 4)
            del self.weight
            self.register_parameter("weight", None)
            self.analog_module = Tile()

    with pytest.warns(UserWarning, match="fc.analog_module.weight"):
        found = layer_map(named(fc=AnalogLinear()))

    assert found.layers == []
    assert found.unmapped == {"fc.analog_module.weight": "user module Tile's weight of shape (4, 3): no rule"}
    assert found.digital == ["fc.bias"]


def test_more_than_a_modules_own_parameters_is_unmapped() -> None:
    class Adapted(nn.Linear):
        def __init__(self) -> None:
            super().__init__(3, 4)
            self.lora_A = nn.Parameter(torch.randn(2, 3))

    with pytest.warns(UserWarning):
        found = layer_map(named(fc=Adapted()))

    assert found.layers == [Layer("fc", "Linear", "fc.weight", "fc.bias")]
    assert found.unmapped == {"fc.lora_A": "user module Adapted's lora_A of shape (2, 3): no rule"}


def test_weight_of_other_dimensions_is_unmapped() -> None:
    model = nn.Linear(3, 4)
    model.weight = nn.Parameter(torch.randn(12))

    with pytest.warns(UserWarning):
        found = layer_map(named(fc=model))

    assert found.unmapped == {"fc.weight": "module Linear's weight of shape (12,): the weight of a Linear has 2 dimensions"}


def test_bias_that_does_not_fit_is_unmapped() -> None:
    model = nn.Linear(3, 4)
    model.bias = nn.Parameter(torch.randn(1, 4))

    with pytest.warns(UserWarning):
        found = layer_map(named(fc=model))

    assert found.layers == [Layer("fc", "Linear", "fc.weight")]
    assert found.unmapped == {
        "fc.bias": "layer fc: fc.bias of shape (1, 4) is no bias of fc.weight of shape (4, 3), whose axes are out-in"
    }


def test_what_can_have_no_gradient_is_digital() -> None:
    model = nn.Module()
    model.codes = nn.Parameter(torch.zeros(4, 3, dtype=torch.uint8), requires_grad=False)
    model.none = nn.Parameter(torch.zeros(4, 0))

    assert mapped(model).digital == ["codes", "none"]


def test_complex_weight_is_unmapped() -> None:
    with pytest.warns(UserWarning):
        found = layer_map(named(fc=nn.Linear(3, 4, dtype=torch.complex64)))

    assert found.unmapped == {
        "fc.weight": "module Linear's weight of shape (4, 3) is complex, and crossbars hold real numbers"
    }


def test_parameter_without_a_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="parameter fc.weight has no shape yet; run the model once before"):
        layer_map(named(fc=nn.LazyLinear(4)))


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(TypeError, match="model is dict; allowed: a torch.nn.Module"):
        layer_map({})


# Arrays that several modules share


def test_tied_weight_is_the_first_modules() -> None:
    model = named(wte=nn.Embedding(5, 3), lm_head=nn.Linear(3, 5, bias=False))
    model.lm_head.weight = model.wte.weight

    found = mapped(model)

    assert found.layers == [Layer("wte", "Embedding", "wte.weight", axes="in-out")]
    assert found.notes == ["lm_head.weight is wte.weight: one array, mapped as Embedding wte"]
    assert found.digital == []


def test_tied_weight_is_that_of_the_module_with_a_bias() -> None:
    model = named(wte=nn.Embedding(5, 3), lm_head=nn.Linear(3, 5))
    model.lm_head.weight = model.wte.weight

    found = mapped(model)

    assert found.layers == [Layer("lm_head", "Linear", "wte.weight", "lm_head.bias")]
    assert found.notes == ["lm_head.weight is wte.weight: one array, mapped as Linear lm_head"]


def test_second_bias_of_a_tied_weight_is_digital() -> None:
    model = named(a=nn.Linear(3, 3), b=nn.Linear(3, 3))
    model.b.weight = model.a.weight

    found = mapped(model)

    assert found.layers == [Layer("a", "Linear", "a.weight", "a.bias")]
    assert found.digital == ["b.bias"]


def test_rule_says_which_of_tied_modules_counts() -> None:
    model = named(wte=nn.Embedding(5, 3), lm_head=nn.Linear(3, 5, bias=False))
    model.lm_head.weight = model.wte.weight

    assert mapped(model, {"lm_head": "Linear"}).layers == [Layer("lm_head", "Linear", "wte.weight")]


def test_module_used_in_two_places_is_one_layer() -> None:
    shared = nn.Linear(3, 3)

    found = mapped(named(a=shared, b=shared))

    assert found.layers == [Layer("a", "Linear", "a.weight", "a.bias")]
    assert found.notes == ["b.weight is a.weight: one array, mapped as Linear a"]


# Weights that are computed


def test_weight_norm_by_a_hook_is_a_layer_of_the_computed_weight() -> None:
    found = mapped(named(fc=nn.utils.weight_norm(nn.Linear(3, 4))))

    assert found.layers == [Layer("fc", "Linear", "fc.weight", "fc.bias")]
    assert found.computed_from == {"fc.weight_g": "fc.weight", "fc.weight_v": "fc.weight"}
    assert found.digital == []


@pytest.mark.parametrize("of", [nn.utils.spectral_norm, lambda m: nn.utils.prune.l1_unstructured(m, "weight", 0.5)])
def test_spectral_norm_and_pruning_by_hooks_are_alike(of: Any) -> None:
    found = mapped(named(conv=of(nn.Conv2d(2, 4, 3))))

    assert found.layers == [Layer("conv", "Conv2d", "conv.weight", "conv.bias")]
    assert found.computed_from == {"conv.weight_orig": "conv.weight"}


def test_parametrization_is_a_layer_of_the_computed_weight() -> None:
    found = mapped(named(fc=nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4))))

    assert found.layers == [Layer("fc", "Linear", "fc.weight", "fc.bias")]
    assert found.computed_from == {"fc.parametrizations.weight.original": "fc.weight"}


def test_recurrent_weight_may_be_computed() -> None:
    found = mapped(named(m=nn.utils.weight_norm(nn.GRU(3, 4), "weight_hh_l0")))

    assert sorted(layer.name for layer in found.layers) == ["m.hh_l0", "m.ih_l0"]
    assert found.computed_from == {"m.weight_hh_l0_g": "m.weight_hh_l0", "m.weight_hh_l0_v": "m.weight_hh_l0"}


def test_mapping_leaves_a_power_iteration_as_it_is() -> None:
    model = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4)).train()
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}

    mapped(model)

    assert all(torch.equal(buffer, before[name]) for name, buffer in model.named_buffers())
    assert model.parametrizations.weight[0].training


# Rules


@pytest.mark.parametrize("key", ["foo", "foo.weight", "f*", "f?o", "Foo"])
def test_rule_gives_axes_by_layer_parameter_pattern_or_class(key: str) -> None:
    found = mapped(named(foo=Foo()), {key: "out-in"})

    assert found.layers == [Layer("foo", "Foo", "foo.weight", "foo.bias")]
    assert found.digital == []


def test_rule_names_a_module_whose_weight_lies_alike() -> None:
    class MyConv(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.groups = 2
            self.kernel = nn.Parameter(torch.randn(4, 1, 3, 3))

    found = mapped(named(body=MyConv()), {"MyConv": "Conv2d"})

    assert found.layers == [Layer("body.kernel", "Conv2d", "body.kernel", groups=2)]


def test_rule_keeps_a_layer_off_the_crossbars() -> None:
    found = mapped(named(fc=nn.Linear(3, 4), out=nn.Linear(4, 2)), {"fc": "digital"})

    assert [layer.name for layer in found.layers] == ["out"]
    assert found.digital == ["fc.weight", "fc.bias"]


def test_rule_keeps_a_bias_off_the_crossbars() -> None:
    found = mapped(named(fc=nn.Linear(3, 4)), {"*.bias": "digital"})

    assert found.layers == [Layer("fc", "Linear", "fc.weight")]
    assert found.digital == ["fc.bias"]


def test_rule_of_a_kind_that_is_off_crossbars_is_digital() -> None:
    assert mapped(named(foo=Foo()), {"Foo": "LayerNorm"}).digital == ["foo.weight", "foo.bias"]


def test_rule_holds_for_known_modules_too() -> None:
    class Turned(nn.Linear):
        """Holds its weight as (in, out)."""

    found = mapped(named(fc=Turned(4, 4)), {"Turned": "in-out"})

    assert found.layers == [Layer("fc", "Turned", "fc.weight", "fc.bias", axes="in-out")]


def test_first_rule_that_matches_counts() -> None:
    model = named(a=Foo(), b=Foo())

    found = mapped(model, {"a": "digital", "*": "out-in"})

    assert [layer.name for layer in found.layers] == ["b"]


def test_rule_of_axes_passes_over_vectors() -> None:
    found = mapped(named(foo=Foo(), bn=nn.BatchNorm1d(4)), {"*": "out-in"})

    assert [layer.name for layer in found.layers] == ["foo"]
    assert found.digital == ["bn.weight", "bn.bias"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"food": "out-in"}, "rules['food'] matches no layer, no parameter and no module's class; there are foo, foo.weight"),
        ({"foo": "sideways"}, "rules['foo'] is 'sideways'; allowed: 'in' and 'out', at least one of each"),
        ({"foo": 3}, "rules['foo'] is 3; allowed: "),
        ({"foo.bias": "out-in"}, "rules['foo.bias'] is 'out-in', but matches no weight of two or more dimensions that a rule"),
        ({"f*": "digital", "foo": "out-in"}, "rules['foo'] is 'out-in', but matches no weight"),
        ({"foo": "out-in-in"}, "rules['foo'] is 'out-in-in', but layer foo: axes 'out-in-in' are 3, but foo.weight has 2"),
        (
            {"foo": "in-out"},
            "foo.bias of shape (4,) is no bias of foo.weight of shape (4, 3), whose axes are in-out; "
            "a rule 'foo.bias': 'digital' before it keeps the bias off the crossbars",
        ),
    ],
)
def test_rule_that_does_not_fit_is_named(rules: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        layer_map(named(foo=Foo()), rules)

    assert message in str(caught.value)


def test_every_parameter_is_a_layer_digital_unmapped_or_what_one_is_computed_from() -> None:
    model = named(
        conv=nn.utils.weight_norm(nn.Conv2d(1, 2, 3)),
        bn=nn.BatchNorm2d(2),
        lstm=nn.LSTM(3, 4, proj_size=2),
        attn=nn.MultiheadAttention(4, 2, kdim=5, vdim=6, add_bias_kv=True),
        foo=Foo(),
        fc=nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4)),
    )

    with pytest.warns(UserWarning):
        found = layer_map(model)

    said: List[str] = [*found.digital, *found.unmapped, *found.computed_from]
    said += {name for layer in found.layers for name in (layer.weight, layer.bias) if name is not None}
    computed = {"conv.weight", "fc.weight"}
    assert sorted(said) == sorted({*(name for name, _ in model.named_parameters()), *computed})


def test_module_of_torchscript_needs_a_rule() -> None:
    model = named(fc=torch.jit.script(nn.Linear(3, 4)))

    (layer,) = layer_map(model, rules={"fc": "out-in"}).layers

    assert (layer.name, layer.weight, layer.bias) == ("fc", "fc.weight", "fc.bias")
    with pytest.warns(UserWarning, match="it is unknown whether fc.weight lie on crossbars"):
        layer_map(model)
