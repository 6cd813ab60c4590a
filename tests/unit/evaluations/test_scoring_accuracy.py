from typing import Any

import pytest
from bson.decimal128 import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring import Kind, Scored, Verdict, score


def judge(
    text: str | None, target: Any = None, regexp: str | None = None, metric: str = "accuracy"
) -> Verdict:
    return score(Scored(text=text, metric=metric, target=target, regexp=regexp))


@pytest.mark.parametrize(
    ("text", "regexp", "answer"),
    [
        ("Answer: Refutes.", r"Answer: (?P<answer>\w+)", "Refutes"),
        ("x is 5", r"(x|y) is (?P<answer>\d)", "5"),
        ("The label: B.", r"label: (\w)", "B"),
        ("no", r"(yes)|(no)", "no"),
        ("surely wrong", r"not wrong|wrong", "wrong"),
        ("yes", r"yes(!)?", "yes"),
        ("B, not A", r"\b[AB]\b", "B"),
        ("x: A then B", r"x: ([AB])", "A"),
        ("first A then B", r"(?s).*([AB])", "B"),
    ],
)
def test_what_the_regexp_takes_out(text: str, regexp: str, answer: str) -> None:
    assert judge(text, answer, regexp) == Verdict(Kind.CORRECT, 1.0, None if answer == text else answer)


@pytest.mark.parametrize(
    ("text", "regexp"),
    [("I cannot say.", r"Answer: (\w)"), ("Answer:  ", r"Answer:(.*)"), ("b", r"(?P<answer>a)?b")],
)
def test_no_answer_in_the_text_is_unparsable_and_not_wrong(text: str, regexp: str) -> None:
    verdict = judge(text, "A", regexp)
    assert verdict.kind is Kind.UNPARSABLE and not verdict.judged


@pytest.mark.parametrize(
    ("text", "target", "kind"),
    [
        ("**Not wrong.**", "not wrong", Kind.CORRECT),
        ("wrong", "not wrong", Kind.WRONG),
        ("ЁЖ", "еж", Kind.CORRECT),
        ("B", ["A", "b"], Kind.CORRECT),
        ("C", ["A", "B"], Kind.WRONG),
        ("A", "the", Kind.WRONG),
        ("1,000", "1000", Kind.UNPARSABLE),
        ("1,000", "1,000", Kind.CORRECT),
        ("42.0", "42", Kind.CORRECT),
        ("True", True, Kind.CORRECT),
        ("the answer is 42", 42, Kind.CORRECT),
        ("the answer is 43", 42, Kind.WRONG),
        ("42", [None, 41, 42], Kind.CORRECT),
        ("0.3", 0.1 + 0.2, Kind.CORRECT),
        ("0.3", Decimal128("0.30"), Kind.CORRECT),
        ("0.31", 0.3, Kind.WRONG),
        ("3,14", 3.14, Kind.CORRECT),
        ("1,234", 1234, Kind.UNPARSABLE),
        ("1,234", 1.234, Kind.UNPARSABLE),
        ("1,234", 5, Kind.WRONG),
        ("1.234", 1.234, Kind.CORRECT),
        ("1.234", 1234, Kind.UNPARSABLE),
        ("5!", 5, Kind.UNPARSABLE),
        ("more than 5", 5, Kind.UNPARSABLE),
        ("5 million", 5, Kind.WRONG),
        ("x", "  ", Kind.UNSCORABLE),
        ("3.13", {"value": 3.14, "tolerance": 0.01}, Kind.CORRECT),
        ("3.15", {"value": 3.14, "tolerance": 0.01}, Kind.CORRECT),
        ("3.151", {"value": 3.14, "tolerance": 0.01}, Kind.WRONG),
        ("100", {"value": "1,00", "tolerance": "99"}, Kind.CORRECT),
        ("5", {"value": 5}, Kind.CORRECT),
        ("unknown", ["unknown", {"value": 7, "tolerance": 1}], Kind.CORRECT),
        ("it is 7.5", ["unknown", {"value": 7, "tolerance": 1}], Kind.CORRECT),
        ("no idea", ["unknown", {"value": 7, "tolerance": 1}], Kind.WRONG),
        ("no idea", 7, Kind.UNPARSABLE),
        ("either 7 or 8", 7, Kind.UNPARSABLE),
        ("x", None, Kind.UNSCORABLE),
        ("x", [], Kind.UNSCORABLE),
        ("x", float("nan"), Kind.UNSCORABLE),
        ("x", {"tolerance": 1}, Kind.UNSCORABLE),
        ("5", {"value": 5, "tolerance": -1}, Kind.UNSCORABLE),
        ("5", {"value": 5, "tolerance": float("inf")}, Kind.UNSCORABLE),
        ("5", object(), Kind.UNSCORABLE),
    ],
)
def test_how_an_answer_is_compared(text: str, target: Any, kind: Kind) -> None:
    assert judge(text, target).kind is kind


