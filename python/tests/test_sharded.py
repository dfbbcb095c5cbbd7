"""Trainings whose layers several producers send, on a pipeline of their own."""

import contextlib
import copy
import json
import pathlib
import re
import subprocess
import sys
import threading

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("confluent_kafka")
pytest.importorskip("avro")

import sgsars  # noqa: E402
from sgsars.pipeline import home  # noqa: E402

torch.set_num_threads(1)

EXPERIMENT = """
name: mine
source: {source}
report: {{interval: 5}}
device: {{kind: lognormal, median: 20, spread: 0.2, mapping: differential-pair, wornAs: either}}
scenarios:
  - {{name: judged, sparsifier: {{kind: dense}}}}
  - {{name: swapped, sparsifier: {{kind: sgs}}, leveller: {{kind: ars, interval: 8}}, {more}}}
"""
ITERATIONS = 30
OF_NOISE = (
    "{kind: noise, iterations: 30, layers: "
    "[{name: '0', rows: 10, columns: 4}, {name: '3', rows: 65, columns: 6}, {name: '5', rows: 7, columns: 3}]}"
)


def is_built():
    try:
        return (home() / "standalone/target/sgs-ars.jar").exists()
    except FileNotFoundError:
        return False


pytestmark = pytest.mark.skipif(not is_built(), reason="needs a checkout of sgs-ars that is built")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    with sgsars.local(out=tmp_path_factory.mktemp("out")) as started:
        yield started


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    with sgsars.local(out=tmp_path_factory.mktemp("out")) as started:
        yield started


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    file = tmp_path_factory.mktemp("experiment") / "mine.yml"
    file.write_text(EXPERIMENT.format(source="{kind: external, iterations: 30}", more="train: true"), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def whole(pipeline, experiment):
    """How a training ends whose layers one producer sends: model and report, by whether they steer."""
    ends = {}

    def end(steer=True):
        if steer not in ends:
            model = network()
            xbar = sgsars.Crossbars(model, experiment, pipeline=pipeline, run=f"whole-{steer}")
            opt = sgsars.wrap(sgd(model), xbar, steer=steer)
            for iteration in range(ITERATIONS):
                backward(model, iteration)
                opt.step()
            ends[steer] = model, timeless(xbar.finish())
        return ends[steer]

    return end


def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(64, 6), torch.nn.ReLU(), torch.nn.Linear(6, 3)
    )


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def backward(model, iteration):
    draw = torch.Generator().manual_seed(iteration)
    images = torch.randn(8, 1, 6, 6, generator=draw)
    model.zero_grad()
    torch.nn.functional.cross_entropy(model(images), images.flatten(1).sum(1).sign().long() + 1).backward()


def timeless(report):
    return {key: value for key, value in report.items() if key not in ("run", "createdAt", "finishedAt")}


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values()))


def shards(model, experiment, pipeline, run, steer=True, sparsify="service", shard_layers=None, **how):
    """Crossbars and optimizers of two shards of one model, as if each were in a process with the model's other parts."""
    found = []
    for index in range(2):
        xbar = sgsars.Crossbars(
            model, experiment, pipeline=pipeline, run=run, sparsify=sparsify, shard=(index, 2), shard_layers=shard_layers, **how
        )
        own = [p for name, p in model.named_parameters() if name.split(".")[0] in xbar.layers]
        found.append((xbar, sgsars.wrap(torch.optim.SGD(own, lr=0.05, momentum=0.9), xbar, steer=steer)))
    return found


def train(model, found, iterations):
    for iteration in iterations:
        backward(model, iteration)
        for _, opt in found:
            opt.step()


