"""One run on the topics of a pipeline: what is sent, what comes back, and how it goes on after a break.

Importing it needs numpy, and the Kafka and Avro libraries.
"""

from __future__ import annotations

import collections
import json
import math
import time
import warnings
import zlib
from typing import TYPE_CHECKING, Any, Deque, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from .history import History
from .pipeline import Pipeline, PipelineError
from .shards import Claim, Shard, can_join, is_claimed, join, missing, shard_of
from .stream import chunked, filled
from .updates import UpdatesEncoder
from .wire import Gradients, Weights, Wire

if TYPE_CHECKING:
    import numpy

    from .selection import Update

#: How often a run is begun anew at most.
MOST_ATTEMPTS = 20

#: Iterations that a run which only counts may be ahead of the services.
LEAD = 200

#: Cells of a network below which all its layers go to one partition.
SMALL = 1 << 20

#: What a run sends: topics.
GRADIENTS, UPDATES = "gradients", "updates"

#: The consumer groups that read them.
_READERS = {GRADIENTS: "sgs-service", UPDATES: "ars-controller"}

_POLL_S = 0.2
_TOPICS = ("weights", "wear", "cell-failures", "dead-letters", "runs")


def attempts(records: Sequence[Tuple[str, Dict[str, Any]]], name: str) -> List[int]:
    """The numbers of a run's attempts that are not over for good. records: on the topic of runs."""
    found: List[int] = []
    for record, fields in records:
        run = str(fields["run"])
        base, _, number = run.partition("~")
        if base != name or (number and not number.isdigit()):
            continue
        if record == "RunManifest":
            found.append(int(number or 0))
        elif record == "RunRetired":
            found.clear()
    return found


