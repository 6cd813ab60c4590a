"""Markdown: blocks of code by markdown-it-py, which reads them as CommonMark says; what stands in lines by
patterns.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import regex

from ai_worker.pipelines.corrections.protection.formats.notations import NOTATIONS
from ai_worker.pipelines.corrections.protection.formats.tags import comments, tags
from ai_worker.pipelines.corrections.protection.spans import Finder, Role, Span, between, by_pattern

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LINES = regex.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FRONT_MATTER = regex.compile(r"\A(---|\+\+\+)[ \t]*\r?\n(?:(?!\1)[^\n]*\n){0,200}?\1[ \t]*(?=\r?\n|\Z)")
_CODE_BLOCKS = frozenset(("fence", "code_block"))


@lru_cache(maxsize=1)
def parser() -> "MarkdownIt":
    """CommonMark with tables and strikethrough; imported only where a text is Markdown."""
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def front_matter(text: str) -> Iterator[Span]:
    """The settings of a page, before its text."""
    if found := _FRONT_MATTER.match(text):
        yield Span(*found.span(), Role.CUT, "head")


def code_blocks(text: str) -> Iterator[Span]:
    """Fenced and indented code, without the line end after it."""
    if not any(mark in text for mark in ("```", "~~~", "    ", "\t")):
        return
    lines = [found.group() for found in _LINES.finditer(text) if found.group()]
    starts = [0, *accumulate(map(len, lines))]
    for token in parser().parse(text):
        if token.type in _CODE_BLOCKS and token.map:
            start, end = starts[token.map[0]], starts[min(token.map[1], len(lines))]
            body = text[start:end].rstrip("\r\n")
            if body:
                yield Span(start, start + len(body), Role.CUT, "code")


_CODE = regex.compile(r"(?<![\p{L}\p{N}`\\])(`{1,3})(?!`)([^`\r\n]++)\1(?![`\p{L}\p{N}])")
inline_code: Finder = by_pattern(_CODE.pattern, "code", needs="`")
link_target: Finder = by_pattern(
    r"(?<=\])\([ ]*+<?[^\s()<>]++(?:\([^\s()<>]*+\)[^\s()<>]*+)*+>?(?:[ ]++\"[^\"\n]*+\")?[ ]*+\)",
    "link",
    needs=("](",),
)
reference: Finder = by_pattern(r"(?m)^[ ]{0,3}\[[^\[\]\n]{1,80}\]:[ \t]*\S[^\r\n]*", "link", needs=("]:",))
reference_use: Finder = by_pattern(r"(?<=\])\[[^\[\]\n]{1,80}\]", "link", needs=("][",))
footnote: Finder = by_pattern(r"\[\^[^\[\]\s]{1,40}\]", "note", needs=("[^",))
autolink: Finder = by_pattern(r"<(?:https?|ftp|mailto):[^\s<>]++>", "link", needs="<")
task_box: Finder = by_pattern(r"(?m)(?<=^[ \t]*[-*+] )\[[ xX]\](?=[ \t])", "box", needs="[")
table_rule: Finder = by_pattern(
    r"(?m)^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?(?=[ \t]*$)", "rule", needs="|"
)
heading_id: Finder = by_pattern(r"\{[#.][\w-]{1,80}\}", "id", needs="{")
math: tuple[Finder, ...] = (
    between("$$", "$$", "math"),
    by_pattern(
        r"(?<![\\$\w])\$(?=\S)[^$\n]{0,200}?[\\^_=][^$\n]{0,200}?(?<=\S)\$(?![\d$])", "math", needs="$"
    ),
)

INLINE: tuple[Finder, ...] = (
    inline_code,
    *math,
    autolink,
    reference,
    link_target,
    reference_use,
    footnote,
    task_box,
    table_rule,
    heading_id,
)
FINDERS: tuple[Finder, ...] = (front_matter, code_blocks, *comments, *INLINE, tags, *NOTATIONS)
