"""The values of the overview, sampled once for all viewers. Nothing here counts finished rows: progress is
what pipelines keep.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TypeVar

from kombu.exceptions import OperationalError as BrokerError
from pymysql import MySQLError
from redis.exceptions import RedisError

from ai_worker.app import PIPELINES, app
from ai_worker.engine.broker.heartbeat import hearing
from ai_worker.engine.broker.heartbeat import queue_of as heartbeats_of
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.dispatch import drain
from ai_worker.engine.dispatch.queues import queue_lengths
from ai_worker.errors import WorkError
from ai_worker.kit.panel import Attention, PanelPages
from ai_worker.observe.sampled import Behind, Sampled
from ai_worker.outbound.accounting.budget import day_budget
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.limiter import ModelState
from ai_worker.outbound.records.contract import Balance, Records
from ai_worker.settings import settings
from ai_worker.stores.shared_counters import Field, read_counters
from ai_worker.web.panel.history import records_of
from ai_worker.web.panel.overview.failures import Failure, Failures
from ai_worker.web.panel.text import span
from ai_worker.web.progress import pipeline_progress
from ai_worker.web.roles import latest_roles

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
        oldest_due: seconds by which its oldest row is late; None while that is not known.
        failures: its error classes.
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
    oldest_due: float | None = None
    failures: Sequence[Failure] = ()


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
        self._oldest = {name: Behind(partial(_oldest, name)) for name in settings().pipeline_names}
        self._counters: Sampled[Mapping[Field, float]] = Sampled(_counters)
        self._drain: Sampled[bool] = Sampled(drain.asked)
        self.failures = Failures()
        self._attention = {name: Sampled(pages.attention, seconds=2.0) for name, pages in panels.items()}

    def pipelines(self) -> list[PipelineView]:
        """Every pipeline that is switched on."""
        failures = self.failures.note(_tried(self._counters.value))
        return [self._pipeline(name, failures.get(name, ())) for name in settings().pipeline_names]

    def models(self) -> Sequence[ModelState] | None:
        """The models of the last hour; None where Redis is away."""
        return _tried(lambda: sorted(self._models.value(), key=lambda state: state.key))

    def queues(self) -> Sequence[Queue] | None:
        """The broker's queues; None where it is away."""
        return _tried(self._queues.value)

    def workers(self) -> Mapping[str, int] | None:
        """The worker processes that answer, by role; None while that is not known."""
        return latest_roles.latest() if settings().redis_url else None

    def draining(self) -> bool:
        """True while workers are asked to start no row."""
        return bool(settings().redis_url and _tried(self._drain.value))

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
                why = state.closed.reason if state.closed else f"{state.key}: {state.cooling_reason}"
                found.append(Attention(why, "/panel#models"))
            elif state.breaker != "closed":
                title = f"{state.key}: breaker {state.breaker.replace('_', ' ')}"
                found.append(Attention(title, "/panel#models"))
        for queue in self.queues() or ():
            if queue.hears is False:
                title = f"no worker of the queue {queue.name} answers its heartbeat"
                found.append(Attention(title, "/panel#queues"))
        if self.draining():
            found.append(
                Attention("Workers are draining: no row is started until the drain ends", "/panel#queues")
            )
        for name, oldest in self._oldest.items():
            if (seconds := oldest.latest()) and seconds > settings().reserve_seconds:
                found.append(
                    Attention(f"{name}: the oldest row is late by {span(seconds)}", f"/panel/late/{name}")
                )
        for money in self.money():
            if money.limit is not None and money.spent >= money.limit:
                title = f"{money.pipeline}: the daily budget is spent, its rows wait until midnight UTC"
                found.append(Attention(title, "/panel#queues"))
        return found

    def _pipeline(self, name: str, failures: Sequence[Failure]) -> PipelineView:
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
            oldest_due=self._oldest[name].latest(),
            failures=failures,
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
    heartbeats = {heartbeats_of(name) for name in settings().pipeline_names}
    # The row of its workers' own queue shows a heartbeat that waits.
    shown = {name: length for name, length in lengths.items() if name not in heartbeats}
    return [Queue(name, length, heard.get(name)) for name, length in shown.items()]


def _oldest(pipeline: str) -> float:
    late = [kind.source.overdue() for kind in PIPELINES[pipeline].kinds]
    return max((max(of.values()) for of in late), default=0.0)


def _counters() -> Mapping[Field, float]:
    return read_counters() if settings().redis_url or settings().limits_redis_url else {}


def _balance(pipeline: str, records: Records) -> Balance | None:
    scope = day_budget(records, pipeline).scope
    return records.balances([scope]).get(scope)
