"""Looking at crossbars while a model trains on them: TensorBoard, a line on the terminal, callbacks of trainers.

Importing it needs PyTorch.
"""

from __future__ import annotations

import math
import shutil
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, NamedTuple, Optional, TextIO, Tuple, Type

import torch
from torch import Tensor

if TYPE_CHECKING:
    from .crossbars import Crossbars
    from .wear import LayerWear

#: As report.html has them, in sRGB: of one write, to the most. What is never written is black.
_COLOURS = ((28, 16, 68), (46, 62, 122), (38, 108, 140), (36, 152, 136), (104, 190, 92), (244, 228, 66))
_NO_ROW = (255, 255, 255)
_MOST_DOTS, _LEAST_WIDTH, _DOT_PIXELS = 16_384, 32, 4

_TERMINAL_S, _FILE_S = 0.2, 10.0
#: So many times as long as looking takes nobody looks again.
_SELDOM = 20


def gini(writes: Tensor) -> float:
    """How unevenly rows are worn: 0 if all are alike or none is, towards 1 if one has everything.

    writes: of each row, (rows,), at least 0.
    """
    ordered = writes.to(torch.float64).sort().values
    total = float(ordered.sum())
    if total == 0:
        return 0.0
    count = len(ordered)
    ranks = 2 * torch.arange(1, count + 1, dtype=torch.float64, device=ordered.device) - count - 1
    return float((ranks * ordered).sum()) / (count * total)


class Look(NamedTuple):
    """How worn a layer is, or a network, with the report's definitions.

    iterations: that it reflects. largest_wear: writes of the most worn cell. gini: of the physical rows' wear; of a network the mean
    over all rows of its layers' own. dead_cells: worn out. extension: iterations / largest wear, None if nothing was written.
    """

    iterations: int
    largest_wear: int
    gini: float
    dead_cells: int
    extension: Optional[float]


def _look(iterations: int, largest_wear: int, unevenness: float, dead_cells: int) -> Look:
    return Look(iterations, largest_wear, unevenness, dead_cells, iterations / largest_wear if largest_wear else None)


def look_at(wear: "LayerWear") -> Look:
    """How worn a layer is."""
    return _look(wear.iterations, wear.largest_wear, gini(wear.rows), wear.failed_cells)


def look_at_all(layers: Dict[str, Look], rows: Dict[str, int]) -> Look:
    """How worn a network is. rows: the layers' physical rows. At least one layer."""
    return _look(
        min(of.iterations for of in layers.values()),
        max(of.largest_wear for of in layers.values()),
        sum(of.gini * rows[name] for name, of in layers.items()) / sum(rows[name] for name in layers),
        sum(of.dead_cells for of in layers.values()),
    )


def wear_map(writes: Tensor, most: int) -> Tensor:
    """A dot for each physical row, from the top left, line by line: (3, H, W) of uint8, in the report's colours.

    writes: of each row, (rows,). most: writes that get the last colour. Where there are more than 16,384 rows, a dot is the most worn
    of as many neighbours as it takes. A dot is a square of 4 pixels; white where there is no row.
    """
    each = max(1, math.ceil(len(writes) / _MOST_DOTS))
    dots = torch.nn.functional.pad(writes.cpu(), (0, -len(writes) % each)).view(-1, each).amax(1)
    width = min(len(dots), max(_LEAST_WIDTH, math.ceil(math.sqrt(2 * len(dots)))))
    colours = torch.tensor(_COLOURS, dtype=torch.float64)
    place = (dots.double().clamp(min=1).log() / math.log(max(2, most))).clamp(0, 1) * (len(colours) - 1)
    stop = place.long().clamp(max=len(colours) - 2)
    mixed = colours[stop] + (place - stop).unsqueeze(1) * (colours[stop + 1] - colours[stop])
    mixed[dots <= 0] = 0
    picture = torch.tensor(_NO_ROW, dtype=torch.float64).repeat(math.ceil(len(dots) / width) * width, 1)
    picture[: len(dots)] = mixed
    image = picture.round().to(torch.uint8).view(-1, width, 3).permute(2, 0, 1)
    return image.repeat_interleave(_DOT_PIXELS, 1).repeat_interleave(_DOT_PIXELS, 2)


