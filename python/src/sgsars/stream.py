"""Sends the gradients of any PyTorch training straight to the services, while it goes on.

Needs PyTorch, numpy, confluent-kafka and avro (on Debian python3-confluent-kafka and python3-avro).
"""

from __future__ import annotations

import functools
import io
import json
import math
import os
import pathlib
import re
import time
import zlib
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Type

from .layers import Layer, groups_of, sizes
from .mapper import layer_map
from .recorder import GradientReader
from .shards import Claim, join, shard_of
from .tensors import PathLike

if TYPE_CHECKING:
    import numpy
    import torch

    Values = numpy.ndarray[Any, Any]

CHUNK_BYTES = 1 << 20
MESSAGE_BYTES = 17 << 20

#: As many as the services show of a list of names.
_SHOWN_NAMES = 10

#: What the records are made of, each before those that hold it.
DEPENDENCIES = (
    "ParameterShape",
    "LayerMap",
    "LayerShape",
    "LearningRateStep",
    "SweptSetting",
    "Sweep",
    "Optimizer",
    "PolicyChoice",
    "LayerSettings",
    "Scenario",
    "Training",
    "GradientFormat",
)


def schema_folder() -> pathlib.Path:
    """Where the wire's Avro schemas are: SGSARS_SCHEMAS, or pipeline-contract of a checkout: SGSARS_HOME, or that which this file is in.

    Raises FileNotFoundError that says what to set.
    """
    given = os.environ.get("SGSARS_SCHEMAS")
    checkouts = [os.environ.get("SGSARS_HOME"), pathlib.Path(__file__).resolve().parents[3]]
    of_checkouts = [pathlib.Path(home) / "pipeline-contract/src/main/avro" for home in checkouts if home]
    folders = [pathlib.Path(given)] if given else of_checkouts
    for folder in folders:
        if (folder / "RunManifest.avsc").exists():
            return folder
    raise FileNotFoundError(
        f"{folders[0]} holds no RunManifest.avsc; set SGSARS_SCHEMAS to the folder pipeline-contract/src/main/avro of sgs-ars"
    )


def filled(schema: Any, value: Any) -> Any:
    """A value with the defaults of what it lacks, as in a record that an earlier version wrote: the library leaves that to us."""
    if schema.type == "union" and isinstance(value, dict):
        records = [candidate for candidate in schema.schemas if candidate.type == "record"]
        return filled(records[0], value) if records else value
    if schema.type == "array" and isinstance(value, list):
        return [filled(schema.items, item) for item in value]
    if schema.type != "record" or not isinstance(value, dict):
        return value
    defaults = {field.name: field.default for field in schema.fields if field.has_default}
    return {**defaults, **{field.name: filled(field.type, value[field.name]) for field in schema.fields if field.name in value}}


@functools.lru_cache(maxsize=None)
def _writer() -> Any:
    """The library's writer, but for unions: it writes a value as the last kind that it is, by which false is 0.0."""
    import avro.io

    class Writer(avro.io.DatumWriter):  # type: ignore[misc]
        def write_union(self, schema: Any, value: Any, encoder: Any) -> None:
            kind = next(i for i, candidate in enumerate(schema.schemas) if avro.io.validate(candidate, value))
            encoder.write_long(kind)
            self.write_data(schema.schemas[kind], value, encoder)

    return Writer


class Format:
    """Avro's single-object encoding of a record: C3 01, the schema's CRC-64-AVRO in little-endian order, the binary encoding."""

    def __init__(self, folder: pathlib.Path, name: str, names: Any) -> None:
        import avro.schema

        self.schema = avro.schema.make_avsc_object(json.loads((folder / f"{name}.avsc").read_text(encoding="utf-8")), names)
        value = empty = 0xC15D213AA4D7A795
        for byte in self.schema.canonical_form.encode():
            value ^= byte
            for _ in range(8):
                value = (value >> 1) ^ (empty & -(value & 1))
        self.header = b"\xc3\x01" + value.to_bytes(8, "little")

    def encode(self, record: Dict[str, Any]) -> bytes:
        """The bytes of a record. Raises what the library does for one that the schema does not allow."""
        import avro.io

        out = io.BytesIO()
        _writer()(self.schema).write(record, avro.io.BinaryEncoder(out))
        return self.header + out.getvalue()

    def decode(self, value: bytes) -> Dict[str, Any]:
        """The record of some bytes. Raises ValueError for those of another schema, and what the library does for what is cut off."""
        import avro.io

        if value[: len(self.header)] != self.header:
            raise ValueError(f"a record {self.schema.name} begins with {value[: len(self.header)].hex()}; allowed: {self.header.hex()}")
        reader = avro.io.DatumReader(self.schema)
        return dict(reader.read(avro.io.BinaryDecoder(io.BytesIO(value[len(self.header) :]))))


