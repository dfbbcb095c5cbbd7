"""Several producers of one run, such as the processes of a sharded training: whose the layers are, and how producers agree on it.

Each announces the whole run, with headers that say its part. The topic of runs has one order, so the first announcement of a part
counts, and whoever comes second sees that. Services read no headers.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .tensors import some

if TYPE_CHECKING:
    from .pipeline import Pipeline

#: Headers of a manifest: the part, i/n; the layers' indices; what tells the producer from others.
_SHARD, _LAYERS, _PRODUCER = "sgsars-shard", "sgsars-layers", "sgsars-producer"

#: What of a manifest may differ between shards: it makes no other run.
_FREE = ("name", "createdAtMs", "experiment", "notices")

Headers = Optional[Sequence[Tuple[str, bytes]]]


class Announcement(NamedTuple):
    """A record on the topic of runs: its name, its fields, and its headers."""

    record: str
    fields: Dict[str, Any]
    headers: Headers


@dataclass(frozen=True)
class Shard:
    """A part of a run. index: from 0, of so many; layers: the indices of its layers in the manifest, ascending."""

    index: int
    count: int
    layers: Tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the run."""
        return self.count == 1

    def partition(self, hashed: int, partitions: int) -> int:
        """One of its own partitions of each topic, so that nothing of another shard waits before its records.

        hashed: any number. Raises ValueError if there are fewer partitions than shards.
        """
        if self.count > partitions:
            raise ValueError(
                f"shard {self} is of more producers than the topics have partitions, {partitions}; allowed: at most one for each"
            )
        own = range(self.index, partitions, self.count)
        return own[hashed % len(own)]

    def ended(self, reason: str, names: Sequence[str]) -> str:
        """Why it ended, with the layers that are not whole then; the reason itself of a whole run. names: of the run's layers."""
        return reason if self.is_whole else f"shard {self}, with the layers {', '.join(names[i] for i in self.layers)}: {reason}"


