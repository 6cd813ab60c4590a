"""The checks that a question passes before a model judges it; each that fails gives its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ai_worker.pipelines.loops.writing.language import keeps_language
from ai_worker.pipelines.loops.writing.self_contained import is_no_answer, points_at_passage
from ai_worker.pipelines.loops.writing.source_text import is_found

LONGEST_QUESTION = 1_000
"""Characters; a longer one is no question that a user would type."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as the writer gave it.

    Args:
        reason: the failed check in words; empty where all passed.
        check: its name: `empty`, `no_answer`, `points_at_passage`, `language`, `source`.
    """

    question: str
    answer: str
    source: str
    reason: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """The facts that a question is checked against.

    Args:
        text: the part of the chunk that was shown, image descriptions included.
        language: its ISO 639-1 code; None if it is not recognised.
    """

    text: str
    language: str | None


def draft_of(fields: Mapping[str, Any], passage: Passage) -> Draft:
    """The writer's question with the first check that it fails."""
    question = " ".join(_text(fields, "question").split())
    answer = _text(fields, "answer", "reference_answer").strip()
    source = _text(fields, "source_chunk", "source").strip()
    check, reason = _failed(question, answer, source, passage)
    return Draft(question, answer, source, reason, check)


def _failed(question: str, answer: str, source: str, passage: Passage) -> tuple[str, str]:
    if not question or len(question) > LONGEST_QUESTION:
        return "empty", f"a question has 1 to {LONGEST_QUESTION} characters, this one {len(question)}"
    if is_no_answer(answer):
        return "no_answer", f"the section does not answer it: {answer[:80]!r}"
    if words := points_at_passage(question):
        return (
            "points_at_passage",
            f"it points at its passage ({words!r}) instead of naming what it asks about",
        )
    if not keeps_language(f"{question} {answer}", passage.language, passage.text):
        return "language", f"it is not in the language of the section ({passage.language or 'by its script'})"
    if not is_found(source, passage.text):
        return "source", f"its source_chunk does not stand in the section: {source[:80]!r}"
    return "", ""


def _text(fields: Mapping[str, Any], *names: str) -> str:
    found = next((fields[name] for name in names if fields.get(name) is not None), "")
    return found if isinstance(found, str) else str(found)
