from pathlib import Path

import pytest

from ai_worker.pipelines.corrections.sources.text_files import csv_form, csv_lines

ROWS = [["id", "text"], ["1", "Zażółć gęślą jaźń; i co, jak?"], ["2", 'Powiedział „tak”, "nie"\ni poszedł']]
POLISH = 'id{0}text\n1{0}"Zażółć gęślą jaźń; i co, jak?"\n2{0}"Powiedział „tak”, ""nie""\ni poszedł"\n'


@pytest.mark.parametrize(
    ("encoding", "written", "delimiter"),
    [
        ("utf-8", "utf-8-sig", ","),
        ("utf-8-sig", "utf-8-sig", ";"),
        ("cp1250", "cp1250", ";"),
        ("utf-16", "utf-16", "\t"),
        ("utf-8", "utf-8-sig", "|"),
    ],
)
def test_the_form_of_a_file_is_found_out(tmp_path: Path, encoding: str, written: str, delimiter: str) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes(POLISH.format(delimiter).encode(encoding))
    form = csv_form(file)
    assert (form.encoding, form.delimiter) == (written, delimiter)
    texts = [found for _, found in csv_lines(file, "text", "source_id")]
    assert texts == [(row[0], row[1]) for row in ROWS[1:]], "`id` is the key where there is no source_id"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Съешь ещё этих мягких булок"),
        ("cp1252", "Größe, façade, señor"),
        ("cp1250", "Příliš žluťoučký kůň"),
    ],
)
def test_old_encodings_are_told_by_their_letters(tmp_path: Path, encoding: str, text: str) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes(f'text\n"{text}"\n'.encode(encoding))
    assert [found for _, found in csv_lines(file, "text", "source_id")] == [(None, text)]


def test_a_form_is_shown_in_words(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes("id;text\n1;zażółć\n".encode("cp1250"))
    assert str(csv_form(file)) == "cp1250, fields apart by semicolons"
