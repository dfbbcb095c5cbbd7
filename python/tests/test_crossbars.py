"""Trainings on crossbars, on a pipeline of their own."""

import copy
import json
import signal
import subprocess
import time
import warnings

import pytest

torch = pytest.importorskip("torch")
confluent_kafka = pytest.importorskip("confluent_kafka")
pytest.importorskip("avro")

import sgsars  # noqa: E402
from sgsars.pipeline import home  # noqa: E402
from sgsars.selection import Choice  # noqa: E402

torch.set_num_threads(1)

EXPERIMENT = """
name: mine
source: {{kind: external, iterations: {iterations}}}
report: {{interval: 5}}
{device}
scenarios:
  - {{name: judged, sparsifier: {{kind: dense}}}}
  - {{name: steers, sparsifier: {sparsifier}, leveller: {{kind: ars, interval: 8}}, train: true}}
"""
WORN = "device: {kind: lognormal, median: 40, spread: 0.2, mapping: differential-pair, wornAs: either}"


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
def others(tmp_path_factory):
    started = []
    yield started
    for pipeline in started:
        pipeline.close()


@pytest.fixture
def other(others, tmp_path_factory):
    """A second pipeline, which a test may kill: the next one gets a new one then."""
    if not others or others[-1].failure() is not None:
        others.append(sgsars.local(out=tmp_path_factory.mktemp("out")))
    return others[-1]


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    """Writes experiments. The same again is the same file, as it takes a second to validate one."""
    written = {}

    def of(iterations=20, device="", sparsifier="{kind: sgs}", more=""):
        text = EXPERIMENT.format(iterations=iterations, device=device, sparsifier=sparsifier) + more
        if text not in written:
            written[text] = tmp_path_factory.mktemp("experiment") / "mine.yml"
            written[text].write_text(text, encoding="utf-8")
        return written[text]

    return of


@pytest.fixture(scope="module")
def never_stopped(pipeline, experiment):
    """How trainings that nothing stops end: first_part() and second_part() in one. Model and report, by whether they steer."""
    ends = {}

    def end(steer=True):
        if steer not in ends:
            model, xbar, opt = on_crossbars(pipeline, experiment(60, WORN), f"never-stopped-{steer}", steer, sparsify="local")
            train(model, opt, range(20))
            tell(xbar, steer)
            train(model, opt, range(20, 60))
            ends[steer] = model, timeless(xbar.finish())
        return ends[steer]

    return end


@pytest.fixture
def run(request):
    """A name for each test, and each of its parameters."""
    return "".join(c if c.isalnum() else "-" for c in request.node.name).strip("-")


def network(normalisation=None):
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3),
        torch.nn.BatchNorm2d(4) if normalisation is None else normalisation,
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(4 * 4 * 4, 3),
    )


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def on_crossbars(pipeline, file, run, steer=True, **how):
    """A network, its crossbars, and an optimizer that steps on them."""
    model = network()
    xbar = sgsars.Crossbars(model, file, pipeline=pipeline, run=run, **how)
    return model, xbar, sgsars.wrap(sgd(model), xbar, steer=steer)


def tell(xbar, steer):
    """Tells an accuracy, where that counts."""
    if steer:
        xbar.accuracy(3, 8)


def backward(model, iteration, scale=1.0):
    """Leaves the gradients of the iteration's batch."""
    draw = torch.Generator().manual_seed(iteration)
    images = torch.randn(8, 1, 6, 6, generator=draw)
    model.zero_grad()
    (torch.nn.functional.cross_entropy(model(images), images.flatten(1).sum(1).sign().long() + 1) * scale).backward()


def train(model, optimizer, iterations):
    for iteration in iterations:
        backward(model, iteration)
        optimizer.step()


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values()))


def timeless(report):
    return {key: value for key, value in report.items() if key not in ("run", "createdAt", "finishedAt")}


