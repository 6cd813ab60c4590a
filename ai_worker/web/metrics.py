"""The page that Prometheus reads: what all processes count, and what the stores say now.

Gauges are asked for when the page is read, never kept: one process more or less cannot leave a stale number.
"""

import logging
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate

from kombu.exceptions import OperationalError as BrokerError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from pymysql import MySQLError
from redis.exceptions import RedisError

from ai_worker import __version__
from ai_worker.app import PIPELINES, app
from ai_worker.engine.broker.heartbeat import hearing
from ai_worker.engine.broker.waiting_time import oldest
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.dispatch import drain
from ai_worker.engine.dispatch.queues import lists_of, queue_lengths
from ai_worker.engine.dispatch.window_store import scanned_at
from ai_worker.errors import WorkError
from ai_worker.observe.metrics import GAUGES, SHARED, Family
from ai_worker.outbound.accounting.budget import day_budget
from ai_worker.outbound.limits.current import limiter
from ai_worker.settings import settings
from ai_worker.stores.shared_counters import read_counters, shared_counters
from ai_worker.web.panel.found import pages_of
from ai_worker.web.panel.history import records_of
from ai_worker.web.progress import pipeline_progress
from ai_worker.web.roles import roles

log = logging.getLogger(__name__)

BREAKER = {"closed": 0, "half_open": 1, "open": 2}
AWAY = (WorkError, RedisError, BrokerError, MySQLError)


def page() -> bytes:
    """All metrics in Prometheus' text format. What cannot be asked is left out, and the log says why."""
    stores = CollectorRegistry()
    stores.register(StoreCollector())
    return generate_latest(stores)


class StoreCollector(Collector):
    """Counters of all processes, rows by state, queues, models, money: asked for when the page is."""

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked at registration."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The families that can be had."""
        for families in (
            _build,
            _counted,
            _rows,
            _late,
            _scans,
            _heartbeats,
            _workers,
            _queues,
            _models,
            _money,
        ):
            try:
                yield from families()
            except AWAY as fault:
                log.warning("metrics without %s: %s", families.__name__, fault)


def _gauge(name: str) -> GaugeMetricFamily:
    text, labels = GAUGES[name]
    return GaugeMetricFamily(name, text, labels=labels)


def _build() -> Iterator[Metric]:
    build = _gauge("ai_worker_build_info")
    build.add_metric([f"{__version__} (Python {platform.python_version()})"], 1)
    yield build


def _counted() -> Iterator[Metric]:
    if not (settings().redis_url or settings().limits_redis_url):
        return
    shared_counters().flush()
    series: defaultdict[str, defaultdict[tuple[str, ...], dict[str, float]]]
    series = defaultdict(lambda: defaultdict(dict))
    for (name, labels, part), amount in read_counters().items():
        series[name][labels][part] = amount
    for name, family in SHARED.items():
        yield _histogram(family, series[name]) if family.buckets else _counter(family, series[name])


def _counter(family: Family, series: dict[tuple[str, ...], dict[str, float]]) -> Metric:
    made = CounterMetricFamily(family.name, family.help, labels=family.labels)
    for labels, parts in series.items():
        made.add_metric(labels, parts.get("", 0.0))
    return made


def _histogram(family: Family, series: dict[tuple[str, ...], dict[str, float]]) -> Metric:
    made = HistogramMetricFamily(family.name, family.help, labels=family.labels)
    bounds = [*map(str, family.buckets), "+Inf"]
    for labels, parts in series.items():
        counts = accumulate(parts.get(str(number), 0.0) for number in range(len(bounds)))
        made.add_metric(labels, list(zip(bounds, counts, strict=True)), parts.get("sum", 0.0))
    return made


def _rows() -> Iterator[Metric]:
    rows, up = _gauge("ai_worker_rows"), _gauge("ai_worker_pipeline_up")
    for name in settings().pipeline_names:
        try:
            states = _states(pipeline_progress(name))
        except WorkError as fault:
            log.warning("metrics without the rows of %s: %s", name, fault)
            up.add_metric([name], 0)
            continue
        up.add_metric([name], 1)
        for state, count in states.items():
            rows.add_metric([name, state], count)
    yield rows
    yield up


