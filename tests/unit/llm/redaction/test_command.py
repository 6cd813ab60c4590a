"""`ai-worker redact FILE`."""

import json
from pathlib import Path

from typer.testing import CliRunner

from ai_worker.cli.main import cli


def test_a_text_is_shown_with_its_kinds(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Pisze Jan Kowalski, tel. 501 234 567.", encoding="utf-8")
    result = CliRunner().invoke(cli, ["redact", str(path)])
    assert result.exit_code == 0
    assert "NAME" in result.output and "PHONE" in result.output and "Not covered" in result.output


def test_json_lines_give_a_record_a_text(tmp_path: Path) -> None:
    path = tmp_path / "letters.jsonl"
    path.write_text('{"text": "Pisze Jan Kowalski"}\n\n{"text": "nic"}\n', encoding="utf-8")
    result = CliRunner().invoke(cli, ["redact", str(path), "--json"])
    records = [json.loads(line) for line in result.output.splitlines()]
    assert records[0]["found"] == [{"start": 6, "end": 18, "kind": "NAME", "value": "Jan Kowalski"}]
    assert [record["kinds"] for record in records] == [{"NAME": 1}, {}]


def test_a_line_without_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letters.jsonl"
    path.write_text('{"txt": 1}\n', encoding="utf-8")
    result = CliRunner().invoke(cli, ["redact", str(path)])
    assert result.exit_code == 2 and "line 1" in result.output
