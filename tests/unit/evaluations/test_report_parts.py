"""Scores by group, pass@k and majority, two runs compared, the report as a page."""

from typing import Any

import pytest

from ai_worker.pipelines.evaluations.reports.formats import to_json, to_markdown
from ai_worker.pipelines.evaluations.reports.html import to_html
from ai_worker.pipelines.evaluations.reports.report import report_of
from ai_worker.pipelines.evaluations.reports.run_difference import differences
from ai_worker.pipelines.evaluations.reports.samples import chosen_samples
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry, rows_of
from ai_worker.pipelines.evaluations.scoring.verdicts import own_verdict
from ai_worker.pipelines.evaluations.statistics.intervals import wilson


def scored(line: int, response: str, *, model: str = "m", topic: str = "t", **fields: Any) -> ScoredEntry:
    entry = {
        "line_index": line,
        "model": model,
        "metric": "accuracy",
        "target": "yes",
        "status": "completed",
        "prompt": "{q}",
        "variables": {"q": f"<q{line}>"},
        "response": response,
        "group": {"topic": topic},
        **fields,
    }
    return ScoredEntry(entry, own_verdict(entry), ())


RIGHT = [scored(line, "yes", topic="a") for line in range(4)]
WRONG = [scored(line, "no", topic="b") for line in range(4, 8)]


def test_scores_are_grouped_by_what_the_task_says() -> None:
    report = report_of([("claims", [*RIGHT, *WRONG])])
    assert [(of.group, of.n, of.score) for of in report.groups] == [("topic=a", 4, 1.0), ("topic=b", 4, 0.0)]
    assert report.groups[0].interval_low == wilson(4, 4).low
    assert report.summaries[0].score == 0.5 and report.summaries[0].group == ""
    for written in (to_json(report), to_markdown(report), to_html(report)):
        assert "topic=a" in written


def test_no_group_makes_no_table() -> None:
    report = report_of([("claims", [scored(0, "yes", group=None)])])
    assert report.groups == [] and "Scores by group" not in to_markdown(report)


def test_pass_at_k_and_the_answer_of_the_majority() -> None:
    says = {0: ["yes", "yes", "no"], 1: ["no", "no", "yes"], 2: ["yes", "no", "maybe"]}
    entries = [scored(line, text, sample=k) for line, texts in says.items() for k, text in enumerate(texts)]
    found = {of.name: (of.lines, of.value) for of in report_of([("t", entries)]).samples}
    assert found["pass@1"] == (3, pytest.approx((2 / 3 + 1 / 3 + 1 / 3) / 3))
    assert found["pass@2"] == (3, pytest.approx((1 + 2 / 3 + 2 / 3) / 3))
    assert found["pass@3"] == (3, 1.0)
    assert found["majority of 3"] == (2, 0.5), "of the third row there is none"
    assert report_of([("t", RIGHT)]).samples == []


def test_what_was_cut_off_or_taken_over_is_counted_beside_the_score() -> None:
    entries = [
        scored(0, "yes", truncated=True),
        scored(1, "yes", reused_from="queue_other"),
        scored(2, "yes"),
    ]
    [summary] = report_of([("t", entries)]).summaries
    assert (summary.truncated, summary.reused, summary.n) == (1, 1, 3)


def test_two_runs_are_compared_row_by_row_and_by_group() -> None:
    before, after = (
        [*RIGHT, *WRONG],
        [*RIGHT[1:], scored(0, "no", topic="a"), *(scored(n, "yes", topic="b") for n in range(4, 8))],
    )
    found = differences(rows_of(before, "before"), rows_of(after, "after"))
    assert [(of.group, list(of.better), list(of.worse)) for of in found] == [
        ("", [4, 5, 6, 7], [0]),
        ("topic=a", [], [0]),
        ("topic=b", [4, 5, 6, 7], []),
    ]
    whole = found[0].comparison
    assert (whole.first, whole.second, whole.pairs, whole.difference) == ("before", "after", 8, -0.375)
    assert (whole.only_first, whole.only_second) == (1, 4)


def test_two_runs_of_one_model_each_are_compared_and_others_are_not() -> None:
    one = rows_of([scored(0, "yes", model="a")], "x")
    found, _ = differences(one, rows_of([scored(0, "no", model="b")], "y"))
    assert (found.model, list(found.worse)) == ("a → b", [0])
    two = [scored(0, "yes", model="b"), scored(0, "yes", model="c")]
    assert differences(rows_of([scored(0, "yes", model="a")], "x"), rows_of(two, "y")) == []


def test_a_page_needs_nothing_else_and_shows_texts_as_they_are() -> None:
    entries = [scored(0, "<think>hm</think><b>yes</b>", error="<script>alert(1)</script>"), *WRONG]
    page = to_html(report_of([("<t>", entries)]), chosen_samples(entries, limit=2), "<t>")
    assert "<script" not in page and "<b>yes" not in page and "http" not in page
    assert "&lt;b&gt;yes&lt;/b&gt;" in page and "&lt;script&gt;" in page and "&lt;q0&gt;" in page
    assert page.count("<details>") == 2 and "<svg" in page


def test_samples_are_chosen_by_row_model_and_verdict() -> None:
    every = [*RIGHT, *WRONG, scored(0, "yes", model="other")]
    assert [of.line_index for of in chosen_samples(every, kinds=["wrong"], limit=2)] == [4, 5]
    assert [of.model for of in chosen_samples(every, lines=[0], limit=9)] == ["m", "other"]
    assert [of.kind for of in chosen_samples(every, models=["other"], limit=9)] == ["correct"]
