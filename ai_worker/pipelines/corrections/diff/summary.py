"""The list of changes in one line for `task_item.change_summary`."""

from collections.abc import Sequence

from ai_worker.pipelines.corrections.diff.changes import Change
from ai_worker.pipelines.corrections.diff.naming.kinds import Kind

LONGEST = 500
"""Characters."""

_SHOWN_OF_A_KIND = 3
_SHOWN_LENGTH = 30
_ORDER: tuple[Kind, ...] = ("meaning", "grammar", "spelling", "style", "punctuation")


def summarise(changes: Sequence[Change]) -> str:
    """Such as `3 changes: spelling 2 ("teh" → "the", "quik" → "quick"), punctuation 1`; what needs a second look comes first."""
    if not changes:
        return "no changes"
    parts = []
    for kind in _ORDER:
        if of_kind := [change for change in changes if change.kind == kind]:
            parts.append(
                f"{kind} {len(of_kind)}" + ("" if kind == "punctuation" else f" ({_examples(of_kind)})")
            )
    return _cut(f"{len(changes)} change{'s' if len(changes) > 1 else ''}: {', '.join(parts)}", LONGEST)


def summarise_translation(missing_terms: Sequence[str]) -> str | None:
    """Which terms of the glossary are not in the translation, for the person who looks at it; None where there is nothing to say."""
    if not missing_terms:
        return None
    return _cut(f"terms of the glossary not found: {', '.join(missing_terms)}", LONGEST)


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
