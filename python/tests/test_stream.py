"""What a stream sends, to a broker that only keeps it."""

from __future__ import annotations

import io
import json
import pathlib
import sys
import types
import zlib
from typing import Any, Dict, List, Tuple

import pytest

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")
pytest.importorskip("avro.schema")
import avro.io  # noqa: E402

from sgsars import Layer, Stream, stream  # noqa: E402

nn = torch.nn
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "pipeline-contract/src/main/avro"
GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "pipeline-contract/src/test/resources/golden"
pytestmark = pytest.mark.skipif(not SCHEMAS.exists(), reason="needs the schemas of a checkout")


class Broker:
    """Keeps what is sent: topic, partition, key, value. The sgs-service is `behind` records behind, one after the other."""

    def __init__(self) -> None:
        self.sent: List[Tuple[str, int, str, bytes]] = []
        self.topics = {"gradients": types.SimpleNamespace(partitions={0: None, 1: None})}
        self.behind = [0]
        self.waits = 0
        self.refusals = 0

    def module(self) -> Any:
        broker = self

        class Producer:
            def __init__(self, settings: Dict[str, Any]) -> None:
                assert settings["bootstrap.servers"] == "broker:9092"

            def produce(self, topic: str, value: bytes, key: str, partition: int, delivered: Any) -> None:
                if broker.refusals:
                    broker.refusals -= 1
                    raise BufferError("full")
                broker.sent.append((topic, partition, key, value))
                delivered(None, None)

            def poll(self, seconds: float) -> None:
                pass

            def flush(self) -> None:
                pass

        class Consumer:
            def __init__(self, settings: Dict[str, Any]) -> None:
                assert settings["group.id"].endswith("sgs-service")

            def list_topics(self, timeout: float) -> Any:
                return types.SimpleNamespace(topics=broker.topics)

            def committed(self, places: Any, timeout: float) -> Any:
                return places

            def get_watermark_offsets(self, at: Any, timeout: float) -> Tuple[int, int]:
                broker.waits += 1
                return 0, broker.behind.pop(0) if len(broker.behind) > 1 else broker.behind[0]

            def close(self) -> None:
                pass

        def place(topic: str, partition: int) -> Any:
            return types.SimpleNamespace(topic=topic, partition=partition, offset=-1001)

        return types.SimpleNamespace(Producer=Producer, Consumer=Consumer, TopicPartition=place, KafkaException=RuntimeError)

    def records(self, topic: str, kind: str) -> List[Dict[str, Any]]:
        """The values on a topic, of those that are of one kind."""
        of = getattr(stream.formats(SCHEMAS), kind)
        values = [value for on, _, _, value in self.sent if on == topic and value.startswith(of.header)]
        return [avro.io.DatumReader(of.schema).read(avro.io.BinaryDecoder(io.BytesIO(value[10:]))) for value in values]


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    torch.manual_seed(2)
    kept = Broker()
    monkeypatch.setitem(sys.modules, "confluent_kafka", kept.module())
    monkeypatch.setenv("SGSARS_SCHEMAS", str(SCHEMAS))
    return kept


def manifest(folder: pathlib.Path, model: Any, iterations: int = 2, **changes: Any) -> pathlib.Path:
    """As validate --manifest writes it."""
    settings = {"flag": False, "count": 3, "share": 0.5, "score": "max"}
    run = {
        "run": "",
        "name": "mine",
        "createdAtMs": 0,
        "source": "noise",
        "iterations": iterations,
        "seed": 1,
        "optimizer": {"momentum": 0.9, "learningRate": 0.1, "weightDecay": 0.0, "learningRateSteps": []},
        "gradientFormat": "F32",
        "layers": [{**layer, "parameters": []} for layer in Stream.layers(model)],
        "sparsifiers": [{"kind": "sgs", "settings": settings}],
        "scenarios": [],
        "wearInterval": 1,
        "reportSelections": False,
        "iterationsPerEpoch": None,
        "secondsPerIteration": None,
        "training": None,
        "experiment": "",
        "notices": [],
        **changes,
    }
    (folder / "mine.json").write_text(json.dumps(run))
    return folder / "mine.json"


def opened(folder: pathlib.Path, model: Any, run: str = "run-1", lead: int = 1000, **changes: Any) -> Stream:
    return Stream(model, manifest(folder, model, **changes), run, servers="broker:9092", lead=lead)


def floats(data: bytes) -> List[float]:
    return numpy.frombuffer(data, "<f4").tolist()


