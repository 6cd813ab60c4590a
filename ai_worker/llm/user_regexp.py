"""Regular expressions written by the authors of tasks and schemas, run so that none delays other work.

They come from rows, so they may be wrong, slow by accident or slow on purpose. The `regex` package is used
for its timeout; what its timeout does not cover - compiling a pattern - is bounded by the pattern's size. The
syntax is that of `re`, and no flag is set: a pattern that wants one says so, `(?is)…`.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import ClassVar

import regex

from ai_worker.errors import BadRequest

LONGEST_TEXT = 500_000
"""Characters. An answer of 65,536 tokens has about 260,000; a search in more could take hundreds of
megabytes.
"""
LONGEST_PATTERN = 2_000
"""Characters. `regex` prepares a literal in cubic time, deaf to its timeout: 0.3 s for 1,000 characters, 3 s
for 2,000.
"""
LARGEST_WRITTEN_OUT = 500_000
"""`regex` writes counted repeats out: `(a{1000}){1000}` takes 0.4 s and 260 MB, one more level takes all the
memory.
"""
PATIENCE = 3
"""Timeouts of one pattern in one process after which its searches get `IMPATIENT_SECONDS`: 200,000 rows of
`(a+)+$` then cost minutes and not half a day, and the rows on which the pattern is quick are still read."""
IMPATIENT_SECONDS = 0.005
MOST_MATCHES = 1_000
"""Of one pattern in one text that are looked at."""

_COUNT = regex.compile(r"\{\s*(\d+)")


class PatternFault(BadRequest):
    """A task's regular expression gave no answer; the message names it.

    Args:
        pattern: the regular expression as the task has it.
        reason: what is wrong with it, and how to fix it.
    """

    error_class: ClassVar[str] = "bad_regexp"

    def __init__(self, pattern: str, reason: str) -> None:
        shown = ascii(pattern if len(pattern) <= 200 else pattern[:199] + "…")
        super().__init__(f"regexp {shown} {reason}")
        self.pattern = pattern


class BadPattern(PatternFault):
    """A text that is no regular expression, or one too large to compile: no text can be read with it."""


class SlowPattern(PatternFault):
    """An expression that used up its time on this text; another text may still be read."""


class LongText(PatternFault):
    """This text is too long to be searched; it is never searched in part, for that could turn the verdict."""


@dataclass(slots=True)
class _Compiled:
    pattern: "regex.Pattern[str]"
    timeouts: int = 0


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Compiled:
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern(pattern, f"has {len(pattern)} characters, {LONGEST_PATTERN} are allowed")
    written_out = len(pattern)
    for count in _COUNT.finditer(pattern):
        written_out *= max(1, int(count[1][:9]))
    if written_out > LARGEST_WRITTEN_OUT:
        raise BadPattern(pattern, "repeats too much: use smaller counts, or + instead of a count")
    try:
        return _Compiled(regex.compile(pattern, cache_pattern=False))
    except (regex.error, RecursionError, OverflowError, ValueError, MemoryError) as fault:
        raise BadPattern(pattern, f"cannot be compiled: {fault}") from fault


def search(pattern: str, text: str, seconds: float = 0.25) -> "regex.Match[str] | None":
    """The first match of a task's regular expression in a text, as `re.search` would give it.

    Args:
        pattern: the task's regular expression.
        text: where to look.
        seconds: the longest that the search may take; less once the pattern has timed out `PATIENCE` times.

    Returns:
        The match, or None where there is none.

    Raises:
        BadPattern: it cannot be compiled.
        SlowPattern: the time was used up.
        LongText: the text is longer than `LONGEST_TEXT`.
    """
    return next(iter(_matches(pattern, text, seconds, 1)), None)


def search_all(pattern: str, text: str, seconds: float = 0.25) -> "list[regex.Match[str]]":
    """All matches of a task's regular expression in a text, the first `MOST_MATCHES`, in their order.

    Args, Raises: as `search`; the time is for all of them together.
    """
    return _matches(pattern, text, seconds, MOST_MATCHES)


def group_names(pattern: str) -> list[str]:
    """The names of a pattern's groups, in their order. Raises `BadPattern` as `search` does."""
    groups = _compiled(pattern).pattern.groupindex
    return sorted(groups, key=lambda name: groups[name])


def _matches(pattern: str, text: str, seconds: float, most: int) -> "list[regex.Match[str]]":
    if len(text) > LONGEST_TEXT:
        raise LongText(
            pattern, f"was not run on a text of {len(text)} characters: {LONGEST_TEXT} are allowed"
        )
    compiled = _compiled(pattern)
    allowed = seconds if compiled.timeouts < PATIENCE else min(seconds, IMPATIENT_SECONDS)
    try:
        return list(islice(compiled.pattern.finditer(text, timeout=allowed), most))
    except TimeoutError as fault:
        compiled.timeouts += 1
        raise SlowPattern(
            pattern, f"found no end within {allowed:g} s: nested repeats such as (a+)+ are the usual cause"
        ) from fault