class Run:
    """Sends a run's records, and takes what comes back in order.

    name: as report and page have it. attempt: its name on the topics, which differs where it was begun anew.
    sends: GRADIENTS or UPDATES. One that is sent again sends updates from then on, whatever it sent before.
    on_wear, on_failures: take the bytes of records Wear and CellFailures.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        manifest: Dict[str, Any],
        name: str,
        timeout: float,
        sends: str,
        unkept: Optional[str] = None,
        shard: Optional[Shard] = None,
    ) -> None:
        """timeout: in seconds, of every wait. unkept: why the updates are not kept to send them again; None if they are.

        shard: the layers that are sent, and whose records are taken; all of them if it is None.
        """
        self.name, self.manifest = name, manifest
        self._pipeline, self._timeout = pipeline, timeout
        self._kafka = pipeline.kafka
        self._training: Optional[Dict[str, Any]] = manifest["training"]
        self._steering = -1 if self._training is None else int(self._training["scenarios"][0])
        self._layer_names = [layer["name"] for layer in manifest["layers"]]
        self.shard = shard_of(self._layer_names) if shard is None else shard
        self._claim = Claim.new(self.shard)
        self._is_small = sum(layer["rows"] * layer["columns"] for layer in manifest["layers"]) < SMALL
        self._producer = pipeline.producer(timeout)
        self._consumer = pipeline.consumer()
        self.sends = sends
        self._group: Any = None
        self._unkept = unkept
        self._history = History() if unkept is None else None
        self._number = 0
        self._is_closed = False
        self._offsets: Dict[Tuple[str, int], int] = {}
        self._tests: List[Dict[str, Any]] = []
        self._ahead: Dict[int, Deque[Weights]] = {layer: collections.deque() for layer in self.shard.layers}
        self._next = [-1] * len(self._layer_names)
        self._ended: Optional[str] = None
        self._stopped = False
        self._undelivered: Optional[str] = None
        self.on_wear: Any = None
        self.on_failures: Any = None

    @property
    def wire(self) -> Wire:
        """The records."""
        return self._pipeline.wire

    def look(self) -> None:
        """Takes what has come, without waiting; nothing after close(). Raises PipelineError if it cannot be read."""
        if not self._is_closed:
            self._take_all(0.0)

    # Names.

    @property
    def attempt(self) -> str:
        """The run's name on the topics."""
        return self._named(self._number)

    def _named(self, number: int) -> str:
        return self.name if number == 0 else f"{self.name}~{number}"

    def _partition(self, layer: int) -> int:
        # What stands in one partition goes over the wire together, and small layers need no more than one instance.
        of = self.attempt if self._is_small else f"{self.attempt}/{self._layer_names[layer]}"
        return self.shard.partition(zlib.crc32(of.encode()), self._pipeline.partitions)

    # Its beginning.

    def announce(self) -> None:
        """Sends the manifest; of a shard, joins the run if another has announced it. Raises PipelineError if the name is taken."""
        known = attempts(self._pipeline.runs(), self.name)
        if max(known, default=-1) >= (0 if self.shard.is_whole else 1):
            raise PipelineError(f"there is a run {self.name} already; choose another name, or load its state to continue it")
        self._begin()

    def _take_name(self) -> None:
        """What is sent and taken goes by the attempt's name from now on."""
        self._encoder = UpdatesEncoder(self.attempt)
        self._gradients = Gradients(self._pipeline.wire, self.attempt)
        self._keys = {f"{self.attempt}/{self._layer_names[layer]}".encode() for layer in self.shard.layers}

    def _begin(self) -> None:
        self._take_name()
        self._next = [-1] * len(self._layer_names)
        for changes in self._ahead.values():
            changes.clear()
        self._ended, self._stopped = None, False
        self._assign({})
        schema = self._pipeline.wire.formats["RunManifest"].schema
        record = filled(schema, {**self.manifest, "run": self.attempt, "createdAtMs": int(time.time() * 1000)})
        value = self._pipeline.wire.encode("RunManifest", record)
        if self.shard.is_whole:
            self._send_manifest(value)
        else:
            join(self._pipeline, self.attempt, self._claim, value, lambda: self._send_manifest(value), self._send_aborted)

    def _send_manifest(self, value: bytes) -> None:
        self._produce("runs", 0, self.attempt, value, self._claim.headers())
        self._flush()

    def _send_aborted(self, reason: str) -> None:
        self._produce("runs", 0, self.attempt, self._pipeline.wire.encode("RunAborted", {"run": self.attempt, "reason": reason}))
        self._flush(fails_if_ended=False)

    def _read_partitions(self, topic: str) -> Sequence[int]:
        """Those with something of the run: what follows from a layer's records stands in the partition of theirs."""
        if topic == "runs":
            return [0]
        if topic == "dead-letters":
            return range(self._pipeline.partitions)
        return sorted({self._partition(layer) for layer in self.shard.layers})

    def _assign(self, offsets: Mapping[Tuple[str, int], int]) -> None:
        """Reads from some offsets, and where there are none from the end."""
        places = []
        try:
            # Leaders of topics that a producer has not heard of it asks for up to a second later.
            self._producer.list_topics(timeout=self._timeout)
            for topic in _TOPICS:
                for number in self._read_partitions(topic):
                    place = self._kafka.TopicPartition(self._pipeline.prefix + topic, number)
                    place.offset = offsets.get((topic, number), -1)
                    if place.offset < 0:
                        place.offset = self._consumer.get_watermark_offsets(place, timeout=self._timeout)[1]
                    self._offsets[topic, number] = place.offset
                    places.append(place)
        except self._kafka.KafkaException as error:
            raise PipelineError(f"{self._pipeline.servers} does not answer: {error}") from error
        self._consumer.assign(places)

    # What is sent.

    def _produce(self, topic: str, partition: int, key: str, value: bytes, headers: Sequence[Tuple[str, bytes]] = ()) -> None:
        more = {"headers": list(headers)} if headers else {}
        while True:
            try:
                self._producer.produce(self._pipeline.prefix + topic, value, key, partition, on_delivery=self._delivered, **more)
                self._producer.poll(0)
                return
            except BufferError:
                self._producer.poll(1)
                self._fail_if_ended()

    def _delivered(self, error: Any, _message: Any) -> None:
        if error and self._undelivered is None:
            self._undelivered = f"{self._pipeline.servers} takes nothing more of run {self.name}: {error}"

    def _flush(self, fails_if_ended: bool = True) -> None:
        if self._producer.flush(self._timeout):
            raise PipelineError(f"{self._pipeline.servers} has not taken all of run {self.name} within {self._timeout:g} s")
        if fails_if_ended:
            self._fail_if_ended()

    def gradients(self, layer: int, iteration: int, weights: "numpy.ndarray[Any, Any]", biases: Any) -> None:
        """Sends a layer's gradients, (columns, rows), in chunks of whole outputs; of iteration -1 its weights."""
        for part in chunked(weights, biases):
            value = self._gradients.encode(layer, iteration, part)
            self._produce("gradients", self._partition(layer), f"{self.attempt}/{self._layer_names[layer]}", value)

    def updates(self, layer: int, updates: Sequence["Update"]) -> None:
        """Sends what is selected in a layer; where gradients are sent, it is only kept."""
        for update in updates:
            value = self._encoder.encode(layer, update)
            if self.sends == UPDATES:
                self._send_updates(layer, value)
            if self._history is not None:
                self._history.add(layer, self._encoder.rest(value))

    def _send_updates(self, layer: int, value: bytes) -> None:
        self._produce("updates", self._partition(layer), f"{self.attempt}/{self._layer_names[layer]}", value)

    def keep_pace(self, iteration: int) -> None:
        """Waits until the services are not too far behind, and takes what has come meanwhile."""
        self._take_all(0.0)
        self._fail_if_ended()
        if (iteration + 1) % (LEAD // 4):
            return
        self._flush()
        if self._group is None:
            self._group = self._pipeline.consumer(_READERS[self.sends])
        topic = self._pipeline.prefix + self.sends
        partitions = [self._partition(layer) for layer in self.shard.layers]
        places = [self._kafka.TopicPartition(topic, number) for number in sorted(set(partitions))]
        most = LEAD * max(partitions.count(place.partition) for place in places) * self._records_per_layer()
        until = time.monotonic() + self._timeout
        while True:
            try:
                committed = self._group.committed(places, timeout=self._timeout)
                behind = [
                    self._group.get_watermark_offsets(at, timeout=self._timeout)[1] - max(0, at.offset) for at in committed
                ]
            except self._kafka.KafkaException as error:
                raise PipelineError(f"{self._pipeline.servers} does not answer: {error}") from error
            if max(behind) <= most:
                return
            if time.monotonic() > until:
                raise PipelineError(f"the services have not come nearer to run {self.name} within {self._timeout:g} s; are all up?")
            self._take_all(_POLL_S)
            self._fail_if_ended()

    def _records_per_layer(self) -> int:
        return len(self.manifest["sparsifiers"]) if self.sends == UPDATES else 1

    def accuracy(self, iteration: int, correct: int, images: int, loss: float) -> None:
        """Says how the network does; of no images that nothing more comes."""
        test = {"iterations": iteration, "images": images, "correct": correct, "loss": loss}
        if images:
            self._tests.append(test)
        self._send_test(test)
        # It is rare, and lost if the program ends now.
        self._flush()

    def _send_test(self, test: Mapping[str, Any]) -> None:
        record = {"run": self.attempt, "scenario": self._steering, **test}
        self._produce("accuracy", 0, self.attempt, self._pipeline.wire.encode("Accuracy", record))

    # What comes back.

    def wait(self, iteration: int) -> Iterator[Weights]:
        """What the crossbars of the scenario that steers hold after an iteration: a record of every layer of the shard.

        Raises PipelineError if a layer has ended, or that does not come in time.
        """
        until = time.monotonic() + self._timeout
        for layer, changes in self._ahead.items():
            while not changes:
                self._take_all(_POLL_S)
                self._fail_if_ended()
                if not changes and time.monotonic() > until:
                    raise PipelineError(
                        f"what layer {self._layer_names[layer]} of run {self.name} holds after iteration {iteration} has not come within "
                        f"{self._timeout:g} s; are all services up, and what do their dead letters say?"
                    )
        for changes in self._ahead.values():
            yield changes.popleft()

    def _fail_if_ended(self) -> None:
        if self._undelivered is not None:
            raise PipelineError(self._undelivered)
        if self._ended is not None:
            raise PipelineError(self._ended)
        failure = self._pipeline.failure()
        if failure is not None:
            raise PipelineError(f"the services of run {self.name} have ended: {failure}")

    def _take_all(self, patience_s: float) -> None:
        """Takes what has come, or waits for something so long."""
        try:
            # consume() would wait until there are so many.
            first = self._consumer.poll(patience_s)
            messages = [] if first is None else [first, *self._consumer.consume(64, 0)]
        except self._kafka.KafkaException as error:
            raise PipelineError(f"what comes back of run {self.name} cannot be read: {error}") from error
        self._producer.poll(0)
        for message in messages:
            problem = message.error()
            if problem is None:
                self._take(message)
            elif problem.code() in (self._kafka.KafkaError._AUTO_OFFSET_RESET, self._kafka.KafkaError.OFFSET_OUT_OF_RANGE):
                raise PipelineError(f"what came back of run {self.name} is not on {message.topic()} any more: {problem}")
            elif problem.fatal():
                raise PipelineError(f"what comes back of run {self.name} cannot be read: {problem}")

    def _take(self, message: Any) -> None:
        topic = message.topic()[len(self._pipeline.prefix) :]
        self._offsets[topic, message.partition()] = message.offset() + 1
        value = message.value() or b""
        if topic in ("runs", "dead-letters"):
            self._take_news(value)
        elif message.key() not in self._keys:
            return
        elif topic == "weights":
            self._take_weights(self._pipeline.wire.weights(value))
        else:
            take = self.on_wear if topic == "wear" else self.on_failures
            if take is not None:
                take(value)

    def _take_news(self, value: bytes) -> None:
        try:
            record, fields = self._pipeline.wire.decode(value)
        except ValueError:
            return  # of another version, and not of this run
        if fields["run"] != self.attempt:
            return
        if record == "DeadLetter":
            self._take_letter(fields)
        elif record == "StateLost":
            self._ended = (
                f"{fields['service']} has lost what it knew of run {self.name}: {fields['reason']}; "
                "go on from a state that was saved"
            )
        elif record == "RunAborted":
            self._ended, self._stopped = f"run {self.name} was stopped: {fields['reason']}", True
        elif record == "RunRetired":
            self._ended = f"run {self.name} was given up"

    def _take_letter(self, letter: Mapping[str, Any]) -> None:
        of = "" if letter["layer"] is None else f"layer {letter['layer']} of "
        text = f"{letter['service']} cannot use a record of {of}run {self.name}: {letter['reason']}"
        if self._steering >= 0 and (not letter["scenarios"] or self._steering in letter["scenarios"]):
            self._ended = text
        else:
            warnings.warn(text, stacklevel=2)

    def _take_weights(self, weights: Weights) -> None:
        if weights.scenario != self._steering:
            return
        expected = self._next[weights.layer]
        if weights.iteration < expected:  # said again by a service that was restarted
            return
        if weights.iteration > expected:
            raise PipelineError(
                f"what layer {self._layer_names[weights.layer]} of run {self.name} holds after iteration {expected} is missing: "
                f"iteration {weights.iteration} comes"
            )
        self._next[weights.layer] += 1
        self._ahead[weights.layer].append(weights)

    # Its end.

    def finish(self, iteration: int) -> Dict[str, Any]:
        """Says that nothing more comes, and waits for the report: of a shard, until the others have come to their end, too."""
        if iteration < int(self.manifest["iterations"]):
            reason = f"stopped after {iteration} of {self.manifest['iterations']} iterations"
            self._send_aborted(self.shard.ended(reason, self._layer_names))
        elif self._steering >= 0 and self.shard.index == 0 and not self._stopped:
            self.accuracy(iteration, 0, 0, math.nan)
        # That another shard has stopped the run is in the report.
        self._flush(fails_if_ended=not self._stopped)
        until = time.monotonic() + self._timeout
        while True:
            found = self._pipeline.report(self.name)
            if found is not None:
                report: Dict[str, Any] = json.loads(found)
                return report
            if time.monotonic() > until:
                raise PipelineError(
                    f"the report of run {self.name} has not come within {self._timeout:g} s; is lifetime-analyzer up?{self._others()}"
                )
            # The last wear comes meanwhile.
            self._take_all(0.05)

    def _others(self) -> str:
        """What else a shard may wait for."""
        if self.shard.is_whole:
            return ""
        absent = missing(self._pipeline.announcements(), self.attempt, self.shard.count)
        those = ", ".join(f"{index}/{self.shard.count}" for index in absent)
        return f" Shards that have not begun: {those}" if absent else " All shards have begun; have they come to their end?"

    def close(self) -> None:
        """Sends what is left, and reads no more. What is kept is still there for a state."""
        if self._is_closed:
            return
        self._is_closed = True
        self._producer.flush(min(self._timeout, 10.0))
        self._consumer.close()
        if self._group is not None:
            self._group.close()

    # To go on later.

    @property
    def keeps(self) -> bool:
        """Whether all updates are kept, to send them again."""
        return self._history is not None

    def forget(self, why: str) -> None:
        """Keeps no updates any more, and says why where they are asked for."""
        if self._history is not None:
            self._history.close()
        self._history, self._unkept = None, why

    def state_dict(self) -> Dict[str, Any]:
        """Where the run is on the topics, and all updates if they are kept."""
        state: Dict[str, Any] = {
            "attempt": self._number,
            "sends": self.sends,
            "unkept": self._unkept,
            "tests": [dict(test) for test in self._tests],
            "offsets": {f"{topic}/{partition}": offset for (topic, partition), offset in self._offsets.items()},
        }
        if not self.shard.is_whole:
            state["producer"] = self._claim.producer
        if self._history is not None:
            state["history"] = self._history.state()
        return state

    def go_on(self, state: Mapping[str, Any], iteration: int) -> bool:
        """Goes on where a state was, or sends the run again from its beginning where the pipeline does not know it any more.

        iteration: how many are done. Returns whether it was sent again, so that all its answers come.
        Raises PipelineError if neither can be.
        """
        if state["unkept"] is not None:
            self.forget(state["unkept"])
        elif self._history is not None:
            self._history.load(state["history"])
        self.sends, self._number = state["sends"], int(state["attempt"])
        self._tests = [dict(test) for test in state["tests"]]
        if not self.shard.is_whole:
            self._claim = Claim(self.shard, state["producer"])
        announced = self._pipeline.announcements()
        records = [(of.record, of.fields) for of in announced]
        known = attempts(records, self.name)
        why = self._cannot_go_on(state, known, records)
        if why is None and not self.shard.is_whole and not is_claimed(announced, self.attempt, self._claim):
            why = f"{self._pipeline.servers} does not know its shard {self.shard}"
        if why is None:
            self._take_name()
            self._next = [iteration] * len(self._layer_names)
            self._assign(self._read_offsets(state))
            return False
        if self._history is None:
            raise PipelineError(f"run {self.name} cannot go on: {why}; and its state cannot be sent again: {self._unkept}")
        last = max(known, default=-1)
        # Another shard may have begun it anew already.
        joins = not self.shard.is_whole and last >= 0 and can_join(announced, self._named(last), self._claim)
        self._number = last if joins else last + 1
        if self._number >= MOST_ATTEMPTS:
            raise PipelineError(f"run {self.name} was begun {self._number} times and is given up: {why}")
        if self.sends == GRADIENTS:
            # The sgs-service there does not know what was accumulated; this program does.
            warnings.warn(f"run {self.name} is sent again, and selected in this program from now on: {why}", stacklevel=2)
            self.sends = UPDATES
        self._begin()
        for layer, update in self._history:
            self._send_updates(layer, self._encoder.begin + update)
        for test in self._tests:
            self._send_test(test)
        self._flush()
        return True

    @staticmethod
    def _read_offsets(state: Mapping[str, Any]) -> Dict[Tuple[str, int], int]:
        found = {}
        for place, offset in state["offsets"].items():
            topic, _, partition = place.rpartition("/")
            found[topic, int(partition)] = int(offset)
        return found

    def _cannot_go_on(
        self, state: Mapping[str, Any], known: Sequence[int], records: Sequence[Tuple[str, Dict[str, Any]]]
    ) -> Optional[str]:
        """Why the topics do not hold what the run continues from; None if they do."""
        if self._number not in known:
            return f"{self._pipeline.servers} does not know it"
        if self._number != max(known):
            return f"it was begun anew since then, as {self.name}~{max(known)}"
        for record, fields in records:
            if fields["run"] == self.attempt and record in ("StateLost", "RunAborted"):
                return str(fields["reason"])
        for (topic, partition), offset in self._read_offsets(state).items():
            place = self._kafka.TopicPartition(self._pipeline.prefix + topic, partition)
            first, end = self._consumer.get_watermark_offsets(place, timeout=self._timeout)
            if topic in ("weights", "dead-letters") and not first <= offset <= end:
                return f"{topic}-{partition} begins at {first} and ends at {end}, and offset {offset} is needed"
        return None
