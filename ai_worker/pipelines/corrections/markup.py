"""What a correction or translation must leave as it is: tags, code, links, placeholders, line ends.

Compared as counts, for a translation may move a tag or a placeholder to where its language wants it. What is not compared, since a
good correction changes it: list markers (`- Hello` may become `— Hello`), emphasis by single stars, order.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import regex

from ai_worker.errors import WorkError

_SHOWN = 5
_SHOWN_LENGTH = 60

_ANY = regex.compile(r"[<>&`~#*_{%]|\]\(|://")
"""What every pattern below needs one of: most texts have none of it, and are looked at once instead of twenty times."""

# Each pattern is linear on any text: what may repeat is possessive or cannot match its own neighbour.
_TAG = regex.compile(r"<(?:/?[A-Za-z][^<>]*+|!--|!DOCTYPE[^<>]*+)>?|-->")
_TRANSLATED_ATTRIBUTE = regex.compile(
    r"""(?i)(?<=[\s"'](?:alt|title|placeholder|aria-label|content)\s?=\s?)(?:"[^"]*+"|'[^']*+')"""
)
_ENTITY = regex.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|shy|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_FENCE = regex.compile(r"[ ]{0,3}(`{3,}+|~{3,}+)([^\r\n]*+)")
_INLINE_CODE = regex.compile(r"(?<!`)`(?!`)([^`\r\n]++)`(?!`)")
_LINK = regex.compile(r"\]\([ ]*+<?([^\s()<>]++(?:\([^\s()<>]*+\)[^\s()<>]*+)*+)")
_ADDRESS = regex.compile(r"(?i)\b(?:https?|ftp)://[^\s<>\"'`()\[\]{}|\\^]++")
_HEADING = regex.compile(r"(?m)^[ ]{0,3}(#{1,6})(?=[ \t])")
_BOLD = regex.compile(r"(?:\*\*|__|~~)(?=\S)|(?<=\S)(?:\*\*|__|~~)")
_PLACEHOLDER = regex.compile(r"\$?\{\{?[ ]?[\w.:@$!-]{1,80}+[ ]?\}\}?|\{\}")
_FORMAT = regex.compile(
    r"%(?:%|(?:\(\w{1,80}+\)|\d{1,2}+\$)?[-+#0]?(?:\d{1,3}+)?(?:\.\d{1,3}+)?[sdiufgeExXcrao@](?!\p{L}))"
)
_LINE_END = regex.compile(r"\r\n|\r|\n")
_NAMES = {"\r\n": "CRLF", "\r": "CR", "\n": "LF"}


class MarkupMismatch(WorkError):
    """The answer changed markup that belongs to the text's software and not to its language.

    Args:
        problems: what `check` found.
    """

    error_class = "markup_mismatch"
    retry = True

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the answer does not keep the text's markup: " + "; ".join(problems))


def check(source: str, answer: str) -> list[str]:
    """What of the markup of `source` is missing in `answer` or was added there, one problem a kind; empty when all of it survived."""
    marked = _ANY.search(source) or _ANY.search(answer)
    return [*(_of_marks(source, answer) if marked else ()), *_line_ends(source, answer)]


def _of_marks(source: str, answer: str) -> Iterator[str]:
    fenced, text = _without_fences(source)
    other_fenced, other_text = _without_fences(answer)
    if fenced != other_fenced:
        yield "a fenced code block differs"
    for kind, found in _FOUND.items():
        yield from _difference(kind, list(found(text)), list(found(other_text)))


def _difference(kind: str, before: list[str], after: list[str]) -> Iterator[str]:
    if before == after:
        return
    lost, added = Counter(before) - Counter(after), Counter(after) - Counter(before)
    if lost:
        yield f"{kind} missing: {_shown(lost)}"
    if added:
        yield f"{kind} added: {_shown(added)}"


def _line_ends(source: str, answer: str) -> Iterator[str]:
    before, after = _LINE_END.findall(source), _LINE_END.findall(answer)
    if before != after and Counter(before) != Counter(after):
        yield f"line ends differ: {_line_end_counts(Counter(before))} became {_line_end_counts(Counter(after))}"


def _line_end_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {_NAMES[end]}" for end, count in sorted(counts.items())) or "none"


def _without_fences(text: str) -> tuple[list[list[str]], str]:
    """The fenced code blocks of a Markdown text as lists of their lines, and the text outside of them."""
    blocks: list[list[str]] = []
    outside: list[str] = []
    closing = ""
    for line in regex.split(r"\r\n|\r|\n", text):
        fence = _FENCE.fullmatch(line)
        if closing:
            blocks[-1].append(line)
            if fence and fence[1].startswith(closing) and not fence[2].strip():
                closing = ""
        elif fence and not (fence[1][0] == "`" and "`" in fence[2]):
            blocks.append([line])
            closing = fence[1]
        else:
            outside.append(line)
    return blocks, "\n".join(outside)


def _tags(text: str) -> Iterable[str]:
    return (_TRANSLATED_ATTRIBUTE.sub('""', tag) for tag in _TAG.findall(text))


def _addresses(text: str) -> Iterable[str]:
    return (address.rstrip(".,;:!?…*_~") for address in _ADDRESS.findall(text))


_FOUND: dict[str, Callable[[str], Iterable[str]]] = {
    "HTML tags": _tags,
    "HTML entities": _ENTITY.findall,
    "inline code": _INLINE_CODE.findall,
    "link targets": _LINK.findall,
    "addresses": _addresses,
    "headings": _HEADING.findall,
    "emphasis marks": _BOLD.findall,
    "placeholders": _PLACEHOLDER.findall,
    "format codes": _FORMAT.findall,
}


def _shown(counts: Counter[str]) -> str:
    shown = [
        thing if len(thing) <= _SHOWN_LENGTH else thing[:_SHOWN_LENGTH] + "…"
        for thing in list(counts)[:_SHOWN]
    ]
    return ", ".join(shown) + (f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else "")
