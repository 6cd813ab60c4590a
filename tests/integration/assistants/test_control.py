"""Threads under an operator: paused, resumed, cancelled, retried; and the order of a thread in the engine's
hands.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.app import app
from ai_worker.engine.binding import bind
from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker.work import work
from ai_worker.outbound.endpoint import Price
from ai_worker.pipelines.assistants import lanes as admission
from ai_worker.pipelines.assistants.rows import ANSWER, CONTROL, NAME, PIPELINE
from ai_worker.stores.mysql import mysql
from devtools.assistants.model_server import ToolModel
from tests.integration.assistants.test_registry_http import add_assistant, add_tool, link
from tests.integration.assistants.test_threads import say


@pytest.fixture(autouse=True)
def fresh_source() -> Any:
    """The rows of this test's database; their Celery task says how often they are tried."""
    app.set_current()
    if ANSWER.task not in app.tasks:
        bind(app, PIPELINE)
    ANSWER.__dict__.pop("source", None)
    yield
    ANSWER.__dict__.pop("source", None)


def reserve(lane: Lane, limit: int = 9) -> list[Any]:
    return list(ANSWER.source.reserve(lane, limit, 60))


def test_five_messages_at_once_are_worked_one_at_a_time_in_order_also_while_the_first_waits(
    http: TestClient, model: ToolModel
) -> None:
    assistant = add_assistant(http)
    posted = [say(http, assistant, "1", "history").json() for _ in range(5)]
    lane = Lane(HERE, posted[0]["thread_id"])
    first = reserve(lane)
    assert [one.row_id for one in first] == [posted[0]["id"]]
    assert reserve(lane) == []
    model.failures = [503]
    assert (ended := work(ANSWER, HERE, first[0].row_id, first[0].token)) and ended[1] is Outcome.LATER
    assert reserve(lane) == []
    mysql().execute("UPDATE assistant_message SET due_at = UTC_TIMESTAMP(6) WHERE due_at IS NOT NULL")
    for place, one in enumerate(posted):
        (reserved,) = reserve(lane)
        assert reserved.row_id == one["id"]
        ended = work(ANSWER, HERE, reserved.row_id, reserved.token)
        assert ended and ended[1] is Outcome.FINISHED
        answered = http.get(f"/assistants/{assistant['id']}/messages/{one['id']}").json()
        assert answered["response"] == f"earlier: {place}"


def test_a_thread_is_paused_resumed_cancelled_and_retried(http: TestClient) -> None:
    assistant = add_assistant(http)
    first, other = say(http, assistant, "1", "x").json(), say(http, assistant, "2", "y").json()
    lanes = ANSWER.source.lanes()
    CONTROL.pause(first["thread_id"], "rude")
    assert [lane.value for lane in ANSWER.open_lanes(lanes)] == [other["thread_id"]]
    CONTROL.resume(first["thread_id"])
    assert len(ANSWER.open_lanes(lanes)) == 2
    assert CONTROL.cancel(first["thread_id"]) == 1
    assert http.get(f"/assistants/{assistant['id']}/messages/{first['id']}").json()["status"] == "cancelled"
    assert CONTROL.retry(first["thread_id"]) == 1
    CONTROL.pause(NAME, "all")
    assert list(ANSWER.open_lanes(lanes)) == []
    (progress,) = PIPELINE.progress()
    assert (progress.state, progress.waiting, progress.done) == ("paused: all", 2, 0)


def test_threads_rest_while_the_day_has_no_money_for_their_model(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(http, add_assistant(http), "1", "x")
    lanes = ANSWER.source.lanes()
    found = admission._model

    def priced(*of: Any) -> Any:
        model = found(*of)
        assert model is not None
        return replace(model, price=Price(Decimal(1), Decimal(1)))

    monkeypatch.setattr(admission, "_model", priced)
    monkeypatch.setattr(admission, "calls_of_the_day", lambda records, pipeline: 0)
    assert list(ANSWER.open_lanes(lanes)) == []
    monkeypatch.setattr(admission, "calls_of_the_day", lambda records, pipeline: None)
    assert len(ANSWER.open_lanes(lanes)) == 1


def test_a_failed_attempt_keeps_its_steps_and_what_they_took(http: TestClient, model: ToolModel) -> None:
    assistant = add_assistant(http)
    link(http, assistant, add_tool(http))
    one = say(http, assistant, "1", 'call time {"timezone": "UTC"}').json()
    lane = Lane(HERE, one["thread_id"])
    (reserved,) = reserve(lane)
    model.failures = [0, 503]
    ended = work(ANSWER, HERE, reserved.row_id, reserved.token)
    assert ended and ended[1] is Outcome.LATER
    (row,) = mysql().query("SELECT * FROM assistant_message")
    assert (row["error_class"], row["tokens_input"]) == ("overloaded", 100)
    steps = http.get(f"/assistants/{assistant['id']}/messages/{one['id']}").json()["steps"]
    assert steps == ["version", "model:0", "tools:0:read"]
    mysql().execute("UPDATE assistant_message SET due_at = UTC_TIMESTAMP(6)")
    (reserved,) = reserve(lane)
    ended = work(ANSWER, HERE, reserved.row_id, reserved.token)
    assert ended and ended[1] is Outcome.FINISHED
    assert len(model.requests) == 3
    (row,) = mysql().query("SELECT * FROM assistant_message")
    assert (row["status_id"], row["tokens_input"], row["checkpoints"]) == (1, 200, None)