class Formats(NamedTuple):
    """Of the records that a producer of gradients sends."""

    manifest: Format
    aborted: Format
    gradients: Format


@functools.lru_cache(maxsize=None)
def formats(folder: pathlib.Path) -> Formats:
    """Reads the schemas of a folder."""
    import avro.name

    names = avro.name.Names()
    for dependency in DEPENDENCIES:
        Format(folder, dependency, names)
    return Formats(*(Format(folder, name, names) for name in ("RunManifest", "RunAborted", "Gradients")))


def shapes(model: "torch.nn.Module", rules: Optional[Mapping[str, str]] = None) -> List[Tuple[Layer, Dict[str, Any]]]:
    """A model's layers with the LayerShape record of each."""
    values = {name: tuple(value.shape) for name, value in GradientReader(model).values().items()}
    found = []
    for layer in layer_map(model, rules).layers:
        names = [layer.weight] if layer.bias is None else [layer.weight, layer.bias]
        of = sizes(layer, *(values[name] for name in names))
        found.append(
            (
                layer,
                {
                    "name": layer.name,
                    "parameters": [{"name": name, "shape": list(values[name])} for name in names],
                    "rows": of.rows,
                    "columns": of.columns,
                    "map": {"kind": layer.kind, "axes": layer.axes, "groups": layer.groups, "biasFrom": layer.bias_from},
                },
            )
        )
    return found


def share(values: Mapping[str, Sequence[int]], layers: Sequence[Layer]) -> str:
    """How much of a model is on crossbars and what is not, for people, as the report of a replayed trace says it.

    values: the shapes of all that can have gradients, by name; there is at least one. Values that layers share count once.
    """
    sizes_of = {name: math.prod(shape) for name, shape in values.items() if 0 not in shape}
    on_crossbars = {name for layer in layers for name in (layer.weight, layer.bias)}
    digital = [name for name in sizes_of if name not in on_crossbars]
    everything = sum(sizes_of.values())
    on = everything - sum(sizes_of[name] for name in digital)
    if on == everything:
        text = f"all {everything:,} values on crossbars"
    else:  # down, so that only all is 100 %
        text = f"{math.floor(1000 * on / everything) / 10:.1f} % of {everything:,} values on crossbars"
    if not digital:
        return text
    shown = ", ".join(re.sub(r"[\x00-\x1f\x7f]", "?", name) for name in digital[:_SHOWN_NAMES])
    left = len(digital) - _SHOWN_NAMES
    return f"{text}; digital: {shown}" + (f" and {left:,} more" if left > 0 else "")


def wire_values(layer: Layer, weight: Any, bias: Any = None) -> Tuple["Values", Optional["Values"]]:
    """A layer's values as they go over the wire: (columns, rows) without a bias that is the last row, and that row or None.

    With groups all rows stand together, bias rows too. Raises ValueError if weight or bias does not fit the layer.
    """
    import numpy

    weights, rows = groups_of(layer, weight, bias)
    if layer.groups == 1:
        return numpy.ascontiguousarray(weights[0].T, "<f4"), None if rows is None else rows[0].astype("<f4", copy=False)
    parts = weights if rows is None else numpy.concatenate([weights, rows[:, None, :]], axis=1)
    return numpy.ascontiguousarray(parts.reshape(-1, parts.shape[2]).T, "<f4"), None


class Chunk(NamedTuple):
    """Whole outputs of a layer's values: the fields of a record Gradients that tell them."""

    chunk: int
    chunks: int
    first_output: int
    outputs: int
    weights: bytes
    biases: bytes


