"""Rows of files, and what makes one unfit: each message names the row, and the column where there is one."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from bson.decimal128 import Decimal128

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.data_files import read_rows
from ai_worker.pipelines.evaluations.datasets.cells import typed
from ai_worker.pipelines.evaluations.datasets.rows import check_columns, columns_wanted, document_of
from ai_worker.pipelines.evaluations.datasets.task_documents import checked, from_table
from ai_worker.pipelines.evaluations.schemas import EvaluationTask

TASK = {
    "task_name": "t",
    "dataset_name": "d",
    "prompt": "{q}",
    "variables_cols": ["q"],
    "models": ["m"],
    "metric": "accuracy",
}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_same_rows_are_read_from_every_format(tmp_path: Path) -> None:
    rows = [{"q": "Zażółć, «ёж»", "a": "1"}, {"q": 'say "hi"\nagain', "a": ""}]
    table = pyarrow.Table.from_pylist(rows)
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    files = {
        "rows.csv": '\ufeffq,a\n"Zażółć, «ёж»",1\n"say ""hi""\nagain",\n',
        "rows.tsv": 'q\ta\nZażółć, «ёж»\t1\n"say ""hi""\nagain"\t\n',
        "rows.json": json.dumps(rows),
        "rows.jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n",
    }
    for name, content in files.items():
        written(tmp_path, name, content)
    for name in (*files, "rows.parquet"):
        assert [row for _, row in read_rows(tmp_path / name)] == rows, name
        assert [number for number, _ in read_rows(tmp_path / name)] == [1, 2]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("rows.csv", "q,a\n1,2\n1,2,3\n", "row 2: 3 cells, the header has 2"),
        ("rows.csv", "q,q\n1,2\n", "two columns are named 'q'"),
        ("rows.csv", "q,\n1,2\n", "column 2 has no name"),
        ("rows.csv", "", "has no header"),
        ("rows.csv", 'q\n"open\n', "line 2: unexpected end of data"),
        ("rows.jsonl", '{"q": 1}\n{"q": \n', "row 2 is not JSON"),
        ("rows.jsonl", '{"q": 1}\n[1]\n', "row 2 is not an object with columns; it is list"),
        ("rows.json", '{"q": 1}', "must be a JSON list of rows"),
        ("rows.json", "[" * 100_000, "nested too deep"),
        ("rows.parquet", "no", "is not Parquet"),
        ("rows.txt", "q", "The ending must be one of .csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(
    tmp_path: Path, name: str, content: str | bytes, told: str
) -> None:
    with pytest.raises(BadRequest, match=told.replace("(", r"\(")):
        list(read_rows(written(tmp_path, name, content)))


def test_a_bomb_of_parquet_costs_what_a_few_of_its_rows_do(tmp_path: Path) -> None:
    """One value of 2 MB, a thousand times: 2 GB out of less than a kilobyte."""
    rows = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * 1000, pyarrow.int32()), pyarrow.array(["x" * 2_000_000])
    )
    path = tmp_path / "rows.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"q": rows}), path, compression="zstd")
    assert path.stat().st_size < 10_000
    for number, row in read_rows(path):
        assert len(row["q"]) == 2_000_000
        if number == 20:
            break
    assert pyarrow.default_memory_pool().max_memory() < 200_000_000


def test_a_file_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read: No such file"):
        list(read_rows(tmp_path / "nothing.csv"))


def test_values_are_stored_as_what_they_mean() -> None:
    row = {
        "_id": "left out",
        "text": "ёж",
        "missing": float("nan"),
        "money": Decimal("1.50"),
        "day": date(2026, 1, 31),
        "time": datetime(2026, 1, 31, tzinfo=UTC),
        "list": [1, float("nan"), {"a": None}],
        "flag": True,
    }
    assert document_of(row) == {
        "text": "ёж",
        "missing": None,
        "money": Decimal128("1.50"),
        "day": "2026-01-31",
        "time": datetime(2026, 1, 31, tzinfo=UTC),
        "list": [1, None, {"a": None}],
        "flag": True,
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"q": 2**63}, "column 'q': 9223372036854775808 is larger than 64 bits"),
        ({"q": float("inf")}, "column 'q': infinity"),
        ({"q": "half \ud800"}, "column 'q': half a character"),
        ({"q": b"\x00"}, "column 'q': binary data"),
        ({"$where": 1}, "column '\\$where'"),
        ({"a.b": 1}, "column 'a.b'"),
        ({"": 1}, "column '' has no name"),
        ({"q": "x" * 9_000_000}, "9,000,\\d+ bytes"),
        ({"q": Decimal("1." + "1" * 40)}, "more digits"),
    ],
)
def test_a_value_that_cannot_be_stored_names_its_column(row: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        document_of(row)


def test_the_columns_that_a_task_reads_are_missed() -> None:
    task = EvaluationTask.read({**TASK, "target": "a"})
    assert columns_wanted(task) == ["q", "a"]
    check_columns({"q": 1, "a": None, "more": 2}, [task])
    with pytest.raises(BadRequest, match="no column 'a', which task 't' reads; it has 'q', 'b'"):
        check_columns({"q": 1, "b": 2}, [task])
    rta = EvaluationTask.read(
        {**TASK, "metric": "RtA", "target": "REFUSED", "rta_model": ["a", "b"], "rta_prompt": "{answer}"}
    )
    assert columns_wanted(rta) == ["q"]


def test_a_task_in_a_table_has_lists_and_numbers_in_its_cells() -> None:
    cells = {
        **TASK,
        "variables_cols": "q, r",
        "models": '["one", "two"]',
        "n": "3",
        "temperature": "0.5",
        "regexp": "",
        "prompt": "{q}{r}",
    }
    task = checked(from_table(cells))
    assert (task.variables_cols, task.models, task.n, task.temperature, task.regexp) == (
        ["q", "r"],
        ["one", "two"],
        3,
        0.5,
        None,
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"prompt": "{unknown}"}, "prompt: {unknown} is none of q"),
        ({"prompt": "{q.__class__}"}, "prompt: malformed placeholder"),
        ({"metric": "acuracy"}, "metric: 'acuracy' has no scorer; there are RtA, accuracy"),
        ({"metric": "RtA"}, "rta_model: RtA needs it; rta_prompt: RtA needs it"),
        (
            {"metric": "RtA", "rta_model": "j", "rta_prompt": "{question}"},
            "rta_prompt: {question} is none of answer, input",
        ),
        ({"metric": "include_exclude"}, "include_column, exclude_column: the metric needs one"),
        ({"regexp": "("}, "regexp: regexp '\\('"),
        ({"n": 0}, "n: Input should be greater than or equal to 1"),
        ({"models": []}, "models: List should have at least 1 item"),
        ({"rta_model": []}, "rta_model"),
        ({"task_name": "rta_x"}, "task_name: names that begin with rta_"),
    ],
)
def test_a_task_that_cannot_be_worked_says_which_field(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRequest, match=told.replace("{", r"\{")):
        checked({**TASK, **fields})


RUSSIAN = "вопрос;ответ\nСтолица Франции?;Париж\nДа;нет\n"
POLISH = "pytanie;odpowiedź\nCzy żółw jest płazem?;nie\nZażółć gęślą jaźń;ćwierć\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "utf-32"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        ("q;a\nда;нет\n", "cp1251"),
        (POLISH, "cp1250"),
        (POLISH, "utf-16"),
        ("q;a\nŁódź;tak\n", "cp1250"),
        ("q;a\ncafé;été\n", "cp1252"),
        ("q;a\nhello;no\n", "utf-16-le"),
        ("q;a\nhello;no\n", "utf-16-be"),
    ],
)
def test_a_table_is_read_whatever_its_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    path = written(tmp_path, "rows.csv", text.encode(encoding))
    header, *lines = (line.split(";") for line in text.splitlines())
    assert [row for _, row in read_rows(path)] == [dict(zip(header, line, strict=True)) for line in lines]


def test_a_character_cut_by_a_portion_is_still_utf_8(tmp_path: Path) -> None:
    text = "q,a\n" + "ё" * (1024 * 1024) + ",1\n" + "x" + "ё" * (1024 * 1024) + ",2\n"
    rows = [row for _, row in read_rows(written(tmp_path, "rows.csv", text))]
    assert [row["q"].strip("ё") for row in rows] == ["", "x"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_mark_between_cells_is_found(tmp_path: Path, mark: str) -> None:
    rows = [["q", "a", "n"], ["one, two", "x;y", "1.5"], ['say "hi"', "tab\there | there", "2"]]
    lines = [mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = written(tmp_path, "rows.csv", "\n".join(lines))
    assert [list(row.values()) for _, row in read_rows(path)] == rows[1:]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("q;a\n1,5;2,5\n", [{"q": "1,5", "a": "2,5"}]),
        ("q,a\nx;y,z;w\n", [{"q": "x;y", "a": "z;w"}]),
        ("q\none, two\n", None),
        ("q\none; two\n", [{"q": "one; two"}]),
        ("sep=;\nq;a\n1;2\n", [{"q": "1", "a": "2"}]),
        ("\ufeff q , a b \n1,2\n", [{"q": "1", "a b": "2"}]),
        ("\nq,a\n\n1,2\n,\n \n3,4\n\n", [{"q": "1", "a": "2"}, {"q": "3", "a": "4"}]),
        ("q,a,\n1,2,\n3,4,\n", [{"q": "1", "a": "2"}, {"q": "3", "a": "4"}]),
        ("q,a\r\n1,2\r\n", [{"q": "1", "a": "2"}]),
        ("q\n1\n", [{"q": "1"}]),
    ],
)
def test_tables_as_people_have_them(tmp_path: Path, content: str, rows: list[dict[str, str]] | None) -> None:
    path = written(tmp_path, "rows.csv", content)
    if rows is None:
        with pytest.raises(BadRequest, match="row 1: 2 cells, the header has 1"):
            list(read_rows(path))
    else:
        assert [row for _, row in read_rows(path)] == rows
        assert [number for number, _ in read_rows(path)] == list(range(1, len(rows) + 1))


def test_two_marks_that_both_fit_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="',' and ';'"):
        list(read_rows(written(tmp_path, "rows.csv", "a,b;c\n1,2;3\n")))


def test_cells_are_values_where_that_is_asked_for() -> None:
    row = {
        "n": "5",
        "f": " 1.5 ",
        "code": "007",
        "flag": "true",
        "none": "",
        "json": '["a", 1]',
        "list": "a; b|c",
        "text": "x",
    }
    assert typed(row) == row
    assert typed(row, ["*"], ["list"]) == {
        "n": 5,
        "f": 1.5,
        "code": "007",
        "flag": True,
        "none": None,
        "json": ["a", 1],
        "list": ["a", "b", "c"],
        "text": "x",
    }
    assert typed(row, ["n"])["f"] == " 1.5 "
    assert typed({"list": '["a"]', "more": ["b"]}, [], ["list", "more"]) == {"list": ["a"], "more": ["b"]}
    with pytest.raises(BadRequest, match="no column 'x'"):
        typed({"a": "1"}, ["x"])


@pytest.mark.parametrize("cell", ["NaN", "Infinity", "1,5", "1_000", "[1", "{", "5 km", "-", "00"])
def test_what_is_no_value_stays_text(cell: str) -> None:
    assert typed({"c": cell}, ["c"])["c"] == cell
