"""A pipeline that runs: where its broker and its page are, and one of one's own as long as a program lasts.

Needs confluent-kafka and avro (on Debian python3-confluent-kafka and python3-avro), and for experiments a checkout of sgs-ars.
"""

from __future__ import annotations

import atexit
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from types import TracebackType
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Type

from .shards import Announcement
from .tensors import PathLike
from .wire import Wire

#: Of the largest record.
MESSAGE_BYTES = 17 << 20

_ANSWER_S = 10.0
_START_S = 120.0

#: Those that were asked for: by an experiment's text and path, layers, iterations.
_MANIFESTS: Dict[Tuple[bytes, str, str, Optional[int]], str] = {}


class PipelineError(RuntimeError):
    """The pipeline cannot do what is asked of it; the message says why, and what to do."""


def home() -> pathlib.Path:
    """The checkout of sgs-ars: SGSARS_HOME, or the one that this file is in.

    Raises FileNotFoundError that says what to set.
    """
    given = os.environ.get("SGSARS_HOME")
    folder = pathlib.Path(given) if given else pathlib.Path(__file__).resolve().parents[3]
    if not (folder / "sgs-ars").is_file():
        raise FileNotFoundError(f"{folder} holds no sgs-ars; set SGSARS_HOME to a checkout of it")
    return folder


