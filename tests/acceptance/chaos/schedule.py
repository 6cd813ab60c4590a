"""Faults in an order that a seed decides, and what each of them may cost."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import Redis

from tests.acceptance.chaos.stand import Stand
from tests.acceptance.cluster import Worker

DOWN_SECONDS = 1.0
LONG_DOWN_SECONDS = 100.0
"""Longer than production's lease, deadline of a call and time-outs of the stores."""


@dataclass
class Faults:
    """Injects faults into a stand.

    Args:
        items: the workers that ask models; they are killed most often.
        others: scans, quarantine, beat.
        at_risk: calls that were in flight when their owner was killed or its store went away: each may be
            asked again once.
        done: faults so far, by name.
        down_seconds: how long a server that is restarted stays away.
    """

    stand: Stand
    chance: random.Random
    items: list[Worker]
    others: list[Worker]
    at_risk: int = 0
    done: Counter[str] = field(default_factory=Counter)
    down_seconds: float = DOWN_SECONDS

    def all(self) -> dict[str, Callable[[], None]]:
        """Every fault by its name."""
        return {
            "worker killed": self.kill_worker,
            "beat or scans killed": self.kill_other,
            "redis flushed": self.flush_redis,
            "redis restarted": self.restart_redis,
            "mariadb restarted": self.restart_mariadb,
            "document store restarted": self.restart_mongo,
        }

    def inject(self, name: str) -> None:
        """One fault; returns when what was stopped is started again."""
        self.all()[name]()
        self.done[name] += 1

    def any(self) -> str:
        """One fault by chance; returns its name."""
        name = self.chance.choice(list(self.all()))
        self.inject(name)
        return name

    def kill_worker(self) -> None:
        """SIGKILL; whoever keeps the processes running starts it again."""
        victim = self.chance.choice(self.items)
        self.at_risk += victim.slots
        victim.kill()

    def kill_other(self) -> None:
        """SIGKILL of what asks no model."""
        self.chance.choice(self.others).kill()

    def flush_redis(self) -> None:
        """Queues, limits and locks are gone."""
        with Redis.from_url(self.stand.redis.url) as client:
            client.flushall()

    def restart_redis(self) -> None:
        """Killed, and back after a moment with what its append-only file kept."""
        self.stand.redis.kill()
        time.sleep(self.down_seconds)
        self.stand.redis.start()

    def restart_mariadb(self) -> None:
        """Killed, and back after its recovery: leases run out meanwhile."""
        self.at_risk += self._in_flight()
        self.stand.mariadb.kill()
        time.sleep(self.down_seconds)
        self.stand.mariadb.start()

    def restart_mongo(self) -> None:
        """Killed, and back after a moment."""
        self.at_risk += self._in_flight()
        self.stand.mongo.kill()
        time.sleep(self.down_seconds)
        self.stand.mongo.start()

    def _in_flight(self) -> int:
        """What may be in flight: the slots, since a call that has just been answered and is not yet written
        is in flight, too.
        """
        return sum(worker.slots for worker in self.items)
