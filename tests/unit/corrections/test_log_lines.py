"""Log lines of items name the item and its task, as the panel does."""

import logging
from dataclasses import replace
from typing import Any, cast

import pytest

from ai_worker.engine.contract.row import Claim
from ai_worker.engine.contract.source import Source
from ai_worker.engine.worker import work as worker
from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.tasks import CORRECT

CLAIM = Claim(("task_item",), 1757, "token", 0, 0.0, {"id_task_item": 1757, "id_task": 42})


class Failing:
    """A store in which nothing but a failure can be written."""

    def fail(self, claim: Claim, error: Exception) -> bool:
        return True


def test_a_failure_names_its_item_and_its_task(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RetryPolicy, "of", lambda _: RetryPolicy(1, 1.0, 1.0, 1.0))
    kind = replace(CORRECT, open_source=lambda: cast(Source, Failing()))
    kind.pipeline = "corrections"
    later: Any = pytest.fail
    with caplog.at_level(logging.ERROR):
        worker._settle_failure(kind, CLAIM, BadRequest("the text is empty"), later)
    assert caplog.messages == ["[ERROR] [TaskItem 1757] [Task 42] bad_request: the text is empty"]
