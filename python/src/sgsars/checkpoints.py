"""Checkpoints of a training in the pipeline's broker, so that it goes on from any host: docs/SWAPPING.md, Snapshots.

Needs confluent-kafka and avro, and PyTorch for what is in them.
"""

from __future__ import annotations

import io
import pickle
import time
import warnings
import zlib
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from .pipeline import Pipeline, PipelineError

if TYPE_CHECKING:
    from .crossbars import Crossbars

#: Where a wrapped optimizer's state_dict() has the run's place.
RUN_STATE = "sgsars"

#: Of a state in one record.
CHUNK_BYTES = 1 << 20

#: Another number when what is in a checkpoint is other.
FORMAT = 1

#: The topic keeps so much at least, and so many checkpoints: the broker deletes what is older, a segment at a time.
LEAST_KEPT_BYTES = 256 << 20
KEPT = 3

_TOPIC = {"cleanup.policy": "delete", "retention.ms": "-1", "segment.bytes": str(64 << 20), "max.message.bytes": str(16 << 20)}

#: What Kafka calls a setting of this topic, not of all.
_OF_TOPIC = 1


class Checkpoint(NamedTuple):
    """A state after so many iterations."""

    iteration: int
    state: bytes


class _Begun:
    """What has come of a checkpoint until now."""

    def __init__(self, begin: Mapping[str, Any]) -> None:
        self.begin = begin
        self.chunks: List[bytes] = []
        self.is_torn = False

    def take(self, chunk: Mapping[str, Any]) -> None:
        """One that came before counts once."""
        self.is_torn |= chunk["number"] > len(self.chunks)
        if chunk["number"] == len(self.chunks):
            self.chunks.append(chunk["content"])

    def damage(self, end: Mapping[str, Any], state: bytes) -> Optional[str]:
        """What is wrong with it, by its end; None if nothing is."""
        if self.is_torn or len(self.chunks) != end["chunks"] or len(state) != end["bytes"]:
            return f"it has {len(state)} bytes in {len(self.chunks)} chunks, and {end['bytes']} in {end['chunks']} were written"
        found = zlib.crc32(state)
        return None if found == end["checksum"] else f"its CRC-32 is {found:08x}, and {end['checksum']:08x} was written"


