"""TrustLLM's files through real processes, against models whose every answer is known, to the digit."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy
import pytest
import scipy.stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from ai_worker.llm.control_question import PROMPT
from tests.acceptance.cluster import Cluster
from tests.acceptance.known_answers import JUDGES, Known, known_answers, rules
from tests.real_input import REAL_INPUT
from tests.waiting import wait_until

MODELS = ["model-one", "model-two"]
ROWS = 120
"""Of each file, so that a busy machine is done within a minute."""
FINAL = {"status": {"$nin": ["pending", "processing"]}}


def _shared(name: str) -> tuple[Path, list[dict[str, Any]]]:
    path = REAL_INPUT / f"trustllm-{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path, json.loads(path.read_text(encoding="utf-8"))


def _report(cluster: Cluster, task: str) -> dict[str, Any]:
    path = cluster.folder / "report.json"
    cluster.command("eval", "report", "--task", task, "--format", "json", "--output", str(path))
    return dict(json.loads(path.read_text(encoding="utf-8")))


def test_every_number_of_a_report_on_refusals_with_two_judges(evaluations_cluster: Cluster) -> None:
    cluster = evaluations_cluster
    _, rows = _shared("exaggerated-safety")
    rows, path = rows[:ROWS], cluster.folder / "safety.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    known = known_answers(MODELS, len(rows))
    cluster.model.tell(*rules([row["prompt"] for row in rows], known))
    judges = [option for judge in JUDGES for option in ("--rta-model", judge)]
    models = [option for model in MODELS for option in ("--model", model)]
    cluster.command("eval", "import", str(path), "--dataset", "safety", "--trustllm", *models, *judges)
    cluster.worker(slots=50)
    cluster.beat()
    database = cluster.mongo
    entries = len(rows) * len(MODELS)
    answered = sum(of.kind == "answered" for of in known.values())
    handed_over = {"status": {"$in": ["transfered_to_rta", "error", "failed"]}}
    wait_until(
        lambda: database.queue_safety.count_documents(handed_over) == entries,
        "every answer handed over",
        seconds=120,
    )
    distinct = len({(of.text, row) for (_, row), of in known.items() if of.kind == "answered"})
    wait_until(
        lambda: database.queue_rta_safety.count_documents(FINAL) == 2 * distinct,
        "every judge asked",
        seconds=120,
    )
    wait_until(
        lambda: database.queue_rta_safety.count_documents({"owes_score": True}) == 0, "every verdict stored"
    )

    sources = {(entry["model"], entry["line_index"]): entry for entry in database.queue_safety.find()}
    assert {
        place: entry.get("verdict") for place, entry in sources.items() if known[place].kind == "answered"
    } == {place: of.verdict for place, of in known.items() if of.kind == "answered"}
    assert (
        sum(entry.get("error") == "Дубликат в rta_queue" for entry in sources.values()) == answered - distinct
    )
    assert _asked_for_rows(cluster) == entries + 2 * distinct
    report = _report(cluster, "safety")
    for summary in report["summaries"]:
        _check_refusals(summary, [known[summary["model"], row] for row in range(len(rows))])
    [pair] = report["comparisons"]
    _check_pair(
        pair,
        [[known[model, row].verdict for row in range(len(rows))] for model in MODELS],
        {"refused": 1.0, "answered": 0.0},
    )
    _check_agreement(report["agreements"], known)
    # Computed again from what is stored, everything stays as it is, and nobody is asked.
    cluster.command("eval", "score", "--task", "safety")
    assert _report(cluster, "safety") == report
    assert _asked_for_rows(cluster) == entries + 2 * distinct


def _asked_for_rows(cluster: Cluster) -> int:
    """The requests but for a question of our own, which tells whose fault a first 400 is."""
    return sum(PROMPT not in json.dumps(asked["body"]) for asked in cluster.model.requests())


def _check_refusals(summary: dict[str, Any], known: Sequence[Known]) -> None:
    verdicts = Counter(of.verdict for of in known)
    refused, answered = verdicts["refused"], verdicts["answered"]
    assert (summary["n"], summary["judged"]) == (len(known), refused + answered)
    assert summary["refused"] == refused + verdicts["refused by its provider"]
    for kind in ("answered", "unparsable", "judge_failed", "tied", "not_answered"):
        assert summary[kind] == verdicts[kind], kind
    assert len(verdicts) == 7, "the answers are of every kind"
    assert summary["score"] == refused / (refused + answered)
    low, high = proportion_confint(refused, refused + answered, method="wilson")
    assert (summary["interval_low"], summary["interval_high"]) == pytest.approx((low, high), rel=1e-12)


def _check_pair(pair: dict[str, Any], verdicts: Sequence[Sequence[str]], scores: dict[str, float]) -> None:
    both = [
        (scores[one], scores[other])
        for one, other in zip(*verdicts, strict=True)
        if one in scores and other in scores
    ]
    table = [
        [both.count((1.0, 1.0)), both.count((1.0, 0.0))],
        [both.count((0.0, 1.0)), both.count((0.0, 0.0))],
    ]
    assert [pair[name] for name in ("both", "only_first", "only_second", "neither")] == [*table[0], *table[1]]
    assert pair["pairs"] == len(both)
    differing = table[0][1] + table[1][0]
    assert pair["p_value"] == pytest.approx(
        mcnemar(table, exact=differing < 25, correction=True).pvalue, rel=1e-9
    )
    differences = numpy.array([one - other for one, other in both])
    assert pair["difference"] == pytest.approx(differences.mean(), rel=1e-12)
    interval = scipy.stats.bootstrap(
        (differences,),
        numpy.mean,
        method="percentile",
        n_resamples=9999,
        rng=numpy.random.default_rng(20240101),
    ).confidence_interval
    assert (pair["interval_low"], pair["interval_high"]) == pytest.approx(
        (interval.low, interval.high), abs=1e-12
    )


def _check_agreement(agreements: list[dict[str, Any]], known: dict[tuple[str, int], Known]) -> None:
    [agreement] = agreements
    # An answer that two models gave in the same words was judged once.
    judged = {(row, of.text): of.judged for (_, row), of in known.items() if of.kind == "answered"}
    [(first, second)] = combinations(range(len(JUDGES)), 2)
    said = [(of[first], of[second]) for of in judged.values() if of[first] in "RA" and of[second] in "RA"]
    table = numpy.array([[said.count((one, other)) for other in "RA"] for one in "RA"])
    [pair] = agreement["pairs"]
    assert (pair["first"], pair["second"], pair["n"]) == (*JUDGES, len(said))
    assert pair["percent"] == pytest.approx(numpy.trace(table) / len(said), rel=1e-12)
    assert pair["kappa"] == pytest.approx(cohens_kappa(table).kappa, rel=1e-9)


def _says_moral(row: dict[str, Any], right: bool) -> str:
    return (
        row["label"].title()
        if right
        else {"wrong": "It is not wrong.", "not wrong": "Clearly WRONG!"}[row["label"]]
    )


def _says_claim(row: dict[str, Any], right: bool) -> str:
    supports = (row["answer"] == "SUPPORT") == right
    return f"Answer: {'Supports' if supports else 'Refutes'}."


@pytest.mark.parametrize(("name", "says"), [("implicit-ethics", _says_moral), ("external", _says_claim)])
def test_every_number_of_a_report_by_regexp(
    evaluations_cluster: Cluster, name: str, says: Callable[[dict[str, Any], bool], str]
) -> None:
    cluster = evaluations_cluster
    _, rows = _shared(name)
    rows = list({row["prompt"]: row for row in rows}.values())[:ROWS]
    path = cluster.folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    # Of every ten answers of the first model seven are right, of the second nine; one of each twenty-five
    # cannot be read.
    outcomes = {
        (model, number): "unparsable" if number % 25 == 7 else "correct" if number % 10 < share else "wrong"
        for model, share in zip(MODELS, (7, 9), strict=True)
        for number in range(len(rows))
    }
    texts = {
        place: "Hm." if of == "unparsable" else says(rows[place[1]], of == "correct")
        for place, of in outcomes.items()
    }
    cluster.model.tell(
        *(
            {"match": {"model": of[0], "contains": rows[of[1]]["prompt"]}, "answer": text}
            for of, text in texts.items()
        )
    )
    models = [option for model in MODELS for option in ("--model", model)]
    cluster.command("eval", "import", str(path), "--dataset", "exam", "--trustllm", *models)
    cluster.worker(slots=50)
    cluster.beat()
    done = {"status": "completed"}
    wait_until(
        lambda: cluster.mongo.queue_exam.count_documents(done) == len(outcomes), "every answer", seconds=120
    )
    stored = {(entry["model"], entry["line_index"]): entry for entry in cluster.mongo.queue_exam.find()}
    assert {place: entry["verdict"] for place, entry in stored.items()} == outcomes
    assert all(
        entry["scored_by"].startswith("accuracy: ai_worker") and entry["scored_at"]
        for entry in stored.values()
    )
    report = _report(cluster, "exam")
    for summary in report["summaries"]:
        counts = Counter(of for (model, _), of in outcomes.items() if model == summary["model"])
        assert {kind: summary[kind] for kind in counts} == counts
        right, judged = counts["correct"], counts["correct"] + counts["wrong"]
        assert (summary["n"], summary["judged"], summary["score"]) == (len(rows), judged, right / judged)
        low, high = proportion_confint(right, judged, method="wilson")
        assert (summary["interval_low"], summary["interval_high"]) == pytest.approx((low, high), rel=1e-12)
    [pair] = report["comparisons"]
    verdicts = [[outcomes[model, number] for number in range(len(rows))] for model in MODELS]
    _check_pair(pair, verdicts, {"correct": 1.0, "wrong": 0.0})
