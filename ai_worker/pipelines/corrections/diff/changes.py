"""The single edits that lead from a text to its corrected form, computed from the two and never taken from a model's own list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from ai_worker.pipelines.corrections.diff.align import differing
from ai_worker.pipelines.corrections.diff.kinds import Kind, classify
from ai_worker.pipelines.corrections.diff.words import tokens

MOST = 2_000
"""Changes of one text that are kept apart; nobody judges more of them one by one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One edit.

    Args:
        start, end: the span in the source that it replaces, in Unicode code points, end excluded; equal for an insertion.
        before: what stands in that span.
        after: what takes its place.
        reason: a few words on why it is of that kind.
    """

    start: int
    end: int
    before: str
    after: str
    kind: Kind
    reason: str = ""


def diff(source: str, answer: str) -> list[Change]:
    """The edits from `source` to `answer`, by their place in the source; no two overlap, and all of them applied give `answer`."""
    first, second = tokens(source), tokens(answer)
    starts = [0, *accumulate(map(len, first))]
    changes = []
    for start, end, other_start, other_end in differing(first, second):
        before, after = "".join(first[start:end]), "".join(second[other_start:other_end])
        kind, reason = classify(before, after)
        changes.append(Change(starts[start], starts[end], before, after, kind, reason))
    return changes


def bounded(source: str, changes: Sequence[Change], most: int = MOST) -> list[Change]:
    """At most so many changes that come to the same: those closest to each other become one, with what stands between them."""
    gaps = [(later.start - earlier.end, place) for place, (earlier, later) in enumerate(pairwise(changes), 1)]
    kept = sorted(place for _, place in sorted(gaps, reverse=True)[: most - 1]) if len(changes) > most else range(1, len(changes))
    return [_joined(source, changes[start:end]) for start, end in pairwise([0, *kept, len(changes)]) if end > start]


def _joined(source: str, changes: Sequence[Change]) -> Change:
    if len(changes) == 1:
        return changes[0]
    start, end = changes[0].start, changes[-1].end
    moved = [Change(change.start - start, change.end - start, change.before, change.after, change.kind) for change in changes]
    before = source[start:end]
    after = apply(before, moved)
    kind, reason = classify(before, after)
    return Change(start, end, before, after, kind, reason)


def apply(source: str, changes: Iterable[Change]) -> str:
    """The source with these edits made, whichever of them are given and in whatever order: spans always mean the source.

    Raises:
        ValueError: an edit does not stand where it says, or two overlap: they are of another source.
    """
    parts = []
    position = 0
    for change in sorted(changes, key=lambda change: (change.start, change.end)):
        if change.start < position or change.end > len(source) or source[change.start : change.end] != change.before:
            raise ValueError(f"the change at {change.start}:{change.end} is not one of this text")
        parts += [source[position : change.start], change.after]
        position = change.end
    return "".join(parts) + source[position:]
