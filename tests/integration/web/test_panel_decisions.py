"""Decisions in the panel: two reviewers, undo, batches, and what the audit says of them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.corrections.panel import batches, decisions
from ai_worker.pipelines.corrections.panel.decisions import Seen, version_of
from ai_worker.pipelines.corrections.panel.filters import ReviewFilter
from ai_worker.pipelines.corrections.panel.queue_repository import QueueRepository
from ai_worker.pipelines.corrections.review.review import queries
from ai_worker.settings import Settings, settings
from ai_worker.web.application import create_application
from ai_worker.web.panel.auditing.audit import AuditEntry, AuditLog
from tests.integration.web.deployment import Deployment

SOURCE, ANSWER = "I recieve alot of mail.", "I receive a lot of mail."
KEY = "may-do-all-key-0123456789"


@pytest.fixture
def items(deployment: Deployment) -> list[int]:
    """Three answered items of one task."""
    task = deployment.add_task([SOURCE] * 3)
    deployment.pool.execute(
        "UPDATE task_item SET status_id = 1, text_corrected = %s, change_summary = '2 changes', "
        "operation_uuid = UUID()",
        (ANSWER,),
    )
    return [item["id_task_item"] for item in deployment.items(task)]


def row(item: int) -> Any:
    return queries().pool.query("SELECT * FROM task_item WHERE id_task_item = %s", (item,))[0]


def seen(item: int, who: str = "anna") -> Seen:
    return Seen(item, version_of(row(item)), who)


def undo(who: str = "anna") -> int:
    return batches.undo_latest(who)[1]


def comparable(item: int) -> tuple[Any, ...]:
    names = (
        "status_id",
        "reviewed_by",
        "reviewed_at",
        "text_corrected",
        "change_summary",
        "error_class",
        "error",
    )
    found = row(item)
    return tuple(found[name] for name in names)


def test_the_second_decision_is_told_of_the_first(items: list[int]) -> None:
    late = seen(items[0], "bert")
    decisions.accept(seen(items[0]))
    with pytest.raises(Conflict, match="ACCEPTED by anna"):
        decisions.reject(late, "too late")
    assert row(items[0])["status_id"] == 4


def test_each_kind_of_decision_is_undone_to_the_letter(items: list[int]) -> None:
    before = comparable(items[0])
    for decide in (
        lambda: decisions.accept(seen(items[0])),
        lambda: decisions.accept(seen(items[0]), {1}),
        lambda: decisions.accept(seen(items[0]), set()),
        lambda: decisions.reject(seen(items[0]), "worse"),
        lambda: decisions.edit(seen(items[0]), "My own."),
    ):
        decide()
        assert comparable(items[0]) != before
        assert undo() == 1
        assert comparable(items[0]) == before
        changes = queries().changes(items[0])
        assert {change["status_id"] for change in changes} <= {0}


def test_decisions_are_undone_one_after_another_and_then_there_is_none(items: list[int]) -> None:
    decisions.accept(seen(items[0]))
    decisions.accept(seen(items[1]))
    decisions.reject(seen(items[1], "bert"), "")
    with pytest.raises(Conflict, match="REJECTED by bert"):
        undo()
    assert undo("bert") == 1
    assert undo() == 1
    assert undo() == 1
    assert [row(item)["status_id"] for item in items] == [1, 1, 1]
    with pytest.raises(NotFound):
        undo()


def test_what_is_exported_stays(items: list[int]) -> None:
    decisions.accept(seen(items[0]))
    queries().pool.execute("UPDATE task_item SET status_id = 6 WHERE id_task_item = %s", (items[0],))
    with pytest.raises(Conflict, match="exported"):
        undo()
    with pytest.raises(Conflict):
        decisions.reject(seen(items[0]), "")


def test_a_batch_is_undone_but_for_what_was_decided_since(items: list[int]) -> None:
    task = row(items[0])["id_task"]
    decisions.reject(seen(items[2], "bert"), "no")
    assert batches.accept_all(ReviewFilter(task=task), "anna", 2) == 2
    decisions.reject(seen(items[1], "bert"), "no")
    assert undo() == 1
    assert [row(item)["status_id"] for item in items] == [1, 5, 5]


def test_a_batch_far_larger_than_shown_is_refused(items: list[int], deployment: Deployment) -> None:
    task = row(items[0])["id_task"]
    deployment.pool.execute(
        "INSERT INTO task_item (id_task, text_original, text_corrected, status_id) "
        "SELECT id_task, text_original, text_corrected, 1 FROM task_item, "
        "(SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5) AS five"
    )
    with pytest.raises(Conflict, match="18 items fit"):
        batches.accept_all(ReviewFilter(task=task), "anna", 3)
    assert batches.accept_selected(task, items[:2], "anna") == 2
    assert undo() == 2


def test_a_narrow_filter_pages_through_windows(items: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    task = row(items[0])["id_task"]
    queries().pool.execute(
        "UPDATE task_item SET model_name = 'm' WHERE id_task_item IN (%s, %s)", (items[0], items[2])
    )
    monkeypatch.setattr("ai_worker.pipelines.corrections.panel.queue_repository.WINDOW", 1)
    monkeypatch.setattr("ai_worker.pipelines.corrections.panel.queue_repository.WINDOWS", 2)
    queue, wanted = QueueRepository(queries().pool), ReviewFilter(task=task, model="m")
    first = queue.page(wanted, 0, 10)
    assert [found["id_task_item"] for found in first.rows] == [items[0]]
    assert first.after == items[1]
    second = queue.page(wanted, first.after, 10)
    assert [found["id_task_item"] for found in second.rows] == [items[2]]
    assert queue.count(wanted).exact is False


@pytest.fixture
def http(deploy: Callable[..., Deployment]) -> Iterator[TestClient]:
    deploy(api_keys=f"anna:read+run+review:{KEY}")
    with TestClient(create_application(settings()), headers={"X-API-Key": KEY}) as client:
        yield client


def test_what_is_done_stands_in_the_audit(http: TestClient) -> None:
    token = http.app.state.sessions.csrf("key:anna")  # type: ignore[attr-defined]
    refused = http.post("/panel/corrections/review/undo", data={"csrf": token})
    assert refused.status_code == 404
    task = queries().pool.execute("INSERT INTO task (id_ai_model, status_id) VALUES (1, 1)")
    assert task == 1
    answer = http.post("/panel/corrections/tasks/1/pause", data={"csrf": token}, follow_redirects=False)
    assert answer.status_code == 303
    audit: AuditLog = http.app.state.audit  # type: ignore[attr-defined]
    [entry] = audit.latest(10)
    assert (entry.who, entry.action, entry.subject) == ("anna", "pause", "/panel/corrections/tasks/1/pause")


def test_the_audit_needs_no_mysql(mongodb_uri: str, mongo_database: str) -> None:
    log = AuditLog(Settings(pipelines=["evaluations"], mongo_db=mongo_database))
    log.note(AuditEntry("anna", "retry", "/panel/x", "3 entries"))
    [entry] = log.latest(10)
    assert (entry.who, entry.action, entry.detail) == ("anna", "retry", "3 entries")
    assert entry.at is not None
