"""An answer beside its source."""

from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.panel.comparison import CONTEXT, MOST_CHANGES, compare
from ai_worker.pipelines.corrections.review.decisions import ReviewedChange

WORDS = st.lists(st.sampled_from(["a", "the", "cat", "sat", "1,000", ".", "żółw"]), max_size=30).map(" ".join)


def changes(source: str, answer: str) -> list[ReviewedChange]:
    return [ReviewedChange(position, change) for position, change in enumerate(diff(source, answer), 1)]


@given(WORDS, WORDS)
def test_each_side_reads_as_its_text(source: str, answer: str) -> None:
    found = compare(source, changes(source, answer))
    assert "".join(piece.text for piece in found.original) == source
    assert "".join(piece.text for piece in found.corrected) == answer


def test_long_stretches_are_folded_and_counted() -> None:
    source, answer = f"teh {'x ' * 5000}end", f"the {'x ' * 5000}end"
    found = compare(source, changes(source, answer))
    assert sum(len(piece.text) + piece.folded for piece in found.original) == len(source)
    assert sum(len(piece.text) for piece in found.original) < 2 * CONTEXT + 10


def test_more_changes_than_a_page_shows_are_counted() -> None:
    source = " ".join(f"recieve{number} sense{number}" for number in range(MOST_CHANGES + 20))
    found = compare(source, changes(source, source.replace("recieve", "receive")))
    assert found.hidden == 20