class Checkpoints:
    """Those of one run, in a topic of one partition that goes with the run.

    topic: its name, with the pipeline's prefix.
    """

    def __init__(self, pipeline: Pipeline, run: str, timeout: float) -> None:
        """run: as its report has it. timeout: in seconds, of every wait."""
        self._pipeline, self._run, self._timeout = pipeline, run, timeout
        self.topic = f"{pipeline.prefix}snapshots-sgsars-{run}"

    def _admin(self) -> Any:
        from confluent_kafka.admin import AdminClient

        return AdminClient(self._pipeline.client())

    # Writing.

    def save(self, iteration: int, state: bytes) -> None:
        """Keeps a state. When it returns, it is in the log.

        Raises PipelineError if the broker does not take it, with its reason; the checkpoints before it are as they were.
        """
        try:
            self._prepare(len(state))
            self._write(iteration, state)
        except self._pipeline.kafka.KafkaException as error:
            raise self._not_kept(iteration, error.args[0]) from error

    def _not_kept(self, iteration: int, why: Any) -> PipelineError:
        return PipelineError(
            f"the checkpoint of run {self._run} after {iteration} iterations cannot be kept in topic {self.topic} at "
            f"{self._pipeline.servers}: {why}"
        )

    def _prepare(self, size: int) -> None:
        """Makes the topic if it is not there, and lets it keep so large a state several times."""
        from confluent_kafka.admin import ConfigResource, NewTopic

        kafka, admin = self._pipeline.kafka, self._admin()
        least = max(LEAST_KEPT_BYTES, KEPT * size)
        topic = NewTopic(self.topic, num_partitions=1, replication_factor=-1, config={**_TOPIC, "retention.bytes": str(least)})
        try:
            admin.create_topics([topic], operation_timeout=self._timeout, request_timeout=self._timeout)[self.topic].result()
            return
        except kafka.KafkaException as error:
            if error.args[0].code() != kafka.KafkaError.TOPIC_ALREADY_EXISTS:
                raise
        settings = self._settings(admin)
        if 0 <= int(settings.get("retention.bytes", "-1")) < least:
            # What is not named would have its default again.
            resource = ConfigResource("topic", self.topic, {**settings, "retention.bytes": str(2 * least)})
            admin.alter_configs([resource], request_timeout=self._timeout)[resource].result()

    def _settings(self, admin: Any) -> Dict[str, str]:
        """Those that the topic has of its own."""
        from confluent_kafka.admin import ConfigResource

        resource = ConfigResource("topic", self.topic)
        found = admin.describe_configs([resource], request_timeout=self._timeout)[resource].result()
        return {name: of.value for name, of in found.items() if of.source == _OF_TOPIC}

    def _write(self, iteration: int, state: bytes) -> None:
        before = self._newest()
        # One that the deletion of a topic leaves behind could not send to the next of its name.
        sending = _Sending(self, iteration, self._pipeline.producer(self._timeout))
        wire = self._pipeline.wire
        begin = sending.send(wire.encode("SnapshotBegin", {"of": self._run, "offset": iteration, "format": FORMAT}))
        starts = range(0, len(state), CHUNK_BYTES)
        for number, start in enumerate(starts):
            content = state[start : start + CHUNK_BYTES]
            sending.enqueue(wire.encode("SnapshotChunk", {"begin": begin, "number": number, "content": content}))
        sending.flush()
        end = {
            "of": self._run,
            "offset": iteration,
            "begin": begin,
            "chunks": len(starts),
            "bytes": len(state),
            "checksum": zlib.crc32(state),
            "neededFrom": before,
        }
        sending.send(wire.encode("SnapshotEnd", end))

    def refusal(self, iteration: int, error: Any) -> PipelineError:
        """What the broker's error means."""
        why = str(error)
        if error.code() == self._pipeline.kafka.KafkaError.MSG_SIZE_TOO_LARGE:
            most = self._settings(self._admin()).get("max.message.bytes", "fewer")
            why += (
                f"; its max.message.bytes is {most}, and a record of a checkpoint has up to {CHUNK_BYTES + 256}: "
                "raise it, or delete the topic"
            )
        return self._not_kept(iteration, why)

    # Reading.

    def _decoded(self, value: bytes) -> Tuple[str, Dict[str, Any]]:
        """Nothing for what another program wrote."""
        try:
            return self._pipeline.wire.decode(value)
        except Exception:  # hostile bytes make Avro raise whatever its buffers raise
            return "", {}

    def _newest(self) -> int:
        """The iteration of the checkpoint whose end is the last record; 0 if that is something else."""
        _, end = self._bounds()
        for _, value in self._pipeline.records(self.topic, max(0, end - 1)):
            record, fields = self._decoded(value)
            if record == "SnapshotEnd" and fields["of"] == self._run:
                return int(fields["offset"])
        return 0

    def _bounds(self) -> Tuple[int, int]:
        """Offsets of the first record and behind the last. A topic that is new may take a moment to have them."""
        kafka, consumer = self._pipeline.kafka, self._pipeline.consumer()
        not_yet = {
            kafka.KafkaError.UNKNOWN_TOPIC_OR_PART,
            kafka.KafkaError.LEADER_NOT_AVAILABLE,
            kafka.KafkaError._UNKNOWN_TOPIC,
            kafka.KafkaError._UNKNOWN_PARTITION,
        }
        until = time.monotonic() + self._timeout
        try:
            while True:
                try:
                    first, end = consumer.get_watermark_offsets(kafka.TopicPartition(self.topic, 0), timeout=self._timeout)
                    return int(first), int(end)
                except kafka.KafkaException as error:
                    if error.args[0].code() not in not_yet or time.monotonic() > until:
                        raise
                    consumer.poll(0.05)
        finally:
            consumer.close()

    def last(self) -> Optional[Checkpoint]:
        """The whole checkpoint of the highest iteration; None if there never was one.

        Where the newest is damaged, a warning says so, and it is the one before.
        Raises PipelineError if none is whole, saying what is wrong with them, or the broker does not answer.
        """
        if self.topic not in self._pipeline.topics():
            return None
        try:
            first, end = self._bounds()
        except self._pipeline.kafka.KafkaException as error:
            raise PipelineError(f"checkpoints cannot be read from topic {self.topic}: {error}") from error
        if first == end:
            return None
        # As it is where nobody was interrupted.
        for _, value in self._pipeline.records(self.topic, end - 1):
            record, fields = self._decoded(value)
            if record == "SnapshotEnd" and first <= fields["begin"] < end:
                whole, _ = self._found(fields["begin"])
                if whole is not None:
                    return whole
        whole, damaged = self._found(first)
        if whole is None and damaged:
            raise PipelineError(f"run {self._run} has no checkpoint to go on from: {'; '.join(damaged.values())}")
        newer = [what for iteration, what in damaged.items() if whole is not None and iteration >= whole.iteration]
        if whole is not None and newer:
            warnings.warn(f"{newer[-1]}; run {self._run} goes on after {whole.iteration} iterations", stacklevel=3)
        return whole

    def _found(self, first: int) -> Tuple[Optional[Checkpoint], Dict[int, str]]:
        """The best from an offset on, and what is wrong with the damaged ones by their iterations."""
        begun: Dict[int, _Begun] = {}
        best: Optional[Checkpoint] = None
        damaged: Dict[int, str] = {}
        for offset, value in self._pipeline.records(self.topic, first):
            record, fields = self._decoded(value)
            if record == "SnapshotBegin" and fields["of"] == self._run and fields["format"] == FORMAT:
                begun[offset] = _Begun(fields)
            elif record == "SnapshotChunk" and fields["begin"] in begun:
                begun[fields["begin"]].take(fields)
            elif record == "SnapshotEnd" and fields["begin"] in begun:
                of = begun.pop(fields["begin"])
                iteration, state = int(of.begin["offset"]), b"".join(of.chunks)
                damage = of.damage(fields, state)
                if damage is not None:
                    where = f"the checkpoint after {iteration} iterations at offset {fields['begin']} of {self.topic}-0 is damaged"
                    damaged[iteration] = f"{where}: {damage}"
                elif best is None or iteration >= best.iteration:
                    best = Checkpoint(iteration, state)
        return best, damaged

    # Its end.

    def delete(self) -> None:
        """Deletes all of them, if there are any. A warning says what stays."""
        if self.topic not in self._pipeline.topics():
            return
        kafka = self._pipeline.kafka
        try:
            admin = self._admin()  # what it promises fails when it is not held
            admin.delete_topics([self.topic], operation_timeout=self._timeout, request_timeout=self._timeout)[self.topic].result()
        except kafka.KafkaException as error:
            if error.args[0].code() != kafka.KafkaError.UNKNOWN_TOPIC_OR_PART:
                warnings.warn(f"topic {self.topic} with the checkpoints of run {self._run} stays: {error}", stacklevel=3)


