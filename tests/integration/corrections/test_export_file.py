"""Texts of a file go through the work and back into its form, by `ai-worker correct`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.corrections.harness import Corrections
from tests.integration.corrections.test_report import ANSWER, TEXT, refused
from tests.integration.corrections.test_report import ai_worker as command

POLISH = "klucz;opis;text;uwagi\nA1;żółw;{};12,50\nA2;;Nothing is wrong.;\nA3;;Here is teh end.;ś\n"


@pytest.fixture
def corrections(corrections_with: Callable[..., Corrections], monkeypatch: pytest.MonkeyPatch) -> Corrections:
    monkeypatch.setenv("COLUMNS", "80")
    corrections = corrections_with()
    corrections.pool.execute(
        "INSERT INTO ai_model (provider, model_name) VALUES ('offline', 'offline-large')"
    )
    return corrections


def ai_worker(*arguments: object) -> str:
    """What a command printed, in one line."""
    return " ".join(command(*arguments).split())


def worked(corrections: Corrections, file: Path, *options: str) -> None:
    """A task of the file's texts, its first two answers accepted."""
    ai_worker("correct", "import", "--file", file, *options)
    ai_worker("run", "--task", 1)
    for item in [item["id_task_item"] for item in corrections.items(1)][:2]:
        ai_worker("correct", "accept", "--item", item, "--by", "anna")


def test_a_polish_table_comes_back_as_it_was(corrections: Corrections, tmp_path: Path) -> None:
    file, out = tmp_path / "opisy.csv", tmp_path / "out.csv"
    file.write_bytes(POLISH.format(TEXT).encode("cp1250"))
    worked(corrections, file, "--pk", "klucz")
    said = ai_worker("correct", "export", "--task", 1, "--file", out, "--dry-run")
    assert "Dry run, nothing was written. 2 accepted texts of task 1 would be in" in said
    assert not out.exists()
    said = ai_worker("correct", "export", "--task", 1, "--file", out)
    assert f"2 accepted texts of task 1 are in {out}; 1 other rows keep theirs." in said
    assert "Form of opisy.csv: cp1250, fields apart by semicolons." in said
    assert out.read_bytes() == POLISH.format(ANSWER).encode("cp1250")
    assert "is of a file: `ai-worker correct export --task 1 --file NAME`" in ai_worker("correct", "export")


def test_without_its_file_a_task_is_exported_in_our_form_which_is_said(
    corrections: Corrections, tmp_path: Path
) -> None:
    file, out = tmp_path / "opisy.csv", tmp_path / "out.csv"
    raw = POLISH.format(TEXT).encode("cp1250")
    file.write_bytes(raw)
    worked(corrections, file, "--pk", "klucz")
    moved = file.rename(tmp_path / "moved.csv")
    said = ai_worker("correct", "export", "--task", 1, "--file", out)
    assert "In our own form (UTF-8; source_id, text_original, text):" in said
    assert f"{file} cannot be read (No such file or directory)." in said
    assert out.read_bytes().startswith(b"\xef\xbb\xbfsource_id,text_original,text\r\nA1,")
    ai_worker("correct", "export", "--task", 1, "--file", out, "--original", moved)
    assert out.read_bytes() == POLISH.format(ANSWER).encode("cp1250")
    file.write_bytes(raw.replace(b"alot", b"a lot"))
    said = ai_worker("correct", "export", "--task", 1, "--file", out)
    assert "own form" in said and "text A1 of opisy.csv has changed since it was imported" in said
    assert refused("correct", "export", "--task", 1, "--file", out, "--original", file) == (
        "--original: text A1 of opisy.csv has changed since it was imported"
    )
    said = ai_worker("correct", "export", "--task", 1, "--file", tmp_path / "out.jsonl")
    assert "own form" in said and "opisy.csv is a file of another kind" in said


def test_objects_without_ids_come_back_with_their_other_fields(
    corrections: Corrections, tmp_path: Path
) -> None:
    file, out = tmp_path / "a.jsonl", tmp_path / "out.jsonl"
    lines = ['{"lang": "pl", "body": "%s", "n": 1.0}', '{"body":"Fine."}', '{"body":"teh", "n": [1,2]}']
    file.write_text("\n".join(lines) % TEXT, encoding="utf-8")
    worked(corrections, file, "--column", "body")
    assert "Form of a.jsonl: JSON Lines." in ai_worker("correct", "export", "--task", 1, "--file", out)
    assert out.read_text(encoding="utf-8") == "\n".join(lines) % ANSWER


def test_a_translators_file_is_found_again(corrections: Corrections, tmp_path: Path) -> None:
    file, out = tmp_path / "a.po", tmp_path / "out.po"
    file.write_text(f'msgid ""\nmsgstr ""\n\nmsgid "{TEXT}"\nmsgstr ""\n', encoding="utf-8")
    worked(corrections, file)
    said = ai_worker("correct", "export", "--task", 1, "--file", out)
    assert "own form" not in said
    assert f'msgstr "{ANSWER}"' in out.read_text(encoding="utf-8")
