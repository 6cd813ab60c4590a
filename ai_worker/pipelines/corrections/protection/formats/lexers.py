"""The formats by name, and which of them a text is in where its task does not say."""

from collections.abc import Mapping, Sequence

import regex

from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.protection.formats import html, icu, latex, markdown, plain, po, srt
from ai_worker.pipelines.corrections.protection.spans import Finder, Span, chosen

LEXERS: Mapping[str, Sequence[Finder]] = {
    "plain": plain.FINDERS,
    "markdown": markdown.FINDERS,
    "html": html.FINDERS,
    "icu": icu.FINDERS,
    "srt": srt.FINDERS,
    "po": po.FINDERS,
    "latex": latex.FINDERS,
}
FORMATS = tuple(LEXERS)

_MAY_BE_MARKED = regex.compile(
    r"msgid|~{3}|[<>{}\[\]\\`%$&@_|⟪⟫]|:[\w/+]|(?m:^\s{0,3}(?:#|---|\+\+\+|\t| {4}))"
    r"|!\w|\.{1,2}/|/\w+/|www\.",
    regex.VERSION1,
)
"""A part of all markup, of whatever format. Most texts have none of it; a colon before a space is prose."""
_SIGNS: Sequence[tuple[str, regex.Pattern[str]]] = (
    ("srt", regex.compile(r"(?m)^\d{1,2}:\d\d(?::\d\d)?[,.]\d{3}[ \t]*-->")),
    ("po", regex.compile(r'(?m)^msgid[ \t]+".*\n(?:.*\n)*?msgstr')),
    ("icu", regex.compile(r"\{\s*[\w.-]+\s*,\s*(?:plural|select|selectordinal)\s*,")),
    (
        "latex",
        regex.compile(
            r"\\(?:begin|section|subsection|textbf|textit|emph|documentclass|cite|ref|footnote|item|chapter|label)\b"
        ),
    ),
    (
        "markdown",
        regex.compile(
            r"(?m)^[ ]{0,3}(?:```|~~~|#{1,6}[ ]\S|[-*+] \[[ xX]\]|\|.*\|[ \t]*$)|\]\([^\s()]+\)"
            r"|\A---\r?\n|^\[[^\[\]\n]+\]: \S|`[^`\n]+`|\$\$|\$[^$\n]*[\\^][^$\n]*\$"
        ),
    ),
    ("html", regex.compile(r"(?i)</[a-z][\w-]*\s*>|<(?:br|hr|img|p|div|html)\b|<!--|<!doctype|<\?xml")),
)


def lex(text: str, name: str) -> list[Span]:
    """The markup of a text in that format, in order, none overlapping.

    Raises:
        BadRequest: there is no such format.
    """
    try:
        finders = LEXERS[name]
    except KeyError:
        raise BadRequest(
            f"the task's format {name!r} is unknown: it is one of {', '.join(FORMATS)}, or empty"
        ) from None
    if not _MAY_BE_MARKED.search(text):
        return []
    return [
        span
        for span in (_within_margins(text, span) for span in chosen(text, finders))
        if span.start < span.end
    ]


def _within_margins(text: str, span: Span) -> Span:
    """The span without the spaces at the ends of the text, which every answer gets back."""
    start, end = span.start, span.end
    if start == 0:
        start = end - len(text[:end].lstrip())
    if end == len(text):
        end = len(text.rstrip())
    return span._replace(start=start, end=end)


def detect(text: str) -> str:
    """The format of a text: the first whose signs it shows, else plain."""
    if not _MAY_BE_MARKED.search(text):
        return "plain"
    return next((name for name, signs in _SIGNS if signs.search(text)), "plain")
