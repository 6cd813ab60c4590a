"""Which events of rows are sent to Flower."""

from typing import Any

import pytest

from ai_worker.engine.binding import RowTask
from ai_worker.engine.broker.row_request import ONE_IN, RowRequest


class Eventer:
    """Keeps what is sent."""

    enabled = True

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send(self, type: str, **fields: Any) -> None:
        self.sent.append((type, fields))

    def types(self) -> list[str]:
        return [type for type, _ in self.sent]


@pytest.fixture
def eventer(monkeypatch: pytest.MonkeyPatch) -> Eventer:
    monkeypatch.setattr(RowRequest, "_numbers", iter(range(10_000)))
    monkeypatch.setattr(RowRequest, "_next_failure", 0.0)
    return Eventer()


def row(eventer: Eventer, number: int, result: str = "finished") -> None:
    """One row through a worker, as Celery tells it."""
    request = RowRequest.__new__(RowRequest)
    request.name, request.id = "corrections.correct", f"id-{number}"
    request._eventer = eventer
    request._args = [number, "token"]
    request.send_event("task-started")
    request.send_event("task-succeeded", result=result, runtime=0.1)


def test_one_row_in_so_many_is_shown_with_its_name_and_its_page(
    eventer: Eventer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RowRequest, "args", property(lambda request: request._args))
    for number in range(2_000):
        row(eventer, number)
    assert len(eventer.sent) == 3 * 2_000 / ONE_IN
    assert eventer.types()[:3] == ["task-received", "task-started", "task-succeeded"]
    received = eventer.sent[3][1]
    assert (received["uuid"], received["name"]) == (f"id-{ONE_IN}", "corrections.correct")
    assert f"/panel/requests?row={ONE_IN}" in received["kwargs"]
    assert "token" not in repr(eventer.sent)


def test_failed_rows_are_shown_as_failed_as_long_as_they_are_few(
    eventer: Eventer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(RowRequest, "args", property(lambda request: request._args))
    monkeypatch.setattr("ai_worker.engine.broker.row_request.time.monotonic", lambda: now[0])
    row(eventer, 0)
    eventer.sent.clear()
    for number in range(1, 11):
        row(eventer, number, "failed")
    assert eventer.types() == ["task-received", "task-failed"], "the others within the same moment are not"
    now[0] += 1
    row(eventer, 11, "failed")
    assert eventer.types()[2:] == ["task-received", "task-failed"]


def test_nothing_is_sent_where_nobody_listens(eventer: Eventer) -> None:
    eventer.enabled = False
    row(eventer, 0, "failed")
    assert eventer.sent == []


def test_row_tasks_use_it_and_celery_itself_sends_nothing_of_them() -> None:
    assert RowTask.Request == f"{RowRequest.__module__}:{RowRequest.__name__}"
    assert RowTask.send_events is False