@pytest.mark.parametrize(
    ("target", "answer", "kind"),
    [
        ("1,000", "1", Kind.UNPARSABLE),
        ("5", "5,000", Kind.UNPARSABLE),
        ("1,234", "1.234", Kind.UNPARSABLE),
        ("5", "5!", Kind.UNPARSABLE),
        ("-x", "x", Kind.WRONG),
        ("[2,5)", "(2,5]", Kind.WRONG),
        ("C", "C#", Kind.WRONG),
        ("102", "10²", Kind.WRONG),
        ("!x", "x", Kind.WRONG),
        ("$5", "5 €", Kind.WRONG),
        ("a.b", "ab", Kind.WRONG),
        ("for a man", "for man", Kind.WRONG),
        ("5%", "5‰", Kind.WRONG),
        ("x", "x'", Kind.WRONG),
        ("1", "1½", Kind.WRONG),
        ("А", "Б", Kind.WRONG),
        ("не", "he", Kind.WRONG),
        ("α", "a", Kind.WRONG),
    ],
)
def test_another_answer_is_not_right_either_way_round(target: str, answer: str, kind: Kind) -> None:
    assert judge(answer, target).kind is kind
    assert judge(target, answer).kind is kind


@pytest.mark.parametrize(
    "answer",
    [
        "$B$", r"\text{B}", r"\boxed{B}", r"\boxed{\text{B}}", r"\boxed{\boxed{\mathbf{B}}}",
        r"$$\boxed{B}$$", "<b>B</b>", "**B**",
        "`B`", "(B)", "B)", "B.", "«B»", "\u0412", "\u0392", "&nbsp;B", "<answer>B</answer>", "- B",
        r"So the answer is $\boxed{B}$.",
    ],
)  # fmt: skip
def test_dress_is_no_content(answer: str) -> None:
    assert judge(answer, "B").kind is Kind.CORRECT
    assert judge(answer, "C").kind is Kind.WRONG


@pytest.mark.parametrize(
    ("answer", "target", "number_format", "kind"),
    [
        ("1,000", "1000", "1,234.5", Kind.CORRECT),
        ("1,000", 1000, "en", Kind.CORRECT),
        ("1,000", "1", "en", Kind.WRONG),
        ("1,000", "1", "ru", Kind.CORRECT),
        ("1.234", 1234, "1.234,5", Kind.CORRECT),
        ("9{,}500", "9500", None, Kind.CORRECT),
        ("9{,}500", "9,500", None, Kind.CORRECT),
        ("5", "5", "no such", Kind.UNSCORABLE),
    ],
)
def test_a_tasks_number_format_settles_what_can_be_read_in_two_ways(
    answer: str, target: Any, number_format: str | None, kind: Kind
) -> None:
    scored = Scored(text=answer, metric="accuracy", target=target, number_format=number_format)
    assert score(scored).kind is kind


