"""Damage is prevented, mended or warned of; right answers are stored, every one."""

from collections import Counter

import pytest

from ai_worker.errors import WorkError
from ai_worker.pipelines.corrections.asking.prompt import build
from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.protection.protecting import Protected, protect
from ai_worker.pipelines.corrections.remark import Remark
from ai_worker.pipelines.corrections.warnings.checks import Work, warnings
from tests.unit.corrections.damage import DAMAGES, FORMATS, SENTENCES, Case, cases

CASES = list(cases())
WORK = Work("correction")


def _protected(case: Case) -> Protected:
    return protect(case.source, None, in_order=True)


def _faithful(protected: Protected, _: Case) -> str:
    """The right answer as a careful model writes it: what it was shown, with each sentence put right. Made by
    no rule of ours.
    """
    answer = protected.text
    for wrong, right in SENTENCES:
        answer = answer.replace(wrong, right)
    return answer


def _stored(protected: Protected, answer: str) -> tuple[str, list[Remark]]:
    text, remarks = protected.restore(build("correction", "", protected.text).read(answer))
    words = protected.words(protected.source), protected.words(text)
    changes = diff(protected.source, text)
    return text, [*remarks, *warnings(WORK, protected.source, text, words, changes)]


def _outcome(case: Case, damage: str) -> str:
    protected = _protected(case)
    answer = DAMAGES[damage](_faithful(protected, case), case)
    try:
        text, remarks = _stored(protected, answer)
    except WorkError:
        return "prevented"
    return "mended" if text == case.right else "warned" if remarks else "unseen"


def test_there_are_two_hundred_texts_in_twelve_formats() -> None:
    assert (len(FORMATS), len(CASES) >= 200, len({case.source for case in CASES})) == (12, True, len(CASES))


@pytest.mark.parametrize("name", FORMATS)
def test_right_answers_are_stored(name: str) -> None:
    for case in CASES:
        if case.format == name:
            protected = _protected(case)
            assert protected.marks
            assert _stored(protected, _faithful(protected, case))[0] == case.right
            assert _stored(protected, case.right)[0] == case.right, "also with the markup written out"
            assert _stored(protected, _faithful(protected, case))[1] == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_prevented_mended_or_warned_of(damage: str) -> None:
    outcomes = Counter(_outcome(case, damage) for case in CASES)
    unseen = (
        [case.format for case in CASES if _outcome(case, damage) == "unseen"] if outcomes["unseen"] else []
    )
    assert outcomes["unseen"] <= 0.01 * len(CASES), (outcomes, Counter(unseen))
