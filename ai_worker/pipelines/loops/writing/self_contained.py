"""Questions that point at their passage instead of naming what they ask about, and answers that are none.

A search for "the figure above" cannot succeed, however good the retrieval: such questions test nothing
(AutoRAG calls them passage-dependent).
"""

from pathlib import Path

import regex

_PATTERNS = Path(__file__).parent / "patterns"


def _alternatives(name: str) -> str:
    """The patterns of a file, one of which must match; lines that begin with `#` are remarks."""
    lines = (_PATTERNS / name).read_text(encoding="utf-8").splitlines()
    return "|".join(line for line in lines if line and not line.startswith("#"))


_POINTING = regex.compile(_alternatives("pointing.txt"), regex.IGNORECASE)
_NO_ANSWER = regex.compile(rf"^\W*(?:{_alternatives('no_answer.txt')})", regex.IGNORECASE)
_SECONDS = 1.0


def points_at_passage(question: str) -> str | None:
    """The words by which a question points at its passage; None where it names what it asks about."""
    found = _POINTING.search(question, timeout=_SECONDS)
    return found[0].strip() if found else None


def is_no_answer(answer: str) -> bool:
    """True for an answer that says that there is none."""
    return not answer.strip() or _NO_ANSWER.search(answer.strip(), timeout=_SECONDS) is not None