def _states(tasks: Sequence[TaskProgress]) -> Counter[str]:
    states: Counter[str] = Counter(done=0, failed=0, in_flight=0, waiting=0)
    for task in tasks:
        states.update(done=task.done, failed=task.failed, in_flight=task.in_flight, waiting=task.waiting)
    return states


def _late() -> Iterator[Metric]:
    due, lease = _gauge("ai_worker_due_age_seconds"), _gauge("ai_worker_lease_age_seconds")
    for name in settings().pipeline_names:
        try:
            found = {kind.name: kind.source.overdue() for kind in PIPELINES[name].kinds}
        except AWAY as fault:
            log.warning("metrics without the oldest rows of %s: %s", name, fault)
            continue
        for kind, seconds in found.items():
            due.add_metric([name, kind], seconds["due"])
            lease.add_metric([name, kind], seconds["lease"])
    yield due
    yield lease


def _scans() -> Iterator[Metric]:
    if not settings().redis_url:
        return
    age = _gauge("ai_worker_scan_age_seconds")
    for name in settings().pipeline_names:
        if (at := scanned_at(PIPELINES[name])) is not None:
            age.add_metric([name], max(0.0, time.time() - at))
    yield age


def _heartbeats() -> Iterator[Metric]:
    age = _gauge("ai_worker_heartbeat_age_seconds")
    for name in settings().pipeline_names:
        try:
            heard = PIPELINES[name].kinds[0].source.heartbeats.heard(name)
        except AWAY as fault:
            log.warning("metrics without the heartbeat of %s: %s", name, fault)
            continue
        if heard is not None:
            age.add_metric([name], heard.unanswered)
    yield age


def _workers() -> Iterator[Metric]:
    if not settings().redis_url:
        return
    workers = _gauge("ai_worker_workers")
    for role, count in roles.value().items():
        workers.add_metric([role], count)
    yield workers


def _queues() -> Iterator[Metric]:
    waiting, hears = _gauge("ai_worker_queue_messages"), _gauge("ai_worker_queue_hears")
    for queue, length in queue_lengths(app.amqp.queues).items():
        waiting.add_metric([queue], length)
    yield waiting
    age = _gauge("ai_worker_queue_age_seconds")
    for queue, seconds in oldest({name: lists_of(name) for name in app.amqp.queues}).items():
        age.add_metric([queue], seconds)
    yield age
    draining = _gauge("ai_worker_draining")
    draining.add_metric([], int(drain.asked()))
    yield draining
    for queue, heard in hearing().items():
        hears.add_metric([queue], int(heard))
    yield hears


def _models() -> Iterator[Metric]:
    states = limiter().states()
    breaker, why = _gauge("ai_worker_model_breaker"), _gauge("ai_worker_model_breaker_info")
    in_flight, cooling = _gauge("ai_worker_model_in_flight"), _gauge("ai_worker_model_cooling_seconds")
    requests, shut = _gauge("ai_worker_model_requests_in_window"), _gauge("ai_worker_model_shut")
    for state in states:
        breaker.add_metric([state.key], BREAKER[state.breaker])
        if state.breaker != "closed":
            why.add_metric([state.key, _class_of(state.breaker_reason), state.breaker], 1)
        in_flight.add_metric([state.key], state.used.in_flight)
        cooling.add_metric([state.key], state.cooling_for)
        requests.add_metric([state.key], state.used.requests)
        shut.add_metric([state.key], int(state.shut))
    yield from (breaker, why, in_flight, cooling, requests, shut)


def _money() -> Iterator[Metric]:
    spent, limit = _gauge("ai_worker_budget_spent"), _gauge("ai_worker_budget_limit")
    for name, pages in pages_of(settings()).items():
        total = Decimal(0)
        for records in records_of(pages):
            scope = day_budget(records, name).scope
            balance = records.balances([scope]).get(scope)
            total += balance.spent if balance else Decimal(0)
        spent.add_metric([name], float(total))
        if (most := settings().daily_budget) is not None:
            limit.add_metric([name], float(most))
    yield spent
    yield limit


def _class_of(reason: str) -> str:
    """The error class of a breaker's reason: its whole text would make a new series of every opening."""
    return reason.rpartition("last: ")[2].partition(":")[0]
