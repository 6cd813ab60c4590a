"""The peers as engines: each a module of `benchmarks/peers`, which is both its worker and its feeder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from benchmarks.harness.engine import TEXT, Engine, Rows, Stage, fed
from benchmarks.harness.processes import Program
from benchmarks.harness.stores import Sql

TABLE = (
    "CREATE TABLE item (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, text MEDIUMTEXT "
    "NOT NULL, answer MEDIUMTEXT NULL, "
    "done TINYINT NOT NULL DEFAULT 0) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4"
)


class Peer(Engine):
    """One peer.

    Args:
        broker: address of a Redis database.
        python: of the environment that the peer is installed in.
    """

    module: ClassVar[str]
    settings: ClassVar[Mapping[str, str]] = {}

    def __init__(self, stage: Stage, database: Sql, slots: int, broker: str, python: Path) -> None:
        super().__init__(stage, database, slots)
        self.python = python
        self._broker = broker
        self._feeders: list[Program] = []
        database.query(TABLE)

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment that `benchmarks/peers/work.py` reads."""
        addresses = {
            "PEER_BROKER": self._broker,
            "PEER_DATABASE": self.database.name,
            "PEER_MODEL": self.stage.model.url,
        }
        return {**addresses, "PEER_SLOTS": str(self.slots), **self.settings}

    def add(self, count: int) -> Rows:
        """Rows of its table."""
        next_id = self.database.query("SELECT COALESCE(MAX(id), 0) + 1 FROM item")[0][0]
        texts = [(TEXT.format(next_id + number),) for number in range(count)]
        return Rows(self.database.insert("INSERT INTO item (text) VALUES (%s)", texts), count)

    def enqueue(self, rows: Rows) -> None:
        """A message for each row, from a process of its own."""
        self._feeders.append(self.program([self.python, "-m", self.module, str(rows.first), str(rows.count)]))

    def done(self, rows: Rows) -> int:
        """Rows that are done."""
        statement = "SELECT COUNT(*) FROM item WHERE id BETWEEN %s AND %s AND done = 1"
        return int(self.database.query(statement, (rows.first, rows.first + rows.count - 1))[0][0])

    def feeding_seconds(self) -> float:
        """The feeders', from their first message to their last."""
        return sum(fed(feeder)["cpu_seconds"] for feeder in self._feeders)


class PlainCelery(Peer):
    """Plain Celery, acknowledging early."""

    name = "plain Celery"
    module = "benchmarks.peers.plain_celery"

    @property
    def command(self) -> Sequence[str | Path]:
        """One gevent worker."""
        options = [
            "-P",
            "gevent",
            "-c",
            str(self.slots),
            "--prefetch-multiplier",
            "4",
            "--without-mingle",
            "--without-gossip",
        ]
        return [
            self.python,
            "-m",
            "celery",
            "-A",
            self.module,
            "worker",
            *options,
            "-n",
            f"plain-{len(self.workers)}@%h",
        ]


class PlainCeleryLate(PlainCelery):
    """Plain Celery, acknowledging late."""

    name = "plain Celery, late ack"
    settings: ClassVar[Mapping[str, str]] = {"PEER_ACKS_LATE": "1"}


class Dramatiq(Peer):
    """Dramatiq on gevent."""

    name = "dramatiq"
    module = "benchmarks.peers.dramatiq_gevent"

    @property
    def command(self) -> Sequence[str | Path]:
        """One worker process."""
        return [
            self.python.with_name("dramatiq-gevent"),
            self.module,
            "--processes",
            "1",
            "--threads",
            str(self.slots),
        ]


class Taskiq(Peer):
    """Taskiq on a Redis list."""

    name = "taskiq"
    module = "benchmarks.peers.taskiq_redis"

    @property
    def command(self) -> Sequence[str | Path]:
        """One worker process."""
        limits = [
            "--workers",
            "1",
            "--max-async-tasks",
            str(self.slots),
            "--max-prefetch",
            str(self.slots),
            "--no-parse",
        ]
        return [
            self.python.with_name("taskiq"),
            "worker",
            f"{self.module}:broker",
            *limits,
            "--log-level",
            "WARNING",
        ]


class BareAsyncio(Peer):
    """No queue, no durability: the practical bound."""

    name = "bare asyncio"
    module = "benchmarks.peers.bare_asyncio"

    @property
    def command(self) -> Sequence[str | Path]:
        """One process."""
        return [self.python, "-m", self.module]

    def enqueue(self, rows: Rows) -> None:
        """Notified directly."""
        self.workers[0].tell(f"{rows.first} {rows.count}")