def finished(found):
    """The reports, of producers that end at the same time: each waits for the others."""
    reports = {}
    threads = [threading.Thread(target=lambda x=xbar: reports.update({x.shard.index: x.finish()})) for xbar, _ in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [timeless(reports[index]) for index in range(len(found))]


@pytest.mark.parametrize("steer", [True, False])
@pytest.mark.parametrize("sparsify", ["service", "local"])
def test_two_shards_come_to_the_weights_and_the_report_of_one_producer(pipeline, experiment, whole, steer, sparsify):
    model = network()
    found = shards(model, experiment, pipeline, f"two-{steer}-{sparsify}", steer, sparsify)

    train(model, found, range(ITERATIONS))

    assert [xbar.layers for xbar, _ in found] == [["0"], ["3", "5"]]
    expected, report = whole(steer)
    assert same(model, expected)
    assert finished(found) == [report, report]
    assert report["complete"]


def test_named_layers_and_layers_of_others_on_the_meta_device(pipeline, experiment, whole):
    # A process that has its own layers alone: the gradients of the others' come from elsewhere.
    model = network()
    parts = [["0", "5"], ["3"]]
    found = shards(model, experiment, pipeline, "named", shard_layers=parts)
    lean = network()
    lean[3].to("meta")
    first = sgsars.Crossbars(lean, experiment, pipeline=pipeline, run="lean", shard=(0, 2), shard_layers=parts)

    train(model, found, range(ITERATIONS))

    assert first.layers == found[0][0].layers == ["0", "5"]
    assert finished(found)[0] == whole()[1]
    with pytest.raises(ValueError, match="3.weight is on the device meta; allowed there: layers of other shards than 1/2"):
        sgsars.Crossbars(lean, experiment, pipeline=pipeline, run="lean", shard=(1, 2), shard_layers=parts)


@pytest.mark.parametrize("sparsify", ["service", "local"])
def test_shards_go_on_from_their_states_where_the_pipeline_knows_the_run_and_where_not(
    pipeline, other, experiment, whole, sparsify
):
    model = network()
    found = shards(model, experiment, pipeline, f"going-on-{sparsify}", sparsify=sparsify)
    train(model, found, range(12))
    state, weights = copy.deepcopy([opt.state_dict() for _, opt in found]), copy.deepcopy(model.state_dict())
    train(model, found, range(12, 15))
    for xbar, _ in found:
        xbar.close()

    ends = []
    for place in (pipeline, other):
        again = network()
        again.load_state_dict(weights)
        resumed = shards(again, experiment, place, None, sparsify=sparsify)
        # In the other order: whoever comes first announces the run.
        for (_, opt), of in reversed(list(zip(resumed, state))):
            opt.load_state_dict(of)
        with pytest.warns(UserWarning) if place is other and sparsify == "service" else contextlib.nullcontext():
            train(again, resumed, range(12, ITERATIONS))
        ends.append((again, finished(resumed)))

    for again, reports in ends:
        assert same(again, whole()[0])
        assert reports == [whole()[1]] * 2


def test_shard_that_stops_early_is_in_the_report_with_its_layers(pipeline, experiment):
    model = network()
    found = shards(model, experiment, pipeline, "stops", steer=False)
    train(model, found, range(9))
    train(model, found[:1], range(9, ITERATIONS))

    report = found[1][0].finish()

    assert not report["complete"]
    assert report["warnings"] == ["shard 1/2, with the layers 3, 5: stopped after 9 of 30 iterations"]
    assert found[0][0].finish()["warnings"] == report["warnings"]


def test_shard_that_stops_early_stops_the_others(pipeline, experiment):
    model = network()
    found = shards(model, experiment, pipeline, "stops-others")
    train(model, found, range(2))

    found[1][0].finish()

    with pytest.raises(sgsars.PipelineError, match="run stops-others was stopped: shard 1/2, with the layers 3, 5: stopped after 2"):
        train(model, found[:1], range(2, ITERATIONS))
    found[0][0].close()


def test_second_producer_of_a_shard_and_another_experiment_are_refused(pipeline, experiment, tmp_path):
    found = shards(network(), experiment, pipeline, "claimed")
    found[0][0].begin()

    for xbar, opt in shards(network(), experiment, pipeline, "claimed")[:1]:
        with pytest.raises(sgsars.PipelineError) as caught:
            xbar.begin()
    assert str(caught.value) == (
        "shard 0/2 cannot join run claimed: another producer sends shard 0/2 already; "
        "choose another name, or load its state to continue it"
    )
    changed = tmp_path / "mine.yml"
    changed.write_text(experiment.read_text(encoding="utf-8") + "seed: 7\n", encoding="utf-8")
    with pytest.raises(sgsars.PipelineError) as caught:
        shards(network(), changed, pipeline, "claimed")[1][0].begin()
    assert re.search("has announced it otherwise: seed is [0-9]+ there, and 7 here; give all shards the same model", str(caught.value))
    whole = sgsars.Crossbars(network(), experiment, pipeline=pipeline, run="claimed")
    sgsars.wrap(sgd(whole.model), whole)
    with pytest.raises(sgsars.PipelineError, match="there is a run claimed already"):
        whole.begin()


def test_report_that_waits_for_a_shard_says_for_which(pipeline, experiment):
    model = network()
    found = shards(model, experiment, pipeline, "alone", steer=False, timeout=3)[:1]
    train(model, found, range(ITERATIONS))

    with pytest.raises(sgsars.PipelineError, match="has not come within 3 s; .*Shards that have not begun: 1/2"):
        found[0][0].finish()


def test_what_a_shard_does_not_have_is_refused(pipeline, experiment):
    model = network()
    xbar = sgsars.Crossbars(model, experiment, pipeline=pipeline, run="refused", shard=(0, 2))

    with pytest.raises(ValueError, match="has the weights of 3, 5, which other shards than 0/2 train; allowed: those of 0"):
        sgsars.wrap(sgd(model), xbar)
    sgsars.wrap(sgd(model), xbar, steer=False)
    with pytest.raises(ValueError, match="layer '3' is not of shard 0/2; there are 0"):
        xbar.wear("3")
    with pytest.raises(ValueError, match=r"shard is \(0, 4\), but the run has 3 layers"):
        sgsars.Crossbars(model, experiment, pipeline=pipeline, shard=(0, 4))
    xbar.close()


def test_accuracy_is_told_by_the_first_shard(pipeline, experiment):
    (first, _), (second, _) = shards(network(), experiment, pipeline, "tests")

    with pytest.warns(UserWarning, match="accuracy is sent by shard 0, and this is shard 1/2: not sent"):
        second.accuracy(1, 2)
    first.accuracy(1, 2)

    assert (first.tested, second.tested) == ((0, 0.5), None)
    first.close()


STREAM = """
import sys, torch
sys.path[:0] = sys.argv[1].split(":")
from test_sharded import backward, network, sgd
from sgsars import Stream
run, servers, manifest, index, count, last = sys.argv[2:4] + sys.argv[4:5] + [int(of) for of in sys.argv[5:]]
model = network()
optimizer = sgd(model)
with Stream(model, manifest, run, servers, lead=20, shard=(index, count) if count else None) as stream:
    for iteration in range(last):
        backward(model, iteration)
        stream.send()
        optimizer.step()
"""


def stream(pipeline, folder, run, *parts):
    """Processes that stream parts of a training, (i, n, iterations) each, at the same time. What failed says."""
    manifest = folder / "mine.json"
    if not manifest.exists():
        file = folder / "mine.yml"
        file.write_text(EXPERIMENT.format(source=OF_NOISE, more=""), encoding="utf-8")
        subprocess.run([str(home() / "sgs-ars"), "validate", str(file), "--manifest", str(manifest)], check=True, capture_output=True)
    here = f"{pathlib.Path(__file__).parent}:{pathlib.Path(sgsars.__file__).parents[1]}"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", STREAM, here, run, pipeline.servers, str(manifest), *map(str, part)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for part in parts
    ]
    return [(process.communicate(timeout=120)[0], process.returncode) for process in processes]


