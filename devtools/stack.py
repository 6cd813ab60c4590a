"""The servers of one run: those that the environment names, and our own for the rest."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from devtools.instance import Instance
from devtools.servers.kafka import MockKafkaServer
from devtools.servers.mariadb import MariaDBServer
from devtools.servers.mongo import MongoServer
from devtools.servers.objects import MotoServer
from devtools.servers.redis import RedisServer
from devtools.servers.server import Server
from devtools.steps import announce

NAMING = {
    "redis": ("REDIS_URL",),
    "mariadb": ("MYSQL_HOST",),
    "mongodb": ("MONGODB_URI", "MONGO_HOST"),
    "kafka": ("KAFKA_BROKERS",),
    "objects": ("MINIO_ENDPOINT",),
}
"""For each server, the variables that say where one runs already."""
STORES = ("redis", "mariadb", "mongodb")
OF_WORLDS = ("kafka", "objects")
"""Their light forms, which install nothing: librdkafka's mock cluster, moto's server."""


def named(server: str, environment: Mapping[str, str]) -> str | None:
    """The variable that names this server, or None."""
    return next((variable for variable in NAMING[server] if environment.get(variable)), None)


class Stack:
    """Starts what the environment does not name, and nothing else is ever stopped.

    Args:
        instance: keeps data, ports and passwords.
        logs: the folder for the servers' output.
        environment: ours; what it names is used as it is.
        durable: whether MariaDB's commits reach the disk; tests do without.
        wanted: names of servers.
    """

    def __init__(
        self,
        instance: Instance,
        logs: Path,
        environment: Mapping[str, str],
        *,
        durable: bool = True,
        wanted: Sequence[str] = STORES,
    ) -> None:
        self._wanted = wanted
        self._instance = instance
        self._logs = logs
        self._given = environment
        self._durable = durable
        self._servers: list[Server] = []

    def start(self) -> dict[str, str]:
        """Start the servers.

        Returns:
            The variables that lead to those of ours.

        Raises:
            StepFailed: one did not start.
        """
        for name in self._wanted:
            if variable := named(name, self._given):
                announce(f"Use the {name} server named by {variable}")
                continue
            server = self._server(name)
            server.log.unlink(missing_ok=True)
            announce(f"Start {name}" + ("" if name == "kafka" else f" on {server.address}"))
            self._servers.append(server)
            server.start()
            if server.process:
                self._instance.remember(name, server.process.pid)
        return {
            variable: value for server in self._servers for variable, value in server.environment().items()
        }

    def stop(self) -> None:
        """Stop our servers, the last one first."""
        while self._servers:
            self._servers.pop().stop()

    def _server(self, name: str) -> Server:
        place = (self._instance.folder / "data" / name, self._instance.port(name), self._logs / f"{name}.log")
        if name == "redis":
            return RedisServer(*place, password=self._instance.secret("redis"))
        if name == "mariadb":
            return MariaDBServer(*place, password=self._instance.secret("mariadb"), durable=self._durable)
        if name == "kafka":
            return MockKafkaServer(*place)
        if name == "objects":
            return MotoServer(*place, password=self._instance.secret("objects"))
        return MongoServer(*place)
