"""Exports: the Markdown that the front end's parser reads back, and CSV for spreadsheets."""

import csv
import io
import re
from typing import Any

from ai_worker.pipelines.loops.export.files import exported


def row(**fields: Any) -> dict[str, Any]:
    given = {
        "round_number": 2,
        "file_name": "dir/sub/manual.md",
        "chunk_headers": "Manual > Pins",
        "section_path": "x",
        "chunk_id": "c1",
        "question": "How many pins?",
        "reference_answer": "Forty.",
        "source_chunk": "drives 40 pins",
        "quality_score": 0.9,
        "expected_chunk_name": "Manual > Pins",
        "retrieved": "[1, 2]",
        "is_file_hit": 1,
    }
    return {**given, **fields}


def test_a_section_is_written_line_by_line_as_the_old_server_did() -> None:
    text = exported(
        "t", "hit", "md", [row(), row(question="Which voltage?", chunk_id=None, expected_chunk_id="c9")]
    ).content
    assert text == (
        "# 第1章 Manual > Pins\n"
        "## dir/sub/manual.md / manual\n"
        "> 原始切片标题: Manual > Pins\n"
        "# 1. manual_Document\n"
        "> 导出分类: hit\n"
        "> 代表轮次: 2\n"
        "> 由 LLM 自动生成的问答对\n"
        "---\n"
        "\n"
        "## Q1: How many pins?\n"
        "> chunk_id: c1\n"
        "**A1:** Forty.\n"
        "> 预期切片: Manual > Pins\n"
        "> Source: drives 40 pins...\n"
        "\n"
        "## Q2: Which voltage?\n"
        "> chunk_id: c9\n"
        "**A2:** Forty.\n"
        "> 预期切片: Manual > Pins\n"
        "> Source: drives 40 pins...\n"
        "\n"
        "---\n"
    )


def test_what_the_parser_would_lose_is_kept() -> None:
    hostile = row(
        question="Two\nlines?\n# Three",
        reference_answer="First\n# second\n---\nlast",
        chunk_headers="H" * 200,
    )
    text = exported("t", "all", "md", [hostile]).content
    questions, answers = parsed(text)
    assert questions == ["Two lines? # Three"]
    assert answers == ["First\n # second\n ---\nlast"]
    assert text.splitlines()[0] == "# 第1章 " + "H" * 79 + "…"


def parsed(text: str) -> tuple[list[str], list[str]]:
    """Questions and answers as the old server's parser reads them."""
    questions, answers, in_answer = [], [], False
    for line in text.split("\n"):
        if found := re.match(r"## Q\d+: (.*)", line):
            questions.append(found[1])
            in_answer = False
        elif found := re.match(r"\*\*A\d+:\*\* (.*)", line):
            answers.append(found[1])
            in_answer = True
        elif in_answer and (line.startswith(("#", ">")) or line == "---" or not line):
            in_answer = False
        elif in_answer:
            answers[-1] += f"\n{line}"
    return questions, answers


def test_sections_without_headings_or_file_have_names() -> None:
    text = exported("t", "all", "md", [row(chunk_headers=None, section_path=None, file_name=None)]).content
    assert text.startswith("# 第1章 default\n## default / default\n")


def test_csv_opens_in_spreadsheets_and_runs_nothing_there() -> None:
    file = exported("t", "all", "csv", [row(question="=HYPERLINK(1)", reference_answer='a,"b"\nc')])
    assert (file.name, file.media_type) == ("loop_t_all.csv", "text/csv")
    assert file.content.startswith("\ufeff")
    found = list(csv.DictReader(io.StringIO(file.content.removeprefix("\ufeff"))))
    assert (found[0]["question"], found[0]["reference_answer"], found[0]["retrieved"]) == (
        "'=HYPERLINK(1)",
        'a,"b"\nc',
        "2",
    )
