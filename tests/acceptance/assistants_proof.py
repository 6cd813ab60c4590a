"""Messages in many threads, a configuration that changes under them, and workers that are killed; then the
judge of what became of it.
"""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ai_worker.pipelines.assistants.registry import listing, service
from ai_worker.pipelines.assistants.registry.service import ASSISTANT
from ai_worker.pipelines.assistants.threads.posting import NewMessage
from ai_worker.pipelines.assistants.threads.posting import post as post_message
from devtools.assistants.model_server import ToolModel
from tests.acceptance.cluster import Cluster, Worker
from tests.waiting import wait_until

KINDS = ("system", "history", "reminder", "echo")


@dataclass(frozen=True)
class Size:
    """How much there is of everything.

    Args:
        seconds: over which the messages come.
        kill_every: seconds between two kills.
    """

    processes: int
    threads: int
    rounds: int
    seconds: float
    kill_every: float
    patience: float


SMALL = Size(processes=3, threads=8, rounds=6, seconds=6, kill_every=2.5, patience=90)
FULL = Size(processes=8, threads=50, rounds=20, seconds=150, kill_every=6, patience=400)


@dataclass
class Proof:
    """One run."""

    cluster: Cluster
    model: ToolModel
    assistant: str
    size: Size
    workers: list[Worker]
    kills: int = 0
    committed: dict[int, datetime] = field(default_factory=dict)
    """When the change to each version had returned."""
    least: dict[int, int] = field(default_factory=dict)
    """By message: the version in force when it was posted."""
    what: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    """By message: user, round, kind."""

    def run(self) -> None:
        """Post, change and kill at once, and wait for every answer."""
        over = threading.Event()
        chance = random.Random(7)
        sides = [threading.Thread(target=side, args=(over, chance)) for side in (self._change, self._kill)]
        for side in sides:
            side.start()
        try:
            self._post()
        finally:
            over.set()
            for side in sides:
                side.join()
        wait_until(lambda: self._open() == 0, "the answers", seconds=self.size.patience, every=0.5)

    def _post(self) -> None:
        pause = self.size.seconds / (self.size.rounds * self.size.threads)
        for round_ in range(self.size.rounds):
            for user in range(self.size.threads):
                kind = KINDS[(round_ + user) % len(KINDS)]
                version = listing.version_in_force()
                row = post_message(NewMessage(f"u{user}", self.assistant, text_of(user, round_, kind), "api"))
                self.least[int(row["id_message"])] = version
                self.what[int(row["id_message"])] = (user, round_, kind)
                time.sleep(pause)

    def _change(self, over: threading.Event, chance: random.Random) -> None:
        while not over.wait(0.5):
            version = listing.version_in_force() + 1
            service.update(ASSISTANT, self.assistant, {"instructions": f"version {version}"}, "test")
            self.committed[version] = datetime.now(UTC)

    def _kill(self, over: threading.Event, chance: random.Random) -> None:
        while not over.wait(self.size.kill_every):
            chance.choice(self.workers).restart()
            self.kills += 1

    def _open(self) -> int:
        sql = "SELECT COUNT(*) AS n FROM assistant_message WHERE status_id IN (0, 2)"
        return int(self.cluster.query(sql)[0]["n"])

    def judge(self) -> dict[str, Any]:
        """Assert everything that was promised; return figures."""
        rows = self.cluster.query("SELECT * FROM assistant_message ORDER BY id_message")
        assert len(rows) == len(self.what) == self.size.threads * self.size.rounds
        assert {row["status_id"] for row in rows} == {1}, [r["error"] for r in rows if r["status_id"] != 1]
        assert self.model.refusals == []
        self._judge_reminders()
        for user in range(self.size.threads):
            self._judge_thread([row for row in rows if row["user_id"] == f"u{user}"])
        for row in rows:
            self._judge_version(row)
        least = sum(2 if kind == "reminder" else 1 for _, _, kind in self.what.values())
        return {
            "messages": len(rows),
            "versions": len(self.committed),
            "versions that answered": len({row["config_version"] for row in rows}),
            "kills": self.kills,
            "messages that lost a worker": sum(row["lost"] > 0 for row in rows),
            "model calls beyond the least": len(self.model.requests) - least,
        }

    def _judge_reminders(self) -> None:
        found = [row["message"] for row in self.cluster.query("SELECT message FROM assistant_reminder")]
        assert sorted(found) == sorted(
            f"{user}.{round_}" for user, round_, kind in self.what.values() if kind == "reminder"
        )

    def _judge_thread(self, rows: list[dict[str, Any]]) -> None:
        assert len({row["thread_id"] for row in rows}) == 1
        began = [row["first_attempt_at"] for row in rows]
        ended = [row["processed_at"] for row in rows]
        assert all(end <= start for end, start in zip(ended, began[1:], strict=False)), "out of order"
        used = [row["config_version"] for row in rows]
        assert used == sorted(used), "an older version after a newer one"
        for place, row in enumerate(rows):
            user, round_, kind = self.what[row["id_message"]]
            if kind == "history":
                assert row["response"] == f"earlier: {place}"
            elif kind == "system":
                assert row["response"] == f"version {row['config_version']}"
            elif kind == "echo":
                assert row["response"] == f"echo: {user}.{round_}"

    def _judge_version(self, row: dict[str, Any]) -> None:
        """The version was in force when the message was begun: it was not replaced before that."""
        version = row["config_version"]
        assert version >= self.least[row["id_message"]]
        replaced = self.committed.get(version + 1)
        began = row["first_attempt_at"].replace(tzinfo=UTC)
        assert replaced is None or replaced >= began, f"message {row['id_message']}: {version} was replaced"


def text_of(user: int, round_: int, kind: str) -> str:
    """The message of a kind."""
    if kind == "reminder":
        return f"call reminder {json.dumps({'message': f'{user}.{round_}', 'delay_seconds': 86400})}"
    return f"{user}.{round_}" if kind == "echo" else kind
