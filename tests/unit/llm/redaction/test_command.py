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


def test_a_line_without_text_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "letters.jsonl"
    lines = [
        '{"text": "Pisze Jan Kowalski"}',
        '{"text": broken',
        '{"txt": 1}',
        '{"text": "tel. 501 234 567"}',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shown = CliRunner().invoke(cli, ["redact", str(path)])
    assert shown.exit_code == 2
    assert "Jan Kowalski NAME" in shown.stdout and "501 234 567 PHONE" in shown.stdout
    first, second = shown.stderr.splitlines()
    assert first.startswith(f"{path}, line 2 was left out: it is no JSON (Expecting value at character 10)")
    assert (
        second
        == f"""{path}, line 3 was left out: it holds no text; it needs an object such as {{"text": "…"}}"""
    )

    as_json = CliRunner().invoke(cli, ["redact", str(path), "--json"])
    records = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert [(one["text"], one["line"], list(one["kinds"])) for one in records] == [
        (1, 1, ["NAME"]),
        (2, 4, ["PHONE"]),
    ]
    assert as_json.exit_code == 2 and "line 2" in as_json.stderr and "line 2" not in as_json.stdout


def test_a_file_that_is_no_text_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Pisze \xff")
    shown = CliRunner().invoke(cli, ["redact", str(path)])
    assert shown.exit_code == 2 and "is no UTF-8 text (byte 6); save it as UTF-8" in shown.stderr
    assert not shown.stdout
