import csv
import json
from pathlib import Path

import polib
import pytest

from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.sources.document_files import reader_of, write

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

#: a.c:1
msgid "Hello %s"
msgstr ""

#, fuzzy
msgctxt "menu"
msgid "&File"
msgstr "&Plick"

#~ msgid "old"
#~ msgstr "stary"
"""
XLIFF_12 = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="a" source-language="en"><body>
<trans-unit id="greet"><source>Hello <x id="1"/> &amp; all</source></trans-unit>
<trans-unit id="bye"><source>Bye</source><target>old</target></trans-unit>
</body></file></xliff>
"""
XLIFF_20 = """<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en"><file id="f">
<unit id="u"><segment><source>One</source></segment><segment><source>Two</source></segment></unit>
</file></xliff>
"""


def _texts(path: Path) -> list[tuple[str | None, str]]:
    read = reader_of(path)
    assert read
    found = [text for _, text in read()]
    assert all(isinstance(text, tuple) for text in found)
    return [text for text in found if isinstance(text, tuple)]


def _file(folder: Path, name: str, content: str) -> Path:
    file = folder / name
    file.write_bytes(content.encode())
    return file


def test_a_file_of_gettext_goes_there_and_back(tmp_path: Path) -> None:
    file = _file(tmp_path, "a.po", PO)
    assert _texts(file) == [("1", "Hello %s"), ("2", "&File")]
    write(tmp_path / "out.po", [("1", "Hello %s", "Cześć %s"), ("2", "&File", "&Plik")], file)
    out = polib.pofile(str(tmp_path / "out.po"))
    assert [(entry.msgstr, entry.msgctxt, entry.fuzzy) for entry in out if not entry.obsolete] == [
        ("Cześć %s", None, False),
        ("&Plik", "menu", False),
    ]
    assert out.metadata["Content-Type"] == "text/plain; charset=UTF-8"


def test_xliff_goes_there_and_back(tmp_path: Path) -> None:
    file = _file(tmp_path, "a.xlf", XLIFF_12)
    assert _texts(file) == [("greet", 'Hello <x id="1"/> &amp; all'), ("bye", "Bye")]
    greeting = ("greet", 'Hello <x id="1"/> &amp; all', 'Cześć <x id="1"/> &amp; wszyscy')
    write(tmp_path / "out.xlf", [greeting, ("bye", "Bye", "Pa")], file)
    out = (tmp_path / "out.xlf").read_text(encoding="utf-8")
    assert '<target>Cześć <x id="1"/> &amp; wszyscy</target>' in out
    assert "<target>Pa</target>" in out and "old" not in out
    with pytest.raises(BadRequest, match="unit bye is no well-formed XML"):
        write(tmp_path / "bad.xlf", [("bye", "Bye", "a < b")], file)


def test_segments_of_xliff_2_are_texts_of_their_own(tmp_path: Path) -> None:
    file = _file(tmp_path, "a.xliff", XLIFF_20)
    assert _texts(file) == [("u/1", "One"), ("u/2", "Two")]
    write(tmp_path / "out.xliff", [("u/2", "Two", "Dwa")], file)
    assert "<source>Two</source><target>Dwa</target>" in (tmp_path / "out.xliff").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["a.srt", "a.md", "a.html", "a.txt"])
def test_other_texts_are_one_item_to_the_byte(tmp_path: Path, name: str) -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nTeh end\r\n"
    file = _file(tmp_path, name, text)
    assert _texts(file) == [(name, text)]
    write(tmp_path / f"out{file.suffix}", [(name, text, text.replace("Teh", "The"))], None)
    assert (tmp_path / f"out{file.suffix}").read_bytes() == text.replace("Teh", "The").encode()
    with pytest.raises(BadRequest, match="is one text, and 2 texts are accepted"):
        write(tmp_path / name, [("a", "b", "c")] * 2, None)


def test_tables_of_texts(tmp_path: Path) -> None:
    answers = [("1", 'teh "a", b\n', 'the "a", b\n'), ("2", "żółć", "żółć")]
    write(tmp_path / "out.csv", answers, None)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["source_id", "text_original", "text"], *map(list, answers)]
    write(tmp_path / "out.jsonl", answers, None)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [after for *_, after in answers]


@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("a.po", PO.replace("#: a.c:1\n", 'msgid "New"\nmsgstr ""\n\n'), ("1", "Hello %s", "Cześć %s")),
        ("a.xlf", XLIFF_12.replace("Bye<", "Good-bye<"), ("bye", "Bye", "Pa")),
    ],
)
def test_a_file_that_has_changed_since_gets_no_other_texts_answer(
    tmp_path: Path, name: str, content: str, answer: tuple[str, str, str]
) -> None:
    file = _file(tmp_path, name, content)
    with pytest.raises(BadRequest, match="has changed since it was imported"):
        write(tmp_path / f"out{file.suffix}", [answer], file)
    with pytest.raises(BadRequest, match="has no text 99"):
        write(tmp_path / f"out{file.suffix}", [("99", "x", "y")], file)
    assert not (tmp_path / f"out{file.suffix}").exists()


def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="--original"):
        write(tmp_path / "a.po", [("1", "a", "b")], None)
    with pytest.raises(BadRequest, match="cannot be written: No such file"):
        write(tmp_path / "nowhere" / "a.csv", [("1", "a", "b")], None)
    with pytest.raises(BadRequest, match=r"none of .csv, .jsonl"):
        write(tmp_path / "a.docx", [("1", "a", "b")], None)
    with pytest.raises(BadRequest, match="no XLIFF"):
        _texts(_file(tmp_path, "b.xlf", "<xliff"))
