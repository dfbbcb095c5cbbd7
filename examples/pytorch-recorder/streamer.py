"""Sends the gradients of any PyTorch training straight to the pipeline, while it goes on. Needs PyTorch, and the Kafka and Avro libraries
of Debian's python3-confluent-kafka and python3-avro.

    ./sgs-ars validate mine.yml --manifest mine.json   # an experiment with source: {kind: noise, layers: ..., iterations: ...}

    stream = Stream(model, "mine.json", run="mine")     # before the first iteration; Stream.layers(model) are the layers for mine.yml
    for x, y in batches:                                # as many as the experiment has iterations
        optimizer.zero_grad()
        loss(model(x), y).backward()
        stream.send()                                   # what the optimizer is given
        optimizer.step()
    stream.close()

The services (docker compose up, without the gradient-producer) make of it what they make of any run.
"""

import io
import json
import os
import pathlib
import time
import zlib

import avro.io
import avro.name
import avro.schema
import confluent_kafka
import torch

SCHEMAS = pathlib.Path(os.environ.get("SGSARS_SCHEMAS", pathlib.Path(__file__).parent / "../../pipeline-contract/src/main/avro"))
CHUNK_BYTES = 1 << 20
NAMES = avro.name.Names()


class Writer(avro.io.DatumWriter):
    """Writes a value of a union as the first kind that it is; the library takes the last, by which false is 0.0."""

    def write_union(self, schema, value, encoder):
        kind = next(i for i, candidate in enumerate(schema.schemas) if avro.io.validate(candidate, value))
        encoder.write_long(kind)
        self.write_data(schema.schemas[kind], value, encoder)


class Format:
    """Avro's single-object encoding: C3 01, the schema's CRC-64-AVRO in little-endian order, the plain binary encoding."""

    def __init__(self, name):
        self.schema = avro.schema.make_avsc_object(json.loads((SCHEMAS / f"{name}.avsc").read_text()), NAMES)
        value = empty = 0xC15D213AA4D7A795
        for byte in self.schema.canonical_form.encode():
            value ^= byte
            for _ in range(8):
                value = (value >> 1) ^ (empty & -(value & 1))
        self.header = b"\xc3\x01" + value.to_bytes(8, "little")

    def encode(self, record):
        out = io.BytesIO()
        Writer(self.schema).write(record, avro.io.BinaryEncoder(out))
        return self.header + out.getvalue()


for dependency in ("ParameterShape", "LayerShape", "LearningRateStep", "Optimizer", "PolicyChoice", "Scenario", "Training", "GradientFormat"):
    Format(dependency)
MANIFEST, ABORTED, GRADIENTS = map(Format, ("RunManifest", "RunAborted", "Gradients"))