class _Sending:
    """The records of one checkpoint on their way."""

    def __init__(self, to: Checkpoints, iteration: int, producer: Any) -> None:
        self._to, self._iteration, self._producer = to, iteration, producer
        self._error: Any = None
        self._offset = -1

    def _delivered(self, error: Any, message: Any) -> None:
        if error is not None:
            self._error = self._error or error
        else:
            self._offset = message.offset()

    def enqueue(self, value: bytes) -> None:
        """Sends a record and does not wait, but for room."""
        while True:
            self._require_none_refused()
            try:
                self._producer.produce(self._to.topic, value, partition=0, on_delivery=self._delivered)
                self._producer.poll(0)
                return
            except BufferError:
                self._producer.poll(1)

    def flush(self) -> None:
        """Waits until all are in the log."""
        # Each fails by itself when its time is over.
        self._producer.flush()
        self._require_none_refused()

    def send(self, value: bytes) -> int:
        """The offset of a record, when it is in the log."""
        self.enqueue(value)
        self.flush()
        return self._offset

    def _require_none_refused(self) -> None:
        if self._error is not None:
            raise self._to.refusal(self._iteration, self._error)


# What is in a checkpoint.


def packed(xbar: "Crossbars", state: Mapping[str, Any]) -> bytes:
    """A program's state with what it is of. Raises ValueError if the run's place is not in it, or an earlier one."""
    import torch

    place = _place(state)
    if place is None:
        raise ValueError('the state has no place of the run; allowed: a dictionary with the state_dict() of the wrapped optimizer in it')
    if place["run"] != xbar.name or not place["begun"] or int(place["iteration"]) != xbar.iteration:
        raise ValueError(
            f"the state is of run {place['run']} after {place['iteration']} iterations; "
            f"allowed: of run {xbar.name} after {max(1, xbar.iteration)}, as the optimizer's state_dict() is now"
        )
    out = io.BytesIO()
    torch.save({"run": xbar.name, "experiment": xbar.identity(), "parameters": xbar.parameters(), "state": dict(state)}, out)
    return out.getvalue()


def unpacked(xbar: "Crossbars", kept: Checkpoint, topic: str, weights_only: Optional[bool]) -> Dict[str, Any]:
    """The state of packed(). Raises ValueError if it is of another model or experiment, or what torch.load may not load."""
    import torch

    where = f"the checkpoint of run {xbar.name} after {kept.iteration} iterations in topic {topic}"
    how = {} if weights_only is None else {"weights_only": weights_only}
    try:
        found = torch.load(io.BytesIO(kept.state), map_location="cpu", **how)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"{where} holds what torch.load does not load: {error}; where you trust who writes to the topic: "
            "last_checkpoint(weights_only=False)"
        ) from error
    theirs, mine = found["parameters"], xbar.parameters()
    for name in [*theirs, *mine]:
        if theirs.get(name) != mine.get(name):
            raise ValueError(f"{where} is of another model: its {name} is {_shape(theirs, name)}, and this model's {_shape(mine, name)}")
    differs = sorted(key for key in found["experiment"] if found["experiment"][key] != xbar.identity().get(key))
    if differs:
        raise ValueError(f"{where} is of another experiment, or of a model that is frozen otherwise: what differs is {', '.join(differs)}")
    state: Dict[str, Any] = found["state"]
    return state


def _shape(of: Mapping[str, Any], name: str) -> str:
    return f"of shape {of[name]}" if name in of else "not there"


def _place(state: Any) -> Optional[Mapping[str, Any]]:
    """What a wrapped optimizer says of the run, wherever it stands; None if nothing does."""
    if isinstance(state, Mapping):
        if isinstance(state.get(RUN_STATE), Mapping):
            return dict(state[RUN_STATE])
        state = list(state.values())
    if isinstance(state, (list, tuple)):
        for part in state:
            found = _place(part)
            if found is not None:
                return found
    return None
