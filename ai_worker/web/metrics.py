"""The page that Prometheus reads: what this process counts, and what the stores say now."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence

from kombu.exceptions import OperationalError as BrokerError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from ai_worker.app import app
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.errors import WorkError
from ai_worker.observe.metrics import REGISTRY
from ai_worker.outbound.limits.current import limiter
from ai_worker.settings import settings
from ai_worker.stores.redis import broker_redis
from ai_worker.web.progress import pipeline_progress

log = logging.getLogger(__name__)

BREAKER = {"closed": 0, "half_open": 1, "open": 2}


def page() -> bytes:
    """All metrics in Prometheus' text format. What cannot be asked is left out, and the log says why."""
    stores = CollectorRegistry()
    stores.register(StoreCollector())
    return generate_latest(REGISTRY) + generate_latest(stores)


class StoreCollector(Collector):
    """Rows by state, queues, models: asked for when the page is."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is asked at registration."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families that can be had."""
        for family in (_rows, _queues, _models):
            try:
                yield from family()
            except (WorkError, RedisError, BrokerError) as fault:
                log.warning("metrics without %s: %s", family.__name__, fault)


def _rows() -> Iterator[GaugeMetricFamily]:
    rows = GaugeMetricFamily("ai_worker_rows", "Rows of open and of the latest finished tasks.", labels=["pipeline", "state"])
    up = GaugeMetricFamily("ai_worker_pipeline_up", "Whether the pipeline's store answers.", labels=["pipeline"])
    for name in settings().pipelines:
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


def _queues() -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily("ai_worker_queue_messages", "Messages that wait in the broker.", labels=["queue"])
    for queue in app.amqp.queues:
        waiting.add_metric([queue], broker_redis().llen(queue))
    yield waiting


def _models() -> Iterator[GaugeMetricFamily]:
    states = limiter().states()
    breaker = GaugeMetricFamily("ai_worker_model_breaker", "0 closed, 1 half open, 2 open.", labels=["model"])
    why = GaugeMetricFamily("ai_worker_model_breaker_info", "Why a breaker is not closed.", labels=["model", "reason", "state"])
    in_flight = GaugeMetricFamily("ai_worker_model_in_flight", "Calls to the model under way.", labels=["model"])
    cooling = GaugeMetricFamily("ai_worker_model_cooling_seconds", "For how long nobody asks it.", labels=["model"])
    requests = GaugeMetricFamily("ai_worker_model_requests_in_window", "Calls that count against its limit now.", labels=["model"])
    for state in states:
        breaker.add_metric([state.key], BREAKER[state.breaker])
        if state.breaker != "closed":
            why.add_metric([state.key, _class_of(state.breaker_reason), state.breaker], 1)
        in_flight.add_metric([state.key], state.used.in_flight)
        cooling.add_metric([state.key], state.cooling_for)
        requests.add_metric([state.key], state.used.requests)
    yield from (breaker, why, in_flight, cooling, requests)


def _class_of(reason: str) -> str:
    """The error class of a breaker's reason: its whole text would make a new series of every opening."""
    return reason.rpartition("last: ")[2].partition(":")[0]
