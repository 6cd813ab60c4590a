"""The list of judge configurations on the terminal."""

from types import SimpleNamespace

import pytest

from ai_worker.pipelines.loops.commands import judges


def test_what_was_stored_is_shown_and_never_obeyed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        "id": "0" * 32,
        "name": "one[/]",
        "model": "m\x1b[2J",
        "base_url": "http://h/v1",
        "embed_model": "e[/x]",
        "embed_base_url": "http://e/v1",
    }
    stored = SimpleNamespace(judges=SimpleNamespace(all=lambda: [row]))
    monkeypatch.setattr(judges, "loops", lambda: stored)
    monkeypatch.setenv("COLUMNS", "200")
    judges.list_judges()
    shown = capsys.readouterr().out
    assert "one[/]" in shown and "e[/x] at http://e/v1" in shown
    assert "\x1b" not in shown
