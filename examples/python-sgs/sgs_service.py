#!/usr/bin/env python3
"""Takes the place of sgs-service: gradients in, one update per sparsifier, layer and iteration out.

Reads the topics `runs` and `gradients`, writes `updates` and `dead-letters`; docs/SWAPPING.md is the contract. Sparsifiers:
dense, top-k, sgs. All arithmetic is float32 with one rounding per operation, as the contract asks, so that the report equals
that of the Java service bit by bit. Settings come from the same environment variables as for the other services.
"""
import io
import json
import math
import os
import signal
import sys
import time
import zlib
from pathlib import Path

import avro.io
import avro.name
import avro.schema
import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

SERVICE = "sgs-service"
SERVERS = os.environ.get("SGSARS_KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")
PREFIX = os.environ.get("SGSARS_KAFKA_TOPIC_PREFIX", "")
SCHEMAS = Path(os.environ.get("SGSARS_SCHEMAS", Path(__file__).parent / "../../pipeline-contract/src/main/avro"))
SAVE_SECONDS = 5.0
CHUNK_BYTES = 1 << 20
NOT_YET = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_LEADER_FOR_PARTITION}
STATE_FORMAT = 2  # another number when what is in a snapshot is other
NAMES = avro.name.Names()


class Bad(Exception):
    """A record that cannot be used."""


def fingerprint(schema):
    """CRC-64-AVRO of a schema's canonical form, in little-endian order."""
    value = EMPTY = 0xC15D213AA4D7A795
    for byte in schema.canonical_form.encode():
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (EMPTY & -(value & 1))
    return value.to_bytes(8, "little")


class Format:
    """Avro's single-object encoding: C3 01, the schema's CRC-64-AVRO in little-endian order, the plain binary encoding."""

    def __init__(self, name):
        self.schema = avro.schema.make_avsc_object(json.loads((SCHEMAS / f"{name}.avsc").read_text()), NAMES)
        self.name, self.header = name, b"\xc3\x01" + fingerprint(self.schema)

    def decode(self, data):
        if data is None or data[:10] != self.header:
            raise Bad(f"not a {self.name}")
        try:
            return avro.io.DatumReader(self.schema).read(avro.io.BinaryDecoder(io.BytesIO(data[10:])))
        except Exception as error:  # hostile bytes make Avro raise whatever its buffers raise
            raise Bad(f"not a whole {self.name}: {error}") from error

    def encode(self, record):
        out = io.BytesIO()
        avro.io.DatumWriter(self.schema).write(record, avro.io.BinaryEncoder(out))
        return self.header + out.getvalue()


for dependency in ("ParameterShape", "LayerMap", "LayerShape", "LearningRateStep", "Optimizer", "PolicyChoice", "LayerSettings", "Scenario", "Training", "SweptSetting", "Sweep", "Extent",
                   "GradientFormat"):
    Format(dependency)
MANIFEST, RETIRED, GRADIENTS, UPDATES, LETTER = map(Format, ("RunManifest", "RunRetired", "Gradients", "Updates", "DeadLetter"))
BEGIN, CHUNK, END = map(Format, ("SnapshotBegin", "SnapshotChunk", "SnapshotEnd"))


def floats(data, gradient_format):
    """Gradients as they came over the wire, as float32."""
    if gradient_format == "BF16":  # the upper half of a float32
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(data, "<f2" if gradient_format == "F16" else "<f4").astype(np.float32)


