import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring import Kind, Scored, Verdict, score
from ai_worker.pipelines.evaluations.scoring.metrics.include_exclude import occurs
from ai_worker.pipelines.evaluations.scoring.reading.texts import fold


def judge(text: str, include: Any = (), exclude: Any = ()) -> Verdict:
    return score(
        Scored.of_entry({"metric": "include_exclude", "include_list": include, "exclude_list": exclude}, text)
    )


@pytest.mark.parametrize(
    ("text", "needle", "found"),
    [
        ("Кот сидит.", "кот", True),
        ("котлета", "кот", False),
        ("у кота", "кот", False),
        ("скот и кот", "кот", True),
        ("ЕЩЁ раз", "еще", True),
        ("STRASSE", "Straße", True),
        ("machine\n  learning", "machine learning", True),
        ("cat_food", "cat", False),
        ("cat-food", "cat", True),
        ("cat2", "cat", False),
        ("don't", "don", True),
        ("C++ and C", "C++", True),
        ("使用Python编写", "python", True),
        ("我爱北京天安门", "北京", True),
        ("서울은 크다", "서울", True),
        ("กรุงเทพมหานคร", "เทพ", True),
        ("a :: b", "::", True),
        ("naïve", "nai", False),
    ],
)
def test_an_item_occurs_as_whole_words(text: str, needle: str, found: bool) -> None:
    assert (judge(text, [needle]).kind is Kind.CORRECT) is found
    assert (judge(text, [], [needle]).kind is Kind.WRONG) is found


def test_every_include_and_no_exclude() -> None:
    assert judge("red and green", ["red", "green"], ["blue"]) == Verdict(Kind.CORRECT, 1.0)
    verdict = judge("red and blue", ["red", "green"], ["blue", "black"])
    assert verdict == Verdict(Kind.WRONG, 0.0, detail="missing: green; forbidden: blue")


def test_one_value_is_a_list_of_one_and_numbers_are_texts() -> None:
    assert judge("in 1905", 1905).kind is Kind.CORRECT
    assert judge("red", "red", "blue").kind is Kind.CORRECT


@pytest.mark.parametrize("empty", [None, [], [""], [None, float("nan"), " "]])
def test_without_a_single_item_there_is_nothing_to_judge_by(empty: Any) -> None:
    assert judge("text", empty, empty).kind is Kind.UNSCORABLE


words = st.text(alphabet=st.characters(categories=["Ll", "Lu"]), min_size=1, max_size=8)


@given(st.lists(words, min_size=1), st.data())
def test_each_word_of_a_text_occurs_in_it(text: list[str], data: st.DataObject) -> None:
    needle = data.draw(st.sampled_from(text))
    assert judge(", ".join(text), [needle]).kind is Kind.CORRECT
    assert judge(", ".join(text), text).kind is Kind.CORRECT
    assert judge(", ".join(text), [], [needle]).kind is Kind.WRONG


cyrillic = st.text(alphabet="абвгдеж", min_size=1, max_size=6)


@given(cyrillic, cyrillic, cyrillic)
def test_a_part_of_a_word_is_not_that_word(before: str, needle: str, after: str) -> None:
    assert not occurs(needle, f"{before}{needle}{after}")
    assert occurs(needle, f"{before} {needle}. {after}")


spaced = st.text(alphabet="аб bé1_.-", min_size=1, max_size=12)


@given(spaced, spaced)
def test_boundaries_are_those_of_re_where_words_are_spaced(text: str, needle: str) -> None:
    folded, wanted = fold(text), fold(needle)
    left, right = (
        "(?<!\\w)" if wanted[:1].isalnum() or wanted[:1] == "_" else "",
        "(?!\\w)" if wanted[-1:].isalnum() or wanted[-1:] == "_" else "",
    )
    if wanted:
        assert occurs(wanted, folded) == bool(re.search(left + re.escape(wanted) + right, folded))