@pytest.mark.parametrize(
    ("answer", "target", "normalise", "kind"),
    [
        ("the cat!", "Cat", "squad", Kind.CORRECT),
        ("for man", "for a man", "squad", Kind.CORRECT),
        ("for man", "for a man", "text", Kind.WRONG),
        ("Cat", "cat", "exact", Kind.WRONG),
        (" cat ", "cat", "exact", Kind.CORRECT),
        ("cat", "cat", "no such", Kind.UNSCORABLE),
    ],
)
def test_a_tasks_normalise_says_which_differences_count(
    answer: str, target: str, normalise: str, kind: Kind
) -> None:
    assert score(Scored(text=answer, metric="accuracy", target=target, normalise=normalise)).kind is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<think>A or C?</think>B", Kind.CORRECT),
        ("A or C?</think>B", Kind.CORRECT),
        ("<think>B</think>C", Kind.WRONG),
        ("<think>B", Kind.NOT_ANSWERED),
        ("<think>B</think>", Kind.NOT_ANSWERED),
    ],
)
def test_reasoning_is_no_answer(text: str, kind: Kind) -> None:
    entry = {"metric": "accuracy", "target": "B", "regexp": r"\b([A-D])\b"}
    assert score(Scored.of_entry(entry, text)).kind is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SUPPORTED", Kind.WRONG),
        ("refuted.", Kind.CORRECT),
        ("At first SUPPORTED. In the end: REFUTED", Kind.CORRECT),
        ("REFUTED. In the end: SUPPORTED", Kind.WRONG),
        ("It is not SUPPORTED", Kind.CORRECT),
        ("SUPPORTED or REFUTED", Kind.UNPARSABLE),
        ("neither SUPPORTED nor REFUTED", Kind.UNPARSABLE),
        ("UNSUPPORTED", Kind.UNPARSABLE),
    ],
)
def test_of_labels_the_last_decisive_word_counts(text: str, kind: Kind) -> None:
    assert judge(text, "REFUTED", r"\b(SUPPORTED|REFUTED)\b").kind is kind


def test_a_negated_label_of_three_has_no_opposite() -> None:
    assert judge("not supported", "refuted", r"\b(supported|refuted|unclear)\b").kind is Kind.UNPARSABLE


@pytest.mark.parametrize("text", ["not wrong", "It isn't wrong.", "It is not morally wrong", "not_wrong"])
def test_named_groups_are_labels(text: str) -> None:
    pattern = r"(?i)(?P<not_wrong>not[ _]wrong)|(?P<wrong>wrong)"
    assert judge(text, "not wrong", pattern).kind is Kind.CORRECT


@pytest.mark.parametrize("text", [None, "", " \n "])
@pytest.mark.parametrize("metric", ["accuracy", "exact", "include_exclude", "RtA", "f1", "bleu", "chrf"])
def test_a_missing_text_is_not_answered_whatever_the_metric(text: str | None, metric: str) -> None:
    assert judge(text, "x", metric=metric).kind is Kind.NOT_ANSWERED


def test_a_broken_regexp_is_the_tasks_fault_and_a_slow_one_is_not_the_models() -> None:
    broken, slow = judge("a", "a", "("), judge("a" * 5000 + "b", "a", "(a+)+$")
    assert broken.kind is Kind.UNSCORABLE and "'('" in broken.detail
    assert slow.kind is Kind.UNPARSABLE and "(a+)+$" in slow.detail


def test_an_answer_that_is_the_whole_text_is_not_kept_twice() -> None:
    assert judge(" yes ", "yes").answer is None
    assert judge("yes!", "yes", "yes").answer == "yes"


@pytest.mark.parametrize(
    ("text", "target", "kind"),
    [
        (" Yes\n", "Yes", Kind.CORRECT),
        ("yes", "Yes", Kind.WRONG),
        ("Yes.", "Yes", Kind.WRONG),
        ("cafe\u0301", "café", Kind.CORRECT),
        ("5", 5, Kind.CORRECT),
        ("b", ["a", "b"], Kind.CORRECT),
        ("b", None, Kind.UNSCORABLE),
    ],
)
def test_exact(text: str, target: Any, kind: Kind) -> None:
    assert judge(text, target, metric="exact").kind is kind


@given(st.text(min_size=1).filter(str.strip))
def test_the_target_itself_is_always_right(target: str) -> None:
    assert judge(target, target).kind is Kind.CORRECT
    assert judge(target, target, metric="exact").kind is Kind.CORRECT


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1))
def test_exactly_right_is_right(text: str, target: str) -> None:
    if judge(text, target, metric="exact").kind is Kind.CORRECT:
        assert judge(text, target).kind is Kind.CORRECT


@given(st.text(min_size=1).filter(str.strip), st.lists(st.text(), min_size=1, max_size=4))
def test_of_several_targets_any_will_do(text: str, targets: list[str]) -> None:
    alone = [judge(text, target).kind is Kind.CORRECT for target in targets]
    assert (judge(text, targets).kind is Kind.CORRECT) == any(alone)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(0, 10**6))
def test_a_tolerance_is_a_distance(answer: int, value: int, tolerance: int) -> None:
    verdict = judge(f"It is {answer}.", {"value": value, "tolerance": tolerance})
    assert (verdict.kind is Kind.CORRECT) == (abs(answer - value) <= tolerance)
