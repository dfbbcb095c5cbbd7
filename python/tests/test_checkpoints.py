"""Trainings that go on from what is in the broker, on another host, after their program was killed."""

import copy
import os
import pathlib
import subprocess
import sys
import zlib

import pytest

torch = pytest.importorskip("torch")
confluent_kafka = pytest.importorskip("confluent_kafka")
pytest.importorskip("avro")

import sgsars  # noqa: E402
from sgsars import checkpoints  # noqa: E402
from sgsars.checkpoints import Checkpoint, Checkpoints  # noqa: E402
from test_crossbars import (  # noqa: E402, F401
    WORN,
    experiment,
    is_built,
    never_stopped,
    network,
    on_crossbars,
    pipeline,
    run,
    same,
    timeless,
    train,
)

pytestmark = pytest.mark.skipif(not is_built(), reason="needs a checkout of sgs-ars that is built")

#: A program on another host: it knows the broker, the page and the experiment, and is killed while it trains.
PROGRAM = """
import sys
import sgsars
from test_crossbars import on_crossbars, train
servers, page, file, run, sparsify = sys.argv[1:]
model, xbar, opt = on_crossbars(sgsars.connect(servers, page), file, run, sparsify=sparsify)
train(model, opt, range(10))
xbar.checkpoint({"model": model.state_dict(), "optimizer": opt.state_dict()})
train(model, opt, range(10, 20))
xbar.accuracy(3, 8)
xbar.checkpoint({"model": model.state_dict(), "optimizer": opt.state_dict(), "epoch": 2})
for iteration in range(20, 60):
    train(model, opt, [iteration])
    print(iteration, flush=True)
"""