def chunked(weights: "Values", biases: Optional["Values"]) -> Iterator[Chunk]:
    """What wire_values gives, in chunks of whole outputs, in order: of at most CHUNK_BYTES each, but of at least one output."""
    outputs = max(1, CHUNK_BYTES // (4 * weights.shape[1]))
    chunks = -(-len(weights) // outputs)
    for chunk in range(chunks):
        part = slice(chunk * outputs, (chunk + 1) * outputs)
        of_biases = b"" if biases is None else biases[part].tobytes()
        yield Chunk(chunk, chunks, chunk * outputs, len(weights[part]), weights[part].tobytes(), of_biases)


class Stream:
    """One run, whose gradients come from a training. It keeps at most `lead` iterations ahead of the sgs-service.

        # ./sgs-ars validate mine.yml --manifest mine.json   of source: {kind: noise, layers: ..., iterations: ...}
        with Stream(model, "mine.json", run="mine") as stream:
            for x, y in batches:                             # as many as the experiment has iterations
                optimizer.zero_grad()
                loss(model(x), y).backward()
                stream.send()
                optimizer.step()

    Stream.layers(model) are the layers for mine.yml. The services run meanwhile, without the gradient-producer.
    """

    def __init__(
        self,
        model: "torch.nn.Module",
        manifest: PathLike,
        run: str,
        servers: str = "localhost:9092",
        prefix: str = "",
        lead: int = 1000,
        rules: Optional[Mapping[str, str]] = None,
        shard: Optional[Tuple[int, int]] = None,
        shard_layers: Optional[Sequence[Sequence[str]]] = None,
    ) -> None:
        """Announces the run.

        manifest: what validate --manifest has written. run: a name of its own. servers: HOST:PORT of a Kafka broker.
        prefix: of the topics' names. lead: in iterations. rules: as those of layer_map.
        shard: (i, n) where n processes train parts of one model, each with a stream of this run, and this is process i, from 0; its
        layers alone are sent. All have the whole model, of which the layers of others may be on the device meta. shard_layers: of
        each process the names of its layers, the same everywhere; n runs of layers that follow each other if it is None.
        Raises ValueError if the model's layers are not the manifest's or it wants another format, naming both, FileNotFoundError
        without schemas, RuntimeError where no services have been, ImportError without the libraries, and what Kafka's raises.
        """
        import confluent_kafka

        self._formats = formats(schema_folder())
        self._kafka = confluent_kafka
        self.run: Dict[str, Any] = json.loads(pathlib.Path(manifest).read_text(encoding="utf-8"))
        found = shapes(model, rules)
        wanted = [(layer["rows"], layer["columns"]) for layer in self.run["layers"]]
        sizes_found = [(shape["rows"], shape["columns"]) for _, shape in found]
        if wanted != sizes_found:
            raise ValueError(f"the model's layers have rows and columns {sizes_found}, those of {manifest} {wanted}")
        if self.run["gradientFormat"] != "F32":
            raise ValueError(
                f"{manifest} wants {self.run['gradientFormat']} on the wire; this sends float32: set pipeline.wire to f32"
            )
        self._layers = [layer for layer, _ in found]
        self._names = [layer.name for layer in self._layers]
        self.shard = shard_of(self._names, shard, shard_layers)
        self._reader = GradientReader(model)
        values = {name: tuple(value.shape) for name, value in self._reader.values().items()}
        self.run.update(
            run=run,
            source="streamed from PyTorch",
            createdAtMs=int(time.time() * 1000),
            layers=[shape for _, shape in found],
            notices=[*self.run.get("notices", []), share(values, self._layers)],
        )
        self.prefix, self.lead, self.iteration = prefix, lead, 0
        self._servers = servers
        self._producer = confluent_kafka.Producer(
            {"bootstrap.servers": servers, "enable.idempotence": True, "linger.ms": 5, "message.max.bytes": MESSAGE_BYTES}
        )
        self._group = confluent_kafka.Consumer({"bootstrap.servers": servers, "group.id": f"{prefix}sgs-service"})
        topics = self._group.list_topics(timeout=30).topics
        if f"{prefix}gradients" not in topics:
            raise RuntimeError(f"there is no topic {prefix}gradients at {servers}: start the services first")
        count = len(topics[f"{prefix}gradients"].partitions)
        self._partitions = {
            layer: self.shard.partition(zlib.crc32(f"{run}/{self._names[layer]}".encode()), count) for layer in self.shard.layers
        }
        self._announce(self._formats.manifest.encode(filled(self._formats.manifest.schema, self.run)))
        if self.run["optimizer"]["weightDecay"]:
            self._send(-1, self._reader.values())
        self._reader.start()

    @staticmethod
    def layers(model: "torch.nn.Module", rules: Optional[Mapping[str, str]] = None) -> List[Dict[str, Any]]:
        """The layers as an experiment file has them: name, rows and columns of each."""
        return [{key: shape[key] for key in ("name", "rows", "columns")} for _, shape in shapes(model, rules)]

    def _announce(self, value: bytes) -> None:
        claim = Claim.new(self.shard)

        def send() -> None:
            self._produce("runs", 0, self.run["run"], value, claim.headers())
            self._producer.flush()

        if self.shard.is_whole:
            send()
            return
        from .pipeline import Pipeline

        join(Pipeline(self._servers, "", self.prefix), self.run["run"], claim, value, send, self._abort)

    def _abort(self, reason: str) -> None:
        self._produce("runs", 0, self.run["run"], self._formats.aborted.encode({"run": self.run["run"], "reason": reason}))
        self._producer.flush()

    def _produce(self, topic: str, partition: int, key: str, value: bytes, headers: Sequence[Tuple[str, bytes]] = ()) -> None:
        more = {"headers": list(headers)} if headers else {}
        while True:
            try:
                self._producer.produce(self.prefix + topic, value, key, partition, self._delivered, **more)
                return
            except BufferError:
                self._producer.poll(1)

    def _delivered(self, error: Any, _message: Any) -> None:
        if error:
            raise self._kafka.KafkaException(error)

    def _send(self, iteration: int, values: Mapping[str, Any]) -> None:
        """Sends a matrix of every layer of the shard, in chunks of whole outputs."""
        run = self.run["run"]
        for number, partition in self._partitions.items():
            layer = self._layers[number]
            weights, biases = wire_values(layer, values[layer.weight], None if layer.bias is None else values[layer.bias])
            for part in chunked(weights, biases):
                record = {
                    "run": run,
                    "layer": number,
                    "iteration": iteration,
                    "chunk": part.chunk,
                    "chunks": part.chunks,
                    "firstOutput": part.first_output,
                    "outputs": part.outputs,
                    "weights": part.weights,
                    "biases": part.biases,
                    "training": 0,
                }
                self._produce("gradients", partition, f"{run}/{layer.name}", self._formats.gradients.encode(record))

    def send(self) -> None:
        """Sends the gradients of this iteration: what the optimizer is given. A layer's parameter without one has zeros.

        Raises ValueError if no layer has a gradient, and what Kafka's library raises.
        """
        import numpy

        gradients = self._reader.gradients()
        own = [self._layers[number] for number in self.shard.layers]
        names = [name for layer in own for name in (layer.weight, layer.bias) if name is not None]
        if all(gradients[name] is None for name in names):
            raise ValueError("no layer has a gradient; call send() after backward() and before zero_grad()")
        shapes_of = {parameter["name"]: parameter["shape"] for shape in self.run["layers"] for parameter in shape["parameters"]}
        values: Dict[str, Any] = {}
        for name in names:
            gradient = gradients[name]
            values[name] = numpy.zeros(shapes_of[name], numpy.float32) if gradient is None else gradient
        self._send(self.iteration, values)
        self.iteration += 1
        self._producer.poll(0)
        if self.iteration % max(1, self.lead // 4) == 0:
            self._wait()

    def _wait(self) -> None:
        """Until the sgs-service is not too far behind."""
        self._producer.flush()
        topic = f"{self.prefix}gradients"
        partitions = list(self._partitions.values())
        places = [self._kafka.TopicPartition(topic, partition) for partition in sorted(set(partitions))]
        most = self.lead * max(partitions.count(place.partition) for place in places)
        while True:
            committed = self._group.committed(places, timeout=30)
            behind = [self._group.get_watermark_offsets(at, timeout=30)[1] - max(0, at.offset) for at in committed]
            if max(behind) <= most:
                return
            time.sleep(0.1)

    def close(self) -> None:
        """Ends the run; one that has not all its iterations is marked as aborted. The model is left as it was."""
        self._reader.close()
        if self.iteration < self.run["iterations"]:
            reason = f"stopped after {self.iteration} of {self.run['iterations']} iterations"
            self._abort(self.shard.ended(reason, self._names))
        self._producer.flush()
        self._group.close()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()
