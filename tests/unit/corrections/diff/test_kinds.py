import pytest

from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.diff.naming.kinds import classify
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
        (
            "one two three four five six seven",
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu",
            "meaning",
        ),
    ],
)
def test_kinds_follow_the_rules(before: str, after: str, kind: str) -> None:
    assert classify(before, after)[0] == kind


@pytest.mark.parametrize(
    ("source", "answer", "reason"),
    [
        ("We went home. Two things are so. Bye.", "We went home. Bye.", "a sentence was left out"),
        ("We went home. Bye.", "We went home. It was quite late. Bye.", "a sentence was added"),
        ("Ala ma kota.", "У Алы есть кот.", "another language"),
        ("I met Anna there.", "I met Hanna there.", "a name differs"),
        ("Anna came. I met Anna there.", "Maria came. I met Maria there.", "a name differs"),
        ("It costs 15 zł.", "It costs 50 zł.", "a number differs"),
        ("It costs two euros.", "It costs three euros.", "a number differs"),
        ("It weighs 5 kg.", "It weighs 5 g.", "a unit differs"),
        ("It costs $5.", "It costs €5.", "a unit differs"),
        ("do poniedziałku", "do wtorku", "a day or month differs"),
        ("in /usr/local/bin", "in /usr/local/sbin", "an address differs"),
        ("see C:\\Users\\ala", "see C:\\Users\\ola", "an address differs"),
        ("see example.com now", "see example.org now", "an address differs"),
        ("see https://a.example/b?c=1, ok", "see https://a.example/b?c=2, ok", "an address differs"),
        ("ask @anna_k now", "ask @anna_q now", "an address differs"),
        ("mail ala@example.com now", "mail ola@example.com now", "an address differs"),
        ("It is safe.", "It is not safe.", "a negation differs"),
    ],
)
def test_what_changes_the_meaning_is_called_so(source: str, answer: str, reason: str) -> None:
    assert next((change.kind, change.reason) for change in diff(source, answer)) == ("meaning", reason)


@pytest.mark.parametrize(
    ("source", "answer", "kind"),
    [
        ("Teh end.", "The end.", "spelling"),
        ("It costs 1 zł and 5 kg", "It costs 1 zł, and 5 kg", "punctuation"),
        ("He speaks english.", "He speaks English.", "spelling"),
        ("and/or he/she", "and/or she/he", "grammar"),
        ("end.The next", "end. The next", "punctuation"),
        ("ссылка сat", "ссылка cat", "spelling"),
        ("It costs two euros.", "It costs 2 euros.", "style"),
        ("in march we march", "in March we march", "spelling"),
    ],
)
def test_what_leaves_the_meaning_is_not_called_otherwise(source: str, answer: str, kind: str) -> None:
    assert {change.kind for change in diff(source, answer)} == {kind}


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
