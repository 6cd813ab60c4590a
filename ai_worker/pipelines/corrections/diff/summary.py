"""The list of changes in one line for `task_item.change_summary`."""

from collections.abc import Sequence

from ai_worker.pipelines.corrections.diff.changes import Change
from ai_worker.pipelines.corrections.diff.naming.kinds import Kind
from ai_worker.pipelines.corrections.remark import Remark

LONGEST = 500
"""Characters."""

_SHOWN_OF_A_KIND = 3
_SHOWN_LENGTH = 30
_ORDER: tuple[Kind, ...] = ("meaning", "grammar", "spelling", "style", "punctuation")


def summarise(changes: Sequence[Change]) -> str:
    """Such as `3 changes: spelling 2 ("teh" → "the", "quik" → "quick"), punctuation 1`; what needs a second
    look comes first.
    """
    if not changes:
        return "no changes"
    parts = []
    for kind in _ORDER:
        if of_kind := [change for change in changes if change.kind == kind]:
            parts.append(
                f"{kind} {len(of_kind)}" + ("" if kind == "punctuation" else f" ({_examples(of_kind)})")
            )
    return _cut(f"{len(changes)} change{'s' if len(changes) > 1 else ''}: {', '.join(parts)}", LONGEST)


def with_warnings(summary: str | None, remarks: Sequence[Remark]) -> str | None:
    """The summary with the warnings behind it, for a panel that shows this one line; None where there is
    neither.
    """
    if not remarks:
        return summary
    told = ", ".join(f"{remark.code} ({remark.detail})" for remark in remarks)
    counted = f"{len(remarks)} warning{'s' if len(remarks) > 1 else ''}: {told}"
    return _cut(f"{summary}; {counted}" if summary else counted, LONGEST)


def _examples(changes: Sequence[Change]) -> str:
    distinct = list(dict.fromkeys(_shown(change) for change in changes))
    return ", ".join(distinct[:_SHOWN_OF_A_KIND]) + (", …" if len(distinct) > _SHOWN_OF_A_KIND else "")


def _shown(change: Change) -> str:
    before, after = _quoted(change.before), _quoted(change.after)
    if not change.before.strip():
        return f"added {after}"
    if not change.after.strip():
        return f"removed {before}"
    return f"{before} → {after}"


def _quoted(text: str) -> str:
    return f'"{_cut(" ".join(text.split()), _SHOWN_LENGTH)}"'


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
