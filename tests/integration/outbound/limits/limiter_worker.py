"""A process of its own that asks for permits as it is told, line by line: JSON commands in, JSON answers out.

With `--gevent` it is patched first, as a worker started by `-P gevent` is.
"""

import sys

if "--gevent" in sys.argv:
    from gevent import monkey

    monkey.patch_all()

import json
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from ai_worker.errors import NotNow
from ai_worker.llm.model import Model
from ai_worker.outbound.endpoint import Limits
from ai_worker.outbound.errors import ServerFault
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.limiter import Permit
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.outbound.limits.sliding_window import SlidingWindow
from ai_worker.stores.redis import connect

ARRIVE = """
local now = redis.call('TIME')
redis.call('RPUSH', KEYS[1], now[1] * 1000000 + now[2], ARGV[1])
local flying = redis.call('INCR', KEYS[2])
if flying > tonumber(redis.call('GET', KEYS[3]) or 0) then redis.call('SET', KEYS[3], flying) end
"""
"""What the model server would note: when a call arrived, its tokens, and how many calls were there at
once.
"""


class Worker:
    """Commands by name; each returns what is answered."""

    def __init__(
        self, url: str, prefix: str, models: dict[str, dict[str, int]], deadline: float, **arguments: Any
    ) -> None:
        self.models = [
            Model(name, "offline", "", limits=Limits(**limits), deadline_seconds=deadline)
            for name, limits in models.items()
        ]
        window, rules = SlidingWindow(**arguments["window"]), Rules(**arguments["rules"])
        self.permits = RedisLimiter(
            connect(url), f"{prefix}permits:", window=window, rules=rules, spare=arguments["spare"]
        )
        self.server = connect(url)
        self.prefix = prefix
        self.held: list[Permit] = []

    def acquire(self) -> dict[str, Any]:
        """Ask once, keep the permit."""
        try:
            self.held.append(self.permits.acquire(self.models[0]))
        except NotNow as refusal:
            return {"held": len(self.held), "reason": str(refusal)}
        return {"held": len(self.held)}

    def rush(self, seconds: float, threads: int = 4) -> dict[str, Any]:
        """Ask again and again, keep every permit."""

        def ask() -> None:
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                self.acquire()
                time.sleep(0.01)

        self._together(ask, threads)
        return {"held": len(self.held)}

    def settle(self) -> dict[str, Any]:
        """Settle every permit held."""
        count = len(self.held)
        while self.held:
            self.permits.settle(self.held.pop())
        return {"settled": count, "flushed": self.permits.flush()}

    def cool_down(self, key: str, seconds: float) -> dict[str, Any]:
        """Pass on a Retry-After."""
        self.permits.cool_down(key, seconds, "429")
        return {}

    def hammer(self, seconds: float, threads: int, tokens: int, call_seconds: float) -> dict[str, Any]:
        """Make calls to a model server that counts them, as many as are let through."""
        calls: list[str] = []

        def work() -> None:
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                model = random.choice(self.models)
                try:
                    permit = self.permits.acquire(model, tokens)
                except NotNow:
                    time.sleep(random.uniform(0.01, 0.03))
                    continue
                if permit.void:
                    self.permits.give_back(permit)
                else:
                    self._call(permit, random.randint(tokens // 2, tokens), call_seconds)
                    calls.append(model.name)

        self._together(work, threads)
        return {
            "calls": {model.name: calls.count(model.name) for model in self.models},
            "flushed": self.permits.flush(),
        }

    def _call(self, permit: Permit, tokens: int, seconds: float) -> None:
        arrivals, flying, most = (
            f"{self.prefix}{name}:{permit.model.name}" for name in ("arrivals", "flying", "most")
        )
        self.server.eval(ARRIVE, 3, arrivals, flying, most, tokens)
        time.sleep(seconds)
        self.server.decr(flying)
        self.permits.settle(
            permit, ServerFault("one in twenty") if random.random() < 0.05 else None, tokens=tokens
        )

    @staticmethod
    def _together(work: Callable[[], None], threads: int) -> None:
        started = [threading.Thread(target=work) for _ in range(threads)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()


def main() -> None:
    """Obey until the input ends."""
    lines = sys.stdin
    if "--gevent" in sys.argv:
        from gevent.fileobject import FileObjectThread  # noqa: PLC0415  after patching

        lines = FileObjectThread(sys.stdin.buffer, "r", encoding="utf-8")
    worker = Worker(**json.loads(lines.readline()))
    print(json.dumps({}), flush=True)
    while line := lines.readline():
        name, arguments = json.loads(line)
        print(json.dumps(getattr(worker, name)(**arguments)), flush=True)


main()