class Sparsifier:
    """What one sparsifier has accumulated of a layer, as columns of rows: value of row r and column c at [c, r]."""

    def __init__(self, choice, shape):
        self.kind, self.settings = choice["kind"], choice["settings"]
        if self.kind not in ("dense", "top-k", "sgs"):
            raise Bad(f"this service has no sparsifier '{self.kind}'; it has dense, top-k, sgs")
        others = sorted(set(self.settings) - {"ratio", "score", "rows", "byPosition", "smallRows", "scenario"})
        if others:
            raise Bad(f"this service's sparsifier '{self.kind}' has no setting {', '.join(others)}")
        self.residual = np.zeros((shape["columns"], shape["rows"]), np.float32)

    def select(self, velocity, trains):
        """Adds a velocity, takes what is largest out of the residual, and says what: extent, rows, columns, and the values taken,
        of whole rows row by row with all columns."""
        if self.kind == "dense" and not trains:
            return "ALL", [], [], None
        self.residual += velocity
        if self.kind == "dense":
            taken = self.residual.T.copy()
            self.residual[:] = 0
            return "ALL", [], [], taken
        columns, rows = self.residual.shape
        magnitude = np.abs(self.residual)
        if self.kind == "top-k":
            count = max(1, math.floor(self.settings["ratio"] * columns * rows + 0.5))
            cells = np.sort(np.argsort(-magnitude.T, axis=None, kind="stable")[:count])
            chosen, places = cells // columns, cells % columns
            taken = self.residual[places, chosen].copy()
            self.residual[places, chosen] = 0
            return "CELLS", chosen.tolist(), places.tolist(), taken
        score = magnitude.max(axis=0) if self.settings["score"] == "max" else np.add.reduce(magnitude, axis=0)
        chosen = np.sort(np.argsort(-score, kind="stable")[: self.settings["rows"]])
        if self.settings["byPosition"] and rows <= self.settings["smallRows"]:
            place = magnitude[:, chosen[0]].argmax()
            taken = self.residual[place, chosen[0]].copy()
            self.residual[place, chosen[0]] = 0
            return "CELLS", chosen.tolist(), [int(place)], taken
        taken = self.residual[:, chosen].T.copy()
        self.residual[:, chosen] = 0
        return "ROWS", chosen.tolist(), [], taken


def trained(run):
    """The scenarios whose crossbars hold weights that are trained; none where gradients are replayed."""
    return run["training"]["scenarios"] if run["training"] else []


class Layer:
    """One layer of one run, or of one of its trainings: its velocity, its sparsifiers, and the record that has to come next."""

    def __init__(self, run, index, training):
        self.run, self.index, self.training, self.shape = run, index, training, run["layers"][index]
        if run["optimizer"]["weightDecay"] != 0:
            raise Bad("this service has no weight decay")
        self.momentum = np.float32(run["optimizer"]["momentum"])
        # Without momentum torch keeps no velocity, and dampens nothing.
        self.share = np.float32(1 - run["optimizer"]["dampening"] if self.momentum else 1)
        self.looks_ahead = run["optimizer"]["nesterov"]
        # A layer in groups has a bias row in each, which comes among its weights.
        groups = self.shape["map"]["groups"] if self.shape["map"] else 1
        self.inputs = self.shape["rows"] - (len(self.shape["parameters"]) > 1 and groups == 1)
        self.velocity = np.zeros((self.shape["columns"], self.shape["rows"]), np.float32)
        self.gradient = np.zeros_like(self.velocity)
        of = [run["scenarios"][scenario]["sparsifier"] for scenario in trained(run)]
        self.trains = set(of)
        # Where every scenario trains, its sparsifier gets the gradients of its training alone.
        self.numbers = [of[training]] if len(of) > 1 else range(len(run["sparsifiers"]))
        self.sparsifiers = [Sparsifier(run["sparsifiers"][number], self.shape) for number in self.numbers]
        self.iteration, self.chunk, self.output, self.state = -1 if of else 0, 0, 0, "running"

    def rate(self):
        """The learning rate in this iteration."""
        rate = self.run["optimizer"]["learningRate"]
        for step in self.run["optimizer"]["learningRateSteps"]:
            rate = step["learningRate"] if self.iteration >= step["fromIteration"] else rate
        return np.float32(rate)

    def update(self, number, extent, rows, columns, values):
        return {"run": self.run["run"], "sparsifier": number, "layer": self.index, "iteration": self.iteration, "extent": extent,
                "rows": rows, "columns": columns, "values": values.astype("<f4").tobytes() if number in self.trains else b""}

    def apply(self, record):
        """Takes the next chunk of gradients; gives the updates that follow from it."""
        at = (record["iteration"], record["chunk"])
        if self.state != "running" or at < (self.iteration, self.chunk):
            return []  # the layer is over, or the record was applied before
        if at != (self.iteration, self.chunk) or record["firstOutput"] != self.output:
            raise Bad(f"iteration {at[0]} (chunk {at[1]}) came where iteration {self.iteration} (chunk {self.chunk}) should")
        outputs = slice(self.output, self.output + record["outputs"])
        try:
            gradient_format = self.run["gradientFormat"] if at[0] >= 0 else "F32"
            values = [floats(record[part], gradient_format) for part in ("weights", "biases")]
            self.gradient[outputs, : self.inputs] = values[0].reshape(record["outputs"], self.inputs)
            self.gradient[outputs, self.inputs :] = values[1].reshape(record["outputs"], -1)
        except ValueError as error:
            raise Bad(f"iteration {at[0]}: {error}") from error
        if not np.isfinite(self.gradient[outputs]).all():
            raise Bad(f"iteration {at[0]}: a value is not finite")
        self.chunk, self.output = self.chunk + 1, outputs.stop
        if self.chunk < record["chunks"]:
            return []
        if self.output != self.shape["columns"]:
            raise Bad(f"iteration {at[0]}: the chunks hold {self.output} of {self.shape['columns']} outputs")
        if self.iteration < 0:  # initial weights, which are passed on as they are
            updates = [self.update(number, "ALL", [], [], self.gradient.T) for number in self.numbers if number in self.trains]
        else:
            updates = self.select()
        self.iteration, self.chunk, self.output = self.iteration + 1, 0, 0
        if self.iteration == self.run["iterations"]:
            self.state = "finished"
        return updates


    def select(self):
        self.velocity *= self.momentum
        self.velocity += self.gradient * self.share if self.iteration else self.gradient
        step = self.gradient + self.momentum * self.velocity if self.looks_ahead else self.velocity
        updates = []
        for number, sparsifier in zip(self.numbers, self.sparsifiers):
            extent, rows, columns, taken = sparsifier.select(step, number in self.trains)
            change = -self.rate() * taken if number in self.trains else None
            updates.append(self.update(number, extent, rows, columns, change))
        return updates