def train(model: Any, x: Any) -> None:
    model.zero_grad()
    model(x).pow(2).sum().backward()


def test_layers_are_those_of_an_experiment_file() -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 3))

    assert Stream.layers(model) == [{"name": "0", "rows": 10, "columns": 4}, {"name": "3", "rows": 17, "columns": 3}]
    assert Stream.layers(model, {"0": "digital"}) == [{"name": "3", "rows": 17, "columns": 3}]


def test_manifest_says_how_layers_lie(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.ModuleDict({"attn": nn.MultiheadAttention(2, 1, kdim=3, vdim=3), "conv": nn.Conv1d(4, 4, 1, groups=2, bias=False)})

    opened(tmp_path, model)

    (sent,) = broker.records("runs", "manifest")
    assert (sent["run"], sent["source"], sent["name"], sent["iterations"]) == ("run-1", "streamed from PyTorch", "mine", 2)
    assert sent["createdAtMs"] > 0
    assert sent["sparsifiers"] == [{"kind": "sgs", "settings": {"flag": False, "count": 3, "share": 0.5, "score": "max"}}]
    assert sent["sparsifiers"][0]["settings"]["flag"] is False
    assert [(layer["name"], layer["rows"], layer["columns"], layer["map"]) for layer in sent["layers"]] == [
        ("attn.q_proj", 3, 2, {"kind": "MultiheadAttention", "axes": "out-in", "groups": 1, "biasFrom": 0}),
        ("attn.k_proj", 4, 2, {"kind": "MultiheadAttention", "axes": "out-in", "groups": 1, "biasFrom": 2}),
        ("attn.v_proj", 4, 2, {"kind": "MultiheadAttention", "axes": "out-in", "groups": 1, "biasFrom": 4}),
        ("attn.out_proj", 3, 2, {"kind": "Linear", "axes": "out-in", "groups": 1, "biasFrom": None}),
        ("conv", 4, 2, {"kind": "Conv1d", "axes": "out-in", "groups": 2, "biasFrom": None}),
    ]
    assert sent["layers"][1]["parameters"] == [
        {"name": "attn.k_proj_weight", "shape": [2, 3]},
        {"name": "attn.in_proj_bias", "shape": [6]},
    ]
    assert [(topic, partition, key) for topic, partition, key, _ in broker.sent] == [("runs", 0, "run-1")]


def test_manifest_says_how_much_of_the_model_is_on_crossbars(tmp_path: pathlib.Path, broker: Broker) -> None:
    # 6 values and a bias of 2 on crossbars, 4 beside them; what the manifest says of itself stays.
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))

    opened(tmp_path, model, notices=["said before"])

    (sent,) = broker.records("runs", "manifest")
    assert sent["notices"] == ["said before", "66.6 % of 12 values on crossbars; digital: 1.weight, 1.bias"]


def test_share_is_said_in_the_words_of_the_services() -> None:
    layers = [Layer("a", "Linear", "a.weight", "bias"), Layer("b", "Linear", "b.weight", "bias")]
    values = {"a.weight": (600, 1000), "b.weight": (600, 1000), "bias": (600,), "none": (0, 4)}

    assert stream.share(values, layers) == "all 1,200,600 values on crossbars"
    many = {**values, **{f"n{i}\n": (2,) for i in range(1010)}}
    shown = ", ".join(f"n{i}?" for i in range(10))
    assert stream.share(many, layers) == f"99.8 % of 1,202,620 values on crossbars; digital: {shown} and 1,000 more"
    # Never rounded up to all.
    assert stream.share({**values, "n": (1,)}, layers) == "99.9 % of 1,200,601 values on crossbars; digital: n"


def test_manifest_of_an_earlier_version_has_the_defaults_of_what_it_lacks(tmp_path: pathlib.Path, broker: Broker) -> None:
    scenario = {"name": "one", "sparsifier": 0, "levellers": [], "crossbarSize": 128}

    opened(tmp_path, nn.Linear(3, 2), scenarios=[scenario], optimizer={"momentum": 0.5, "learningRate": 0.1, "weightDecay": 0.0})

    (sent,) = broker.records("runs", "manifest")
    assert sent["optimizer"]["learningRateSteps"] == []
    assert {key: sent["scenarios"][0][key] for key in ("spareRows", "stateBitsPerRow", "levelsByEndurance", "device")} == {
        "spareRows": 0,
        "stateBitsPerRow": None,
        "levelsByEndurance": False,
        "device": None,
    }


