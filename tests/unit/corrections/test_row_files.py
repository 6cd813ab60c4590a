"""Files of rows with accepted texts in them: every byte but those of the texts stays."""

import json
from pathlib import Path

import pytest

from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.review.review import AcceptedText
from ai_worker.pipelines.corrections.sources.row_files import OtherFile, RowFile, form_of, write_back

TEH = "Zażułć gęślą jaźń; i co, jak?"
THE = "Zażółć gęślą jaźń; i co, jak?"


def accepted(place: int, source_id: str | None, before: str, after: str) -> AcceptedText:
    return AcceptedText(100 + place, place, source_id, before, after)


def rewritten(folder: Path, name: str, raw: bytes, *texts: AcceptedText) -> tuple[bytes, int]:
    file, target = folder / name, folder / f"out{Path(name).suffix}"
    file.write_bytes(raw)
    kept = write_back(target, RowFile(file, "text", "source_id"), texts)
    assert file.read_bytes() == raw
    return target.read_bytes(), kept


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("cp1250", ";"),
        ("cp1250", "\t"),
        ("utf-16", "\t"),
        ("utf-8", "|"),
    ],
)
def test_a_table_keeps_its_dialect_its_encoding_and_its_further_columns(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    rows = [
        ["id", '"ile"', "text", "uwagi"],
        ["1", "0012", f'"{TEH}"', '"pięć ""szóstek"""'],
        ["", "", "", ""],
        ["2", '"1,50"', "bez zmian", " odstęp "],
        ["3", "3", '"teh"', f'"dwa{end}wiersze"'],
    ]

    def table() -> bytes:
        return (end.join(map(delimiter.join, rows)) + end).encode(encoding)

    raw = table()
    found, kept = rewritten(
        tmp_path, "texts.csv", raw, accepted(0, "1", TEH, THE), accepted(3, "3", "teh", 'the "end"')
    )
    rows[1][2], rows[4][2] = f'"{THE}"', '"the ""end"""'
    assert (found, kept) == (table(), 2)


def test_a_text_gets_quotes_where_it_needs_them_now(tmp_path: Path) -> None:
    raw = b"source_id;text\n1;a\n2;b\n3;c\n4;d"
    answers = ["a;b", 'say "b"', "c\nc", ""]
    texts = [accepted(n, str(n + 1), "abcd"[n], answer) for n, answer in enumerate(answers)]
    assert rewritten(tmp_path, "a.csv", raw, *texts)[0] == (
        b'source_id;text\n1;"a;b"\n2;"say ""b"""\n3;"c\nc"\n4;""'
    )


def test_rows_without_an_id_are_found_by_their_place(tmp_path: Path) -> None:
    raw = b"text\r\nteh\r\n\r\nteh\r\nteh"
    found, kept = rewritten(tmp_path, "a.csv", raw, accepted(1, None, "teh", "the"))
    assert (found, kept) == (b"text\r\nteh\r\n\r\nthe\r\nteh", 2)


def test_of_two_columns_of_one_name_the_one_that_was_read_is_written(tmp_path: Path) -> None:
    found, _ = rewritten(tmp_path, "a.csv", b"text,text\nteh,teh\n", accepted(0, None, "teh", "the"))
    assert found == b"text,text\nteh,the\n"


def test_objects_keep_their_other_fields_as_they_are_written(tmp_path: Path) -> None:
    lines = [
        '{"id": 1, "price": 1.50, "text":"teh żółw",  "tags": ["text", {"text": "teh"}], "big": 1e400}',
        "",
        '{"text": "a", "id": 7, "text" : "teh"}',
        '  {"text": "as it is", "id": "x"}\r',
    ]
    raw = b"\xef\xbb\xbf" + "\n".join(lines).encode()
    found, kept = rewritten(
        tmp_path, "a.jsonl", raw, accepted(0, "1", "teh żółw", 'the "żółw"'), accepted(1, "7", "teh", "the")
    )
    lines[0] = lines[0].replace('"teh żółw"', '"the \\"żółw\\""')
    lines[2] = lines[2].replace('"teh"', '"the"')
    assert (found, kept) == (b"\xef\xbb\xbf" + "\n".join(lines).encode(), 1)


def test_a_file_that_writes_letters_as_codes_goes_on_so(tmp_path: Path) -> None:
    raw = (json.dumps({"text": "zażułć", "city": "Łódź"}) + "\n").encode()
    found, _ = rewritten(tmp_path, "a.ndjson", raw, accepted(0, None, "zażułć", "zażółć"))
    assert found == (json.dumps({"text": "zażółć", "city": "Łódź"}) + "\n").encode()


def test_a_file_may_be_written_over_itself_and_again(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"id,text\n1,teh\n2,b\n")
    file.chmod(0o640)
    for _ in range(2):
        write_back(file, RowFile(file, "text", "source_id"), [accepted(0, "1", "teh", "the")])
    assert file.read_bytes() == b"id,text\n1,the\n2,b\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("raw", "text", "said"),
    [
        (b"id,text\n1,teh!\n", accepted(0, "1", "teh", "the"), "text 1 of a.csv has changed since"),
        (b"id,text\n2,teh\n", accepted(0, "1", "teh", "the"), "a.csv has no text 1; is it the file of"),
        (b"text\nteh\n", accepted(4, None, "teh", "the"), "a.csv has no text 5"),
        (b"id,body\n1,teh\n", accepted(0, "1", "teh", "the"), "line 1 of a.csv: there is no column 'text'"),
        (b'id,text\n1,"teh" x\n', accepted(0, "1", "teh", "the"), "line 2 of a.csv: "),
    ],
)
def test_a_file_that_is_another_one_by_now_gets_no_text(
    tmp_path: Path, raw: bytes, text: AcceptedText, said: str
) -> None:
    with pytest.raises(OtherFile, match=said):
        rewritten(tmp_path, "a.csv", raw, text)
    assert not (tmp_path / "out.csv").exists()


def test_letters_that_an_encoding_lacks_are_named_with_their_items(tmp_path: Path) -> None:
    raw = "id;text\n1;zażułć\n2;b\n".encode("cp1250")
    texts = accepted(0, "1", "zażułć", "zażółć"), accepted(1, "2", "b", "b ≤ c")
    with pytest.raises(BadRequest, match=r"cp1250 has no '≤' of item 101; accept another text, or export"):
        rewritten(tmp_path, "a.csv", raw, *texts)
    assert not (tmp_path / "out.csv").exists()


def test_what_cannot_be_read_or_written_says_why(tmp_path: Path) -> None:
    gone = RowFile(tmp_path / "gone.csv", "text", "id")
    with pytest.raises(OtherFile, match=r"gone.csv cannot be read \(No such file"):
        write_back(tmp_path / "out.csv", gone, [])
    there = RowFile(tmp_path / "a.csv", "text", "id")
    there.path.write_bytes("id;text\n1;żółć\n".encode("cp1250"))
    with pytest.raises(BadRequest, match=r"--file: .* cannot be written: No such file"):
        write_back(tmp_path / "nowhere" / "out.csv", there, [])
    assert form_of(there) == "cp1250, fields apart by semicolons"
    assert form_of(RowFile(tmp_path / "a.jsonl", "text", "id")) == "JSON Lines"