def awaited(pipeline, run):
    until = threading.Event()
    for _ in range(600):
        found = pipeline.report(run)
        if found is not None:
            return timeless(json.loads(found))
        until.wait(0.1)
    raise AssertionError(f"no report of {run}")


def test_two_processes_that_stream_parts_have_the_report_of_one(pipeline, tmp_path):
    one = stream(pipeline, tmp_path, "streamed", (0, 0, ITERATIONS))
    two = stream(pipeline, tmp_path, "streamed-by-two", (0, 2, ITERATIONS), (1, 2, ITERATIONS))

    assert [code for _, code in one + two] == [0, 0, 0], one + two
    report = awaited(pipeline, "streamed-by-two")
    assert report["complete"]
    assert report == awaited(pipeline, "streamed")


def test_process_that_streams_a_part_again_is_refused(pipeline, tmp_path):
    parts = stream(pipeline, tmp_path, "streamed-twice", (0, 2, ITERATIONS), (0, 2, ITERATIONS), (1, 2, ITERATIONS))

    assert sorted(code for _, code in parts) == [0, 0, 1], parts
    (failed,) = [text for text, code in parts if code]
    assert "shard 0/2 cannot join run streamed-twice: another producer sends shard 0/2 already" in failed
    assert awaited(pipeline, "streamed-twice")["complete"]


def test_process_that_streams_less_is_in_the_report_with_its_layers(pipeline, tmp_path):
    parts = stream(pipeline, tmp_path, "streamed-less", (0, 2, ITERATIONS), (1, 2, 11))

    # The other may come after it was stopped.
    assert parts[1][1] == 0, parts
    report = awaited(pipeline, "streamed-less")
    assert not report["complete"]
    assert "shard 1/2, with the layers 3, 5: stopped after 11 of 30 iterations" in report["warnings"]
