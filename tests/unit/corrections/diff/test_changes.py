import random
import time
from itertools import pairwise
from types import SimpleNamespace
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai_worker.pipelines.corrections.diff.changes import MOST, Change, apply, bounded, diff, edits
from tests.unit.corrections.texts import PAIRS


@given(PAIRS)
@example(("", "")).via("nothing")
@example(("a\x00b\r\n", "a\x00c\n")).via("NUL and line ends")
@example(("👩‍👩‍👧‍👦 e\u0301", "👩‍👩‍👦 e")).via("graphemes that shrink")
def test_all_changes_applied_give_the_answer(pair: tuple[str, str]) -> None:
    source, answer = pair
    assert normalize("NFC", apply(source, diff(source, answer))) == normalize("NFC", answer)


@given(PAIRS)
def test_changes_are_apart_in_order_and_say_what_they_replace(pair: tuple[str, str]) -> None:
    source, answer = pair
    changes = diff(source, answer)
    for change in changes:
        assert change.before != change.after
        assert source[change.start : change.end] == change.before
    for change, following in pairwise(changes):
        assert change.end <= following.start
        assert change.start < following.end, "two insertions in one place would have no order"


@given(PAIRS, st.randoms(use_true_random=False))
def test_any_changes_in_any_order_can_be_applied_and_leave_the_rest_alone(
    pair: tuple[str, str], chance: random.Random
) -> None:
    source, answer = pair
    changes = diff(source, answer)
    chosen = [change for change in changes if chance.random() < 0.5]
    expected, position = "", 0
    for change in changes:
        expected += source[position : change.start] + (change.after if change in chosen else change.before)
        position = change.end
    expected += source[position:]
    chance.shuffle(chosen)
    assert apply(source, chosen) == expected


@given(PAIRS, st.integers(1, 12))
def test_a_bounded_list_comes_to_the_same(pair: tuple[str, str], most: int) -> None:
    source, answer = pair
    changes = edits(source, answer)
    fewer = bounded(source, changes, most)
    assert len(fewer) == min(most, len(changes))
    assert apply(source, fewer) == apply(source, changes)
    assert all(source[change.start : change.end] == change.before for change in fewer)
    assert all(change.end <= following.start for change, following in pairwise(fewer))


def test_a_bounded_list_joins_what_stands_close_together() -> None:
    source = "teh quik fox, and much later a brwon dog"
    fewer = diff(source, "the quick fox, and much later a brown dog", 2)
    assert [(change.before, change.after) for change in fewer] == [
        ("teh quik", "the quick"),
        ("brwon", "brown"),
    ]


def test_no_change_where_nothing_differs() -> None:
    assert diff("the same, 👍\r\n", "the same, 👍\r\n") == []


@pytest.mark.parametrize(
    "change",
    [Change(0, 3, "abd", "x", "style"), Change(2, 9, "c", "x", "style")],
)
def test_a_change_of_another_text_is_not_applied(change: Change) -> None:
    with pytest.raises(ValueError, match="not one of this text"):
        apply("abc", [change])


def test_overlapping_changes_are_not_applied() -> None:
    with pytest.raises(ValueError, match="not one of this text"):
        apply("abcd", [Change(0, 3, "abc", "x", "style"), Change(2, 4, "cd", "y", "style")])


def _edits(source: str, answer: str) -> list[tuple[str, str]]:
    return [(change.before, change.after) for change in diff(source, answer)]


def test_each_slip_is_a_change_of_its_own() -> None:
    assert _edits(
        "Teh quik brown fox jumps over lazy dog .", "The quick brown fox jumps over the lazy dog."
    ) == [
        ("Teh", "The"),
        ("quik", "quick"),
        ("", "the "),
        (" ", ""),
    ]


def test_words_and_not_spaces_are_what_is_aligned() -> None:
    source = "he is a specialist in computer program but he do not know about other field."
    answer = "He is a specialist in computer programming but he does not know about other fields."
    assert _edits(source, answer) == [
        ("he", "He"),
        ("program", "programming"),
        ("do", "does"),
        ("field", "fields"),
    ]


def test_a_sentence_left_out_is_that_sentence() -> None:
    assert _edits(
        "One thing is so. Two things are so. Three are not.", "One thing is so. Three are not."
    ) == [("Two things are so. ", "")]


def test_words_moved_past_one_other_are_one_change() -> None:
    assert _edits("It 's really a good film .", "It 's a really good film .") == [("really a", "a really")]


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("cafe\u0301 ok", "caf\u00e9 ok"),
        ("za\u017co\u0301\u0142c\u0301", "zażółć"),
        ("ё", "е\u0308"),
        ("\u212b", "\u00c5"),
    ],
)
def test_the_same_letters_composed_otherwise_are_no_change(source: str, answer: str) -> None:
    assert diff(source, answer) == []


