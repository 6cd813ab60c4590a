import re
import string
from collections import Counter
from typing import Any

import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring import Kind, Scored, Verdict, score
from ai_worker.pipelines.evaluations.scoring.metrics.overlap import token_f1


def judge(metric: str, text: str, target: Any, regexp: str | None = None) -> Verdict:
    return score(Scored(text=text, metric=metric, target=target, regexp=regexp))


def official_squad_tokens(text: str) -> list[str]:
    """`normalize_answer` and `split` of SQuAD's evaluate-v1.1.py, written down again."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def official_squad_f1(prediction: list[str], truth: list[str]) -> float:
    """`f1_score` of SQuAD's evaluate-v1.1.py, written down again."""
    same = sum((Counter(prediction) & Counter(truth)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(prediction), same / len(truth)
    return 2 * precision * recall / (precision + recall)


english = st.lists(
    st.sampled_from(["the", "an", "A", "cat", "Sat,", "dog-1.5!", "$5+", "`x~^", "a.", "(mat)"]), max_size=8
).map(" ".join)


@given(english, english)
def test_f1_is_squads(prediction: str, truth: str) -> None:
    ours, theirs = official_squad_tokens(prediction), official_squad_tokens(truth)
    if ours and theirs:
        assert token_f1(prediction, truth) == pytest.approx(official_squad_f1(ours, theirs), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("The cat sat.", "a cat sat", 1.0),
        ("cat", "dog", 0.0),
        ("the cat sat on mat", ["dog", "a cat on the mat"], 6 / 7),
        ("A", "A", 1.0),
        ("A", "the", 0.0),
        ("Москва — столица", "столица России", 0.5),
        ("我爱北京", "北京", 2 / 3),
        ("5", 5, 1.0),
    ],
)
def test_f1(text: str, target: Any, expected: float) -> None:
    verdict = judge("f1", text, target)
    assert verdict.kind is Kind.GRADED and verdict.score == pytest.approx(expected, abs=1e-12)


@given(st.text(), st.text())
def test_f1_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    assert 0 <= token_f1(one, other) == token_f1(other, one) <= 1
    assert token_f1(one, one) == 1


def test_bleu_is_sacrebleus_sentence_bleu_with_its_signature() -> None:
    text, targets = "the cat sat on the mat", ["a cat sat on the mat", "there is a cat on the mat"]
    verdict = judge("bleu", text, targets)
    assert verdict.score == sacrebleu.sentence_bleu(text, targets).score / 100
    assert verdict.detail == f"nrefs:2|case:mixed|eff:yes|tok:13a|smooth:exp|version:{sacrebleu.__version__}"


@pytest.mark.parametrize(
    ("target", "tokens"),
    [("the cat", "13a"), ("я люблю Москву", "13a"), ("我爱北京天安门", "zh"), ("私は東京が大好き", "char")],
)
def test_bleu_splits_by_the_script_of_the_target(target: str, tokens: str) -> None:
    verdict = judge("bleu", target, target)
    assert f"tok:{tokens}|" in verdict.detail and verdict.score == pytest.approx(1) and verdict.score <= 1


def test_chrf_is_sacrebleus_sentence_chrf_with_its_signature() -> None:
    verdict = judge("chrf", "кошка", ["кошки", "кот"])
    assert verdict.score == sacrebleu.sentence_chrf("кошка", ["кошки", "кот"]).score / 100
    assert verdict.detail.startswith("nrefs:2|") and sacrebleu.__version__ in verdict.detail


@pytest.mark.parametrize("metric", ["f1", "bleu", "chrf"])
def test_a_regexp_takes_the_answer_out_first(metric: str) -> None:
    verdict = judge(
        metric, "Translation: the cat sat on the mat", "the cat sat on the mat", r"Translation: (.*)"
    )
    assert verdict.score == pytest.approx(1) and verdict.answer == "the cat sat on the mat"
    assert judge(metric, "none", "the cat", r"Translation: (.*)").kind is Kind.UNPARSABLE
    assert judge(metric, "text", None).kind is Kind.UNSCORABLE
