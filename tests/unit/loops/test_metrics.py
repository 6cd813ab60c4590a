"""Retrieval metrics: equal to trec_eval's on the same rows; rates with their counts; gate, coverage,
comparison.
"""

import random
from typing import Any

import pytest
import pytrec_eval
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from ai_worker.pipelines.loops.metrics.comparison import compare, mcnemar
from ai_worker.pipelines.loops.metrics.coverage import CoveredChunk, coverage
from ai_worker.pipelines.loops.metrics.gate import Thresholds, failures
from ai_worker.pipelines.loops.metrics.ranking import ranking
from ai_worker.pipelines.loops.metrics.result_row import ResultRow
from ai_worker.pipelines.loops.metrics.summary import by_file, by_round, summarise
from ai_worker.pipelines.loops.metrics.wilson import wilson


def row(number: int, chunk_rank: int | None, **fields: Any) -> ResultRow:
    given = {
        "file_rank": chunk_rank,
        "failed": False,
        "found": 10,
        "file_name": "a.md",
        "headers": "A",
        "round_number": 1,
        **fields,
    }
    return ResultRow(question_id=str(number), question=f"Question {number}?", chunk_rank=chunk_rank, **given)


def test_metrics_equal_those_of_trec_eval() -> None:
    chance = random.Random(3)
    ranks = [chance.choice([None, *range(1, 65)]) for _ in range(500)]
    run, relevant = {}, {}
    for number, rank in enumerate(ranks):
        ids = [f"d{place}" for place in range(1, 65)]
        relevant[str(number)] = {f"d{rank}" if rank else "elsewhere": 1}
        run[str(number)] = {name: 1.0 / (place + 1) for place, name in enumerate(ids)}
    measures = {
        "recip_rank",
        "ndcg_cut_10",
        "success_1",
        "success_3",
        "success_5",
        "success_10",
        "success_64",
    }
    found = pytrec_eval.RelevanceEvaluator(relevant, measures).evaluate(run)

    def mean(name: str) -> float:
        return sum(values[name] for values in found.values()) / len(found)

    ours = ranking(ranks, 64)
    assert ours.mrr == pytest.approx(mean("recip_rank"), abs=1e-9)
    assert ours.ndcg == pytest.approx(mean("ndcg_cut_10"), abs=1e-9)
    assert {cut: rate.value for cut, rate in ours.hit_at.items()} == {
        cut: pytest.approx(mean(f"success_{cut}"), abs=1e-9) for cut in (1, 3, 5, 10, 64)
    }


@pytest.mark.parametrize(("hits", "number"), [(0, 1), (1, 1), (0, 20), (7, 20), (20, 20), (631, 1000)])
def test_intervals_equal_those_of_statsmodels(hits: int, number: int) -> None:
    assert wilson(hits, number) == pytest.approx(proportion_confint(hits, number, method="wilson"), abs=1e-12)


def test_of_nothing_there_is_no_rate() -> None:
    assert wilson(0, 0) is None
    empty = summarise([], 5)
    assert (empty.recall.value, empty.chunk.mrr, empty.chunk.ndcg) == (None, None, None)
    assert failures(empty, Thresholds()) == ["no question was tested"]


def test_ranks_beyond_top_k_are_misses() -> None:
    found = ranking([1, 7, None], 5)
    assert {cut: rate.hits for cut, rate in found.hit_at.items()} == {1: 1, 3: 1, 5: 1}
    assert found.mrr == pytest.approx(1 / 3)


def test_errors_are_shown_apart_and_are_no_misses() -> None:
    rows = [
        row(1, 1),
        row(2, None),
        row(3, None, failed=True, found=0),
        row(4, None, found=0),
        row(5, None, chunk_known=False),
    ]
    found = summarise(rows, 5)
    assert (found.tested, found.errors, found.empty) == (5, 1, 1)
    assert (found.recall.hits, found.recall.number) == (3, 5)
    assert (found.chunk.hit_at[5].hits, found.chunk.hit_at[5].number) == (1, 3)


def test_no_metric_is_above_one_however_the_ranks_are() -> None:
    found = ranking([1] * 9, 64)
    assert {*(rate.value for rate in found.hit_at.values()), found.mrr, found.ndcg} == {1.0}


def test_files_with_most_misses_come_first() -> None:
    rows = [
        row(1, 1),
        row(2, 2),
        row(3, None, file_name="b.md", round_number=2),
        row(4, 1, file_name="b.md", round_number=2),
    ]
    assert list(by_file(rows, 5)) == ["b.md", "a.md"]
    assert {number: found.chunk.hit_at[5].value for number, found in by_round(rows, 5).items()} == {
        1: 1.0,
        2: 0.5,
    }


def test_the_gate_names_each_value_that_is_not_reached() -> None:
    found = summarise([row(1, 1), row(2, None), row(3, 4), row(4, None, failed=True, found=0)], 5)
    assert failures(found, Thresholds(recall=0.7, chunk_hit=0.6, mrr=0.4, max_error_share=0.25)) == []
    assert failures(found, Thresholds(recall=0.8, chunk_hit=0.7)) == [
        "1 of 4 tests ended with an error, at most 0% may",
        "recall is 0.7500, at least 0.8000 is wanted",
        "chunk hit rate is 0.6667, at least 0.7000 is wanted",
    ]


def test_coverage_names_dead_chunks() -> None:
    chunks = [
        CoveredChunk("a.md", "1", "A", 3, 2, 9),
        CoveredChunk("a.md", "2", "B", 2, 0, 0),
        CoveredChunk("a.md", "3", "C", 0, 0, 0),
    ]
    found = coverage([*chunks, CoveredChunk("b.md", "4", "D", 1, 0, 2)])
    assert (found["a.md"].chunks, found["a.md"].asked, found["a.md"].questions, found["a.md"].hits) == (
        3,
        2,
        5,
        2,
    )
    assert [chunk.chunk_id for chunk in found["a.md"].dead] == ["2"]
    assert found["b.md"].dead == []


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 0), (5, 5), (9, 1), (0, 12), (40, 20)])
def test_the_chance_of_a_difference_equals_scipys(won: int, lost: int) -> None:
    expected = binomtest(won, won + lost, 0.5).pvalue if won + lost else 1.0
    assert mcnemar(won, lost) == pytest.approx(expected, abs=1e-12)


def test_two_loops_are_compared_on_the_questions_that_both_tested() -> None:
    before = {"a": row(1, 1), "b": row(2, None), "c": row(3, 2), "d": row(4, 1), "only": row(5, 1)}
    after = {"a": row(1, 1), "b": row(2, 3), "c": row(3, None), "d": row(4, None, failed=True)}
    found = compare(before, after)
    assert (found.common, found.before, found.after, found.unmatched) == (3, 2, 2, 1)
    assert ([one.question_id for one in found.won], [one.question_id for one in found.lost]) == (["2"], ["3"])
