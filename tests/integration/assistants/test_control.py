"""Threads under an operator: paused, resumed, cancelled, retried; and the order of a thread in the engine's
hands.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
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
from ai_worker.outbound.limits.current import limiter
from ai_worker.pipelines.assistants import lanes as admission
from ai_worker.pipelines.assistants.rows import ANSWER, CONTROL, NAME, PIPELINE
from ai_worker.settings import settings
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


@pytest.mark.parametrize(
    ("entry", "of_type", "reason"),
    [
        ('provider = "gemini"\napi_key_env = "NOBODYS_KEY"', "llm", "set NOBODYS_KEY in the environment"),
        ('provider = "prompt_api"', "llm", "API_URL is not set"),
        ('provider = "prompt_api"\nbase_url = "{url}"', "llm", "takes no tools: give the assistant another"),
        ('provider = "gemini"', "openai_api", "asks OpenAI's Responses API, which gemini does not speak"),
        ('provider = "openai"\nbase_url = "{url}/v1"\nheaders = {{ x = "${{NOBODYS}}" }}', "llm", "NOBODYS"),
        ('base = "misspelt"', "llm", "there is no such field"),
    ],
)
def test_messages_of_an_assistant_whose_model_cannot_be_asked_wait_untouched_until_it_is_corrected(
    http: TestClient, model: ToolModel, entry: str, of_type: str, reason: str
) -> None:
    """By the models file, by the environment, or by the assistant's own settings: the row is not to blame."""
    file = Path(settings().models_file)
    rightly = file.read_text()
    file.write_text(f"{rightly}\n[models.wrong]\n{entry.format(url=model.url)}\n", encoding="utf-8")
    kind = {"model": "wrong", "assistant_type": of_type}
    if of_type == "openai_api":
        kind["openai_assistant_id"] = "asst_1"
    assistant = add_assistant(http, **kind)
    posted = [say(http, assistant, user, "history").json() for user in ("1", "2")]
    lanes = ANSWER.source.lanes()
    (first,) = reserve(next(lane for lane in lanes if lane.value == posted[0]["thread_id"]))
    ended = work(ANSWER, HERE, first.row_id, first.token)
    assert ended and ended[1] is Outcome.LATER and not model.bodies()
    assert list(ANSWER.open_lanes(lanes)) == [], "no further row is touched"
    for one in posted:
        shown = http.get(f"/assistants/{assistant['id']}/messages/{one['id']}").json()
        assert shown["status"] == "pending" and reason in shown["waits"] and shown["error"] is None
    path = f"/assistants/{assistant['id']}/messages"
    late = http.post(path, params={"wait": 0.1}, json={"user_id": "1", "text": "history"}).json()
    assert late["status"] == "pending" and reason in late["waits"], "who waits for it is told, too"
    mysql().execute("DELETE FROM assistant_message WHERE id_message = %s", (late["id"],))
    assert reason in PIPELINE.progress()[0].state
    rows = mysql().query("SELECT attempts, lease_token FROM assistant_message")
    assert {(row["attempts"], row["lease_token"]) for row in rows} == {(0, None)}

    file.write_text(rightly, encoding="utf-8")
    http.put(f"/assistants/{assistant['id']}", json={"model": "offline-tools", "assistant_type": "llm"})
    assert len(ANSWER.open_lanes(lanes)) == 2
    mysql().execute("UPDATE assistant_message SET due_at = NULL")
    for lane in ANSWER.open_lanes(lanes):
        (row,) = reserve(lane)
        ended = work(ANSWER, HERE, row.row_id, row.token)
        assert ended and ended[1] is Outcome.FINISHED
    for one in posted:
        shown = http.get(f"/assistants/{assistant['id']}/messages/{one['id']}").json()
        assert (shown["status"], shown["waits"], shown["version"]) == ("answered", None, 2)


def test_messages_wait_for_a_sub_assistants_closed_model_and_its_reopening_ends_the_wait(
    http: TestClient, model: ToolModel
) -> None:
    assistant, sub = add_assistant(http), add_assistant(http, "helper", model="gpt-test")
    asks = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
    tool = add_tool(
        http,
        "ask_helper",
        tool_type="sub_assistant",
        assistant_id=sub["id"],
        input_schema=json.dumps(asks),
    )
    link(http, assistant, tool)
    posted = say(http, assistant, "1", 'call ask_helper {"message": "hello"}').json()
    model.failures = [0, 401]
    (row,) = reserve(Lane(HERE, posted["thread_id"]))
    ended = work(ANSWER, HERE, row.row_id, row.token)
    assert ended and ended[1] is Outcome.LATER
    shown = http.get(f"/assistants/{assistant['id']}/messages/{posted['id']}").json()
    assert "401" in shown["waits"] and "model:0" in shown["steps"]
    asked = len(model.bodies())
    limiter().reopen("openai/gpt-test@" + model.url.removeprefix("http://"))
    mysql().execute("UPDATE assistant_message SET due_at = NULL")
    (row,) = reserve(Lane(HERE, posted["thread_id"]))
    ended = work(ANSWER, HERE, row.row_id, row.token)
    assert ended and ended[1] is Outcome.FINISHED
    assert len(model.bodies()) == asked + 2, "what was answered is not asked again"
