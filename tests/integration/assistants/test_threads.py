"""Threads and messages: unique, in order, and one user's never another's."""

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.pipelines.assistants.threads.posting import NewMessage, post
from ai_worker.stores.mysql import mysql
from tests.integration.assistants.test_registry_http import add_assistant


def say(http: TestClient, assistant: dict[str, Any], user: str, text: str, **more: Any) -> Any:
    return http.post(f"/assistants/{assistant['id']}/messages", json={"user_id": user, "text": text, **more})


def test_a_message_is_accepted_with_an_id_under_which_it_is_followed(http: TestClient) -> None:
    assistant = add_assistant(http)
    answer = say(http, assistant, "42", "hello")
    assert answer.status_code == 202
    body = answer.json()
    assert (body["status"], body["text"], body["response"], body["source"]) == (
        "pending",
        "hello",
        None,
        "api",
    )
    assert http.get(answer.headers["Location"]).json() == body
    assert http.get(answer.headers["Location"], params={"user_id": "43"}).status_code == 404
    assert http.get(f"/api/assistants/{assistant['id']}/messages/{body['id']}").json() == body
    other = add_assistant(http, "other")
    assert http.get(f"/assistants/{other['id']}/messages/{body['id']}").status_code == 404


def test_25_first_messages_at_once_make_one_thread(http: TestClient) -> None:
    assistant = add_assistant(http)
    rows: list[dict[str, Any]] = []
    together = threading.Barrier(25)

    def first(place: int) -> None:
        together.wait()
        rows.append(post(NewMessage("42", assistant["id"], f"m{place}", "api")))

    threads = [threading.Thread(target=first, args=(place,)) for place in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({row["thread_id"] for row in rows}) == 1 and len(rows) == 25
    assert mysql().query("SELECT COUNT(*) AS n FROM user_assistant_threads")[0]["n"] == 1
    assert mysql().query("SELECT COUNT(*) AS n FROM assistant_message")[0]["n"] == 25


def test_one_users_thread_is_closed_to_another(http: TestClient) -> None:
    assistant = add_assistant(http)
    mine, theirs = (say(http, assistant, user, f"I am {user}").json() for user in ("anna", "boris"))
    assert mine["thread_id"] != theirs["thread_id"]
    assert say(http, assistant, "boris", "x", thread_id=mine["thread_id"]).status_code == 404
    assert http.get(f"/users/boris/threads/{mine['thread_id']}/messages").status_code == 404
    listed = http.get(f"/users/anna/threads/{mine['thread_id']}/messages").json()
    assert [one["text"] for one in listed] == ["I am anna"]
    assert [one["thread_id"] for one in http.get("/users/anna/threads").json()] == [mine["thread_id"]]
    # Names that MySQL's usual collations take for the same.
    assert say(http, assistant, "Anna", "x").json()["thread_id"] != mine["thread_id"]
    assert say(http, assistant, "anna ", "x").status_code == 422
    assert mysql().query("SELECT COUNT(*) AS n FROM assistant_message WHERE user_id = 'boris'")[0]["n"] == 1


def test_the_same_key_is_the_same_message(http: TestClient) -> None:
    assistant = add_assistant(http)
    first = say(http, assistant, "42", "hello", request_key="k1").json()
    again = say(http, assistant, "42", "hello", request_key="k1").json()
    assert first["id"] == again["id"]
    assert say(http, assistant, "42", "hello", request_key="k2").json()["id"] != first["id"]


def test_a_thread_is_opened_by_post_and_found_by_get(http: TestClient) -> None:
    assistant = add_assistant(http)
    url = f"/api/users/42/assistants/{assistant['id']}/thread"
    assert http.get(url).status_code == 404
    opened = http.post(url).json()
    assert http.get(url).json()["thread_id"] == opened["thread_id"] == http.post(url).json()["thread_id"]


def test_messages_for_an_assistant_that_is_off_are_refused_and_threads_survive_it(http: TestClient) -> None:
    assistant = add_assistant(http)
    thread = say(http, assistant, "42", "hello").json()["thread_id"]
    http.put(f"/assistants/{assistant['id']}", json={"is_active": False})
    assert say(http, assistant, "42", "hello?").status_code == 409
    http.put(f"/assistants/{assistant['id']}", json={"is_active": True})
    assert say(http, assistant, "42", "back").json()["thread_id"] == thread


def test_a_user_whose_id_differs_by_a_space_or_a_case_sees_nothing_of_another(http: TestClient) -> None:
    assistant = add_assistant(http)
    http.post(f"/assistants/{assistant['id']}/messages", json={"user_id": "анна", "text": "x"})
    assert len(http.get("/users/анна/threads").json()) == 1
    assert http.get("/users/Анна/threads").json() == []
    for path in ("threads", "reminders", f"assistants/{assistant['id']}/thread"):
        assert http.get(f"/users/анна%20/{path}").status_code == 422


@pytest.mark.parametrize("text", ["", "   ", "x" * 100_001])
def test_texts_that_do_not_fit_are_refused(http: TestClient, text: str) -> None:
    assert say(http, add_assistant(http), "42", text).status_code == 422


def test_a_wait_that_is_over_answers_202(http: TestClient) -> None:
    answer = http.post(
        f"/assistants/{add_assistant(http)['id']}/messages?wait=0.3", json={"user_id": "1", "text": "x"}
    )
    assert answer.status_code == 202
