import csv
import html.parser
import io
import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.reports.comparison import compare
from ai_worker.pipelines.evaluations.reports.formats import to_csv, to_json, to_markdown
from ai_worker.pipelines.evaluations.reports.safe_text import in_csv, in_json, in_markdown, printable
from ai_worker.pipelines.evaluations.reports.summary import summarise
from ai_worker.pipelines.evaluations.reports.tables import Report, tables
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow
from ai_worker.pipelines.evaluations.statistics.agreement import agreement

RIGHT, WRONG = Verdict(Kind.CORRECT, 1.0), Verdict(Kind.WRONG, 0.0)


def report(task: str = "claims", model: str = "small") -> Report:
    small = [
        ScoredRow(task, model, "accuracy", line, RIGHT if line else WRONG, Decimal("0.00015"), 1.5, 10, 1)
        for line in range(4)
    ]
    small.append(ScoredRow(task, model, "accuracy", 4, Verdict(Kind.NOT_ANSWERED)))
    large = [ScoredRow(task, "large", "accuracy", line, RIGHT, None, 2.0, 10, 1) for line in range(4)]
    judges = agreement(
        ["one", "two", "three"], [("refused", "refused", None), ("answered", "refused", "answered")]
    )
    return Report(summarise(small + large), [compare(small, large)], [(task, judges)])


def test_csv_holds_every_field_in_full() -> None:
    read = list(csv.DictReader(io.StringIO(to_csv(report().summaries))))
    large, small = read
    assert (small["model"], small["n"], small["judged"], small["score"], small["cost"]) == (
        "small",
        "5",
        "4",
        "0.75",
        "0.00060",
    )
    assert (small["not_answered"], small["judge_failed"], small["latency_p50"]) == ("1", "0", "1.5")
    assert float(small["interval_low"]) == report().summaries[1].interval_low
    assert (large["cost"], large["unpriced"]) == ("", "4")
    assert next(csv.DictReader(io.StringIO(to_csv(report().comparisons))))["only_second"] == "1"
    assert to_csv([]) == ""


def test_json_holds_everything_in_full() -> None:
    read = json.loads(to_json(report()))
    assert read["summaries"][1]["score"] == 0.75 and read["summaries"][1]["cost"] == 0.0006
    assert read["summaries"][0]["cost"] is None
    assert read["comparisons"][0]["p_value"] == 1.0
    assert read["agreements"][0]["task"] == "claims" and read["agreements"][0]["pairs"][0]["percent"] == 0.5
    assert to_json(Report([])).strip()


def test_markdown_rounds_and_says_what_the_numbers_are() -> None:
    text = to_markdown(report())
    assert (
        "| claims | small | accuracy | 5 | 4 | 0.750 | 0.301 to 0.954 | 1 | 0 | 0 | 1 | 0 | 0 | "
        "0 | 0 | 0.0006 |" in text
    )
    assert "| claims | accuracy | small | large | 4 | 0 | 0.750 | 1.000 | -0.250 |" in text
    assert "| claims | mean of the pairs | 2 |" in text
    assert "95 % intervals: wilson." in text and "not corrected" in text and "kappa is Cohen's" in text
    assert [table.title for table in tables(Report(report().summaries))] == ["Scores"]


def test_the_cost_says_what_it_leaves_out() -> None:
    half = [
        ScoredRow("t", "m", "exact", 0, RIGHT, Decimal(1), 1.0),
        ScoredRow("t", "m", "exact", 1, RIGHT, None, 1.0),
    ]
    assert "leaves out 1 answers" in to_markdown(Report(summarise(half)))
    assert "leaves out" not in to_markdown(Report(summarise(half[:1])))


NASTY = (
    '=cmd|"/c calc"!A1\x1b[2J\x9b31m\r\n<script>alert(1)</script>\u202egnp.exe\u2028`*_[x](javascript:0)|\\'
)


def test_no_name_moves_a_cursor_or_becomes_markup() -> None:
    found = report(NASTY, "\x1b]0;title\x07</td><img src=x>")
    for text in (to_csv(found.summaries), to_csv(found.comparisons), to_json(found), to_markdown(found)):
        assert not any(
            unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"}
            for character in text.replace("\n", "")
        )
    assert "<" not in to_json(found) and "<" not in to_markdown(found)
    assert json.loads(to_json(found))["summaries"][0]["task"] == NASTY
    for line in csv.reader(io.StringIO(to_csv(found.summaries))):
        assert not any(cell.startswith(("=", "+", "@")) for cell in line)


def test_a_markdown_table_keeps_its_columns_whatever_the_names() -> None:
    lines = [
        line for line in to_markdown(Report(report(NASTY).summaries)).splitlines() if line.startswith("|")
    ]
    assert len(lines) == 4
    assert len({line.replace("\\\\", "").replace("\\|", "").count("|") for line in lines}) == 1


class Collected(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text())
def test_printable_text_is_printable_and_plain_text_stays(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in shown)
    assert printable(shown) == shown
    if text.isprintable():
        assert shown == text


@given(st.text())
def test_markdown_holds_no_html(text: str) -> None:
    page = Collected()
    page.feed(in_markdown(text))
    page.close()
    assert page.tags == []


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_json_means_the_same_after_escaping(text: str, number: float) -> None:
    document = json.dumps({"name": text, "number": number}, ensure_ascii=False, indent=2)
    assert json.loads(in_json(document)) == json.loads(document)
    assert "<" not in in_json(document)


def test_half_a_surrogate_pair_can_be_written() -> None:
    assert printable("\ud800").encode("utf-8") == b"\\ud800"
    assert json.loads(in_json(json.dumps("\ud800", ensure_ascii=False)).encode("utf-8")) == "\ud800"


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    assert not in_csv(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("name", ["exaggerated_safety", "gpt-4o", "Qwen/Qwen2.5-7B", "предвзятость", "安全"])
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert printable(name) == in_markdown(name) == in_csv(name) == name
