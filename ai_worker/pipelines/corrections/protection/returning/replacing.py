"""Lost placeholders put back where their place is certain."""

from collections.abc import Sequence

import regex

from ai_worker.pipelines.corrections.diff.changes import Edit, apply, edits
from ai_worker.pipelines.corrections.protection.marks import Mark
from ai_worker.pipelines.corrections.protection.spans import Role

LONGEST = 200_000
"""Characters; a longer answer is not compared for the sake of one placeholder."""


def put_back(sent: str, answer: str, lost: Sequence[Mark], *, in_order: bool) -> str:
    """The answer with those of the lost placeholders again whose place it shows: at its ends, and in a
    correction anywhere.
    """
    if not lost or not answer.strip():
        return answer
    answer, rest = _at_ends(sent, answer, lost)
    if not rest or not in_order or len(sent) + len(answer) > LONGEST:
        return answer
    return _where_they_stood(sent, answer, rest)


def _at_ends(sent: str, answer: str, lost: Sequence[Mark]) -> tuple[str, list[Mark]]:
    remaining = list(lost)
    body = sent.strip()
    start = len(answer) - len(answer.lstrip())
    while mark := next((mark for mark in remaining if body.startswith(mark.shown)), None):
        gap = _gap_after(body, len(mark.shown))
        answer = (
            answer[:start] + mark.shown + gap + answer[start:].lstrip()
            if gap
            else answer[:start] + mark.shown + answer[start:]
        )
        start += len(mark.shown) + len(gap)
        body = body[len(mark.shown) + len(gap) :]
        remaining.remove(mark)
    body = sent.strip()
    end = len(answer.rstrip())
    while mark := next((mark for mark in remaining if body.endswith(mark.shown)), None):
        gap = _gap_before(body, len(body) - len(mark.shown))
        answer = answer[:end].rstrip() + gap + mark.shown + answer[end:]
        body = body[: len(body) - len(mark.shown) - len(gap)]
        end = len(answer) - (len(answer) - end)
        remaining.remove(mark)
    return answer, remaining


def _gap_after(text: str, position: int) -> str:
    found = regex.compile(r"\s*").match(text, position)
    return found.group() if found else ""


def _gap_before(text: str, position: int) -> str:
    return text[len(text[:position].rstrip()) : position]


def _where_they_stood(sent: str, answer: str, lost: Sequence[Mark]) -> str:
    shown = {mark.shown: mark.role for mark in lost}
    repaired = []
    for edit in edits(sent, answer):
        held = [piece for piece in regex.findall(r"⟪[^⟪⟫]*⟫", edit.before) if piece in shown]
        if held and _bare(edit.before) == _bare(edit.after):
            edit = edit._replace(after=edit.before)
        elif held and not (edit.after.strip() and any(shown[piece] is Role.CUT for piece in held)):
            edit = _with(edit, held)
        repaired.append(edit)
    return apply(sent, repaired)


def _bare(text: str) -> str:
    """The text without placeholders and spaces."""
    return "".join(regex.sub(r"⟪[^⟪⟫]*⟫", "", text).split())


def _with(edit: Edit, held: Sequence[str]) -> Edit:
    """The edit that does not take these placeholders away; where nothing took their place, their spaces stay
    too.
    """
    if not edit.after.strip():
        return edit._replace(after=_only(edit.before, held))
    if edit.before.startswith(held[0]):
        return edit._replace(after="".join(held) + _gap_after(edit.before, len(held[0])) + edit.after)
    return edit._replace(
        after=edit.after + _gap_before(edit.before, edit.before.rfind(held[0])) + "".join(held)
    )


def _only(before: str, held: Sequence[str]) -> str:
    pieces = regex.split(r"(⟪[^⟪⟫]*⟫|\s+)", before)
    return "".join(piece for piece in pieces if piece in held or (piece and piece.isspace()))
