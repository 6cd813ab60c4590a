"""A Kafka broker: a real one from Maven (KRaft, one node), else the mock cluster inside librdkafka."""

import socket
import struct
import subprocess
import sys
from pathlib import Path

from devtools.layout import venv_program
from devtools.ports import LOOPBACK, accepts, free_port
from devtools.servers import maven
from devtools.servers.server import Server
from devtools.steps import StepFailed

ARTIFACTS = ("org.apache.kafka:kafka_2.13:4.1.0", "org.slf4j:slf4j-simple:2.0.17")
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
PARTITIONS = 4
_API_VERSIONS = struct.pack(">hhih", 18, 0, 1, 4) + b"test"
_PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
num.partitions={partitions}
auto.create.topics.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.flush.interval.messages=1000
"""


class KafkaServer(Server):
    """A real broker with its data in the folder."""

    name = "kafka"

    def prepare(self) -> None:
        """Write the configuration, and format the data directory at the first start."""
        data = self.folder / "data"
        self.folder.mkdir(parents=True, exist_ok=True)
        told = {"host": LOOPBACK, "port": self.port, "data": data.as_posix(), "partitions": PARTITIONS}
        text = _PROPERTIES.format(**told, controller=free_port())
        (self.folder / "server.properties").write_text(text, encoding="utf-8")
        if (data / "meta.properties").exists():
            return
        command = self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c")
        ended = subprocess.run(
            [*command, self.folder / "server.properties"], capture_output=True, check=False
        )
        if ended.returncode != 0:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.log.write_bytes(ended.stdout + ended.stderr)
            raise StepFailed("format Kafka's data directory", "it failed", fix="see the log", log=self.log)

    def command(self) -> list[str | Path]:
        """The broker."""
        return [*self._java("kafka.Kafka"), self.folder / "server.properties"]

    def _java(self, *arguments: str) -> list[str | Path]:
        options = ["-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return ["java", *options, quiet, "-cp", maven.class_path("kafka", *ARTIFACTS), *arguments]

    def answers(self) -> bool:
        """Return whether it answers the first question of every client, for its versions."""
        with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
            return len(connection.recv(8)) == 8

    def environment(self) -> dict[str, str]:
        """The broker's address."""
        return {"KAFKA_BROKERS": self.address}


class MockKafkaServer(Server):
    """The mock cluster of librdkafka in a process of its own. It chooses its port and keeps nothing."""

    name = "kafka"

    @property
    def _written(self) -> Path:
        return self.folder / "address"

    def prepare(self) -> None:
        """Forget the address of the run before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._written.unlink(missing_ok=True)

    def command(self) -> list[str | Path]:
        """The process that holds the cluster."""
        python = venv_program("python")
        program = python if python.exists() else Path(sys.executable)
        return [program, "-m", "devtools.servers.kafka_mock", self._written]

    def answers(self) -> bool:
        """Return whether its address is known and listens."""
        return self._written.exists() and accepts(int(self.environment()["KAFKA_BROKERS"].rpartition(":")[2]))

    def environment(self) -> dict[str, str]:
        """The cluster's address."""
        return {"KAFKA_BROKERS": self._written.read_text(encoding="utf-8").strip()}