# What a step is.


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "AdamW"])
@pytest.mark.parametrize("sparsify", ["service", "local"])
def test_step_that_writes_all_is_the_other_optimizers(pipeline, run, experiment, optimizer, sparsify):
    # Batch normalisation would make the gradient of the bias before it nothing but rounding, which Adam magnifies.
    plain, model = network(torch.nn.Identity()), network(torch.nn.Identity())
    make = getattr(torch.optim, optimizer)
    file = experiment(sparsifier="{kind: dense}")
    xbar = sgsars.Crossbars(model, file, pipeline=pipeline, run=run, sparsify=sparsify)
    opt = sgsars.wrap(make(model.parameters(), lr=0.01), xbar)
    inner = make(plain.parameters(), lr=0.01)

    for iteration in range(20):
        train(model, opt, [iteration])
        train(plain, inner, [iteration])

    # A weight is read as what it was plus what it changed by, which is rounded once more.
    for mine, others in zip(model.parameters(), plain.parameters()):
        torch.testing.assert_close(mine, others, rtol=1e-4, atol=1e-5)
    assert xbar.finish()["complete"]


def test_step_writes_what_is_selected_alone_and_leaves_other_parameters_to_the_other(pipeline, run, experiment):
    plain, model = network(), network()
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run)
    opt = sgsars.wrap(sgd(model), xbar)

    train(model, opt, [0])
    train(plain, sgd(plain), [0])

    assert xbar.layers == ["0", "4"]
    assert xbar.digital == ["1.weight", "1.bias"]
    assert torch.equal(model[1].weight, plain[1].weight)
    changed = (model[4].weight != network()[4].weight).any(0).sum() + (model[4].bias != network()[4].bias).any()
    assert changed == 1  # a row: of an input, or of the bias
    with pytest.raises(ValueError, match="is there already|has begun"):
        opt.load_state_dict(opt.state_dict())


def test_service_and_local_come_to_the_same_weights_and_report(pipeline, run, experiment):
    # On worn cells those of the tests of going on do.
    ends = []
    for sparsify in ("service", "local"):
        model = network()
        xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=f"{run}-{sparsify}", sparsify=sparsify)
        train(model, sgsars.wrap(sgd(model), xbar), range(20))
        ends.append((model, timeless(xbar.finish())))

    assert same(ends[0][0], ends[1][0])
    assert ends[0][1] == ends[1][1]


@pytest.mark.parametrize("sparsify", ["service", "local"])
def test_counting_never_changes_the_training(pipeline, run, experiment, sparsify):
    plain, model = network(), network()
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run, sparsify=sparsify)
    opt = sgsars.wrap(sgd(model), xbar, steer=False)

    train(model, opt, range(20))
    train(plain, sgd(plain), range(20))

    assert same(model, plain)
    with pytest.warns(UserWarning, match="only counts"):
        xbar.accuracy(1, 2)
    report = xbar.finish()
    assert report["complete"]
    assert report["scenarios"][0]["maxCellWrites"] == 20  # dense: every cell in every iteration


def test_loops_of_any_kind_go_on_as_they_are(pipeline, run, experiment):
    model = network()
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run, sparsify="local")
    groups = [{"params": model[0].parameters(), "lr": 0.1}, {"params": list(model[1].parameters()) + list(model[4].parameters())}]
    opt = sgsars.wrap(torch.optim.SGD(groups, lr=0.01), xbar)
    schedule = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
    scaler = torch.cuda.amp.GradScaler(enabled=False)

    for iteration in range(4):
        backward(model, iteration)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(opt)
        scaler.update()
        schedule.step()

    assert isinstance(opt, torch.optim.Optimizer)
    assert [group["lr"] for group in opt.param_groups] == [0.025, 0.0025]
    assert opt.inner.param_groups is opt.param_groups
    calls = []

    def closure():
        calls.append(1)
        backward(model, 4)
        return torch.tensor(3.0)

    assert opt.step(closure) == 3.0
    assert calls == [1]
    opt.zero_grad(set_to_none=True)
    assert model[4].weight.grad is None
    assert "SGD" in repr(opt)


# What is sent meanwhile.