class Snapshots:
    """Saved states in a topic, so that another machine can continue from them: a begin, chunks, an end with a checksum."""

    topic = f"{PREFIX}snapshots-python-sgs"

    def __init__(self, common, producer):
        self.producer, self.newest, self.common = producer, {}, common
        self.consumer = Consumer({**common, "group.id": f"{self.topic}-{os.getpid()}", "enable.auto.commit": False})

    def prepare(self, partitions):
        """Makes the topic if it is not there. Old snapshots go when there are 256 MiB of newer ones in their partition."""
        config = {"retention.ms": -1, "retention.bytes": 256 << 20, "segment.bytes": 64 << 20, "max.message.bytes": 16 << 20}
        topic = NewTopic(self.topic, num_partitions=partitions, replication_factor=-1, config=config)
        admin = AdminClient(self.common)  # what it promises fails when it is not held
        try:
            admin.create_topics([topic])[self.topic].result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
        for partition in range(partitions):
            while not self.is_there(partition):
                time.sleep(0.1)

    def is_there(self, partition):
        """Whether a broker serves the partition, which may take a moment when its topic is new."""
        try:
            self.consumer.get_watermark_offsets(TopicPartition(self.topic, partition), timeout=10)
            return True
        except KafkaException as error:
            if error.args[0].code() not in NOT_YET:
                raise
            return False

    def send(self, partition, value):
        """The offset that the record got."""
        places = []

        def delivered(error, message):
            if error:
                raise KafkaException(error)
            places.append(message.offset())

        self.producer.produce(self.topic, value, f"gradients-{partition}", partition, delivered)
        while not places:
            self.producer.poll(1)
        return places[0]

    def save(self, partition, offset, state):
        of = f"gradients-{partition}"
        begin = self.send(partition, BEGIN.encode({"of": of, "offset": offset, "format": STATE_FORMAT}))
        starts = range(0, len(state), CHUNK_BYTES)
        for number, start in enumerate(starts):
            self.send(partition, CHUNK.encode({"begin": begin, "number": number, "content": state[start : start + CHUNK_BYTES]}))
        self.send(partition, END.encode({
            "of": of, "offset": offset, "begin": begin, "chunks": len(starts), "bytes": len(state),
            "checksum": zlib.crc32(state), "neededFrom": self.newest.get(partition, 0)}))
        self.newest[partition] = offset

    def restore(self, partition):
        """The whole snapshot of the highest offset; nothing if there is none."""
        place = TopicPartition(self.topic, partition, OFFSET_BEGINNING)
        low, high = self.consumer.get_watermark_offsets(place, timeout=10)
        self.consumer.assign([place])
        begun, found, read = {}, None, low
        while read < high:
            message = self.consumer.poll(5)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            read = message.offset() + 1
            try:
                whole = self.part(begun, message)
            except Bad:
                continue  # of another program
            if whole and (found is None or whole[0] >= found[0]):
                found = whole
        self.consumer.unassign()
        self.newest[partition] = found[0] if found else 0
        return found and found[1]

    @staticmethod
    def part(begun, message):
        """Adds a record to the snapshots begun; gives offset and state of one that is whole with it."""
        value = message.value()
        if value[:10] == BEGIN.header:
            record = BEGIN.decode(value)
            if record["format"] == STATE_FORMAT:
                begun[message.offset()] = []
            return None
        if value[:10] == CHUNK.header:
            record = CHUNK.decode(value)
            chunks = begun.get(record["begin"])
            if chunks is not None and record["number"] == len(chunks):
                chunks.append(record["content"])
            return None
        record = END.decode(value)
        chunks = begun.pop(record["begin"], None)
        if chunks is None:
            return None
        state = b"".join(chunks)
        is_whole = (len(chunks), len(state), zlib.crc32(state)) == (record["chunks"], record["bytes"], record["checksum"])
        return (record["offset"], state) if is_whole else None


