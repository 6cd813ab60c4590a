"""The values of the overview, sampled once for all viewers. Nothing here counts finished rows: progress is
what pipelines keep.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from kombu.exceptions import OperationalError as BrokerError
from pymysql import MySQLError
from redis.exceptions import RedisError

from ai_worker.app import app
from ai_worker.engine.broker.heartbeat import hearing
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.dispatch.queues import queue_lengths
from ai_worker.errors import WorkError
from ai_worker.kit.panel import Attention, PanelPages
from ai_worker.observe.sampled import Sampled
from ai_worker.outbound.accounting.budget import day_budget
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.limiter import ModelState
from ai_worker.outbound.records.contract import Balance, Records
from ai_worker.settings import settings
from ai_worker.web.panel.history import records_of
from ai_worker.web.progress import pipeline_progress

log = logging.getLogger(__name__)
Value = TypeVar("Value")

TASKS_SHOWN = 15
SPEED_SECONDS = 60.0
AWAY = (WorkError, RedisError, BrokerError, MySQLError)


@dataclass(frozen=True, slots=True)
class PipelineView:
    """One pipeline at a glance.

    Args:
        per_minute: rows that ended, by what this process has seen within the last minute; None before the
            second look.
        fault: why nothing is known; empty where it is.
    """

    name: str
    tasks: Sequence[TaskProgress] = ()
    more: int = 0
    done: int = 0
    failed: int = 0
    in_flight: int = 0
    waiting: int = 0
    per_minute: float | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """The money that a pipeline has spent today (UTC)."""

    pipeline: str
    spent: Decimal
    reserved: Decimal
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the broker.

    Args:
        hears: False if its workers have not answered the latest heartbeat; None where none is sent.
    """

    name: str
    messages: int
    hears: bool | None


class _Speed:
    def __init__(self) -> None:
        self._looks: list[tuple[float, int]] = []
        self._lock = threading.Lock()

    def note(self, finished: int) -> float | None:
        now = time.monotonic()
        with self._lock:
            self._looks = [look for look in self._looks if look[0] > now - SPEED_SECONDS] + [(now, finished)]
            since, before = self._looks[0]
        return None if now - since < 1 else max(0.0, (finished - before) / (now - since) * 60)


class OverviewValues:
    """The values that one application shows.

    Args:
        panels: the pages of pipelines by name.
    """

    def __init__(self, panels: Mapping[str, PanelPages]) -> None:
        self._panels = panels
        self._speeds = {name: _Speed() for name in settings().pipeline_names}
        self._models: Sampled[Sequence[ModelState]] = Sampled(lambda: limiter().states())
        self._queues: Sampled[Sequence[Queue]] = Sampled(_queues)
        self._money: Sampled[Sequence[Money]] = Sampled(self._spent_today, seconds=2.0)
        self._attention = {name: Sampled(pages.attention, seconds=2.0) for name, pages in panels.items()}

    def pipelines(self) -> list[PipelineView]:
        """Every pipeline that is switched on."""
        return [self._pipeline(name) for name in settings().pipeline_names]

    def models(self) -> Sequence[ModelState] | None:
        """The models of the last hour; None where Redis is away."""
        return _tried(lambda: sorted(self._models.value(), key=lambda state: state.key))

    def queues(self) -> Sequence[Queue] | None:
        """The broker's queues; None where it is away."""
        return _tried(self._queues.value)

    def money(self) -> Sequence[Money]:
        """Today's spending of each pipeline whose store answers."""
        return _tried(self._money.value) or ()

    def attention(self) -> Sequence[Attention]:
        """The items that wait for a decision, over all pipelines."""
        found: list[Attention] = []
        for sampled in self._attention.values():
            found += _tried(sampled.value) or ()
        for state in self.models() or ():
            if state.shut:
                why = state.closed.reason if state.closed else f"{state.key}: closed"
                found.append(Attention(why, "/panel#models"))
            elif state.breaker != "closed":
                title = f"{state.key}: breaker {state.breaker.replace('_', ' ')}"
                found.append(Attention(title, "/panel#models"))
        for queue in self.queues() or ():
            if queue.hears is False:
                title = f"no worker of the queue {queue.name} answers its heartbeat"
                found.append(Attention(title, "/panel#queues"))
        return found

    def _pipeline(self, name: str) -> PipelineView:
        try:
            tasks = pipeline_progress(name)
        except AWAY as fault:
            log.warning("[Panel] the overview has nothing of %s: %s: %s", name, type(fault).__name__, fault)
            return PipelineView(name, fault="its store does not answer")
        done, failed = sum(task.done for task in tasks), sum(task.failed for task in tasks)
        return PipelineView(
            name=name,
            tasks=tasks[:TASKS_SHOWN],
            more=max(0, len(tasks) - TASKS_SHOWN),
            done=done,
            failed=failed,
            in_flight=sum(task.in_flight for task in tasks),
            waiting=sum(task.waiting for task in tasks),
            per_minute=self._speeds[name].note(done + failed),
        )

    def _spent_today(self) -> list[Money]:
        found = []
        for name, pages in self._panels.items():
            balances = [_balance(name, records) for records in records_of(pages)]
            spent = sum((balance.spent for balance in balances if balance), Decimal(0))
            reserved = sum((balance.reserved for balance in balances if balance), Decimal(0))
            found.append(Money(name, spent, reserved, settings().daily_budget))
        return found


def _tried(get: Callable[[], Value]) -> Value | None:
    try:
        return get()
    except AWAY as fault:
        log.warning("[Panel] a part of the overview is missing: %s: %s", type(fault).__name__, fault)
        return None


def _queues() -> list[Queue]:
    if not settings().redis_url:
        return []
    heard = hearing()
    lengths = queue_lengths(app.amqp.queues)
    return [Queue(name, length, heard.get(name)) for name, length in lengths.items()]


def _balance(pipeline: str, records: Records) -> Balance | None:
    scope = day_budget(records, pipeline).scope
    return records.balances([scope]).get(scope)