def test_wear_and_dead_are_the_reports(pipeline, run, experiment):
    model = network()
    xbar = sgsars.Crossbars(model, experiment(60, WORN), pipeline=pipeline, run=run, sparsify="local")
    opt = sgsars.wrap(sgd(model), xbar)
    train(model, opt, range(30))
    xbar.accuracy(5, 8, loss=0.25)
    train(model, opt, range(30, 60))
    until = time.monotonic() + 60
    while xbar.wear("4", "judged").max() < 60 and time.monotonic() < until:
        time.sleep(0.02)
    wear, dead = xbar.wear("4"), xbar.dead("4", "judged")

    report = xbar.finish()

    scenario = next(s for s in report["scenarios"] if s["name"] == "steers")
    layer = next(of for of in scenario["layers"] if of["name"] == "4")
    assert wear.shape == (128,)  # the 65 rows lie in one crossbar
    assert int(wear.max()) == layer["maxCellWrites"]
    assert dead.shape == model[4].weight.shape
    failed = next(of for of in report["scenarios"][0]["layers"] if of["name"] == "4")["failedCells"]
    assert 0 < failed <= 2 * 195  # pairs of cells for 65 x 3 weights
    assert failed / 2 - 3 <= int(dead.sum()) <= min(failed, dead.numel())  # the bias row's three are not in it
    assert scenario["accuracy"] == [{"iterations": 30, "images": 8, "correct": 5, "accuracy": 0.625, "loss": 0.25}]
    with pytest.raises(ValueError, match="layer 'fc' is not on crossbars; there are 0, 4"):
        xbar.wear("fc")


def test_model_that_computes_as_hardware_reads_rows_where_they_lie(pipeline, run, experiment):
    model = network()
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run, sparsify="local")
    opt = sgsars.wrap(sgd(model), xbar)

    with sgsars.hardware(model, size=16, places=xbar.places) as reading:
        assert reading.places("4").tolist() == list(range(65))
        train(model, opt, range(20))
        until = time.monotonic() + 60
        while xbar.wear("4", "judged").max() < 20 and time.monotonic() < until:
            time.sleep(0.02)
        reading.update()
        places = reading.places("4")
        train_output = model.eval()(torch.ones(1, 1, 6, 6))

    assert places.tolist() == xbar.places("4").tolist() != list(range(65))  # ARS has swapped some
    assert torch.isfinite(train_output).all()
    assert xbar.finish()["complete"]


# Going on later.


def first_part(pipeline, file, run, steer=True, saved=20, until=35, **how):
    """Trains, keeps a state on the way, goes on, and is gone without a word."""
    model, xbar, opt = on_crossbars(pipeline, file, run, steer, **how)
    train(model, opt, range(saved))
    tell(xbar, steer)
    state = copy.deepcopy({"model": model.state_dict(), "opt": opt.state_dict()})
    train(model, opt, range(saved, until))
    xbar.close()
    return state


def loaded(state, *of, **how):
    """As on_crossbars(), from a state."""
    model, xbar, opt = on_crossbars(*of, **how)
    model.load_state_dict(state["model"])
    opt.load_state_dict(state["opt"])
    return model, xbar, opt


@pytest.mark.parametrize("sparsify", ["service", "local"])
def test_run_that_goes_on_from_a_state_ends_as_one_that_was_never_stopped(pipeline, run, experiment, never_stopped, sparsify):
    file = experiment(60, WORN)
    state = first_part(pipeline, file, run, sparsify=sparsify)

    model, xbar, opt = loaded(state, pipeline, file, run, sparsify=sparsify)
    train(model, opt, range(20, 60))
    report = timeless(xbar.finish())

    expected_model, expected = never_stopped()
    assert same(model, expected_model)
    assert report == expected


@pytest.mark.parametrize(
    "sparsify, steer", [("service", True), ("service", False), ("local", True)], ids=["service", "service-counts", "local"]
)
def test_run_goes_on_where_the_pipeline_does_not_know_it(pipeline, other, run, experiment, never_stopped, sparsify, steer):
    file = experiment(60, WORN)
    state = first_part(other, file, run, steer, sparsify=sparsify)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model, xbar, opt = loaded(state, pipeline, file, run, steer, sparsify=sparsify)
        train(model, opt, range(20, 40))
        xbar.close()
        state = copy.deepcopy({"model": model.state_dict(), "opt": opt.state_dict()})
        # It knows it by now.
        model, xbar, opt = loaded(state, pipeline, file, run, steer, sparsify=sparsify)
        train(model, opt, range(40, 60))
        report = timeless(xbar.finish())

    expected_model, expected = never_stopped(steer)
    assert same(model, expected_model)
    assert report == expected
    moved = f"run {run} is sent again, and selected in this program from now on: {pipeline.servers} does not know it"
    assert [str(of.message) for of in said] == ([moved] if sparsify == "service" else [])