def log(crossbars: "Crossbars", writer: Any, step: Optional[int] = None, scenario: Optional[str] = None) -> None:
    """Crossbars.log."""
    step = crossbars.iteration if step is None else step
    worn = crossbars.worn(scenario)
    looks = {name: look_at(of) for name, of in worn.items()}
    if looks:
        network = look_at_all(looks, {name: len(of.rows) for name, of in worn.items()})
        _log(writer, "crossbars", network, step)
        for name, of in worn.items():
            _log(writer, f"crossbars.{name}", looks[name], step)
            writer.add_image(f"crossbars.{name}/wear_map", wear_map(of.rows, network.largest_wear), step)
    if crossbars.tested is not None:
        writer.add_scalar("crossbars/accuracy", crossbars.tested[1], step)


def _log(writer: Any, group: str, look: Look, step: int) -> None:
    for what, value in look._asdict().items():
        if value is not None and what != "iterations":
            writer.add_scalar(f"{group}/{what}", value, step)


class Progress:
    """One line about a run, which changes on a terminal; in a file or a notebook it comes anew every ten seconds.

        with xbar.progress() as line:
            ...
            opt.step()
            line.update(loss=loss)
    """

    def __init__(self, crossbars: "Crossbars", stream: Optional[TextIO] = None, clock: Callable[[], float] = time.monotonic) -> None:
        """stream: stderr if it is None. clock: in seconds."""
        self._crossbars, self._clock = crossbars, clock
        self._stream = sys.stderr if stream is None else stream
        self._changes = self._stream.isatty()
        self._began = self._shown = clock()
        self._first = crossbars.iteration
        self._look_after = -math.inf
        self._wear = self._last = ""
        self._values: Dict[str, Any] = {}
        self._open = False

    def update(self, **values: Any) -> None:
        """After each step, or when there is something new.

        values: numbers, or tensors of one value, which are read only if they are shown; kept until they change.
        """
        self._values.update(values)
        now = self._clock()
        if now - self._shown >= (_TERMINAL_S if self._changes else _FILE_S):
            self._show(now)

    def close(self) -> None:
        """Shows how it stands, and leaves the line."""
        self._show(self._clock())
        if self._changes and self._open:
            self._stream.write("\n")
            self._stream.flush()
        self._open = False

    def _show(self, now: float) -> None:
        self._shown = now
        text = self._text(now)
        if text == self._last:
            return
        self._last = text
        if self._changes:
            # A line that wraps could not be written over.
            text = "\r" + text[: max(1, shutil.get_terminal_size().columns - 1)] + "\x1b[K"
        else:
            text += "\n"
        self._stream.write(text)
        self._stream.flush()
        self._open = True

    def _text(self, now: float) -> str:
        xbar = self._crossbars
        parts = [f"{xbar.name}  {xbar.iteration:,} of {xbar.iterations:,}"]
        done, seconds = xbar.iteration - self._first, now - self._began
        if done > 0 and seconds > 0:
            left = (xbar.iterations - xbar.iteration) * seconds / done
            parts.append(f"{done / seconds:.1f}/s" + (f", {_duration(left)} left" if xbar.iteration < xbar.iterations else ""))
        parts += [f"{name} {float(value):.4g}" for name, value in self._values.items()]
        if xbar.tested is not None:
            at, share = xbar.tested
            parts.append(f"accuracy {100 * share:.1f} %" + ("" if at == xbar.iteration else f" at {at:,}"))
        if now >= self._look_after:
            self._wear = self._look()
            self._look_after = self._clock() + _SELDOM * (self._clock() - now)
        return "  ".join(parts + ([self._wear] if self._wear else []))

    def _look(self) -> str:
        worn = self._crossbars.worn()
        if not worn:
            return ""
        name, of = max(worn.items(), key=lambda item: item[1].largest_wear)
        dead = sum(wear.failed_cells for wear in worn.values())
        return f"largest wear {of.largest_wear:,} in {name}" + (f"  dead cells {dead:,}" if dead else "")

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()