class Service:
    """The poll loop: output first, then state, then offset, so that what is committed is never ahead of what is safe."""

    def __init__(self):
        self.runs, self.retired, self.layers, self.offsets, self.saved, self.stopping = {}, set(), {}, {}, {}, False
        common = {"bootstrap.servers": SERVERS}
        self.producer = Producer({**common, "enable.idempotence": True, "linger.ms": 5, "message.max.bytes": 17 << 20})
        self.snapshots = Snapshots(common, self.producer)
        self.catalog = Consumer({**common, "group.id": f"{PREFIX}{SERVICE}-runs-{os.getpid()}", "enable.auto.commit": False})
        self.catalog.assign([TopicPartition(f"{PREFIX}runs", 0, OFFSET_BEGINNING)])
        self.consumer = Consumer({**common, "group.id": PREFIX + SERVICE, "enable.auto.commit": False,
                                  "auto.offset.reset": "earliest", "session.timeout.ms": 10000})

    def await_topics(self):
        """The other services make the topics; waits a minute for them and for the broker."""
        wanted, by = {f"{PREFIX}{topic}" for topic in ("runs", "gradients", "updates", "dead-letters")}, time.monotonic() + 60
        while not self.stopping:
            try:
                topics = self.consumer.list_topics(timeout=5).topics
                if wanted <= set(topics):
                    return self.snapshots.prepare(len(topics[f"{PREFIX}gradients"].partitions))
            except KafkaException as error:
                print(f"{SERVICE} waits for Kafka at {SERVERS}: {error}", file=sys.stderr, flush=True)
            if time.monotonic() > by:
                sys.exit(f"{SERVICE}: no Kafka broker with the topics {sorted(wanted)} at {SERVERS}; start it and another service")
            time.sleep(0.5)

    def run_of(self, name):
        """A run's manifest; reads on in the topic `runs` if it is news."""
        end = self.catalog.get_watermark_offsets(TopicPartition(f"{PREFIX}runs", 0))[1] if name not in self.runs else 0
        while name not in self.runs and end > 0:
            message = self.catalog.poll(5)
            if message is None or message.error():
                break
            self.learn(message.value())
            if message.offset() + 1 >= end:
                break
        return self.runs.get(name)

    def learn(self, value):
        """What a record of the topic `runs` says; most that are neither of these concern others."""
        try:
            manifest = MANIFEST.decode(value)
            self.runs.setdefault(manifest["run"], manifest)
            self.retired.discard(manifest["run"].partition("~")[0])
        except Bad:
            try:
                self.retire(RETIRED.decode(value)["run"])
            except Bad:
                pass

    def retire(self, name):
        """Forgets a run that is over for good, in all its attempts."""
        self.retired.add(name)
        for run in [run for run in self.runs if run.partition("~")[0] == name]:
            del self.runs[run]
            for layers in self.layers.values():
                for key in [key for key in layers if key[0] == run]:
                    del layers[key]

    def layer_of(self, partition, record):
        key = (record["run"], record["layer"], record["training"])
        if key not in self.layers.setdefault(partition, {}):
            run = self.run_of(record["run"])
            if run is None or not 0 <= record["layer"] < len(run["layers"]) or not 0 <= record["training"] < max(1, len(trained(run))):
                raise Bad(f"layer {record['layer']} of run '{record['run']}' was never announced")
            self.layers[partition][key] = Layer(run, record["layer"], record["training"])
        return self.layers[partition][key]

    def process(self, message):
        partition, record, layer = message.partition(), None, None
        try:
            record = GRADIENTS.decode(message.value())
            if self.run_of(record["run"]) is not None or record["run"].partition("~")[0] not in self.retired:
                layer = self.layer_of(partition, record)
                for update in layer.apply(record):
                    self.send("updates", message, UPDATES.encode(update))
        except Bad as bad:
            ends, name = layer is not None, None
            if record is not None and (run := self.runs.get(record["run"])) and record["layer"] < len(run["layers"]):
                name, ends = run["layers"][record["layer"]]["name"], True
            if layer is not None:
                layer.state = "ended"
            print(f"record {message.topic()}-{partition}@{message.offset()} cannot be used: {bad}", file=sys.stderr, flush=True)
            self.send("dead-letters", message, LETTER.encode({
                "run": record and record["run"], "layer": name, "service": SERVICE, "topic": message.topic(),
                "partition": partition, "offset": message.offset(), "reason": str(bad), "endsLayer": ends, "scenarios": []}))
        self.offsets[partition] = message.offset() + 1

    def send(self, topic, message, value):
        while True:
            try:
                return self.producer.produce(PREFIX + topic, value, message.key(), message.partition(), self.delivered)
            except BufferError:
                self.producer.poll(1)

    @staticmethod
    def delivered(error, _):
        if error:
            raise KafkaException(error)

    def save(self, partitions=None):
        """Saves the state of partitions and commits their offsets."""
        self.producer.flush()
        for partition in list(self.offsets if partitions is None else partitions):
            if self.offsets.get(partition) in (None, self.saved.get(partition)):
                continue
            arrays, meta = {}, []
            for number, layer in enumerate(self.layers.get(partition, {}).values()):
                meta.append([layer.run["run"], layer.index, layer.training, layer.iteration, layer.chunk, layer.output, layer.state])
                arrays |= {f"{number}-v": layer.velocity, f"{number}-g": layer.gradient}
                arrays |= {f"{number}-{i}": sparsifier.residual for i, sparsifier in enumerate(layer.sparsifiers)}
            state = io.BytesIO()
            np.savez(state, meta=json.dumps({"offset": self.offsets[partition], "layers": meta}), **arrays)
            self.snapshots.save(partition, self.offsets[partition], state.getvalue())
            self.saved[partition] = self.offsets[partition]
            committed = TopicPartition(f"{PREFIX}gradients", partition, self.offsets[partition])
            self.consumer.commit(offsets=[committed], asynchronous=False)

    def restore(self, partition):
        """The state saved last; gives the offset to go on from. Without one, where the service before this one stopped."""
        saved = self.snapshots.restore(partition)
        if saved is None:
            committed = self.consumer.committed([TopicPartition(f"{PREFIX}gradients", partition)], timeout=10)[0].offset
            return committed if committed >= 0 else OFFSET_BEGINNING
        with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
            meta = json.loads(str(arrays["meta"]))
            if meta["offset"] > self.consumer.get_watermark_offsets(TopicPartition(f"{PREFIX}gradients", partition), timeout=10)[1]:
                return OFFSET_BEGINNING  # of a topic that was made anew since
            for number, (run, index, training, iteration, chunk, output, state) in enumerate(meta["layers"]):
                if self.run_of(run) is None:
                    continue  # retired since
                layer = Layer(self.run_of(run), index, training)
                layer.iteration, layer.chunk, layer.output, layer.state = iteration, chunk, output, state
                layer.velocity, layer.gradient = arrays[f"{number}-v"], arrays[f"{number}-g"]
                for i, sparsifier in enumerate(layer.sparsifiers):
                    sparsifier.residual = arrays[f"{number}-{i}"]
                self.layers.setdefault(partition, {})[(run, index, training)] = layer
        self.offsets[partition] = meta["offset"]
        return meta["offset"]

    def assigned(self, consumer, partitions):
        for partition in partitions:
            partition.offset = self.restore(partition.partition)
        consumer.assign(partitions)

    def revoked(self, _, partitions):
        self.save([partition.partition for partition in partitions])
        for partition in partitions:
            for known in (self.layers, self.offsets, self.saved):
                known.pop(partition.partition, None)

    def work(self):
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopping", True))
        self.await_topics()
        self.consumer.subscribe([f"{PREFIX}gradients"], on_assign=self.assigned, on_revoke=self.revoked)
        print(f"{SERVICE} in Python reads {PREFIX}gradients at {SERVERS}", file=sys.stderr, flush=True)
        last = time.monotonic()
        while not self.stopping:
            message = self.consumer.poll(0.1)
            if message is not None and not message.error():
                self.process(message)
            self.producer.poll(0)
            # The producer waits for what is committed: when nothing comes, save.
            if message is None or time.monotonic() - last > SAVE_SECONDS:
                self.save()
                last = time.monotonic()
        self.save()
        self.consumer.close()


if __name__ == "__main__":
    Service().work()
