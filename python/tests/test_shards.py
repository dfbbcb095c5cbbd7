"""Whose the layers of a run are that several producers send, and what they refuse."""

import pytest

from sgsars.shards import Announcement, Claim, Shard, difference, missing, problem, shard_of

NAMES = ["a", "b", "c", "d", "e"]


def announced(claim, run="run", layers=NAMES, **changes):
    fields = {"run": run, "createdAtMs": 1, "notices": [], "layers": [{"name": name} for name in layers], **changes}
    return Announcement("RunManifest", fields, None if claim is None else claim.headers())


def said(record, run="run"):
    return Announcement(record, {"run": run, "reason": "why"}, None)


def claim(index, count=2, producer=None, shard_layers=None):
    return Claim(shard_of(NAMES, (index, count), shard_layers), producer or f"producer-{index}")


def asked(claim, *records, **changes):
    """What a producer that finds these records gets as an error."""
    return problem(records, "run", claim, announced(claim, **changes).fields)


# Whose layers are.


def test_layers_are_cut_in_their_order():
    assert [shard_of(NAMES, (index, 2)).layers for index in range(2)] == [(0, 1), (2, 3, 4)]
    assert [shard_of(NAMES, (index, 3)).layers for index in range(3)] == [(0,), (1, 2), (3, 4)]
    assert shard_of(NAMES) == shard_of(NAMES, (0, 1)) == Shard(0, 1, (0, 1, 2, 3, 4))


def test_layers_can_be_named_in_any_order():
    assert shard_of(NAMES, (1, 2), [["e", "b"], ["d", "a", "c"]]).layers == (0, 2, 3)


@pytest.mark.parametrize("shard", [(2, 2), (-1, 2), (0, 0), (0,), "ab", 1])
def test_shard_that_is_none_is_refused(shard):
    with pytest.raises(ValueError) as caught:
        shard_of(NAMES, shard)

    assert str(caught.value) == f"shard is {shard!r}; allowed: (i, n) with 0 <= i < n"


@pytest.mark.parametrize(
    "shard, shard_layers, message",
    [
        ((0, 6), None, r"shard is \(0, 6\), but the run has 5 layers; allowed: at most one shard for each"),
        (None, [["a"]], "shard_layers is given without shard"),
        ((0, 2), [NAMES], r"shard_layers has 1 parts, but shard is \(0, 2\); allowed: a list of layers for each shard"),
        ((0, 2), [NAMES, ["x"]], "shard_layers has x, which are no layers on crossbars; there are a, b, c, d, e"),
        ((0, 2), [["a", "b"], ["b", "c", "d"]], "shard_layers has b, e not once; allowed: each layer in one part"),
        ((0, 2), [NAMES, []], "shard_layers has no layers for shard 1; allowed: at least one for each"),
    ],
)
def test_parts_that_do_not_fit_are_refused(shard, shard_layers, message):
    with pytest.raises(ValueError, match=message):
        shard_of(NAMES, shard, shard_layers)


def test_shards_have_partitions_of_their_own():
    assert {shard_of(NAMES, (1, 3)).partition(number, 8) for number in range(100)} == {1, 4, 7}
    assert {shard_of(NAMES).partition(number, 3) for number in range(100)} == {0, 1, 2}
    with pytest.raises(ValueError, match="shard 0/3 is of more producers than the topics have partitions, 2; allowed: at most one"):
        shard_of(NAMES, (0, 3)).partition(0, 2)


def test_what_ended_a_shard_names_its_layers():
    assert shard_of(NAMES, (0, 2)).ended("why", NAMES) == "shard 0/2, with the layers a, b: why"
    assert shard_of(NAMES).ended("why", NAMES) == "why"


# How producers agree.


def test_claim_is_read_as_it_was_written():
    assert Claim.read(claim(1).headers()) == claim(1)
    assert claim(0, 1).headers() == []
    assert Claim.read(None) is None


def test_first_and_second_shard_are_fine_in_any_order():
    assert asked(claim(1)) is None
    assert asked(claim(0), announced(claim(1)), announced(claim(0))) is None
    assert asked(claim(1), announced(claim(1)), announced(claim(0)), createdAtMs=2, notices=["other"]) is None
    assert missing([announced(claim(1, 3))], "run", 3) == [0, 2]


def test_second_producer_of_a_shard_is_refused_and_the_first_is_not():
    first, second = claim(0, producer="first"), claim(0, producer="second")
    both = announced(first), announced(second)

    assert asked(second, *both) == (
        "another producer sends shard 0/2 already; choose another name, or load its state to continue it"
    )
    assert asked(first, *both) is None
    # What was refused is not there for those that come later.
    assert asked(claim(1), *both) is None


def test_producers_that_cut_a_run_otherwise_are_refused():
    others = [["a"], ["b", "c", "d", "e"]]

    assert asked(claim(1, 3), announced(claim(0))) == (
        "another producer sends shard 0/2, and this is shard 1/3; give all the same number of shards"
    )
    assert asked(claim(1, shard_layers=others), announced(claim(0))) == (
        "shard 0/2 sends b too; give all producers the same shard_layers"
    )
    assert asked(claim(0, shard_layers=others), announced(claim(1))) == "no shard sends b; give all producers the same shard_layers"
    assert asked(claim(0), announced(None)) == "a producer that sends all of it has announced it already; choose another name"


def test_another_run_of_the_name_is_refused_with_what_differs():
    there = announced(claim(0), seed=1, scenarios=[{"name": "one", "settings": {"rows": 1}}])

    other = asked(claim(1), there, seed=1, scenarios=[{"name": "one", "settings": {"rows": 2}}])

    what = "another shard has announced it otherwise: {}; give all shards the same model and experiment"
    assert other == what.format("scenarios[0].settings.rows is 1 there, and 2 here")
    assert difference({"layers": NAMES}, {"layers": NAMES[1:]}, "run") == "run.layers has 5 values there, and 4 here"


def test_stopped_run_is_refused_and_a_retired_one_forgotten():
    assert asked(claim(1), announced(claim(0)), said("RunAborted")) == "it was stopped: why; choose another name"
    assert asked(claim(1), announced(claim(0)), said("StateLost")) == "it was stopped: why; choose another name"
    assert asked(claim(1), announced(claim(1, producer="x")), said("RunRetired")) is None
    assert asked(claim(1), announced(claim(0)), announced(claim(1, producer="x"), run="another")) is None
