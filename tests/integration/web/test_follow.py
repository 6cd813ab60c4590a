"""What a person sees of a task and its items, and that looking costs little."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker.group_watch import group_watch
from ai_worker.engine.worker.work import work
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.control import control
from ai_worker.pipelines.corrections.lanes import open_lanes
from ai_worker.pipelines.corrections.statuses import ItemStatus
from ai_worker.pipelines.corrections.tasks import CORRECT, GROUPS
from ai_worker.pipelines.corrections.view import view
from ai_worker.pipelines.corrections.view.repository import ViewRepository
from tests.integration.web.deployment import HOUR, Deployment


def task(http: TestClient, id_task: int) -> dict[str, Any]:
    answer = http.get(f"/task/{id_task}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def finish(deployment: Deployment, id_task: int, count: int) -> None:
    for row in deployment.reserve(id_task, count):
        work(CORRECT, row.address, row.row_id, row.token)
    group_watch(GROUPS).flush()


def test_a_new_task(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a", "b"], description="Fix the {spelling}")
    shown = task(http, id_task)
    assert (shown["status"], shown["paused"], shown["description"]) == ("NEW", False, "Fix the {spelling}")
    assert (shown["done"], shown["failed"], shown["in_flight"], shown["waiting"], shown["total"]) == (
        0,
        0,
        0,
        2,
        2,
    )
    assert (shown["rows_per_second"], shown["eta_seconds"], shown["cost"], shown["started_at"]) == (
        0.0,
        None,
        None,
        None,
    )
    assert datetime.fromisoformat(shown["created_at"]).utcoffset() is not None
    assert http.get(shown["items"]).status_code == 200


def test_a_task_that_goes_on(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task([f"He go home {number}." for number in range(5)])
    open_lanes([Lane(HERE, id_task)])
    finish(deployment, id_task, 2)
    [row] = deployment.reserve(id_task, 1)
    service.items().claim(HERE, row.row_id, row.token, HOUR)
    deployment.pool.execute("UPDATE task_item SET cost = 0.00000125 WHERE status_id = 1")
    shown = task(http, id_task)
    assert (shown["status"], shown["done"], shown["failed"], shown["in_flight"], shown["waiting"]) == (
        "IN_PROGRESS",
        2,
        0,
        1,
        2,
    )
    assert shown["total"] == 5
    assert shown["rows_per_second"] > 0
    assert shown["eta_seconds"] == pytest.approx(3 / shown["rows_per_second"], abs=0.06)
    assert Decimal(shown["cost"]) == Decimal("0.0000025")
    control.pause(id_task, "anna")
    shown = task(http, id_task)
    assert (shown["paused"], shown["pause_reason"], shown["rows_per_second"], shown["eta_seconds"]) == (
        True,
        "by anna",
        0.0,
        None,
    )


def test_a_task_that_ended_says_what_failed(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["He go home.", "x"])
    open_lanes([Lane(HERE, id_task)])
    deployment.pool.execute(
        "UPDATE task_item SET status_id = 3, error_class = 'timeout' WHERE text_original = 'x'"
    )
    finish(deployment, id_task, 1)
    shown = task(http, id_task)
    assert (shown["status"], shown["done"], shown["failed"], shown["total"]) == ("COMPLETED", 1, 1, 2)
    assert shown["error"] == "1 of 2 items failed: timeout 1"
    assert datetime.fromisoformat(shown["finished_at"]).utcoffset() is not None


def test_a_cost_of_nothing_is_written_out(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a"])
    deployment.pool.execute("UPDATE task_item SET cost = 0 WHERE id_task = %s", (id_task,))
    assert task(http, id_task)["cost"] == "0.00000000"


def test_a_status_that_only_other_software_knows_is_shown_as_its_number(
    http: TestClient, deployment: Deployment
) -> None:
    id_task = deployment.add_task(["a"], status_id=77)
    deployment.pool.execute("UPDATE task_item SET status_id = 88 WHERE id_task = %s", (id_task,))
    assert task(http, id_task)["status"] == "77"
    [item] = http.get(f"/task/{id_task}/items").json()["items"]
    assert item["status"] == "88"
    assert http.get(item["href"]).json()["status"] == "88"
    assert http.get("/pipelines").status_code == 200


def pages(http: TestClient, url: str | None) -> list[list[int]]:
    found = []
    while url:
        answer = http.get(url)
        assert answer.status_code == 200
        found.append([item["id_task_item"] for item in answer.json()["items"]])
        url = answer.json()["next"]
    return found


def test_items_come_a_page_at_a_time_by_their_ids(http: TestClient, deployment: Deployment) -> None:
    id_task, other = deployment.add_task([str(number) for number in range(7)]), deployment.add_task(["x"])
    ids = [item["id_task_item"] for item in deployment.items(id_task)]
    for position, status in enumerate([3, 0, 1, 0, 2, 7, 0]):
        deployment.pool.execute(
            "UPDATE task_item SET status_id = %s WHERE id_task_item = %s", (status, ids[position])
        )
    assert pages(http, f"/task/{id_task}/items?limit=3") == [ids[:3], ids[3:6], ids[6:]]
    assert pages(http, f"/task/{id_task}/items?limit=7") == [ids]
    assert pages(http, f"/task/{id_task}/items?status=PENDING&limit=2") == [[ids[1], ids[3]], [ids[6]]]
    assert pages(http, f"/task/{id_task}/items?status=EXPORTED") == [[]]
    assert pages(http, f"/task/{other}/items?after={2**53 - 1}") == [[]]
    assert pages(http, f"/task/{deployment.add_task([])}/items") == [[]]
    assert http.get("/task/999/items").status_code == 404


def test_items_by_error_class(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a", "b", "c", "d"])
    ids = [item["id_task_item"] for item in deployment.items(id_task)]
    for id_item, status, error_class in zip(
        ids, (3, 3, 8, 0), ("timeout", "bad_answer", "timeout", "timeout"), strict=True
    ):
        deployment.pool.execute(
            "UPDATE task_item SET status_id = %s, error_class = %s WHERE id_task_item = %s",
            (status, error_class, id_item),
        )
    assert pages(http, f"/task/{id_task}/items?error_class=timeout&limit=1") == [[ids[0]], [ids[2]]]
    assert pages(http, f"/task/{id_task}/items?error_class=timeout&status=PENDING") == [[ids[3]]]
    assert pages(http, f"/task/{id_task}/items?error_class=none") == [[]]


def test_an_item_whole_and_its_start_in_the_listing(http: TestClient, deployment: Deployment) -> None:
    text = 'zażółć <b>"\0\x1b[31m{x.__class__} %n 🦔' * 100
    id_task = deployment.add_task([text])
    [listed] = http.get(f"/task/{id_task}/items").json()["items"]
    assert listed["text_start"] == text[:200]
    whole = http.get(listed["href"]).json()
    assert (whole["text_original"], whole["text_corrected"], whole["task"]) == (
        text,
        None,
        f"/task/{id_task}",
    )
    assert http.get("/task-item/999").status_code == 404


def test_control_over_http_answers_with_the_task_as_it_is_now(
    http: TestClient, deployment: Deployment
) -> None:
    id_task = deployment.add_task(["a", "b"])
    assert task(http, id_task)["waiting"] == 2
    shown = http.post(f"/task/{id_task}/pause").json()
    assert (shown["paused"], shown["pause_reason"]) == (True, "by local")
    assert http.post(f"/task/{id_task}/resume").json()["paused"] is False
    deployment.pool.execute(
        "UPDATE task_item SET status_id = 3, error_class = 'timeout' WHERE id_task = %s LIMIT 1", (id_task,)
    )
    assert http.post(f"/task/{id_task}/retry", json={"error_class": "bad_answer"}).json()["items"] == 0
    retried = http.post(f"/task/{id_task}/retry").json()
    assert (retried["items"], retried["task"]["waiting"], retried["task"]["status"]) == (1, 2, "IN_PROGRESS")
    ended = http.post(f"/task/{id_task}/cancel", json={}).json()
    assert (ended["items"], ended["task"]["status"], ended["task"]["waiting"], ended["task"]["total"]) == (
        2,
        "CANCELLED",
        0,
        2,
    )
    for step in ("pause", "resume", "retry"):
        answer = http.post(f"/task/{id_task}/{step}")
        assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
    assert http.post(f"/task/{id_task}/cancel").status_code == 200
    for step in ("pause", "resume", "retry", "cancel"):
        assert http.post(f"/task/999/{step}").status_code == 404


@pytest.fixture
def full(deployment: Deployment) -> int:
    """A task with 16,384 items, 300 of them open, among others."""
    id_task = deployment.add_task(["seed"])
    for _ in range(14):
        deployment.pool.execute(
            "INSERT INTO task_item (id_task, text_original, status_id) SELECT id_task, "
            "text_original, 1 FROM task_item"
        )
    deployment.pool.execute(
        "UPDATE task_item SET status_id = 0 WHERE id_task = %s ORDER BY id_task_item DESC LIMIT 300",
        (id_task,),
    )
    deployment.add_task(["other"] * 300)
    deployment.pool.execute("ANALYZE TABLE task_item")
    return id_task


def rows_read(deployment: Deployment, look: Callable[[ViewRepository], object]) -> int:
    """How many index entries and rows the server read for a look, by its own counters."""
    with deployment.pool.connection() as database:

        class One:
            """A pool of this one connection, whose counters are read."""

            query = staticmethod(database.query)

        def read() -> int:
            return sum(
                int(row["Value"]) for row in database.query("SHOW SESSION STATUS LIKE 'Handler_read%'")
            )

        unrelated = read()
        unrelated = read() - unrelated
        before = read()
        look(ViewRepository(One()))  # type: ignore[arg-type]
        return read() - before - unrelated


def test_looking_reads_what_is_open_or_shown_and_not_what_is_finished(
    deployment: Deployment, full: int
) -> None:
    statuses = [ItemStatus.PENDING, ItemStatus.PROCESSED]
    assert rows_read(deployment, lambda view: view.task(full)) <= 5
    assert 300 <= rows_read(deployment, lambda view: view.count_open(full)) <= 310
    assert rows_read(deployment, lambda view: view.statuses(full)) <= 30
    assert rows_read(deployment, lambda view: view.page(full, statuses, None, 0, 51)) <= 600
    assert rows_read(deployment, lambda view: view.page(full, statuses, None, 15_000, 51)) <= 600
    counting = (
        "SELECT status_id, COUNT(*) FROM task_item WHERE id_task = %s AND status_id IN (0, 2) GROUP BY 1"
    )
    plan = deployment.pool.query(f"EXPLAIN {counting}", (full,))
    assert "Using index" in plan[0]["Extra"]


def test_polling_counts_no_more_than_twice_a_second(
    http: TestClient, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_task = deployment.add_task(["a"])
    counted: list[int] = []
    count_open, cost = ViewRepository.count_open, ViewRepository.cost
    monkeypatch.setattr(
        ViewRepository, "count_open", lambda self, one: counted.append(one) or count_open(self, one)
    )
    monkeypatch.setattr(ViewRepository, "cost", lambda self, one: counted.append(one) or cost(self, one))
    monkeypatch.setattr("ai_worker.observe.sampled.time.monotonic", lambda: 1000.0)
    for _ in range(20):
        assert task(http, id_task)["waiting"] == 1
    assert len(counted) == 2
    assert view.followed.cache_info().maxsize
