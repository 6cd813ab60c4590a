"""What the processes and Redis hold, sampled over a run, and whether it grows."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis
from redis.exceptions import RedisError

from tests.acceptance.chaos.stand import Stand

EVERY_SECONDS = 5.0
PAGE = 4096


@dataclass
class Footprint:
    """Samples a stand from a thread of its own, within a `with`: name of a measure → (seconds, value)."""

    stand: Stand
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._began, self._stop = time.monotonic(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="footprint", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def lines(self) -> list[str]:
        """For each measure: its first, its greatest and its last value, and its slope over the second
        half.
        """
        return [
            f"{name}: first {values[0][1]:.1f}, most {max(value for _, value in values):.1f}, "
            f"last {values[-1][1]:.1f}, "
            f"{slope(values[len(values) // 2 :]) * 3600:+.1f} an hour"
            for name, values in sorted(self.samples.items())
            if len(values) > 3
        ]

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self._sample()

    def _sample(self) -> None:
        now = time.monotonic() - self._began
        for number, worker in enumerate(self.stand.cluster.workers):
            process = Path(f"/proc/{worker.process.pid}")
            try:
                resident = int((process / "statm").read_text(encoding="ascii").split()[1]) * PAGE / 2**20
                files = [str(entry.readlink()) for entry in (process / "fd").iterdir()]
            except (OSError, IndexError):
                continue  # It is dead at the moment, as it shall be now and then.
            name = f"{number} {worker.name}, start {worker.starts}"
            self.samples.setdefault(f"{name}: MB", []).append((now, resident))
            self.samples.setdefault(f"{name}: descriptors", []).append((now, len(files)))
            self.samples.setdefault(f"{name}: sockets", []).append(
                (now, sum(target.startswith("socket:") for target in files))
            )
        try:
            with Redis.from_url(self.stand.redis.url, socket_timeout=2) as client:
                everything = client.info()
        except RedisError:
            return  # Restarted at the moment.
        keys = sum(value["keys"] for name, value in everything.items() if name.startswith("db"))
        for measure, value in {
            "MB": everything["used_memory"] / 2**20,
            "keys": keys,
            "connections": everything["connected_clients"],
        }.items():
            self.samples.setdefault(f"redis: {measure}", []).append((now, value))


def slope(values: list[tuple[float, float]]) -> float:
    """Least squares, a second."""
    count = len(values)
    times, heights = sum(at for at, _ in values) / count, sum(value for _, value in values) / count
    spread = sum((at - times) ** 2 for at, _ in values)
    return sum((at - times) * (value - heights) for at, value in values) / spread if spread else 0.0
