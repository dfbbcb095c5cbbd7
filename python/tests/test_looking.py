"""What can be seen of crossbars while a model trains, without a pipeline."""

from __future__ import annotations

import io
import types
import warnings
from typing import Any, Dict, List, Optional, Tuple

import pytest

torch = pytest.importorskip("torch")

from sgsars import Progress, TrainingCallback, looking  # noqa: E402
from sgsars.wear import LayerWear  # noqa: E402


def layer(rows: List[int], iterations: int = 100, failed: int = 0) -> LayerWear:
    return LayerWear(iterations, torch.tensor(rows), max(rows), failed)


class Bars:
    """Stands for Crossbars. looks: how often anybody asked for wear."""

    name, iterations = "mine", 1000

    def __init__(self, worn: Optional[Dict[str, LayerWear]] = None) -> None:
        self.iteration, self.looks = 0, 0
        self.tested: Optional[Tuple[int, float]] = None
        self.told: List[Tuple[int, int, int]] = []
        self.logged: List[int] = []
        self.finished = 0
        self._worn = worn or {}

    def worn(self, scenario: Optional[str] = None) -> Dict[str, LayerWear]:
        self.looks += 1
        return self._worn

    def accuracy(self, correct: int, images: int) -> None:
        self.told.append((self.iteration, correct, images))
        self.tested = self.iteration, correct / images

    def log(self, writer: Any) -> None:
        self.logged.append(self.iteration)

    def finish(self) -> Dict[str, Any]:
        self.finished += 1
        return {"complete": True}


class Writer:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.scalars: Dict[str, Tuple[float, int]] = {}
        self.images: Dict[str, Any] = {}

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        self.scalars[tag] = value, step

    def add_image(self, tag: str, image: Any, step: int) -> None:
        self.images[tag] = image


@pytest.mark.parametrize(
    ("writes", "expected"),
    [
        ([5, 5, 5, 5], 0.0),
        ([0, 0, 0], 0.0),
        # sum of (2 i - n - 1) w = 3 * 4 = 12, over n * total = 4 * 4.
        ([0, 4, 0, 0], 0.75),
        # (-2 * 1 + 0 * 2 + 2 * 3) / (3 * 6), whatever their order.
        ([3, 1, 2], 4 / 18),
    ],
)
def test_gini_is_that_of_the_report(writes: List[int], expected: float) -> None:
    assert looking.gini(torch.tensor(writes)) == pytest.approx(expected)


def test_log_gives_each_layer_and_the_network() -> None:
    # Gini 0.5 and 0; the network's by rows: (2 * 0.5 + 6 * 0) / 8.
    bars = Bars({"fc1": layer([0, 20], 100, 3), "fc2": layer([5] * 6, 90)})
    bars.iteration, bars.tested = 110, (100, 0.75)
    writer = Writer()

    looking.log(bars, writer)  # type: ignore[arg-type]

    assert writer.scalars == {
        "crossbars/largest_wear": (20, 110),
        "crossbars/gini": (0.125, 110),
        "crossbars/dead_cells": (3, 110),
        "crossbars/extension": (4.5, 110),  # 90 / 20: what all wear reflects, and the most worn cell
        "crossbars/accuracy": (0.75, 110),
        "crossbars.fc1/largest_wear": (20, 110),
        "crossbars.fc1/gini": (0.5, 110),
        "crossbars.fc1/dead_cells": (3, 110),
        "crossbars.fc1/extension": (5.0, 110),
        "crossbars.fc2/largest_wear": (5, 110),
        "crossbars.fc2/gini": (0.0, 110),
        "crossbars.fc2/dead_cells": (0, 110),
        "crossbars.fc2/extension": (18.0, 110),
    }
    assert set(writer.images) == {"crossbars.fc1/wear_map", "crossbars.fc2/wear_map"}


def test_log_before_the_first_report_gives_nothing() -> None:
    writer = Writer()

    looking.log(Bars(), writer, step=7)  # type: ignore[arg-type]

    assert (writer.scalars, writer.images) == ({}, {})


def test_log_where_nothing_was_written_has_no_extension() -> None:
    writer = Writer()

    looking.log(Bars({"fc": layer([0, 0])}), writer)  # type: ignore[arg-type]

    assert "crossbars/extension" not in writer.scalars
    assert writer.scalars["crossbars/largest_wear"] == (0, 0)


def test_wear_map_has_the_colours_of_the_report() -> None:
    writes = torch.zeros(40, dtype=torch.int64)
    writes[1], writes[33] = 1, 100

    image = looking.wear_map(writes, 100)

    # 32 dots a line, each of 4 pixels; two lines, the second of 8 rows.
    assert (image.dtype, tuple(image.shape)) == (torch.uint8, (3, 8, 128))
    dots = image[:, ::4, ::4]
    assert dots[:, 0, 0].tolist() == [0, 0, 0]
    assert dots[:, 0, 1].tolist() == [28, 16, 68]
    assert dots[:, 1, 1].tolist() == [244, 228, 66]
    assert dots[:, 1, 8].tolist() == [255, 255, 255]