def _duration(seconds: float) -> str:
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 99.5 * 60 else f"{seconds / 3600:.1f} h"


class TrainingCallback:
    """A callback of Hugging Face's Trainer and of Lightning's, and of loops that call one alike; neither library is needed.

        Trainer(..., optimizers=(opt, None), callbacks=[sgsars.TrainingCallback(xbar, test=test)])

    After every step it brings the progress line up to date, at intervals it tests and logs, and in the end it ends the run.
    report: of the run, once the training has ended.
    """

    #: What Lightning asks of a callback beside its hooks.
    state_key = _legacy_state_key = "sgsars.TrainingCallback"

    def __init__(
        self,
        crossbars: "Crossbars",
        *,
        test: Optional[Callable[[], Tuple[int, int]]] = None,
        writer: Any = None,
        every: int = 100,
        progress: bool = True,
        finish: bool = True,
    ) -> None:
        """test: gives how many images were classified correctly, and of how many. writer: as Crossbars.log takes it.
        every: iterations between two tests and between two logs, at least 1. progress: whether a line shows how far it is.
        finish: whether the run ends with the training; otherwise call Crossbars.finish.
        Raises ValueError if every is not allowed.
        """
        if every < 1:
            raise ValueError(f"every is {every}; allowed: at least 1 iteration")
        self.crossbars = crossbars
        self.report: Optional[Dict[str, Any]] = None
        self._test, self._writer, self._every, self._finish = test, writer, every, finish
        self._with_progress = progress
        self._progress: Optional[Progress] = None
        self._looked = -1

    def __getattr__(self, name: str) -> Any:
        # Both trainers call all the hooks that they know.
        if name.startswith("on_"):
            return _nothing
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # Hugging Face's Trainer.

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        """Before the first step: tests what the network is before it."""
        if self._with_progress:
            self._progress = Progress(self.crossbars)
        self._look()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """After a step of the optimizer."""
        self._after_step({})

    def on_log(self, *given: Any, logs: Optional[Dict[str, Any]] = None, **__: Any) -> None:
        """When the trainer has something to log: shows its loss."""
        if self._progress is not None and logs and "loss" in logs:
            self._progress.update(loss=logs["loss"])

    def on_train_end(self, *_: Any, **__: Any) -> None:
        """After the last step, of either trainer."""
        if self._looked != self.crossbars.iteration:
            self._look()
        self._close()
        if self._finish and self.report is None:
            self.report = self.crossbars.finish()

    # Lightning's.

    def setup(self, *_: Any, **__: Any) -> None:
        """Nothing."""

    def teardown(self, *_: Any, **__: Any) -> None:
        """Nothing."""

    def state_dict(self) -> Dict[str, Any]:
        """Nothing: the optimizer's state holds what a run goes on from."""
        return {}

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        """Nothing."""

    def on_train_start(self, *_: Any, **__: Any) -> None:
        """Before the first step."""
        self.on_train_begin()

    def on_train_batch_end(self, *given: Any, **__: Any) -> None:
        """After a batch, which may be a part of a step: trainer, module, what the module returned, and so on."""
        outputs = given[2] if len(given) > 2 else None
        loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
        self._after_step({"loss": loss.detach()} if isinstance(loss, Tensor) and loss.numel() == 1 else {})

    def on_exception(self, *_: Any, **__: Any) -> None:
        """The training has failed; the run is left as it is."""
        self._close()

    # Both.

    def _after_step(self, values: Dict[str, Any]) -> None:
        iteration = self.crossbars.iteration
        # A batch may be a part of a step.
        if iteration != self._looked and iteration % self._every == 0:
            self._look()
        if self._progress is not None:
            self._progress.update(**values)

    def _look(self) -> None:
        self._looked = self.crossbars.iteration
        if self._test is not None:
            self.crossbars.accuracy(*self._test())
        if self._writer is not None:
            self.crossbars.log(self._writer)

    def _close(self) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.close()


def _nothing(*_: Any, **__: Any) -> None:
    pass
