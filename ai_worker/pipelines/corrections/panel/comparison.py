"""An answer beside its source, as pieces to show: what is the same, and every change on the side where it
stands.

Long stretches without a change are folded, so that a page stays small whatever a model has answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.corrections.review.decisions import ReviewedChange
from ai_worker.pipelines.corrections.statuses import ChangeStatus

FOLDED_FROM = 600
CONTEXT = 200
"""Characters that stay on either side of a fold."""
MOST_CHANGES = 300
LONGEST_CHANGE = 2_000
MOST_COMPARED = 1_000_000
"""Characters of a text up to which changes are looked for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one side.

    Args:
        position: of the change that it is; 0 where both sides are the same.
        off: True if the change is rejected.
        folded: characters left out behind it.
    """

    text: str
    position: int = 0
    off: bool = False
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides.

    Args:
        hidden: changes that are not shown, since there are too many.
    """

    original: Sequence[Piece]
    corrected: Sequence[Piece]
    hidden: int = 0


def compare(source: str, changes: Sequence[ReviewedChange]) -> Comparison:
    """Lay the changes out over the source.

    Args:
        changes: by their place.
    """
    original: list[Piece] = []
    corrected: list[Piece] = []
    position = 0
    for of in changes[:MOST_CHANGES]:
        same = list(_folded(source[position : of.change.start]))
        off = of.status is ChangeStatus.REJECTED
        original += [*same, Piece(_cut(of.change.before), of.position, off)]
        corrected += [*same, Piece(_cut(of.change.after), of.position, off)]
        position = of.change.end
    rest = list(_folded(source[position:]))
    return Comparison([*original, *rest], [*corrected, *rest], max(0, len(changes) - MOST_CHANGES))


def _folded(text: str) -> Iterator[Piece]:
    if not text:
        return
    if len(text) <= FOLDED_FROM:
        yield Piece(text)
        return
    yield Piece(text[:CONTEXT], folded=len(text) - 2 * CONTEXT)
    yield Piece(text[-CONTEXT:])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CHANGE else f"{text[:LONGEST_CHANGE]}…"
