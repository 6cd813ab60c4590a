"""The stretch in which two texts differ, and what may be told from it alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.corrections.diff import changes
from ai_worker.pipelines.corrections.diff.stretch import Stretch, differing_stretch
from ai_worker.pipelines.corrections.warnings import figures
from tests.unit.corrections.texts import PAIRS, TEXTS

FIGURES = st.lists(
    st.sampled_from(["5", "kg", "km", "1 000", "12:30", "zł", "$", "Monday", "maja", "two", "a", ",", "."])
    | st.sampled_from(["x.com", "@anna", "/usr/bin", "\n", "\u00a0", "\t", "3"]),
    max_size=8,
).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words), "  ".join(words)]))


@pytest.mark.parametrize(
    ("first", "second", "stretch"),
    [
        ("a b c d e f", "a b C d e f", ("b c d e", "b C d e")),
        ("same", "same", ("same", "same")),
        ("", "new", ("", "new")),
        ("a b", "a b c", ("a b", "a b c")),
        ("it weighs 5 kg today, he said", "it weighs 5 g today, he said", ("5 kg today,", "5 g today,")),
    ],
)
def test_whole_words_and_one_on_either_side(first: str, second: str, stretch: tuple[str, str]) -> None:
    assert differing_stretch(first, second)[1:] == stretch


@given(TEXTS | FIGURES, TEXTS | FIGURES, TEXTS | FIGURES, TEXTS | FIGURES)
def test_outside_of_it_the_texts_are_the_same(start: str, one: str, other: str, end: str) -> None:
    first, second = start + one + end, start + other + end
    place, here, there = differing_stretch(first, second)
    assert first.startswith(here, place) and second.startswith(there, place)
    assert first[:place] + there + first[place + len(here) :] == second


@given(FIGURES, FIGURES, FIGURES, FIGURES)
def test_figures_are_told_by_it_as_by_the_whole_texts(start: str, one: str, other: str, end: str) -> None:
    first, second = start + one + end, start + other + end
    checks = (figures.numbers, figures.dates, figures.units, figures.addresses)
    by_stretch = [list(check(first, second)) for check in checks]
    assert list(figures.figures(first, second)) == [remark for found in by_stretch for remark in found]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "differing_stretch", lambda one, other: Stretch(0, one, other))
        whole = [list(check(first, second)) for check in checks]
    assert by_stretch == whole


@given(PAIRS, st.sampled_from([None, 2]))
def test_edits_are_found_in_it_as_in_the_whole_texts(pair: tuple[str, str], most: int | None) -> None:
    assert changes.edits(*pair, most) == changes._edits(*pair, most)