class Pipeline:
    """Services that run somewhere.

    servers: HOST:PORT of the broker. page: URL of the live page. prefix: of the topics' names.
    """

    def __init__(self, servers: str, page: str, prefix: str = "", process: Optional["Process"] = None) -> None:
        """process: what ends with close(). Raises as connect() does."""
        import confluent_kafka

        self.servers, self.page, self.prefix = servers, page.rstrip("/"), prefix
        self.wire = Wire()
        self.kafka = confluent_kafka
        self._process = process
        topics = self.topics()
        if f"{prefix}weights" not in topics:
            raise PipelineError(f"there is no topic {prefix}weights at {servers}: start the services, such as by ./sgs-ars up")
        self.partitions: int = topics[f"{prefix}weights"]

    def topics(self) -> Dict[str, int]:
        """All topics of the broker, and their partitions. Raises PipelineError if it does not answer."""
        admin = self.kafka.Consumer({**self.client(), "group.id": f"{self.prefix}sgsars"})
        try:
            found = admin.list_topics(timeout=_ANSWER_S).topics
        except self.kafka.KafkaException as error:
            raise PipelineError(
                f"no broker answers at {self.servers} within {_ANSWER_S:.0f} s ({error}); start one by ./sgs-ars up, or give its address"
            ) from error
        finally:
            admin.close()
        return {name: len(topic.partitions) for name, topic in found.items()}

    def client(self) -> Dict[str, Any]:
        """What every client of the broker is made with."""
        return {
            "bootstrap.servers": self.servers,
            "socket.nagle.disable": True,
            "topic.metadata.refresh.interval.ms": 10_000,
            "reconnect.backoff.max.ms": 1_000,
            # Where a topic's leader is not known yet, it is asked for anew: a run begins sooner.
            "topic.metadata.refresh.fast.interval.ms": 20,
            # librdkafka prints what the exceptions of this package say.
            "log_level": 0,
        }

    def producer(self, patience_s: float) -> Any:
        """A producer that keeps order and repeats nothing. patience_s: how long it goes on trying, in seconds."""
        return self.kafka.Producer(
            {
                **self.client(),
                "enable.idempotence": True,
                "linger.ms": 0,
                "message.max.bytes": MESSAGE_BYTES,
                "message.timeout.ms": int(patience_s * 1000),
            }
        )

    def consumer(self, group: str = "sgsars") -> Any:
        """A consumer that commits nothing. group: whose commits it can ask for."""
        return self.kafka.Consumer(
            {
                **self.client(),
                "group.id": f"{self.prefix}{group}",
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "fetch.message.max.bytes": MESSAGE_BYTES,
                "fetch.wait.max.ms": 50,
            }
        )

    def manifest(self, experiment: PathLike, layers: str, iterations: Optional[int] = None) -> Dict[str, Any]:
        """What the services are told of an experiment with the source external.

        layers: text of a layers.json with shapes. iterations: those of the experiment if it is None.
        Raises ValueError with what ./sgs-ars validate says of the experiment, FileNotFoundError without a checkout.
        """
        path = pathlib.Path(experiment).resolve()
        # Asking takes a second, and the answer depends on nothing else.
        key = (path.read_bytes(), str(path), layers, iterations)
        if key not in _MANIFESTS:
            _MANIFESTS[key] = self._asked(path, layers, iterations)
        found: Dict[str, Any] = json.loads(_MANIFESTS[key])
        return found

    @staticmethod
    def _asked(experiment: pathlib.Path, layers: str, iterations: Optional[int]) -> str:
        with tempfile.TemporaryDirectory(prefix="sgsars-") as folder:
            network, manifest = pathlib.Path(folder) / "layers.json", pathlib.Path(folder) / "manifest.json"
            network.write_text(layers, encoding="utf-8")
            command = ["validate", str(experiment), "--layers", str(network), "--manifest", str(manifest)]
            command += [] if iterations is None else ["--iterations", str(iterations)]
            done = subprocess.run(
                [str(home() / "sgs-ars"), *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise ValueError(done.stderr.strip() or f"./sgs-ars {' '.join(command)} ended with {done.returncode}")
            return manifest.read_text(encoding="utf-8")

    def runs(self) -> List[Tuple[str, Dict[str, Any]]]:
        """The records on the topic of runs, in order, each with its name. Raises PipelineError if the broker does not answer."""
        return [(of.record, of.fields) for of in self.announcements()]

    def announcements(self) -> List[Announcement]:
        """The same, with their headers."""
        return [
            Announcement(*self.wire.decode(message.value()), message.headers()) for message in self._messages(f"{self.prefix}runs", 0)
        ]

    def records(self, topic: str, first: int = 0) -> Iterator[Tuple[int, bytes]]:
        """What is in a topic's first partition now, from an offset on: offsets and values. topic: with the prefix.

        Raises PipelineError if the broker does not answer.
        """
        return ((message.offset(), message.value()) for message in self._messages(topic, first))

    def _messages(self, topic: str, first: int) -> Iterator[Any]:
        consumer = self.consumer()
        try:
            place = self.kafka.TopicPartition(topic, 0)
            least, end = consumer.get_watermark_offsets(place, timeout=_ANSWER_S)
            first = max(first, least)
            place.offset = first
            consumer.assign([place])
            until = time.monotonic() + _ANSWER_S
            while first < end:
                if time.monotonic() > until:
                    raise PipelineError(f"{self.servers} does not give what is on {topic}")
                for message in consumer.consume(500, 0.1):
                    if message.error():
                        raise PipelineError(f"{topic} cannot be read: {message.error()}")
                    first = message.offset() + 1
                    until = time.monotonic() + _ANSWER_S
                    if message.value() and message.offset() < end:
                        yield message
                first = max(first, consumer.position([place])[0].offset)
        except self.kafka.KafkaException as error:
            raise PipelineError(f"{self.servers} does not answer: {error}") from error
        finally:
            consumer.close()

    def report(self, run: str, file: str = "report.json") -> Optional[bytes]:
        """A file of a run's report from the page; None if there is none yet. Raises PipelineError if there is no page."""
        address = f"{self.page}/reports/{urllib.parse.quote(run)}/{file}"
        try:
            with urllib.request.urlopen(address, timeout=_ANSWER_S) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise PipelineError(f"{address} answers {error}") from error
        except OSError as error:
            raise PipelineError(f"no page answers at {self.page} ({error}); give its address as page=") from error

    def failure(self) -> Optional[str]:
        """Why services that local() has started do not come back; None while they run, and of those of connect()."""
        return None if self._process is None else self._process.failure()

    def close(self) -> None:
        """Ends the services that local() has started; those of connect() go on."""
        if self._process is not None:
            self._process.end()

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()


class Process:
    """./sgs-ars up as a child of this program.

    ready: the line by which it says where it is; empty if it has ended before.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        """arguments: of up, besides --until-stdin-closes."""
        # A group of its own: Ctrl-C ends the program, and that ends it.
        self._child = subprocess.Popen(
            [str(home() / "sgs-ars"), "up", "--until-stdin-closes", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._said: List[str] = []
        self._is_ready = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.ready = "" if self._child.stdout is None else self._child.stdout.readline()
        self._is_ready.set()

    def _listen(self) -> None:
        """Keeps what it says last: a pipe that nobody reads would stop it. Until it is ready, others may wait and see."""
        for line in self._child.stderr or ():
            if not self._is_ready.is_set():
                print(line, end="", file=sys.stderr, flush=True)
            self._said.append(line)
            del self._said[:-20]

    def failure(self) -> Optional[str]:
        """Why it has ended; None while it runs."""
        if self._child.poll() is None:
            return None
        self._listener.join(1)
        return "".join(self._said).strip() or f"it ended with {self._child.returncode}"

    def end(self) -> None:
        """Ends it in good order, or if it takes too long at once."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(_START_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def connect(servers: str = "localhost:9092", page: str = "http://localhost:8080", prefix: str = "") -> Pipeline:
    """A pipeline that runs already, such as one of ./sgs-ars up or docker compose up.

    servers: HOST:PORT of its Kafka broker. page: URL of its live page, where reports are read. prefix: of its topics' names.
    Raises PipelineError if nothing answers there or no services have been, FileNotFoundError without schemas, ImportError without
    the Kafka and Avro libraries.
    """
    return Pipeline(servers, page, prefix)


def local(folder: Optional[PathLike] = None, out: PathLike = "out", without: Sequence[str] = ()) -> Pipeline:
    """Starts ./sgs-ars up for this program alone, and ends it with the program, however that ends.

    folder: keeps topics and states, so that runs go on where they were; a temporary one if it is None. out: gets the reports.
    without: services that something else stands for.
    What it says on its way, such as that it is built first, goes to standard error.
    Raises PipelineError with what it says if it does not start, and FileNotFoundError without a checkout.
    """
    arguments = ["--port", "0", "--page", "0", "--out", str(pathlib.Path(out).resolve())]
    arguments += ["--folder", str(pathlib.Path(folder).resolve())] if folder is not None else []
    arguments += ["--without", ",".join(without)] if without else []
    process = Process(arguments)
    if not process.ready.startswith("ready: "):
        process.end()
        raise PipelineError(f"./sgs-ars up does not start: {process.failure()}")
    servers, page = process.ready[len("ready: ") :].strip().split(", page ")
    pipeline = Pipeline(servers, page, process=process)
    atexit.register(pipeline.close)
    return pipeline
