"""The single edits that lead from a text to its corrected form, computed from the two and never taken from a
model's own list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

from ai_worker.pipelines.corrections.diff.hanging import differing_pieces
from ai_worker.pipelines.corrections.diff.naming.in_context import Naming
from ai_worker.pipelines.corrections.diff.naming.kinds import Kind
from ai_worker.pipelines.corrections.diff.stretch import differing_stretch
from ai_worker.pipelines.corrections.diff.turns import let_others_run, taking_turns
from ai_worker.pipelines.corrections.diff.words import tokens

MOST = 2_000
"""Changes of one text that are kept apart; no reviewer decides more of them one by one."""


class Edit(NamedTuple):
    """One edit, not yet named.

    Args:
        start, end: the span in the source that it replaces, in Unicode code points, end excluded; equal for
            an insertion.
        before: the text of that span.
        after: the text that takes its place.
    """

    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One edit, with the kind by which a reviewer sorts it.

    Args:
        start, end, before, after: as in `Edit`.
        reason: a few words on why it is of that kind.
    """

    start: int
    end: int
    before: str
    after: str
    kind: Kind
    reason: str = ""


class Span(Protocol):
    """The parts of an edit or a change that `apply` needs."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def before(self) -> str: ...  # noqa: D102
    @property
    def after(self) -> str: ...  # noqa: D102


def diff(source: str, answer: str, most: int = MOST) -> list[Change]:
    """The edits from `source` to `answer`, by their place in the source; no two overlap.

    All of them applied give `answer`, but for accents: a letter composed otherwise (NFC, NFD) looks the same
    and stays as it is.

    Args:
        most: changes at most; of a longer list those closest to each other become one.
    """
    if source == answer:
        return []
    naming = Naming(source, answer)
    found = bounded(source, edits(source, answer, most), most)
    let_others_run(len(found))
    return [
        Change(*edit, *naming.kind(edit.start, edit.before, edit.after))
        for edit in taking_turns(found, at_once=100)
    ]


def edits(source: str, answer: str, most: int | None = None) -> list[Edit]:
    """As few words as possible, each edit in one piece.

    Args:
        most: edits beyond which words that are only written otherwise are no edits of their own.
    """
    stretch = differing_stretch(source, answer)
    found = _edits(stretch.first, stretch.second, most)
    cut_in_spaces = stretch.first[:1].isspace() or stretch.first[-1:].isspace()
    if not cut_in_spaces and all(edit.before.strip() and edit.after.strip() for edit in found):
        return [
            edit._replace(start=edit.start + stretch.start, end=edit.end + stretch.start) for edit in found
        ]
    # What was only added or only left out may come to rest farther off, as at the start of a sentence.
    return _edits(source, answer, most)


def _edits(source: str, answer: str, most: int | None) -> list[Edit]:
    first, second = tokens(source), tokens(answer)
    let_others_run(len(first))
    starts = [0, *accumulate(map(len, first))]
    return [
        Edit(starts[start], starts[end], "".join(first[start:end]), "".join(second[other_start:other_end]))
        for start, end, other_start, other_end in differing_pieces(first, second, most)
    ]


def bounded(source: str, edits: Sequence[Edit], most: int = MOST) -> list[Edit]:
    """At most `most` edits that come to the same: those closest to each other become one, with the text
    between them.
    """
    if len(edits) <= most:
        return list(edits)
    gaps = sorted(range(1, len(edits)), key=lambda place: edits[place - 1].end - edits[place].start)
    kept = sorted(gaps[: most - 1])
    return [_joined(source, edits[start:end]) for start, end in pairwise([0, *kept, len(edits)])]


def _joined(source: str, edits: Sequence[Edit]) -> Edit:
    start, end = edits[0].start, edits[-1].end
    before = source[start:end]
    moved = [Edit(edit.start - start, edit.end - start, edit.before, edit.after) for edit in edits]
    return Edit(start, end, before, apply(before, moved))


def apply(source: str, changes: Iterable[Span]) -> str:
    """The source with these edits made, whichever of them are given and in whatever order: spans always mean
    the source.

    Raises:
        ValueError: an edit does not stand where it says, or two overlap: they are of another source.
    """
    parts = []
    position = 0
    for change in sorted(changes, key=lambda change: (change.start, change.end)):
        if (
            change.start < position
            or change.end > len(source)
            or source[change.start : change.end] != change.before
        ):
            raise ValueError(f"the change at {change.start}:{change.end} is not one of this text")
        parts += [source[position : change.start], change.after]
        position = change.end
    return "".join(parts) + source[position:]