def test_gradients_go_as_columns_with_the_bias_apart(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 2), nn.Flatten(), nn.Linear(2, 3, bias=False))
    sent = opened(tmp_path, model)

    train(model, torch.randn(1, 1, 2, 2))
    sent.send()

    first, second = broker.records("gradients", "gradients")
    assert {key: first[key] for key in first if key not in ("weights", "biases")} == {
        "run": "run-1",
        "layer": 0,
        "iteration": 0,
        "chunk": 0,
        "chunks": 1,
        "firstOutput": 0,
        "outputs": 2,
        "training": 0,
    }
    assert floats(first["weights"]) == model[0].weight.grad.flatten().tolist()
    assert floats(first["biases"]) == model[0].bias.grad.tolist()
    assert floats(second["weights"]) == model[2].weight.grad.flatten().tolist()
    assert second["biases"] == b""
    expected = [("gradients", zlib.crc32(key.encode()) % 2, key) for key in ("run-1/0", "run-1/2")]
    assert [(topic, partition, key) for topic, partition, key, _ in broker.sent[1:]] == expected


def test_inputs_first_are_turned_to_columns(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.Embedding(3, 2)
    sent = opened(tmp_path, model)
    model.weight.grad = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    sent.send()

    (record,) = broker.records("gradients", "gradients")
    assert record["outputs"] == 2
    assert floats(record["weights"]) == [1, 3, 5, 2, 4, 6]


def test_rows_of_groups_travel_together_with_their_biases(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.Conv1d(2, 4, 2, groups=2)
    sent = opened(tmp_path, model)
    model.weight.grad = torch.arange(8.0).reshape(4, 1, 2)
    model.bias.grad = torch.arange(10.0, 14.0)

    sent.send()

    (record,) = broker.records("gradients", "gradients")
    assert record["outputs"] == 2
    assert floats(record["weights"]) == [0, 1, 10, 4, 5, 12, 2, 3, 11, 6, 7, 13]
    assert record["biases"] == b""


def test_taps_of_a_transposed_convolution_share_the_bias_of_the_first(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.ConvTranspose1d(1, 2, 2)
    sent = opened(tmp_path, model)
    model.weight.grad = torch.arange(4.0).reshape(1, 2, 2)
    model.bias.grad = torch.tensor([10.0, 11.0])

    sent.send()

    (record,) = broker.records("gradients", "gradients")
    assert floats(record["weights"]) == [0, 1, 2, 3]
    assert floats(record["biases"]) == [10, 0, 11, 0]


def test_large_layer_goes_in_chunks_of_whole_outputs(
    tmp_path: pathlib.Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHUNK_BYTES", 25)  # two outputs of three inputs
    model = nn.Linear(3, 5)
    sent = opened(tmp_path, model)
    train(model, torch.randn(2, 3))

    sent.send()

    records = broker.records("gradients", "gradients")
    parts = [(r["chunk"], r["chunks"], r["firstOutput"], r["outputs"]) for r in records]
    assert parts == [(0, 3, 0, 2), (1, 3, 2, 2), (2, 3, 4, 1)]
    assert floats(b"".join(r["weights"] for r in records)) == model.weight.grad.flatten().tolist()
    assert floats(b"".join(r["biases"] for r in records)) == model.bias.grad.tolist()


def test_computed_weight_is_sent_with_its_own_gradient(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.utils.weight_norm(nn.Linear(3, 2, bias=False))
    sent = opened(tmp_path, model)
    x, c = torch.randn(4, 3), torch.randn(4, 2)
    (model(x) * c).sum().backward()

    sent.send()

    (record,) = broker.records("gradients", "gradients")
    numpy.testing.assert_allclose(floats(record["weights"]), (c.T @ x).flatten().numpy(), rtol=1e-5)


def test_weight_decay_needs_the_weights_first(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.Linear(3, 2)
    optimizer = {"momentum": 0.9, "learningRate": 0.1, "weightDecay": 0.01, "learningRateSteps": []}

    opened(tmp_path, model, optimizer=optimizer)

    (record,) = broker.records("gradients", "gradients")
    assert record["iteration"] == -1
    assert floats(record["weights"]) == model.weight.detach().flatten().tolist()
    assert floats(record["biases"]) == model.bias.detach().tolist()


def test_parameter_without_a_gradient_has_zeros(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.ModuleDict({"a": nn.Linear(2, 1, bias=False), "unused": nn.Linear(2, 1)})
    sent = opened(tmp_path, model)
    model["a"].weight.grad = torch.ones(1, 2)

    sent.send()

    first, second = broker.records("gradients", "gradients")
    assert floats(first["weights"]) == [1, 1]
    assert (floats(second["weights"]), floats(second["biases"])) == ([0, 0], [0])


def test_send_without_a_backward_pass_is_refused(tmp_path: pathlib.Path, broker: Broker) -> None:
    sent = opened(tmp_path, nn.Linear(3, 2))

    with pytest.raises(ValueError, match="no layer has a gradient; call send\\(\\) after backward\\(\\)"):
        sent.send()


def test_run_that_is_whole_just_ends(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.Linear(3, 2)
    with opened(tmp_path, model) as sent:
        for _ in range(2):
            train(model, torch.randn(2, 3))
            sent.send()

    assert [record["iteration"] for record in broker.records("gradients", "gradients")] == [0, 1]
    assert broker.records("runs", "aborted") == []


def test_run_that_is_cut_short_is_aborted(tmp_path: pathlib.Path, broker: Broker) -> None:
    model = nn.Linear(3, 2)
    with opened(tmp_path, model) as sent:
        train(model, torch.randn(2, 3))
        sent.send()

    assert broker.records("runs", "aborted") == [{"run": "run-1", "reason": "stopped after 1 of 2 iterations"}]


def test_training_waits_for_services_that_are_behind(
    tmp_path: pathlib.Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream.time, "sleep", lambda seconds: None)
    model = nn.Linear(3, 2)
    sent = opened(tmp_path, model, lead=4)
    broker.behind = [9, 5, 4]
    train(model, torch.randn(2, 3))

    sent.send()

    assert broker.waits == 3


def test_full_buffer_is_waited_for(tmp_path: pathlib.Path, broker: Broker) -> None:
    broker.refusals = 2

    opened(tmp_path, nn.Linear(3, 2))

    assert len(broker.records("runs", "manifest")) == 1


def test_other_layers_than_the_manifests_are_refused(tmp_path: pathlib.Path, broker: Broker) -> None:
    file = manifest(tmp_path, nn.Linear(3, 2))

    with pytest.raises(ValueError) as caught:
        Stream(nn.Linear(4, 2), file, "run-1", servers="broker:9092")

    assert str(caught.value) == f"the model's layers have rows and columns [(5, 2)], those of {file} [(4, 2)]"
    assert broker.sent == []


def test_other_format_than_float32_is_refused(tmp_path: pathlib.Path, broker: Broker) -> None:
    with pytest.raises(ValueError, match="wants BF16 on the wire; this sends float32: set pipeline.wire to f32"):
        opened(tmp_path, nn.Linear(3, 2), gradientFormat="BF16")


def test_services_have_to_be_there_first(tmp_path: pathlib.Path, broker: Broker) -> None:
    broker.topics = {}

    with pytest.raises(RuntimeError, match="there is no topic gradients at broker:9092: start the services first"):
        opened(tmp_path, nn.Linear(3, 2))


def test_missing_schemas_say_what_to_set(tmp_path: pathlib.Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    file = manifest(tmp_path, nn.Linear(3, 2))
    monkeypatch.setenv("SGSARS_SCHEMAS", str(tmp_path))

    with pytest.raises(FileNotFoundError) as caught:
        Stream(nn.Linear(3, 2), file, "run-1")

    assert str(caught.value) == (
        f"{tmp_path} holds no RunManifest.avsc; set SGSARS_SCHEMAS to the folder pipeline-contract/src/main/avro of sgs-ars"
    )


def test_schemas_of_the_checkout_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SGSARS_SCHEMAS", raising=False)
    monkeypatch.setattr(stream, "__file__", str(SCHEMAS.parents[3] / "python/src/sgsars/stream.py"))

    assert stream.schema_folder() == SCHEMAS


def test_bytes_are_those_of_the_services() -> None:
    """The golden files are what the Java services write."""
    formats = stream.formats(SCHEMAS)
    gradients = {
        "run": "run-1",
        "layer": 0,
        "iteration": 5,
        "chunk": 0,
        "chunks": 1,
        "firstOutput": 0,
        "outputs": 2,
        "weights": bytes.fromhex("0000803f00000040"),
        "biases": b"",
        "training": 1,
    }

    assert formats.gradients.encode(gradients) == golden("Gradients")
    assert formats.aborted.encode({"run": "run-1", "reason": "why"}) == golden("RunAborted")
    assert formats.manifest.header == golden("RunManifest")[:10]


def golden(name: str) -> bytes:
    return bytes.fromhex("".join((GOLDEN / f"{name}.hex").read_text().split()))
