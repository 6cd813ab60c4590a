"""Messages of ICU: only their words are text; arguments, keywords and braces are the frame in which they
stand.

https://unicode-org.github.io/icu/userguide/format_parse/messages/
"""

from collections.abc import Iterator

import regex

from ai_worker.pipelines.corrections.protection.formats.notations import NOTATIONS
from ai_worker.pipelines.corrections.protection.formats.tags import tags
from ai_worker.pipelines.corrections.protection.spans import Finder, Role, Span

_CHOICE = regex.compile(r"\{\s*[\w.-]+\s*,\s*(?:plural|select|selectordinal)\s*,\s*(?:offset:\d+\s*)?")
_SIMPLE = regex.compile(r"\{\s*[\w.-]+\s*(?:,\s*\w+\s*(?:,[^{}]{0,80})?)?\}")
_BRANCH = regex.compile(r"\s*(=\d+|[\w-]+)\s*\{")
_QUOTED = regex.compile(r"'[{}#|][^']*'?|''")
_NEXT = regex.compile(r"[{}#']")
_DEEPEST = 20


class Malformed(Exception):
    """The text is no message of ICU."""


def frame(text: str) -> Iterator[Span]:
    """The frame around the words; nothing where the text is no well-formed message with a choice in it."""
    if not _CHOICE.search(text):
        return
    spans: list[Span] = []
    try:
        if _message(text, 0, 0, plural=False, spans=spans) != len(text):
            return
    except Malformed:
        return
    yield from _joined(spans)


def _message(text: str, position: int, depth: int, *, plural: bool, spans: list[Span]) -> int:
    """Read the words of a message up to its end or to the brace that closes it."""
    if depth > _DEEPEST:
        raise Malformed
    while found := _NEXT.search(text, position):
        position = found.start()
        mark = text[position]
        if mark == "}":
            if not depth:
                raise Malformed
            return position
        if mark == "'":
            quoted = _QUOTED.match(text, position)
            position = quoted.end() if quoted else position + 1
            if quoted and len(quoted.group()) > 2:
                spans.append(Span(*quoted.span(), Role.KEEP, "quoted"))
        elif mark == "#":
            position += 1
            if plural:
                spans.append(Span(position - 1, position, Role.MAY, "number"))
        else:
            position = _argument(text, position, depth, spans)
    if depth:
        raise Malformed
    return len(text)


def _argument(text: str, position: int, depth: int, spans: list[Span]) -> int:
    if simple := _SIMPLE.match(text, position):
        spans.append(Span(*simple.span(), Role.KEEP, "value"))
        return simple.end()
    choice = _CHOICE.match(text, position)
    if choice is None:
        raise Malformed
    plural = "select," not in choice.group().replace(" ", "")
    start, position = position, choice.end()
    branches = 0
    while branch := _BRANCH.match(text, position):
        spans.append(Span(start, branch.end(), Role.CUT, _hint(branch[1])))
        start = _message(text, branch.end(), depth + 1, plural=plural, spans=spans)
        position, branches = start + 1, branches + 1
    end = regex.compile(r"\s*\}").match(text, position)
    if end is None or not branches:
        raise Malformed
    spans.append(Span(start, end.end(), Role.CUT, "end"))
    return end.end()


def _joined(spans: list[Span]) -> Iterator[Span]:
    """In order; frames with no words between them are one."""
    ordered = sorted(spans)
    while ordered:
        span = ordered.pop(0)
        while (
            span.role is Role.CUT and ordered and ordered[0].start == span.end and ordered[0].role is Role.CUT
        ):
            span = Span(span.start, ordered.pop(0).end, Role.CUT, span.hint)
        yield span


def _hint(branch: str) -> str:
    return branch if branch.isalpha() and branch.isascii() and len(branch) <= 12 else "case"


FINDERS: tuple[Finder, ...] = (frame, tags, *NOTATIONS)