class Stream:
    """One run. The producer of gradients keeps at most `lead` iterations ahead of the sgs-service."""

    def __init__(self, model, manifest, run, servers="localhost:9092", prefix="", lead=1000):
        self.run = json.loads(pathlib.Path(manifest).read_text())
        wanted = [(layer["rows"], layer["columns"]) for layer in self.run["layers"]]
        self.held = self.matrices(model)
        found = [(layer["rows"], layer["columns"]) for layer, _ in self.held]
        if wanted != found:
            raise ValueError(f"the model's layers have rows and columns {found}, those of {manifest} {wanted}")
        if self.run["gradientFormat"] != "F32":
            raise ValueError(f"{manifest} wants {self.run['gradientFormat']} on the wire; this sends float32: set pipeline.wire to f32")
        self.run |= {"run": run, "source": "streamed from PyTorch", "createdAtMs": int(time.time() * 1000),
                     "layers": [layer for layer, _ in self.held]}
        self.prefix, self.lead, self.iteration = prefix, lead, 0
        self.producer = confluent_kafka.Producer(
            {"bootstrap.servers": servers, "enable.idempotence": True, "linger.ms": 5, "message.max.bytes": 17 << 20})
        self.group = confluent_kafka.Consumer({"bootstrap.servers": servers, "group.id": f"{prefix}sgs-service"})
        topics = self.group.list_topics(timeout=30).topics
        if f"{prefix}gradients" not in topics:
            raise RuntimeError(f"there is no topic {prefix}gradients at {servers}: start the services first")
        count = len(topics[f"{prefix}gradients"].partitions)
        self.partitions = [zlib.crc32(f"{run}/{layer['name']}".encode()) % count for layer, _ in self.held]
        self.produce("runs", 0, run, MANIFEST.encode(self.run))
        self.producer.flush()
        if self.run["optimizer"]["weightDecay"]:
            self.tensors(-1, lambda parameter: parameter)

    @staticmethod
    def matrices(model):
        """What lies on crossbars: a layer for every weight of two or more dimensions, with the bias of the same name."""
        parameters, layers = dict(model.named_parameters()), []
        for name, weight in parameters.items():
            if not name.endswith("weight") or weight.dim() < 2:
                continue
            bias = parameters.get(name[: -len("weight")] + "bias")
            held = [(name, weight)] if bias is None else [(name, weight), (name[: -len("weight")] + "bias", bias)]
            layers.append(({
                "name": name.removesuffix(".weight"),
                "parameters": [{"name": of, "shape": list(tensor.shape)} for of, tensor in held],
                "rows": weight[0].numel() + (bias is not None),
                "columns": weight.shape[0],
            }, [tensor for _, tensor in held]))
        return layers

    @staticmethod
    def layers(model):
        """The layers as an experiment file has them."""
        return [{key: layer[key] for key in ("name", "rows", "columns")} for layer, _ in Stream.matrices(model)]

    def produce(self, topic, partition, key, value):
        while True:
            try:
                return self.producer.produce(self.prefix + topic, value, key, partition, self.delivered)
            except BufferError:
                self.producer.poll(1)

    @staticmethod
    def delivered(error, _):
        if error:
            raise confluent_kafka.KafkaException(error)

    def tensors(self, iteration, of):
        """Sends a tensor of every layer, in chunks of whole outputs."""
        for number, ((layer, held), partition) in enumerate(zip(self.held, self.partitions)):
            values = [of(parameter).detach().cpu().float().contiguous().numpy() for parameter in held]
            outputs = max(1, CHUNK_BYTES // (4 * values[0][0].size))
            chunks = -(-layer["columns"] // outputs)
            for chunk in range(chunks):
                part = slice(chunk * outputs, (chunk + 1) * outputs)
                self.produce("gradients", partition, f"{self.run['run']}/{layer['name']}", GRADIENTS.encode({
                    "run": self.run["run"], "layer": number, "iteration": iteration, "chunk": chunk, "chunks": chunks,
                    "firstOutput": chunk * outputs, "outputs": len(values[0][part]), "weights": values[0][part].tobytes(),
                    "biases": values[1][part].tobytes() if len(values) > 1 else b"", "training": 0}))

    def send(self):
        """Sends the gradients of this iteration; every parameter on crossbars must have one."""
        self.tensors(self.iteration, lambda parameter: parameter.grad)
        self.iteration += 1
        self.producer.poll(0)
        if self.iteration % max(1, self.lead // 4) == 0:
            self.wait()

    def wait(self):
        """Until the sgs-service is not too far behind."""
        self.producer.flush()
        topic = [confluent_kafka.TopicPartition(f"{self.prefix}gradients", partition) for partition in sorted(set(self.partitions))]
        while True:
            behind = [self.group.get_watermark_offsets(at, timeout=30)[1] - max(0, at.offset) for at in self.group.committed(topic, timeout=30)]
            if max(behind) <= self.lead * max(self.partitions.count(at.partition) for at in topic):
                return
            time.sleep(0.1)

    def close(self):
        """Ends the run; one that has not all its iterations is marked as aborted."""
        if self.iteration < self.run["iterations"]:
            reason = f"stopped after {self.iteration} of {self.run['iterations']} iterations"
            self.produce("runs", 0, self.run["run"], ABORTED.encode({"run": self.run["run"], "reason": reason}))
        self.producer.flush()
        self.group.close()
