"""The page that Prometheus reads, over a real deployment: what the alerts ask for is there and moves."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from ai_worker.app import PIPELINES
from ai_worker.engine.dispatch import drain
from ai_worker.engine.dispatch.scan import scan
from ai_worker.engine.worker.work import work
from ai_worker.observe.metrics import GAUGES, SHARED
from ai_worker.pipelines.corrections.tasks import CORRECT
from ai_worker.settings import settings
from ai_worker.stores.shared_counters import shared_counters
from ai_worker.web import roles
from ai_worker.web.application import create_application
from tests.integration.web.deployment import Deployment
from tests.waiting import wait_until


@pytest.fixture
def read(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    monkeypatch.setattr(roles, "ANSWER_SECONDS", 0.1)
    roles.roles.forget()

    def page() -> str:
        with TestClient(create_application(settings()), base_url="http://127.0.0.1") as client:
            answer = client.get("/metrics")
            assert answer.status_code == 200
            return answer.text

    return page


def value(page: str, series: str) -> float:
    """The number of one series, named with its labels."""
    [found] = re.findall(rf"^{re.escape(series)} (\S+)$", page, re.MULTILINE)
    return float(found)


def test_rows_scans_and_ages_are_told(deployment: Deployment, read: Callable[[], str]) -> None:
    task = deployment.add_task(["one", "two"], status_id=1)
    assert scan(PIPELINES["corrections"]) == 2
    late = "UPDATE task_item SET due_at = UTC_TIMESTAMP(6) - INTERVAL 400 SECOND WHERE id_task_item = %s"
    first, second = (item["id_task_item"] for item in deployment.items(task))
    token = deployment.items(task)[0]["lease_token"]
    assert work(CORRECT, (), first, token) is not None
    deployment.pool.execute(late, (second,))
    ended = (
        'ai_worker_rows_ended_total{error_class="",kind="correct",outcome="finished",pipeline="corrections"}'
    )
    # The counters' own thread may have taken the count and not written it yet.
    wait_until(lambda: ended in read(), "the row counted")
    page = read()
    assert value(page, ended) == 1
    assert value(page, 'ai_worker_scans_total{pipeline="corrections"}') == 1
    assert 0 <= value(page, 'ai_worker_scan_age_seconds{pipeline="corrections"}') < 60
    assert 0 < value(page, 'ai_worker_queue_age_seconds{queue="corrections"}') < 60
    assert value(page, 'ai_worker_queue_age_seconds{queue="scans"}') == 0
    assert 399 < value(page, 'ai_worker_due_age_seconds{kind="correct",pipeline="corrections"}') < 460
    assert value(page, 'ai_worker_lease_age_seconds{kind="correct",pipeline="corrections"}') == 0
    assert value(page, 'ai_worker_workers{role="items"}') == 0
    assert value(page, "ai_worker_draining") == 0
    drain.begin()
    assert value(read(), "ai_worker_draining") == 1
    drain.end()


def test_lost_rows_are_told_by_their_fate(deployment: Deployment, read: Callable[[], str]) -> None:
    task = deployment.add_task(["one"], status_id=1)
    gone = "UPDATE task_item SET status_id = 2, due_at = UTC_TIMESTAMP(6) - INTERVAL 90 SECOND"
    scan(PIPELINES["corrections"])
    deployment.pool.execute(gone)
    assert value(read(), 'ai_worker_lease_age_seconds{kind="correct",pipeline="corrections"}') > 89
    for _ in range(3):
        deployment.pool.execute(gone)
        scan(PIPELINES["corrections"])
    page = read()
    for fate in ("again", "quarantine", "final"):
        series = f'ai_worker_rows_lost_total{{fate="{fate}",kind="correct",pipeline="corrections"}}'
        assert value(page, series) == 1
    assert deployment.items(task)[0]["error_class"] == "worker_lost"


def test_every_metric_that_is_declared_is_on_the_page(
    deployment: Deployment, read: Callable[[], str]
) -> None:
    deployment.add_task(["one"], status_id=1)
    page = read()
    told = set(re.findall(r"^# TYPE (\w+) ", page, re.MULTILINE))
    assert {*GAUGES} <= told
    assert {f"{name}_total" if not SHARED[name].buckets else name for name in SHARED} <= told
    shared_counters().flush()
