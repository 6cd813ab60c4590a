import pytest

from ai_worker.pipelines.corrections.diff.kinds import classify
from ai_worker.pipelines.corrections.diff.resemblance import resemblance


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("teh", "the", "spelling"),
        ("recieve", "receive", "spelling"),
        ("english", "English", "spelling"),
        ("cafe\u0301", "café", "spelling"),
        ("alot", "a lot", "spelling"),
        ("poszłem", "poszedłem", "spelling"),
        ("nie pokoi", "niepokoi", "spelling"),
        ("незнаю", "не знаю", "spelling"),
        ("mistaek", "mistake", "spelling"),
        ("word", "work", "spelling"),
        ("", "the ", "grammar"),
        ("is", "are", "grammar"),
        ("cat", "cats", "grammar"),
        ("jabłka", "jabłek", "grammar"),
        ("дома", "домов", "grammar"),
        ("dont", "doesn't", "grammar"),
        (" ", ", ", "punctuation"),
        (".", "!", "punctuation"),
        ("", "\r\n", "punctuation"),
        ("well known", "well-known", "punctuation"),
        ("big", "large", "style"),
        ("very simple to see", "obvious", "style"),
        ("👍", "👎", "style"),
        ("3", "5", "meaning"),
        ("1.5", "15", "meaning"),
        ("", "not ", "meaning"),
        ("is", "isn't", "meaning"),
        ("nie ", "", "meaning"),
        ("не ", "", "meaning"),
        ("one two three four five six seven", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu", "meaning"),
    ],
)
def test_kinds_follow_the_rules(before: str, after: str, kind: str) -> None:
    assert classify(before, after)[0] == kind


def test_every_kind_comes_with_its_reason() -> None:
    assert classify("2019", "2020") == ("meaning", "a number differs")
    assert classify("Its", "It's")[1]


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("teh", "the", True),
        ("cat", "dog", False),
        ("a", "b", False),
        ("friend", "freind", True),
        ("go", "went", False),
        ("x" * 50, "x" * 49, False),
    ],
)
def test_resemblance(first: str, second: str, alike: bool) -> None:
    assert (resemblance(first, second) > 0) == alike


def test_swapped_neighbours_count_once() -> None:
    assert resemblance("teh", "the") == pytest.approx(2 / 3)