@pytest.mark.parametrize(
    "sparsifier, how, why",
    [
        ("{kind: sgs}", "history", "history is off"),
        ("{kind: sgs}", "MOST_ALONG", 'what is written would be 0.0 GB, and .* at most; sparsify="local" keeps all'),
        ("{kind: sgs}", "choices", r"the sgs-service selects otherwise: layer \S+, iteration \d: written were rows \d+, selected rows \d+"),
        ("{kind: threshold, magnitude: 0.01}", "", "sparsifier 'threshold' does not run in PyTorch; allowed: dense, .*, sgs"),
    ],
    ids=["off", "large", "otherwise", "not-here"],
)
def test_state_without_updates_goes_on_only_where_the_pipeline_knows_it(
    pipeline, other, run, experiment, monkeypatch, sparsifier, how, why
):
    file = experiment(sparsifier=sparsifier)
    if how == "MOST_ALONG":
        monkeypatch.setattr("sgsars.crossbars.MOST_ALONG", 100)
    if how == "choices":
        # As if the sgs-service were one of the user's own.
        mine = [Choice(0, "dense", {}), Choice(1, "random-row", {}, True)]
        monkeypatch.setattr("sgsars.crossbars.choices", lambda manifest, layer: mine)
    history = how != "history"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        state = first_part(other, file, run, saved=4, until=5, history=history)

    model, xbar, opt = loaded(state, other, file, run, history=history)
    train(model, opt, [4])
    xbar.close()
    model, xbar, opt = loaded(state, pipeline, file, run, history=history)
    with pytest.raises(sgsars.PipelineError, match=f"cannot go on: .* does not know it; and its state cannot be sent again: {why}"):
        train(model, opt, [4])

    assert len(said) == (how == "choices")
    assert all("goes on only where its pipeline knows it: the sgs-service selects" in str(of.message) for of in said)


def test_states_that_are_not_what_the_crossbars_come_to_are_refused(pipeline, other, run, experiment):
    state = first_part(other, experiment(), run, saved=2, until=2)
    halfway = copy.deepcopy(state)
    halfway["opt"]["sgsars"]["selection"]["4"]["iteration"] = 3
    state["opt"]["sgsars"]["held"]["4"][7] += 1

    with pytest.raises(ValueError, match=f"the state of run {run} is of a step that failed halfway; load an earlier one"):
        loaded(halfway, pipeline, experiment(), run)
    model, _, opt = loaded(state, pipeline, experiment(), run)
    with pytest.warns(UserWarning, match="is sent again"), pytest.raises(
        sgsars.PipelineError, match="sent again, comes to other weights after 2 iterations"
    ):
        train(model, opt, [2])


def test_pipeline_that_is_away_for_a_while_is_waited_for(run, tmp_path, experiment, never_stopped):
    port = free_port()
    first = up(tmp_path, port)
    try:
        pipeline = sgsars.connect(f"127.0.0.1:{port[0]}", page=f"http://127.0.0.1:{port[1]}")
        model, xbar, opt = on_crossbars(pipeline, experiment(60, WORN), run, sparsify="local")
        train(model, opt, range(20))
        xbar.accuracy(3, 8)
        first.kill()
        first.wait()
        second = up(tmp_path, port)
        try:
            train(model, opt, range(20, 60))
            report = timeless(xbar.finish())
        finally:
            second.send_signal(signal.SIGTERM)
            second.wait()
    finally:
        first.kill()

    expected_model, expected = never_stopped()
    assert same(model, expected_model)
    assert report == expected