def kill_while_it_trains(pipeline, file, run, sparsify):
    command = [sys.executable, "-c", PROGRAM, pipeline.servers, pipeline.page, str(file), run, sparsify]
    tests, source = pathlib.Path(__file__).parent, pathlib.Path(sgsars.__file__).parents[1]
    paths = {**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{tests}"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths)
    while process.stdout.readline().strip() != "30":
        assert process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()


def resumed(pipeline, file, run, **how):
    model, xbar, opt = on_crossbars(pipeline, file, run, **how)
    state = xbar.last_checkpoint()
    model.load_state_dict(state["model"])
    opt.load_state_dict(state["optimizer"])
    return state, model, xbar, opt


def kept(pipeline, run):
    return Checkpoints(pipeline, run, 30)


def values(pipeline, run):
    return [value for _, value in pipeline.records(kept(pipeline, run).topic)]


def write(pipeline, run, *records):
    """Puts records of any program into the topic; gives the offset of the first."""
    producer, offsets = pipeline.producer(30), []
    for record in records:
        producer.produce(kept(pipeline, run).topic, record, partition=0, on_delivery=lambda error, to: offsets.append(to.offset()))
    producer.flush()
    return offsets[0]


def write_damaged(pipeline, run, iteration, state, checksum):
    """As save() does, but for the checksum."""
    encode = pipeline.wire.encode
    begin = write(pipeline, run, encode("SnapshotBegin", {"of": run, "offset": iteration, "format": checkpoints.FORMAT}))
    end = {"of": run, "offset": iteration, "begin": begin, "chunks": 1, "bytes": len(state), "checksum": checksum, "neededFrom": 0}
    chunk = encode("SnapshotChunk", {"begin": begin, "number": 0, "content": state})
    write(pipeline, run, chunk, encode("SnapshotEnd", end))
    return begin


@pytest.mark.parametrize("sparsify", ["service", "local"])
def test_training_that_was_killed_goes_on_from_the_broker_as_if_it_had_not_been(pipeline, run, experiment, never_stopped, sparsify):
    file = experiment(60, WORN)
    kill_while_it_trains(pipeline, file, run, sparsify)

    state, model, xbar, opt = resumed(pipeline, file, run, sparsify=sparsify)
    train(model, opt, range(xbar.iteration, 60))
    report = timeless(xbar.finish())

    assert (state["epoch"], xbar.iteration) == (2, 60)
    expected_model, expected = never_stopped()
    assert same(model, expected_model)
    assert report == expected
    assert kept(pipeline, run).topic not in pipeline.topics()


def test_training_that_comes_to_something_else_than_before_is_refused(pipeline, run, experiment):
    file = experiment(60, WORN)
    kill_while_it_trains(pipeline, file, run, "local")
    _, model, xbar, opt = resumed(pipeline, file, run, sparsify="local")

    with pytest.raises(sgsars.PipelineError, match=f"run {run} was trained beyond its state, and is trained otherwise now: layer .*, "):
        train(model, opt, range(100, 110))  # other batches

    xbar.close()


def test_run_that_the_pipeline_does_not_know_has_no_checkpoint_and_begins(pipeline, run, experiment):
    model, xbar, opt = on_crossbars(pipeline, experiment(), run, sparsify="local")

    assert xbar.last_checkpoint() is None

    train(model, opt, range(1))
    xbar.close()
    _, again, _ = on_crossbars(pipeline, experiment(), run, sparsify="local")
    none = f"run {run} has begun, and there is no checkpoint of it in topic snapshots-sgsars-{run}"
    with pytest.raises(sgsars.PipelineError, match=none):
        again.last_checkpoint()


def test_state_without_the_place_of_the_run_or_of_an_earlier_step_is_refused(pipeline, run, experiment):
    model, xbar, opt = on_crossbars(pipeline, experiment(), run, sparsify="local")
    early = copy.deepcopy(opt.state_dict())
    train(model, opt, range(2))

    with pytest.raises(ValueError, match=r"no place of the run; allowed: a dictionary with the state_dict\(\) of the wrapped optimizer"):
        xbar.checkpoint({"model": model.state_dict()})
    with pytest.raises(ValueError, match=f"the state is of run {run} after 0 iterations; allowed: of run {run} after 2, as"):
        xbar.checkpoint({"model": model.state_dict(), "nested": [early]})
    xbar.close()


def test_checkpoint_of_another_model_or_experiment_is_refused_with_what_differs(pipeline, run, experiment):
    model, xbar, opt = on_crossbars(pipeline, experiment(), run, sparsify="local")
    train(model, opt, range(2))
    xbar.checkpoint({"model": model.state_dict(), "optimizer": opt.state_dict()})
    xbar.close()
    wider = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(64, 5))

    other = sgsars.Crossbars(network(), experiment(30), pipeline=pipeline, run=run, sparsify="local")
    with pytest.raises(ValueError, match="is of another experiment, or of a model that is frozen otherwise: what differs is iterations$"):
        other.last_checkpoint()
    other = sgsars.Crossbars(wider, experiment(), pipeline=pipeline, run=run, sparsify="local")
    with pytest.raises(ValueError, match=r"in topic \S+ is of another model: its 1.weight is of shape \[4\], and .* not there"):
        other.last_checkpoint()


def test_state_with_objects_is_loaded_only_where_that_is_asked_for(pipeline, run, experiment):
    model, xbar, opt = on_crossbars(pipeline, experiment(), run, sparsify="local")
    train(model, opt, range(2))
    xbar.checkpoint({"optimizer": opt.state_dict(), "file": pathlib.Path("any")})

    with pytest.raises(ValueError, match=r"holds what torch.load does not load: .*: last_checkpoint\(weights_only=False\)"):
        xbar.last_checkpoint(weights_only=True)
    assert xbar.last_checkpoint(weights_only=False)["file"] == pathlib.Path("any")
    xbar.close()


def test_checkpoint_of_several_mebibytes_is_chunks_of_one_between_begin_and_end(pipeline, run):
    state = torch.arange(5 << 17, dtype=torch.int32).numpy().tobytes()  # 2.5 MiB

    kept(pipeline, run).save(7, b"before")
    kept(pipeline, run).save(40, state)

    records = [pipeline.wire.decode(value) for value in values(pipeline, run)]
    assert [name for name, _ in records] == ["SnapshotBegin", "SnapshotChunk", "SnapshotEnd", "SnapshotBegin"] + ["SnapshotChunk"] * 3 + [
        "SnapshotEnd"
    ]
    assert records[3][1] == {"of": run, "offset": 40, "format": 1}
    assert [len(chunk["content"]) for _, chunk in records[4:7]] == [1 << 20, 1 << 20, 1 << 19]
    assert records[7][1] == {
        "of": run,
        "offset": 40,
        "begin": 3,
        "chunks": 3,
        "bytes": 5 << 19,
        "checksum": zlib.crc32(state),
        "neededFrom": 7,
    }
    assert kept(pipeline, run).last() == Checkpoint(40, state)


