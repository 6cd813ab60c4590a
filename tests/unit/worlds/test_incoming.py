import json
from typing import Any

import pytest

from ai_worker.pipelines.worlds.events.incoming import Announced, Skipped, read

CREATED = {"event_type": "task_created", "task_id": "j", "task_type": "generate_post", "world_id": "w"}


def value(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


def test_the_world_services_message() -> None:
    parameters = {
        "user_prompt": "мир",
        "users_count": 3,
        "posts_count": 6,
        "created_at": "2025-04-23T10:00:00Z",
    }
    assert read(value({**CREATED, "parameters": parameters, "new": 1}), None) == Announced(
        "j", "generate_post", "w"
    )


def test_missing_fields_beside_the_id_do_no_harm() -> None:
    assert read(value({"event_type": "task_created", "task_id": "j"}), None) == Announced("j", "", "")


@pytest.mark.parametrize(
    "kind", ["task_updated", "task_completed", "task_failed", "task_retrying", "bread_baked", None]
)
def test_other_events_start_nothing(kind: str | None) -> None:
    assert read(value({**CREATED, "event_type": kind}), None) is Skipped.OTHER_EVENT


@pytest.mark.parametrize("headers", [[("source", b"ai-worker")], {"source": "ai-worker"}])
def test_our_own_messages_are_no_work(headers: Any) -> None:
    assert read(value(CREATED), headers) is Skipped.OURS


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, Skipped.NOT_JSON),
        (b"", Skipped.NOT_JSON),
        (b"\xff\xfe", Skipped.NOT_JSON),
        (b"[" * 100_000, Skipped.NOT_JSON),
        (b"[]", Skipped.NOT_AN_OBJECT),
        (b'"text"', Skipped.NOT_AN_OBJECT),
        (value({**CREATED, "task_id": None}), Skipped.NO_TASK_ID),
        (value({**CREATED, "task_id": 7}), Skipped.NO_TASK_ID),
        (value({**CREATED, "task_id": "x" * 5000}), Skipped.NO_TASK_ID),
    ],
)
def test_poison_is_skipped_with_its_reason(content: bytes | None, reason: Skipped) -> None:
    assert read(content, [("source", b"elsewhere")]) is reason
