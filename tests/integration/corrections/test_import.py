"""Texts become a task: whole, in order, and where it broke off, from there on."""

import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pymysql
import pytest

from ai_worker.errors import BadRequest, ConfigurationError, Conflict, NotFound
from ai_worker.pipelines.corrections.control import control
from ai_worker.pipelines.corrections.sources import importing
from ai_worker.pipelines.corrections.sources.configured import place
from ai_worker.pipelines.corrections.sources.importing import FileTexts, TableTexts, Texts, begin, import_into
from ai_worker.pipelines.corrections.sources.source_table import SourceTable, source_database
from ai_worker.pipelines.corrections.sources.text_files import Text
from tests.integration.corrections.harness import Corrections
from tests.integration.corrections.source import Shop

ODD = [
    "teh  text\r\nwith\tends\n",
    "Zażółć 👍\u200d",
    "100% %s {x}",
    '"quoted", and; semicolon',
    "NUL\x00 here",
    " ",
    "",
]


@pytest.fixture
def shop(mysql_database: dict[str, str], tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(mysql_database, tmp_path)
    yield shop
    shop.pool.close()


@pytest.fixture
def corrections(corrections_with: Callable[..., Corrections], shop: Shop) -> Corrections:
    return corrections_with(sources_file=str(shop.file))


@pytest.fixture
def id_task(corrections: Corrections) -> int:
    return begin({"id_ai_model": 1, "description": "Be formal."})


def body_where(where: str | None = None) -> TableTexts:
    return TableTexts(place("shop", "article", "body"), where)


def stored(corrections: Corrections, id_task: int) -> list[tuple[Any, Any]]:
    return [(item["source_id"], item["text_original"]) for item in corrections.items(id_task)]


class BreaksOff:
    """Texts of which only so many come before the power fails."""

    def __init__(self, texts: Texts, after: int) -> None:
        self._texts = texts
        self._after = after

    def count(self) -> int:
        return self._texts.count()

    def after(self, stored: int, last: Text | None) -> Iterator[Text]:
        yield from islice(self._texts.after(stored, last), self._after)
        raise KeyboardInterrupt


def test_a_table_is_imported_and_nothing_of_it_is_worked_before_all_is_there(
    corrections: Corrections, shop: Shop, id_task: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ITEMS_AT_ONCE", 2)
    monkeypatch.setattr(importing, "ROWS_READ", 3)
    shop.add(*ODD, None, "last")
    steps: list[tuple[int, bool]] = []

    def told(items: int) -> None:
        steps.append((items, corrections.task(id_task)["paused_at"] is not None))

    assert body_where().count() == 8
    assert import_into(id_task, body_where(), told) == 8
    assert steps == [(0, True), (2, True), (4, True), (6, True), (8, True)]
    assert stored(corrections, id_task) == [
        *((str(number), text) for number, text in enumerate(ODD, 1)),
        ("9", "last"),
    ]
    task = corrections.task(id_task)
    assert (task["status_id"], task["paused_at"], task["pause_reason"], task["records_total"]) == (
        0,
        None,
        None,
        8,
    )


def test_an_import_that_broke_off_goes_on_where_it_ended(
    corrections: Corrections, shop: Shop, id_task: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ITEMS_AT_ONCE", 3)
    shop.add(*(f"text {number}" for number in range(20)))
    with pytest.raises(KeyboardInterrupt):
        import_into(id_task, BreaksOff(body_where(), 8), lambda items: None)
    assert len(stored(corrections, id_task)) == 6
    assert corrections.task(id_task)["pause_reason"] == "import under way"
    shop.pool.execute("DELETE FROM article WHERE id = 2")
    assert import_into(id_task, body_where(), lambda items: None) == 20
    assert [source_id for source_id, _ in stored(corrections, id_task)] == [
        str(number) for number in range(1, 21)
    ]
    with pytest.raises(Conflict, match="nothing is being imported"):
        import_into(id_task, body_where(), lambda items: None)
    with pytest.raises(NotFound):
        import_into(999, body_where(), lambda items: None)


def test_keys_that_are_texts_keep_their_place(
    corrections: Corrections, shop: Shop, id_task: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ROWS_READ", 2)
    monkeypatch.setattr(importing, "ITEMS_AT_ONCE", 1)
    for slug in ("ż", "a%s", "B", "c'd", "ą"):
        shop.pool.execute("INSERT INTO page VALUES (%s, %s)", (slug, f"page {slug}"))
    pages = TableTexts(place("shop", "page", "body"), None)
    with pytest.raises(KeyboardInterrupt):
        import_into(id_task, BreaksOff(pages, 3), lambda items: None)
    assert import_into(id_task, pages, lambda items: None) == 5
    assert stored(corrections, id_task) == [(slug, f"page {slug}") for slug in ("a%s", "ą", "B", "c'd", "ż")]


def test_where_chooses_rows_and_can_only_read(corrections: Corrections, shop: Shop, id_task: int) -> None:
    shop.add("100% sure", "teh", "the")
    assert body_where("body LIKE 't%' -- a comment").count() == 2
    assert import_into(id_task, body_where("body LIKE '100%' OR id = 3"), lambda items: None) == 2
    assert stored(corrections, id_task) == [("1", "100% sure"), ("3", "the")]
    for where in ("1 = 1) -- ", "1 = 1) OR (1 = 1; DROP TABLE article", "body = ", "1 INTO OUTFILE '/tmp/x'"):
        with pytest.raises(BadRequest, match="--where"):
            body_where(where).count()
    with pytest.raises(ConfigurationError, match="nothing"):
        body_where("nothing = 1").count()
    with (
        pytest.raises(pymysql.MySQLError, match="1792"),
        source_database(place("shop", "article", "body"), read_only=True) as database,
    ):
        database.execute("UPDATE article SET body = 'spoilt'")
    assert shop.bodies() == ["100% sure", "teh", "the"]


def test_only_allowed_columns_are_read(corrections: Corrections) -> None:
    with pytest.raises(ConfigurationError, match="does not allow"):
        place("shop", "task_item", "text_original")
    with pytest.raises(ConfigurationError, match="holds no text"):
        TableTexts(place("shop", "article", "views"), None).count()


def jsonl(path: Path, *lines: object) -> FileTexts:
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    )
    return FileTexts(path, "text", "source_id")


def test_json_lines_are_imported_as_they_are(corrections: Corrections, id_task: int, tmp_path: Path) -> None:
    lines = [{"source_id": number, "text": text, "other": 1} for number, text in enumerate(ODD)]
    texts = jsonl(
        tmp_path / "texts.jsonl", *lines, b"", {"text": "without an id"}, {"source_id": "x-1", "text": "z"}
    )
    assert texts.count() == len(ODD) + 2
    import_into(id_task, texts, lambda items: None)
    assert stored(corrections, id_task) == [
        *((str(number), text) for number, text in enumerate(ODD)),
        (None, "without an id"),
        ("x-1", "z"),
    ]


def test_csv_is_imported_as_it_is(corrections: Corrections, id_task: int, tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes(
        '\ufefftekst,id,inne\r\n"teh ""x"", and\r\nmore",1,a\r\n\r\nZażółć 👍,,b\r\n  ,3,\r\n'.encode()
    )
    texts = FileTexts(path, "tekst", "id")
    assert texts.count() == 3
    import_into(id_task, texts, lambda items: None)
    assert stored(corrections, id_task) == [("1", 'teh "x", and\r\nmore'), (None, "Zażółć 👍"), ("3", "  ")]


def test_a_file_with_faults_is_refused_whole_with_its_lines(tmp_path: Path) -> None:
    texts = jsonl(
        tmp_path / "texts.jsonl",
        {"text": "good", "source_id": 1},
        b"{oops",
        [1],
        {"text": 5},
        {"source_id": "2"},
        {"text": "x", "source_id": 1.5},
        {"text": "x", "source_id": "1"},
        {"text": "x", "source_id": "y" * 191},
        b'{"text": "\\ud800"}',
        b'{"text": "\xff"}',
        {"text": "x" * 2**24},
    )
    with pytest.raises(BadRequest) as told:
        texts.count()
    said = str(told.value)
    assert "texts.jsonl: nothing was imported" in said
    for part in (
        "line 2: it is not JSON",
        "line 3: it is not an object",
        "line 4: 'text' is not a text",
        "line 5: there is no 'text'",
        "line 6: 'source_id' is neither",
        "line 7: the id '1' stands in line 1 already",
        "line 8: the id has 191 characters",
        "line 9: it is not UTF-8",
        "line 10: it is not UTF-8",
        "line 11: the text has 16777216 bytes",
    ):
        assert part in said
    assert "line 1:" not in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,body\n1,x\n", "line 1: there is no column 'text'; there are 'id', 'body'"),
        (b"", "line 1: there is no column 'text'; there are none"),
        (b"id,text\n1,x,y\n2\n3,fine\n", "line 2: 3 fields where the first line names 2; line 3: 1 fields"),
        (b'id,text\n1,"x\ny\n', "line 3: unexpected end of data"),
        (b"id,text\n1,\xb3\n", "line 2: it is not UTF-8"),
        (b"id,text\n", "holds no text"),
    ],
)
def test_csv_with_faults_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes(content)
    with pytest.raises(BadRequest) as told:
        FileTexts(path, "text", "id").count()
    assert said in str(told.value)


def test_many_faults_are_not_all_told(tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as told:
        jsonl(tmp_path / "texts.jsonl", *[[]] * 1000).count()
    assert str(told.value).count("line ") == 20
    assert "and perhaps more" in str(told.value)


def test_a_file_import_goes_on_only_with_the_same_file(
    corrections: Corrections, id_task: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ITEMS_AT_ONCE", 2)
    lines = [{"source_id": str(number), "text": f"text {number}"} for number in range(7)]
    texts = jsonl(tmp_path / "texts.jsonl", *lines)
    with pytest.raises(KeyboardInterrupt):
        import_into(id_task, BreaksOff(texts, 5), lambda items: None)
    assert len(stored(corrections, id_task)) == 4
    with pytest.raises(Conflict, match="it was changed"):
        import_into(id_task, jsonl(tmp_path / "texts.jsonl", {"text": "new"}, *lines), lambda items: None)
    with pytest.raises(Conflict, match="it was changed"):
        import_into(id_task, jsonl(tmp_path / "texts.jsonl", *lines[:2]), lambda items: None)
    assert import_into(id_task, jsonl(tmp_path / "texts.jsonl", *lines), lambda items: None) == 7
    assert [source_id for source_id, _ in stored(corrections, id_task)] == [
        line["source_id"] for line in lines
    ]


def test_a_row_that_cannot_be_stored_leaves_its_portion_out_and_the_task_paused(
    corrections: Corrections, shop: Shop, id_task: int
) -> None:
    shop.add("short", "long")
    corrections.pool.execute("ALTER TABLE task_item MODIFY text_original VARCHAR(4)")
    with pytest.raises(pymysql.DataError):
        import_into(id_task, body_where(), lambda items: None)
    assert stored(corrections, id_task) == []
    assert corrections.task(id_task)["paused_at"] is not None


def test_many_lines_are_imported_in_bounded_time(
    corrections: Corrections, id_task: int, tmp_path: Path
) -> None:
    path = tmp_path / "texts.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"source_id": number, "text": f"Teh text number {number}."}) + "\n"
            for number in range(20_000)
        )
    texts = FileTexts(path, "text", "source_id")
    started = time.process_time()
    assert texts.count() == 20_000
    assert import_into(id_task, texts, lambda items: None) == 20_000
    assert time.process_time() - started < 30, (
        "seconds of CPU; reading the file anew for every portion would take minutes"
    )


def test_a_task_that_a_person_resumed_is_no_import_any_more(
    corrections: Corrections, shop: Shop, id_task: int
) -> None:
    control.resume(id_task, "anna")
    with pytest.raises(Conflict, match="nothing is being imported"):
        import_into(id_task, body_where(), lambda items: None)


def test_binary_keys_are_hexadecimal_there_and_back(
    corrections: Corrections, shop: Shop, id_task: int
) -> None:
    shop.pool.execute("CREATE TABLE memo (id BINARY(16) PRIMARY KEY, body TEXT)")
    keys = [bytes([number]) * 16 for number in (0, 7, 255)]
    for key in keys:
        shop.pool.execute("INSERT INTO memo VALUES (%s, %s)", (key, f"teh note {key[0]}"))
    where = place("shop", "memo", "body", "id")
    assert TableTexts(where, None).count() == 3
    import_into(id_task, TableTexts(where, None), lambda items: None)
    assert stored(corrections, id_task) == [(key.hex(), f"teh note {key[0]}") for key in keys]
    with source_database(where) as database:
        table = SourceTable(database, where)
        assert table.read(keys[1].hex()) == "teh note 7"
        assert table.write(keys[1].hex(), "teh note 7", "the note 7")
        assert not table.write(keys[2].hex(), "something else", "x")
        with pytest.raises(BadRequest, match="in hexadecimal"):
            table.read("no hex")
    assert [row["body"] for row in shop.pool.query("SELECT body FROM memo ORDER BY id")] == [
        "teh note 0",
        "the note 7",
        "teh note 255",
    ]


def test_a_key_of_two_columns_is_refused_with_the_reason(corrections: Corrections, shop: Shop) -> None:
    shop.pool.execute("CREATE TABLE label (id INT, lang CHAR(2), body TEXT, PRIMARY KEY (id, lang))")
    with pytest.raises(ConfigurationError, match=r"columns id, lang that are the key together.*--pk"):
        TableTexts(place("shop", "label", "body", "id"), None).count()