def test_records_of_others_and_what_was_not_ended_are_passed_over(pipeline, run):
    kept(pipeline, run).save(5, b"state")
    encode = pipeline.wire.encode
    begin = write(pipeline, run, encode("SnapshotBegin", {"of": run, "offset": 9, "format": checkpoints.FORMAT}))
    write(pipeline, run, encode("SnapshotChunk", {"begin": begin, "number": 0, "content": b"of a program that was killed"}))
    write(pipeline, run, b"garbage", pipeline.wire.formats["SnapshotEnd"].header, b"\xc3\x01" + bytes(40))

    assert kept(pipeline, run).last() == Checkpoint(5, b"state")


def test_damaged_checkpoint_gives_way_to_the_one_before_and_alone_is_refused(pipeline, run):
    kept(pipeline, run).save(5, b"state")
    offset = write_damaged(pipeline, run, 9, b"spoiled", checksum=1)
    damage = f"the checkpoint after 9 iterations at offset {offset} of snapshots-sgsars-{run}-0 is damaged: its CRC-32 is .*, and 00000001"

    with pytest.warns(UserWarning, match=f"^{damage} was written; run {run} goes on after 5 iterations$"):
        assert kept(pipeline, run).last() == Checkpoint(5, b"state")

    kept(pipeline, run).delete()
    kept(pipeline, run)._prepare(1)
    write_damaged(pipeline, run, 9, b"spoiled", checksum=1)
    none = f"run {run} has no checkpoint to go on from: the checkpoint after 9 iterations at offset 0"
    with pytest.raises(sgsars.PipelineError, match=none):
        kept(pipeline, run).last()


def test_record_that_the_broker_refuses_is_said_with_the_limit_and_leaves_the_checkpoint_before(pipeline, run, monkeypatch):
    monkeypatch.setitem(checkpoints._TOPIC, "max.message.bytes", "2000")
    kept(pipeline, run).save(5, b"state")

    with pytest.raises(sgsars.PipelineError) as refused:
        kept(pipeline, run).save(9, bytes(5000))

    assert str(refused.value).startswith(
        f"the checkpoint of run {run} after 9 iterations cannot be kept in topic snapshots-sgsars-{run} at {pipeline.servers}: "
    )
    assert "its max.message.bytes is 2000, and a record of a checkpoint has up to 1048832: raise it" in str(refused.value)
    assert kept(pipeline, run).last() == Checkpoint(5, b"state")


def test_topic_keeps_three_checkpoints_at_least_however_large_they_become(pipeline, run, monkeypatch):
    monkeypatch.setattr(checkpoints, "LEAST_KEPT_BYTES", 1000)
    monkeypatch.setitem(checkpoints._TOPIC, "max.message.bytes", "200000")

    kept(pipeline, run).save(1, bytes(100))
    first = kept(pipeline, run)._settings(kept(pipeline, run)._admin())
    kept(pipeline, run).save(2, bytes(50_000))
    second = kept(pipeline, run)._settings(kept(pipeline, run)._admin())

    assert (first["retention.bytes"], second["retention.bytes"]) == ("1000", "300000")
    assert {**first, "retention.bytes": ""} == {**second, "retention.bytes": ""}
    assert second["max.message.bytes"] == "200000"
    assert kept(pipeline, run).last() == Checkpoint(2, bytes(50_000))


def test_topic_that_was_deleted_by_hand_is_made_anew(pipeline, run):
    of = kept(pipeline, run)
    of.save(5, b"state")
    of.delete()
    assert of.last() is None

    of.save(9, b"next")

    assert of.last() == Checkpoint(9, b"next")