def test_a_slip_beside_letters_composed_otherwise_is_the_one_change() -> None:
    assert _edits("cafe\u0301 teh", "caf\u00e9 the") == [("teh", "the")]


def test_spaces_at_the_ends_are_changes_too() -> None:
    assert _edits("  teh end ", "the end\n") == [("  ", ""), ("teh", "the"), (" ", "\n")]


def test_split_and_joined_words_are_one_change() -> None:
    assert _edits("I have alot of frends", "I have a lot of friends") == [
        ("alot", "a lot"),
        ("frends", "friends"),
    ]
    assert _edits("Я незнаю", "Я не знаю") == [("незнаю", "не знаю")]
    assert _edits("nie pokoi mnie to", "niepokoi mnie to") == [("nie pokoi", "niepokoi")]


def test_a_rewritten_phrase_is_not_cut_up_at_its_spaces() -> None:
    assert _edits("It is very simple and easy to see.", "It is obvious at once.") == [
        ("very simple and easy to see", "obvious at once")
    ]


def test_unspaced_scripts_change_by_character() -> None:
    assert _edits("私わ学生です", "私は学生です") == [("わ", "は")]


WORDS = [f"word{number}" for number in range(3000)]


def _long_text(chance: random.Random, length: int) -> str:
    return " ".join(WORDS[min(int(chance.paretovariate(0.6)), 2999)] for _ in range(length))


LONG = {
    "a few slips in a book": (_long_text(random.Random(1), 100_000), None),
    "nothing in common but spaces": (" ".join(WORDS * 33), " ".join(f"x{word}" for word in WORDS * 33)),
    "one word over and over": ("a " * 100_000, "a b " * 80_000),
    "another book": (_long_text(random.Random(1), 100_000), _long_text(random.Random(2), 100_000)),
    "one endless word": ("x" * 400_000, "x" * 399_999 + "y"),
    "all moved": (
        " ".join(f"u{number}" for number in range(99_999)),
        " ".join(f"u{number}" for number in range(99_999, 0, -1)),
    ),
    "Chinese": ("字" * 30_000 + "的", "字" * 29_999 + "了"),
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_take_bounded_time(name: str) -> None:
    source, answer = LONG[name]
    if answer is None:
        chance = random.Random(2)
        answer = " ".join(
            word + "s" if chance.random() < 0.02 else word
            for word in source.split(" ")
            if chance.random() > 0.01
        )
    started = time.process_time()
    changes = diff(source, answer)
    assert time.process_time() - started < 3, (
        "seconds of CPU, thrice the usual; quadratic work would take minutes"
    )
    assert apply(source, changes) == answer


def test_others_run_while_a_long_text_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    source, answer = (
        LONG["a few slips in a book"][0],
        LONG["a few slips in a book"][0].replace("word9", "word8"),
    )
    turns = [time.process_time()]
    # Of that module alone: threads that other tests have left sleep, too.
    noting = SimpleNamespace(sleep=lambda seconds: turns.append(time.process_time()))
    monkeypatch.setattr("ai_worker.pipelines.corrections.diff.turns.time", noting)
    diff(source, answer)
    turns.append(time.process_time())
    assert max(later - earlier for earlier, later in pairwise(turns)) < 0.5, (
        "seconds of CPU; the whole takes longer"
    )
    assert len(turns) > 30


def test_a_long_text_with_a_slip_in_every_sentence_keeps_its_changes_small() -> None:
    source = "".join(f"Sentence {number} has a mistaek in it. " for number in range(2_000))
    changes = diff(source, source.replace("mistaek", "mistake"))
    assert {(change.before, change.after, change.kind) for change in changes} == {
        ("mistaek", "mistake", "spelling")
    }
    assert len(changes) == 2_000


def test_a_long_text_without_a_unique_word_keeps_its_changes_small() -> None:
    source = "the cat sat on the mat and it was so very good . " * 3_000
    changes = edits(source, source.replace("sat on the", "sit on a"))
    assert {(change.before, change.after) for change in changes} == {("sat", "sit"), ("the", "a")}


def test_no_more_changes_than_a_reviewer_can_decide() -> None:
    source = "teh cat . " * (MOST + 500)
    changes = diff(source, source.replace("teh", "the"))
    assert len(changes) == MOST
    assert apply(source, changes) == source.replace("teh", "the")
