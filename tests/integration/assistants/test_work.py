"""A row's work: the message of a user, its turn, and what is stored; and reminders that become messages."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from fastapi.testclient import TestClient

from ai_worker.engine.contract.row import Claim, Result
from ai_worker.llm.errors import RedactionMismatch
from ai_worker.outbound.records.request_log import request_log
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.reminders import repository
from ai_worker.pipelines.assistants.reminders.delivery import deliver_due
from ai_worker.pipelines.assistants.tools.contract import NewReminder
from ai_worker.pipelines.assistants.work import AssistantGone, Surroundings, answer
from ai_worker.stores.mysql import mysql
from devtools.assistants.model_server import ToolModel
from devtools.assistants.script import Says
from tests.integration.assistants.test_registry_http import add_assistant, add_tool, link
from tests.integration.assistants.test_threads import say
from tests.unit.assistants.made import REMINDER_SCHEMA, Crash, KeptSteps


def claim_of(id_message: int) -> Claim:
    (row,) = mysql().query("SELECT * FROM assistant_message WHERE id_message = %s", (id_message,))
    return Claim((), id_message, "t" * 32, 0, 0.0, row)


def work(id_message: int, steps: KeptSteps | None = None) -> Result:
    """The message answered and stored, as the engine does."""
    result = answer(claim_of(id_message), steps or KeptSteps(), Surroundings.of_process())
    assignments = ", ".join(f"{name} = %s" for name in result.fields)
    done = "status_id = 1, processed_at = UTC_TIMESTAMP(6)"
    sql = f"UPDATE assistant_message SET {assignments}, {done} WHERE id_message = %s"
    assert mysql().execute(sql, (*result.fields.values(), id_message)) == 1
    return result


def talk(http: TestClient, assistant: dict[str, Any], user: str, text: str) -> dict[str, Any]:
    posted = say(http, assistant, user, text).json()
    work(posted["id"])
    return dict(http.get(f"/assistants/{assistant['id']}/messages/{posted['id']}").json())


def secretary(http: TestClient) -> dict[str, Any]:
    made = add_assistant(http)
    link(http, made, add_tool(http))
    link(
        http, made, add_tool(http, "reminder", tool_type="reminder", input_schema=json.dumps(REMINDER_SCHEMA))
    )
    return made


def test_a_message_is_answered_with_tools_and_its_answer_says_how(http: TestClient, model: ToolModel) -> None:
    assistant = secretary(http)
    found = talk(http, assistant, "42", 'call time {"timezone": "Asia/Tokyo"}')
    assert found["status"] == "answered" and found["response"].endswith("JST")
    assert (found["version"], found["model"], found["stopped_by"]) == (5, "offline-tools", None)
    assert (found["tokens_input"], found["tokens_output"]) == (200, 20)
    assert http.get(f"/users/42/threads/{found['thread_id']}/messages").json() == [found]
    stored = mysql().query("SELECT turn FROM assistant_message")[0]["turn"]
    assert '"raw"' not in stored


def test_a_changed_instruction_answers_the_next_message_and_each_says_its_version(http: TestClient) -> None:
    assistant = add_assistant(http, instructions="Old.")
    assert (
        talk(http, assistant, "1", "system")["response"],
        talk(http, assistant, "1", "system")["version"],
    ) == ("Old.", 1)
    http.put(f"/assistants/{assistant['id']}", json={"instructions": "New."})
    found = talk(http, assistant, "1", "system")
    assert (found["response"], found["version"]) == ("New.", 2)


def test_a_turn_that_is_tried_again_keeps_the_version_with_which_it_began(http: TestClient) -> None:
    assistant = secretary(http)
    id_message = say(
        http, assistant, "1", 'call time {"timezone": "UTC"}\nthen\ncall time {"timezone": "Asia/Tokyo"}'
    ).json()["id"]
    steps = KeptSteps(crash_after=3)
    with pytest.raises(Crash):
        work(id_message, steps)
    http.put(f"/assistants/{assistant['id']}", json={"instructions": "New.", "is_active": False})
    assert work(id_message, steps).fields["config_version"] == 5
    assert config_cache().current().version == 6


def test_5_two_users_of_one_assistant_have_their_own_conversations_and_reminders(http: TestClient) -> None:
    assistant = secretary(http)
    for round_ in range(3):
        for user in ("anna", "boris"):
            assert talk(http, assistant, user, "history")["response"] == f"earlier: {round_}"
    remind = 'call reminder {"message": "for %s", "delay_seconds": 60}'
    ids = {user: say(http, assistant, user, remind % user).json()["id"] for user in ("anna", "boris")}
    for id_message in ids.values():
        work(id_message)
    for user in ("anna", "boris"):
        assert [one["message"] for one in http.get(f"/users/{user}/reminders").json()] == [f"for {user}"]


def test_5_a_failed_message_is_not_part_of_the_history(http: TestClient) -> None:
    assistant = add_assistant(http)
    talk(http, assistant, "1", "x")
    failed = say(http, assistant, "1", "y").json()["id"]
    mysql().execute(
        "UPDATE assistant_message SET status_id = 3, error_class = 'timeout' WHERE id_message = %s", (failed,)
    )
    assert talk(http, assistant, "1", "history")["response"] == "earlier: 1"
    shown = http.get(f"/assistants/{assistant['id']}/messages/{failed}").json()
    assert shown["error"] == {"class": "timeout", "text": None}


def test_10_a_message_for_an_assistant_that_was_switched_off_meanwhile_fails_and_says_why(
    http: TestClient,
) -> None:
    assistant, other = add_assistant(http), add_assistant(http, "other")
    ids = [say(http, one, "1", "x").json()["id"] for one in (assistant, other)]
    http.put(f"/assistants/{assistant['id']}", json={"is_active": False})
    http.delete(f"/assistants/{other['id']}?force=true")
    for id_message, text in zip(ids, ("is not active", "Assistant not found"), strict=True):
        with pytest.raises(AssistantGone, match=text):
            work(id_message)


def test_10_a_tool_that_is_switched_off_is_no_longer_called(http: TestClient) -> None:
    assistant = secretary(http)
    time_tool = next(one for one in http.get("/tools/").json() if one["name"] == "time")
    http.put(f"/tools/{time_tool['id']}", json={"is_active": False})
    assert "there is no tool 'time'" in talk(http, assistant, "1", "call time {}")["response"]


def test_personal_data_stays_here_and_the_answer_has_it(http: TestClient, model: ToolModel) -> None:
    assistant = add_assistant(http)
    found = talk(http, assistant, "1", "write to anna@example.com")
    assert found["response"] == "echo: write to anna@example.com"
    assert "anna@example.com" not in json.dumps(model.bodies())


def test_the_time_from_a_message_to_the_first_request_is_short(http: TestClient, model: ToolModel) -> None:
    assistant = secretary(http)
    spent = []
    for _ in range(20):
        id_message = say(http, assistant, "1", "x").json()["id"]
        claim, started = claim_of(id_message), time.monotonic()
        answer(claim, KeptSteps(), Surroundings.of_process())
        spent.append(model.requests[-1]["at"] - started)
    assert sorted(spent)[10] < 0.03


# --- Reminders ---


def remind(
    key: str, user: str, assistant: dict[str, Any], at: datetime, rule: str | None = None, shape: str = ""
) -> None:
    first = at.replace(tzinfo=None, microsecond=0).isoformat() if rule else None
    with mysql().connection() as database:
        id_ = str(uuid5(NAMESPACE_URL, key))
        new = NewReminder(id_, user, assistant["id"], f"{key} is due", at, "UTC", first, rule)
        repository.insert(database, new, shape)


def test_a_due_reminder_becomes_one_message_and_a_recurring_one_goes_on(http: TestClient) -> None:
    assistant = add_assistant(http)
    now = datetime.now(UTC)
    remind("once", "1", assistant, now - timedelta(seconds=1))
    remind("later", "1", assistant, now + timedelta(hours=1))
    remind("daily", "1", assistant, now - timedelta(days=3), "FREQ=DAILY", "S")
    made = deliver_due()
    assert len(made) == 2 and deliver_due() == []
    rows = mysql().query("SELECT source, text, reply_shape, reply_due FROM assistant_message ORDER BY text")
    assert [(row["source"], row["reply_shape"], row["reply_due"]) for row in rows] == [
        ("reminder", "S", 1),
        ("reminder", "", 0),
    ]
    kept = {row["message"].split()[0]: row for row in mysql().query("SELECT * FROM assistant_reminder")}
    assert kept["once"]["status"] == "completed"
    assert kept["daily"]["status"] == "active" and kept["daily"]["delivered"] == 1
    assert kept["daily"]["trigger_at"].replace(tzinfo=UTC) > now
    assert [one["message"] for one in http.get("/users/1/reminders").json()] == [
        "later is due",
        "daily is due",
    ]


def test_many_deliveries_at_once_deliver_once(http: TestClient) -> None:
    assistant = add_assistant(http)
    for place in range(40):
        remind(f"r{place}", str(place % 5), assistant, datetime.now(UTC) - timedelta(seconds=1))
    made: list[int] = []
    threads = [threading.Thread(target=lambda: made.extend(deliver_due())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 40
    assert mysql().query("SELECT COUNT(*) AS n FROM assistant_message")[0]["n"] == 40


def test_a_reminder_is_cancelled_by_its_user_alone(http: TestClient) -> None:
    assistant = secretary(http)
    talk(http, assistant, "1", 'call reminder {"message": "m", "delay_seconds": 600}')
    (found,) = http.get("/users/1/reminders").json()
    assert http.delete(f"/users/2/reminders/{found['id']}").status_code == 404
    assert http.delete(f"/users/1/reminders/{found['id']}").status_code == 200
    assert http.get("/users/1/reminders").json() == []
    assert http.delete(f"/users/1/reminders/{found['id']}").status_code == 404


# --- Waited for ---


def test_a_wait_ends_with_the_answer_and_events_tell_the_steps(http: TestClient) -> None:
    assistant = secretary(http)
    ended = threading.Event()

    def worker() -> None:
        while not ended.is_set():
            for row in mysql().query("SELECT id_message FROM assistant_message WHERE status_id = 0"):
                work(int(row["id_message"]))
            ended.wait(0.05)

    running = threading.Thread(target=worker)
    running.start()
    try:
        body = {"user_id": "1", "text": 'call time {"timezone": "UTC"}'}
        found = http.post(f"/assistants/{assistant['id']}/messages?wait=10", json=body)
    finally:
        ended.set()
        running.join()
    assert found.status_code == 200 and found.json()["response"].endswith("UTC")
    mysql().execute('UPDATE assistant_message SET checkpoints = \'{"version": 1, "model:0": {}}\'')
    events = http.get(f"/assistants/{assistant['id']}/messages/{found.json()['id']}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    names = [line.removeprefix("event: ") for line in events.text.splitlines() if line.startswith("event: ")]
    assert names == ["status", "step", "step", "answer"]


@pytest.mark.parametrize(
    ("named", "of_type"),
    [
        ("gpt-test", "llm"),
        ("gpt-5-test", "openai_api"),
        ("gemini-test", "llm"),
        ("claude-test", "llm"),
        ("claude-stream-test", "llm"),
    ],
)
@pytest.mark.parametrize("round_", [0, 1], ids=["first", "after a tool"])
def test_a_second_try_names_the_placeholder_that_was_wrong_in_the_first(
    http: TestClient, model: ToolModel, named: str, of_type: str, round_: int
) -> None:
    assistant = add_assistant(http, model=named, assistant_type=of_type, openai_assistant_id="asst_1")
    link(http, assistant, add_tool(http))
    calls = [Says(calls=(("time", '{"timezone": "UTC"}'),))] * round_
    model.answers = [*calls, Says("To ⟦PII_EMAIL_9⟧."), Says("To ⟦PII_EMAIL_1⟧.")]
    found = talk(http, assistant, "1", "write to anna@example.com")
    assert (found["status"], found["response"]) == ("answered", "To anna@example.com.")
    first, second = (json.dumps(body, ensure_ascii=False) for body in model.bodies()[-2:])
    problem = "It is not usable: it holds ⟦PII_EMAIL_9⟧, which the text does not."
    assert problem not in first and problem in second and "To ⟦PII_EMAIL_9⟧." in second
    assert "anna@example.com" not in second
    assert not [entry["refused"] for entry in model.requests if entry["refused"]]
    assert found["tokens_input"] == 100 * (2 + round_), "both are counted"
    assert outcomes_of(found["id"]) == sorted([*["answered"] * (1 + round_), "failed"])


def outcomes_of(id_message: int) -> list[str]:
    request_log().flush()
    rows = mysql().query(
        "SELECT outcome FROM api_requests_history JOIN assistant_message USING (operation_uuid) "
        "WHERE id_message = %s ORDER BY outcome",
        (id_message,),
    )
    return [row["outcome"] for row in rows]


def test_a_placeholder_that_is_wrong_twice_is_a_failed_attempt_that_was_paid_for(
    http: TestClient, model: ToolModel
) -> None:
    assistant = add_assistant(http)
    model.answers = [Says("To ⟦PII_EMAIL_9⟧."), Says(calls=(("time", '{"to": "⟦PII_EMAIL_8⟧"}'),))]
    posted = say(http, assistant, "1", "write to anna@example.com").json()
    with pytest.raises(RedactionMismatch, match="invented ⟦PII_EMAIL_8⟧") as caught:
        work(posted["id"])
    assert caught.value.usage is not None and caught.value.usage.input == 200
    assert len(model.bodies()) == 2 and caught.value.retry and caught.value.uses_attempt


def test_a_wrong_answer_counts_where_a_limit_keeps_it_from_being_asked_for_once_more(
    http: TestClient, model: ToolModel
) -> None:
    """It is billed each time that the message comes again."""
    assistant = add_assistant(http)
    model.answers, model.failures = [Says("To ⟦PII_EMAIL_9⟧.")], [0, 429]
    posted = say(http, assistant, "1", "write to anna@example.com").json()
    with pytest.raises(RedactionMismatch) as caught:
        work(posted["id"])
    assert caught.value.usage is not None and caught.value.usage.input == 100
    assert caught.value.retry and caught.value.uses_attempt and caught.value.retry_after
