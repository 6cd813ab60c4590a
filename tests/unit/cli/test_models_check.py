"""`ai-worker models check` is quiet beside its own report, unless every log line was asked for."""

import logging
from collections.abc import Iterator

import pytest

from ai_worker.cli.operations import models
from ai_worker.errors import NotFound


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    of_root, ours = logging.getLogger(), logging.getLogger("ai_worker")
    before = of_root.level, ours.level
    yield of_root
    of_root.setLevel(before[0])
    ours.setLevel(before[1])


@pytest.mark.parametrize(("level", "shown"), [("DEBUG", True), ("WARNING", False)])
def test_debug_shows_every_log_line(
    root: logging.Logger, monkeypatch: pytest.MonkeyPatch, level: str, shown: bool
) -> None:
    root.setLevel(level)
    logging.getLogger("ai_worker").setLevel(logging.NOTSET)
    monkeypatch.setattr(models, "_models", lambda name: ([], []))
    with pytest.raises(NotFound):
        models.check("nobody")
    assert logging.getLogger("ai_worker.llm").isEnabledFor(logging.ERROR) == shown