def test_wear_map_of_many_rows_shows_the_most_worn_of_neighbours() -> None:
    writes = torch.zeros(20_001, dtype=torch.int64)
    writes[20_000] = 9

    image = looking.wear_map(writes, 9)

    # Two rows a dot: 10,001 dots, 142 a line as sqrt(2 * 10001) is 141.4; the last is number 10,000 = 70 * 142 + 60.
    assert tuple(image.shape) == (3, 4 * 71, 4 * 142)
    assert image[:, 4 * 70, 4 * 60].tolist() == [244, 228, 66]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(stream: io.StringIO, bars: Bars) -> Tuple[Progress, types.SimpleNamespace]:
    clock = types.SimpleNamespace(now=0.0)
    return Progress(bars, stream, lambda: clock.now), clock  # type: ignore[arg-type]


def test_progress_in_a_file_says_how_far_it_is_now_and_then() -> None:
    bars, stream = Bars({"fc1": layer([3, 12]), "fc2": layer([2], failed=4)}), io.StringIO()
    line, clock = progress(stream, bars)
    for clock.now in (1.0, 9.0, 10.0, 11.0):
        bars.iteration += 25
        line.update(loss=torch.tensor(0.5))
    bars.tested = 50, 0.821

    line.close()

    assert stream.getvalue().splitlines() == [
        "mine  75 of 1,000  7.5/s, 2 min left  loss 0.5  largest wear 12 in fc1  dead cells 4",
        "mine  100 of 1,000  9.1/s, 99 s left  loss 0.5  accuracy 82.1 % at 50  largest wear 12 in fc1  dead cells 4",
    ]


def test_progress_on_a_terminal_writes_over_its_line() -> None:
    bars, stream = Bars(), Terminal()
    line, clock = progress(stream, bars)
    with line:
        for clock.now in (0.1, 0.3, 0.4, 0.6):
            line.update(loss=clock.now)

    assert stream.getvalue() == "\rmine  0 of 1,000  loss 0.3\x1b[K\rmine  0 of 1,000  loss 0.6\x1b[K\n"


def test_progress_never_waits_for_a_value_that_is_not_shown() -> None:
    class Value:
        def __float__(self) -> float:
            raise AssertionError("read")

    line, clock = progress(io.StringIO(), Bars())
    clock.now = 1.0
    line.update(loss=Value())


def test_callback_of_hugging_face_tests_logs_and_finishes() -> None:
    bars = Bars()
    callback = TrainingCallback(bars, test=lambda: (3, 4), writer=object(), every=2, progress=False)  # type: ignore[arg-type]

    # As its CallbackHandler does.
    def call(event: str, **more: Any) -> None:
        assert getattr(callback, event)("args", "state", "control", model="model", optimizer="opt", **more) is None

    call("on_init_end")
    call("on_train_begin")
    call("on_epoch_begin")
    for _ in range(3):
        call("on_step_begin")
        call("on_substep_end")
        call("on_pre_optimizer_step")
        bars.iteration += 1
        call("on_optimizer_step")
        call("on_step_end")
        call("on_log", logs={"loss": 0.5})
    call("on_evaluate", metrics={})
    call("on_save")
    call("on_train_end")

    assert bars.told == [(0, 3, 4), (2, 3, 4), (3, 3, 4)]
    assert bars.logged == [0, 2, 3]
    assert (bars.finished, callback.report) == (1, {"complete": True})


def test_callback_of_lightning_passes_over_parts_of_steps(capsys: pytest.CaptureFixture[str]) -> None:
    bars = Bars()
    callback = TrainingCallback(bars, test=lambda: (1, 2), every=1, finish=False)  # type: ignore[arg-type]
    callback.setup("trainer", "module", stage="fit")
    callback.on_fit_start("trainer", "module")
    callback.on_train_start("trainer", "module")
    for batch in range(4):
        callback.on_train_batch_start("trainer", "module", "batch", batch)
        bars.iteration += batch % 2  # gradients of two batches a step
        callback.on_train_batch_end("trainer", "module", {"loss": torch.tensor(0.25)}, "batch", batch)
    callback.on_train_end("trainer", "module")
    callback.teardown("trainer", "module", stage="fit")

    assert bars.told == [(0, 1, 2), (1, 1, 2), (2, 1, 2)]
    assert (bars.finished, callback.report) == (0, None)
    assert (callback.state_key, callback.state_dict()) == ("sgsars.TrainingCallback", {})
    assert "2 of 1,000" in capsys.readouterr().err


def test_callback_without_a_loop_of_its_own_hooks_has_no_other_names() -> None:
    callback = TrainingCallback(Bars())  # type: ignore[arg-type]

    assert not hasattr(callback, "fit")
    with pytest.raises(ValueError, match="every is 0; allowed: at least 1 iteration"):
        TrainingCallback(Bars(), every=0)  # type: ignore[arg-type]


def test_a_summary_writer_takes_what_is_logged(tmp_path: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("tensorboard")
        from torch.utils.tensorboard import SummaryWriter
    with SummaryWriter(str(tmp_path)) as writer:
        looking.log(Bars({"fc": layer([1, 2])}), writer)  # type: ignore[arg-type]

    assert list(tmp_path.iterdir())
