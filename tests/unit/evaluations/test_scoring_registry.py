import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ai_worker
from ai_worker import __version__
from ai_worker.pipelines.evaluations.scoring import (
    Kind,
    NoVerdict,
    Scored,
    Verdict,
    metrics,
    registry,
    score,
    scored_by,
    scorer,
)

ROOT = Path(ai_worker.__file__).parents[1]


@pytest.fixture
def own_metric() -> Iterator[str]:
    yield "shorter_than_target"
    registry._SCORERS.pop("shorter_than_target", None)


def test_a_scorer_of_ones_own_is_one_function(own_metric: str) -> None:
    @scorer(own_metric)
    def shorter(scored: Scored) -> Verdict:
        if not isinstance(scored.target, str):
            raise NoVerdict(Kind.UNSCORABLE, "the target is no text")
        return Verdict.right_or_wrong(len(scored.text or "") < len(scored.target))

    assert score(Scored("abc", own_metric, target="abcd")).kind is Kind.CORRECT
    assert score(Scored("abc", own_metric, target="ab")).kind is Kind.WRONG
    assert score(Scored("abc", own_metric)) == Verdict(Kind.UNSCORABLE, detail="the target is no text")
    assert own_metric in metrics()
    assert scored_by(own_metric).startswith(f"{own_metric}: ") and scored_by(own_metric).endswith("shorter")
    with pytest.raises(ValueError, match="already"):
        scorer(own_metric)(shorter)


def test_our_own_scorers_name_our_version() -> None:
    assert scored_by("accuracy") == f"accuracy: ai_worker {__version__}"


def test_every_metric_of_the_contract_has_a_scorer() -> None:
    assert {"accuracy", "include_exclude", "RtA", "exact", "f1", "bleu", "chrf"} <= set(metrics())


def test_an_unknown_metric_is_the_tasks_fault_and_the_known_ones_are_named() -> None:
    verdict = score(Scored("text", "acuracy", target="text"))
    assert verdict.kind is Kind.UNSCORABLE and "'acuracy'" in verdict.detail and "accuracy" in verdict.detail


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (Kind.CORRECT, 0.0),
        (Kind.CORRECT, None),
        (Kind.WRONG, 1.0),
        (Kind.ANSWERED, None),
        (Kind.REFUSED, 0.0),
        (Kind.GRADED, None),
        (Kind.GRADED, float("nan")),
        (Kind.UNPARSABLE, 0.0),
        (Kind.NOT_ANSWERED, 0.0),
        (Kind.JUDGE_FAILED, 0.0),
        (Kind.OPEN, 0.0),
        (Kind.TIED, 0.5),
    ],
)
def test_what_is_no_verdict_has_no_score(kind: Kind, number: float | None) -> None:
    with pytest.raises(ValueError, match=kind):
        Verdict(kind, number)


def test_a_refusal_known_from_the_provider_is_not_judged() -> None:
    assert not Verdict(Kind.REFUSED).judged and Verdict(Kind.REFUSED, 1.0).judged


@pytest.mark.parametrize(
    ("value", "listed"), [(None, ()), ("one", ("one",)), (["a", "b"], ("a", "b")), (0, (0,))]
)
def test_an_entry_is_taken_as_it_is(value: Any, listed: tuple[Any, ...]) -> None:
    entry = {
        "metric": "include_exclude",
        "include_list": value,
        "regexp": "",
        "target": 5,
        "status": "completed",
    }
    scored = Scored.of_entry(entry, "text")
    assert (scored.metric, scored.include_list, scored.regexp, scored.target) == (
        "include_exclude",
        listed,
        None,
        5,
    )
    assert Scored.of_entry({}, None) == Scored(None, "")


def test_scoring_by_text_does_not_load_the_heavy_libraries() -> None:
    script = (
        "import sys; from ai_worker.pipelines.evaluations.scoring import Scored, score;"
        "assert score(Scored('x', 'accuracy', target='x')).score == 1;"
        "print(sorted({'sacrebleu', 'numpy', 'lxml'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT
    )
    assert run.stdout.strip() == "[]"