def shard_of(
    names: Sequence[str], shard: Optional[Tuple[int, int]] = None, shard_layers: Optional[Sequence[Sequence[str]]] = None
) -> Shard:
    """A part of a run.

    names: of the run's layers. shard: (i, n), the part i of n, from 0; all of it if it is None. shard_layers: of each part the names
    of its layers, the same for all producers; n runs of layers that follow each other, as long as can be alike, if it is None.
    Raises ValueError for what cannot be, naming it and what is allowed.
    """
    if shard is None:
        if shard_layers is not None:
            raise ValueError("shard_layers is given without shard; allowed: shard=(i, n) beside it")
        return Shard(0, 1, tuple(range(len(names))))
    try:
        index, count = (int(number) for number in shard)
    except (TypeError, ValueError):
        raise ValueError(f"shard is {shard!r}; allowed: (i, n) with 0 <= i < n") from None
    if not 0 <= index < count:
        raise ValueError(f"shard is {shard!r}; allowed: (i, n) with 0 <= i < n")
    if count > len(names):
        raise ValueError(f"shard is {shard!r}, but the run has {len(names)} layers; allowed: at most one shard for each")
    if shard_layers is None:
        first, end = (of * len(names) // count for of in (index, index + 1))
        return Shard(index, count, tuple(range(first, end)))
    parts = [list(part) for part in shard_layers]
    if len(parts) != count:
        raise ValueError(f"shard_layers has {len(parts)} parts, but shard is {shard!r}; allowed: a list of layers for each shard")
    given = [name for part in parts for name in part]
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ValueError(f"shard_layers has {some(unknown)}, which are no layers on crossbars; there are {some(names)}")
    left = [name for name in names if given.count(name) != 1]
    if left:
        raise ValueError(f"shard_layers has {some(left)} not once; allowed: each layer in one part")
    if not all(parts):
        raise ValueError(f"shard_layers has no layers for shard {parts.index([])}; allowed: at least one for each")
    return Shard(index, count, tuple(sorted(list(names).index(name) for name in parts[index])))


class Claim(NamedTuple):
    """That a producer sends a part of a run. producer: what tells it from others, of a process that goes on the same as before."""

    shard: Shard
    producer: str

    @staticmethod
    def new(shard: Shard) -> "Claim":
        """Of a producer that sent nothing yet."""
        return Claim(shard, uuid.uuid4().hex)

    def headers(self) -> List[Tuple[str, bytes]]:
        """As a manifest has it; none where a producer sends all of a run."""
        if self.shard.is_whole:
            return []
        layers = ",".join(map(str, self.shard.layers))
        return [(_SHARD, str(self.shard).encode()), (_LAYERS, layers.encode()), (_PRODUCER, self.producer.encode())]

    @staticmethod
    def read(headers: Headers) -> Optional["Claim"]:
        """Of a manifest; None of one that a producer of all of the run has sent."""
        of = {name: value.decode() for name, value in headers or () if value is not None}
        if _SHARD not in of:
            return None
        index, _, count = of[_SHARD].partition("/")
        layers = tuple(int(layer) for layer in of.get(_LAYERS, "").split(",") if layer)
        return Claim(Shard(int(index), int(count), layers), of.get(_PRODUCER, ""))

    def is_same(self, other: Optional["Claim"]) -> bool:
        """Whether another is of the same producer, and of the same part."""
        return other is not None and (other.producer, other.shard.index) == (self.producer, self.shard.index)

    def conflict(self, before: Sequence["Claim"], names: Sequence[str]) -> Optional[str]:
        """Why it cannot be beside those that were made before it; None if it can."""
        mine = self.shard
        for of in before:
            if of.shard.count != mine.count:
                return f"another producer sends shard {of.shard}, and this is shard {mine}; give all the same number of shards"
            if of.shard.index == mine.index:
                return f"another producer sends shard {mine} already; choose another name, or load its state to continue it"
            both = [names[layer] for layer in mine.layers if layer in of.shard.layers]
            if both:
                return f"shard {of.shard} sends {some(both)} too; give all producers the same shard_layers"
        if len(before) + 1 == mine.count:
            sent = {layer for of in (*before, self) for layer in of.shard.layers}
            none = [name for layer, name in enumerate(names) if layer not in sent]
            if none:
                return f"no shard sends {some(none)}; give all producers the same shard_layers"
        return None


class _Attempt:
    """What the topic of runs says of an attempt at a run before a claim, or until now.

    first: the manifest that counts. claims: those that count. stopped: why it does not go on; None if it does.
    whole: whether a producer of all of it has announced it. is_claimed: whether the claim is there.
    """

    def __init__(self, records: Sequence[Announcement], run: str, until: Optional[Claim] = None) -> None:
        self.first: Optional[Dict[str, Any]] = None
        self.claims: List[Claim] = []
        self.stopped: Optional[str] = None
        self.whole = self.is_claimed = False
        for record, fields, headers in records:
            if record == "RunRetired" and fields["run"] == run.partition("~")[0]:
                self.first, self.claims, self.stopped, self.whole = None, [], None, False
            elif fields.get("run") == run and record in ("RunAborted", "StateLost"):
                self.stopped = str(fields["reason"])
            elif fields.get("run") == run and record == "RunManifest":
                claim = Claim.read(headers)
                if until is not None and until.is_same(claim):
                    self.is_claimed = True
                    return
                self._announce(fields, claim)

    def _announce(self, fields: Dict[str, Any], claim: Optional[Claim]) -> None:
        if self.first is None:
            self.first = fields
        self.stopped = None
        if claim is None:
            self.whole = True
        elif claim.conflict(self.claims, [layer["name"] for layer in self.first["layers"]]) is None:
            self.claims.append(claim)


def is_claimed(records: Sequence[Announcement], run: str, claim: Claim) -> bool:
    """Whether an attempt has a claim."""
    return _Attempt(records, run, claim).is_claimed


def can_join(records: Sequence[Announcement], run: str, claim: Claim) -> bool:
    """Whether an attempt that was announced goes on, and nobody sends this part of it."""
    of = _Attempt(records, run)
    return of.stopped is None and all(other.shard.index != claim.shard.index for other in of.claims)


def missing(records: Sequence[Announcement], run: str, count: int) -> List[int]:
    """The shards of an attempt that nobody has announced."""
    there = {of.shard.index for of in _Attempt(records, run).claims}
    return [index for index in range(count) if index not in there]


def problem(records: Sequence[Announcement], run: str, claim: Claim, manifest: Mapping[str, Any]) -> Optional[str]:
    """Why a producer cannot send its part of an attempt, by what was said before its claim; None if it can.

    manifest: its own, as it is read from the topic.
    """
    of = _Attempt(records, run, claim)
    if of.whole:
        return "a producer that sends all of it has announced it already; choose another name"
    if of.stopped is not None:
        return f"it was stopped: {of.stopped}; choose another name"
    if of.first is not None:
        for key, there in of.first.items():
            if key not in _FREE and there != manifest[key]:
                what = difference(there, manifest[key], key)
                return f"another shard has announced it otherwise: {what}; give all shards the same model and experiment"
    return claim.conflict(of.claims, [layer["name"] for layer in manifest["layers"]])


def difference(there: Any, here: Any, place: str) -> str:
    """The first place in which two values differ, for people."""
    if isinstance(there, dict) and isinstance(here, dict):
        key = next(key for key in sorted({*there, *here}) if there.get(key) != here.get(key))
        return difference(there.get(key), here.get(key), f"{place}.{key}")
    if isinstance(there, list) and isinstance(here, list):
        if len(there) != len(here):
            return f"{place} has {len(there)} values there, and {len(here)} here"
        at = next(i for i, (one, other) in enumerate(zip(there, here)) if one != other)
        return difference(there[at], here[at], f"{place}[{at}]")
    return f"{place} is {there!r} there, and {here!r} here"


def join(pipeline: "Pipeline", run: str, claim: Claim, manifest: bytes, send: Callable[[], None], stop: Callable[[str], None]) -> None:
    """Announces an attempt at a run, of which this producer sends a part.

    send: sends the manifest with the claim's headers, and waits until it is there. stop: says that the run is stopped, and why.
    Raises PipelineError if another producer sends that part, or the run is another there or stopped, with what to do.
    """
    from .pipeline import PipelineError

    name = run.partition("~")[0]
    fields = pipeline.wire.decode(manifest)[1]
    why = problem(pipeline.announcements(), run, claim, fields)
    if why is None:
        send()
        records = pipeline.announcements()
        why = problem(records, run, claim, fields)
        stopped = _Attempt(records, run, claim).stopped
        if stopped is not None:
            # An announcement makes a stopped run go on; this one should not have been.
            stop(stopped)
    if why is not None:
        raise PipelineError(f"shard {claim.shard} cannot join run {name}: {why}")
