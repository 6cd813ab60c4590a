"""Tags of HTML and XML, as against `a<b`, `Price <PLN 100` and `Type <your name> here`."""

from collections.abc import Iterator

import regex

from ai_worker.pipelines.corrections.protection.spans import Role, Span, between

_ELEMENTS = """
a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption
center cite code col colgroup
data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form
frame frameset h1 h2 h3 h4 h5 h6
head header hgroup hr html i iframe img input ins kbd label legend li link main map mark menu meta meter nav
noscript object ol optgroup
option output p param path picture pre progress q rp rt ruby s samp script search section select slot small
source span strike strong style
sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul use var video
wbr g xliff string resources
plurals item
"""
ELEMENTS = frozenset(_ELEMENTS.split())
_FLAGS = """
allowfullscreen async autofocus autoplay checked controls default defer disabled formnovalidate hidden inert
ismap itemscope loop multiple
muted nomodule novalidate open playsinline readonly required reversed selected v-else
"""
FLAGS = frozenset(_FLAGS.split())
RAW = frozenset(["script", "style", "code", "pre", "kbd", "samp", "svg", "math"])
"""Elements whose content is no text for readers."""

_VALUE = r"(?:\"[^\"]{0,4000}+\"|'[^']{0,4000}+'|[^\s\"'=<>`]++)"
_TAG = regex.compile(
    rf"<(/?)([A-Za-z][\w:.-]*+|\d{{1,3}}+)((?:\s++[\w:@.*#()\[\]-]++(?:\s*+=\s*+{_VALUE})?+)*+)\s*+(/?)>"
)
_ATTRIBUTE = regex.compile(rf"\s([\w:@.*#()\[\]-]++)(\s*+=\s*+{_VALUE})?+")
_READ_ALOUD = regex.compile(
    r"""(?i)(?<=\s(?:alt|title|placeholder|aria-label|aria-description)\s?=\s?)(?:"([^"<>{}]*\p{L}[^"<>{}]*)"|'([^'<>{}]*\p{L}[^'<>{}]*)')"""
)

comments = (
    between("<!--", "-->", "comment"),
    between("<![CDATA[", "]]>", "data"),
    between("<!DOCTYPE", ">", "doctype"),
)


def tags(text: str) -> Iterator[Span]:
    """The tags; the values of attributes that readers see (`alt`, `title`) are left outside of the spans."""
    if "<" not in text:
        return
    found = list(_TAG.finditer(text))
    closed = {match[2] for match in found if match[1]}
    position = 0
    for match in found:
        if match.start() < position or not _is_tag(match, closed):
            continue
        end = _raw_end(text, match)
        position = end or match.end()
        if end:
            yield Span(match.start(), end, Role.KEEP, _hint(match[2]))
        else:
            yield from _around_values(text, match)


def _is_tag(match: regex.Match[str], closed: set[str]) -> bool:
    name = match[2]
    attributes = _ATTRIBUTE.findall(match[3])
    bare = [flag for flag, value in attributes if not value]
    if name.casefold() in ELEMENTS:
        return all(flag.casefold() in FLAGS or not flag[0].isalnum() for flag in bare)
    if match[1] or name in closed or match[4] or not name.isalpha():
        return not bare or name in closed
    return bool(attributes) and not bare


def _raw_end(text: str, match: regex.Match[str]) -> int | None:
    """The end of the element, if its content is not for readers."""
    if match[1] or match[4] or match[2].casefold() not in RAW:
        return None
    closing = f"</{match[2]}>"
    place = text.find(closing, match.end())
    return place + len(closing) if place >= 0 else None


def _around_values(text: str, match: regex.Match[str]) -> Iterator[Span]:
    hint = _hint(match[1] + match[2])
    position = match.start()
    for value in _READ_ALOUD.finditer(text, match.start(), match.end()):
        start, end = value.span(1) if value.group(1) else value.span(2)
        yield Span(position, start, Role.KEEP, hint)
        position = end
    yield Span(position, match.end(), Role.KEEP, hint)


def _hint(name: str) -> str:
    return "".join(
        letter for letter in name.casefold() if letter.isascii() and (letter.isalpha() or letter == "/")
    )[:12]
