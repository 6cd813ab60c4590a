"""`ai-worker status` while a store is away: the others' tasks, and the name of the one that is."""

from collections.abc import Callable, Sequence

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from ai_worker.cli.operations import status
from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.stores.mongo import MongoUnavailable
from ai_worker.stores.mysql import MySQLUnavailable

ROW = TaskProgress("things", "Task 42", "IN_PROGRESS", {"done": 3}, done=3, failed=0, in_flight=0, waiting=0)


def failing(fault: Exception) -> Callable[[], Sequence[TaskProgress]]:
    def progress() -> Sequence[TaskProgress]:
        raise fault

    return progress


@pytest.mark.parametrize(
    ("fault", "store"),
    [
        (MySQLUnavailable("2003 no route"), "mysql is away"),
        (MongoUnavailable("MongoDB does not answer"), "mongodb is away"),
        (RedisConnectionError("111 refused"), "broker is away"),
    ],
)
def test_the_rest_is_shown(
    fault: Exception, store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        status,
        "PIPELINES",
        {
            "away": Pipeline("away", [], stores=[], progress=failing(fault)),
            "things": Pipeline("things", [], stores=[], progress=lambda: [ROW]),
        },
    )
    monkeypatch.setattr(status, "_show_dispatch", lambda _: None)
    monkeypatch.setattr(status, "_show_models", lambda console: console.print("models follow"))
    status.status()
    shown = capsys.readouterr().out
    assert "away: its tasks cannot be shown" in shown and store in shown and str(fault) in shown
    assert "Task 42" in shown and "done 3" in shown
    assert "models follow" in shown
