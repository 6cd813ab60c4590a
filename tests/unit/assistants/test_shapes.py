"""The messages of the seed's queues, in the shapes of both of its times."""

import json

import pytest

from ai_worker.pipelines.assistants.queues.shapes import Incoming, Unreadable, answer, read


@pytest.mark.parametrize(
    ("payload", "user_id", "text"),
    [
        ({"user_id": 7, "text": "hello", "username": None}, "7", "hello"),
        ({"type": "human", "user_id": 7, "source": "telegram", "content": "hi", "metadata": {}}, "7", "hi"),
        (
            {"type": "human", "user_id": 7, "source": "cron", "content": {"message": "hi", "metadata": {}}},
            "7",
            "hi",
        ),
        (
            {
                "trigger_type": "reminder_triggered",
                "user_id": 7,
                "source": "cron",
                "payload": {"message": "milk"},
            },
            "7",
            "A reminder of the user is due: milk",
        ),
        (
            {"trigger_type": "google_auth_successful", "user_id": 7, "source": "calendar", "payload": {}},
            "7",
            "✅ Авторизация в Google Calendar успешно завершена!",
        ),
    ],
)
def test_what_the_bots_and_services_send_is_read(payload: object, user_id: str, text: str) -> None:
    assert read(json.dumps(payload)) == Incoming(user_id, text)


@pytest.mark.parametrize(
    "payload",
    [
        "{",
        "[]",
        "{}",
        '{"user_id": true, "text": "x"}',
        '{"user_id": 1}',
        '{"user_id": 1, "text": " "}',
        '{"user_id": 1, "trigger_type": "x"}',
    ],
)
def test_what_is_no_message_says_so(payload: str) -> None:
    with pytest.raises(Unreadable):
        read(payload)


def test_answers_have_the_keys_that_the_bot_reads() -> None:
    assert json.loads(answer("S", "7", "q", "a", None, "user")) == {
        "user_id": "7",
        "text": "q",
        "response": "a",
        "status": "success",
    }
    assert json.loads(answer("S", "7", "q", None, "e", "user")) == {
        "user_id": "7",
        "text": "q",
        "status": "error",
        "error": "e",
    }
    assert json.loads(answer("S", "7", "q", "a", None, "reminder")) == {
        "chat_id": "7",
        "response": "a",
        "status": "success",
    }
    assert json.loads(answer("H", "7", "q", "a", None, "user")) == {
        "user_id": 7,
        "status": "success",
        "source": "user",
        "response": "a",
    }
    assert json.loads(answer("H", "7", "q", None, "e", "user")) == {
        "user_id": 7,
        "status": "error",
        "source": "user",
        "error": "e",
    }