def free_port():
    import socket

    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def up(tmp_path, port):
    command = [str(home() / "sgs-ars"), "up", "--port", str(port[0]), "--page", str(port[1])]
    process = subprocess.Popen(
        [*command, "--folder", str(tmp_path / "kept"), "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout.readline().startswith("ready: ")
    return process


# What goes wrong.


def test_pipeline_that_is_not_there_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setattr("sgsars.pipeline._ANSWER_S", 0.5)
    with pytest.raises(sgsars.PipelineError, match=r"no broker answers at 127.0.0.1:9 within .* start one by ./sgs-ars up"):
        sgsars.connect("127.0.0.1:9")


def test_pipeline_that_is_gone_for_good_ends_the_step_in_time_with_usable_weights(other, run, experiment):
    connected = sgsars.connect(other.servers, page=other.page)
    model, _, opt = on_crossbars(connected, experiment(), run, timeout=3)
    of_own, _, own = on_crossbars(other, experiment(), f"{run}-own")
    train(model, opt, range(2))
    train(of_own, own, [0])
    before = [model[0].weight.clone(), model[4].weight.clone()]
    other._process._child.kill()
    other._process._child.wait()
    began = time.monotonic()

    with pytest.raises(sgsars.PipelineError, match="has not come within 3 s|takes nothing more"):
        train(model, opt, [2])
    held = opt.state_dict()["sgsars"]
    assert held["iteration"] == 2
    assert held["place"]["unkept"] == "iteration 2 failed halfway"
    assert held["selection"] == {}
    # Of services that a program has started, it knows.
    with pytest.raises(sgsars.PipelineError, match=f"the services of run {run}-own have ended: "):
        train(of_own, own, range(1, 20))

    assert time.monotonic() - began < 60
    assert torch.equal(model[0].weight, before[0])
    assert torch.equal(model[4].weight, before[1])


def test_names_numbers_and_models_that_do_not_fit_are_refused(pipeline, run, experiment):
    model = network()
    file = experiment()
    xbar = sgsars.Crossbars(model, file, pipeline=pipeline, run=run)
    opt = sgsars.wrap(sgd(model), xbar)
    train(model, opt, range(20))
    weights = model[4].weight.clone()

    with pytest.raises(ValueError, match=f"run {run} has had its 20 iterations; give source.iterations more"):
        train(model, opt, [20])
    assert torch.equal(model[4].weight, weights)
    with pytest.raises(ValueError, match="have an optimizer already; allowed: one"):
        sgsars.wrap(sgd(model), xbar)
    with pytest.raises(ValueError, match="wrapped already"):
        sgsars.wrap(opt, xbar)
    state = opt.state_dict()
    xbar.finish()
    with pytest.raises(sgsars.PipelineError, match=f"there is a run {run} already; choose another name"):
        other = sgsars.Crossbars(model, file, pipeline=pipeline, run=run)
        train(model, sgsars.wrap(sgd(model), other), [0])
    torch.manual_seed(0)
    wider = torch.nn.Sequential(torch.nn.Linear(9, 3))
    changed = sgsars.wrap(sgd(wider), sgsars.Crossbars(wider, file, pipeline=pipeline, run=run))
    with pytest.raises(ValueError, match=f"the state of run {run} is of another experiment"):
        changed.load_state_dict(state)
    with pytest.raises(ValueError, match="does not have the weights of 0, 4, which are on crossbars"):
        sgsars.wrap(sgd(network()), sgsars.Crossbars(model, file, pipeline=pipeline, run="none"))
    with pytest.raises(ValueError, match="sparsify is 'here'; allowed: service, local"):
        sgsars.Crossbars(model, file, pipeline=pipeline, sparsify="here")


def test_experiment_that_does_not_fit_is_refused_with_file_and_line(pipeline, experiment):
    file = experiment(more="optimizer: {momentum: 0.9}\n")
    with pytest.raises(ValueError, match="mine.yml:9: optimizer: the program that trains has its own"):
        sgsars.Crossbars(network(), file, pipeline=pipeline)
    file = experiment(sparsifier="{kind: threshold, magnitude: 0.01}")
    with pytest.raises(ValueError, match='threshold.*allowed: dense, random-row, top-k, sgs, mixed-precision; sparsify="service" has all'):
        sgsars.Crossbars(network(), file, pipeline=pipeline, sparsify="local")


def test_layer_that_no_record_holds_can_be_counted_but_not_steered(pipeline, run, experiment):
    model = torch.nn.Sequential(torch.nn.Linear(2047, 2048, bias=False), torch.nn.Linear(2048, 2048, bias=False))
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run)

    with pytest.raises(ValueError, match="layers 1 have up to 4194304 weights; allowed of a layer that is trained on crossbars: 4193280,"):
        sgsars.wrap(torch.optim.SGD(model.parameters(), lr=0.1), xbar)


def test_weights_that_are_computed_can_be_counted_but_not_steered(pipeline, run, experiment):
    model = torch.nn.Sequential(torch.nn.utils.weight_norm(torch.nn.Linear(6, 4)), torch.nn.Linear(4, 2))
    with pytest.raises(ValueError, match="weights of 0 are computed from other parameters"):
        sgsars.wrap(sgd(model), sgsars.Crossbars(model, experiment(3), pipeline=pipeline, run=run))
    xbar = sgsars.Crossbars(model, experiment(3), pipeline=pipeline, run=run)
    opt = sgsars.wrap(sgd(model), xbar, steer=False)

    for _ in range(3):
        opt.zero_grad()
        model(torch.ones(1, 6)).sum().backward()
        opt.step()

    report = xbar.finish()
    assert report["complete"]
    assert [layer["logicalRows"] for layer in report["scenarios"][0]["layers"]] == [7, 5]


def test_layers_that_are_frozen_have_no_writes_and_rules_of_the_experiment_count(pipeline, run, experiment):
    model = network()
    model[0].requires_grad_(False)
    file = experiment(3, more="layers: [{match: '1.*', on: digital}, {match: '4.bias', on: digital}]\n")
    xbar = sgsars.Crossbars(model, file, pipeline=pipeline, run=run)

    train(model, sgsars.wrap(sgd(model), xbar), range(3))

    assert xbar.layers == ["4"]
    assert xbar.digital == ["1.weight", "1.bias", "4.bias"]
    report = xbar.finish()
    assert report["scenarios"][0]["layers"][0]["logicalRows"] == 64
    assert "no gradient in any iteration, and so no writes: 0" in report["notices"]


@pytest.mark.parametrize("sparsify", ["service", "local"])
def test_step_that_is_not_finite_leaves_the_run_where_it_was(pipeline, run, experiment, sparsify):
    model = network()
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run, sparsify=sparsify)
    opt = sgsars.wrap(torch.optim.SGD(model.parameters(), lr=0.05), xbar)
    train(model, opt, range(2))
    before = [model[0].weight.clone(), model[4].weight.clone()]

    backward(model, 2, scale=float("nan"))
    with pytest.raises(ValueError, match="layer 0, iteration 2: the optimizer's step is not finite; its weights are as before"):
        opt.step()

    assert torch.equal(model[0].weight, before[0])
    assert torch.equal(model[4].weight, before[1])
    model[1].reset_parameters()
    train(model, opt, range(2, 20))
    assert xbar.finish()["complete"]


def test_record_that_a_service_cannot_use_ends_the_step_with_its_reason(pipeline, run, experiment):
    model = network()
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run, timeout=60)
    opt = sgsars.wrap(sgd(model), xbar)
    train(model, opt, range(2))
    weights = model[4].weight.clone()
    record = xbar._run.wire.formats["Gradients"].header + b"\0"
    for partition in range(pipeline.partitions):
        xbar._run._producer.produce("gradients", record, f"{run}/4", partition)

    with pytest.raises(sgsars.PipelineError, match=f"sgs-service cannot use a record of run {run}: not a whole Gradients"):
        train(model, opt, range(2, 20))

    assert torch.isfinite(model[4].weight).all()
    assert weights.shape == model[4].weight.shape
    xbar.close()


def test_report_of_a_run_that_stops_early_says_so(pipeline, run, experiment):
    model = network()
    xbar = sgsars.Crossbars(model, experiment(), pipeline=pipeline, run=run)
    train(model, sgsars.wrap(sgd(model), xbar), range(12))

    report = xbar.finish()

    assert not report["complete"]
    assert "stopped after 12 of 20 iterations" in json.dumps(report["warnings"])
