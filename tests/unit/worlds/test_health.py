"""The health of a consumer as it is told to Redis."""

import json
from typing import Any

import pytest

from ai_worker.pipelines.worlds.events import health
from ai_worker.pipelines.worlds.events.consumer import ConsumerState


class Told:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def set(self, key: str, value: str, ex: int) -> None:
        self.values.append(value)


def test_messages_that_were_skipped_are_told_by_their_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    monkeypatch.setattr(health, "limits_redis", lambda: told)
    state = ConsumerState(read=3)
    state.skipped["not_json"] += 2
    health.report(state)
    found: dict[str, Any] = json.loads(told.values[0])
    assert (found["read"], found["skipped"]) == (3, {"not_json": 2})
