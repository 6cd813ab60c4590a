"""Markup that may be none: it stays visible to the model, and a difference is for the reviewer to look at."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import regex

from ai_worker.pipelines.corrections.remark import Remark, shown

_ANY = regex.compile(r"[<>&`~*_{}%\\#$\[\]]")

_BRACED = regex.compile(r"\$?\{\{?[ ]?[\w.:@$!-]{1,80}+[ ]?\}\}?|\{\}")
_FORMAT = regex.compile(
    r"%(?:\(\w{1,80}+\)|\d{1,2}+\$)?[-+#0]?(?:\d{1,3}+)?(?:\.\d{1,3}+)?[sdiufgx@](?!\p{L})"
)
_BOLD = regex.compile(r"(?:\*\*|__|~~)(?=\S)|(?<=\S)(?:\*\*|__|~~)")
_CODE = regex.compile(r"(?<![\p{L}\p{N}`])`(?!`)[^`\r\n]++`(?![`\p{L}\p{N}])")
_TAG = regex.compile(r"</?[A-Za-z][\w:-]*+(?:\s[^<>]*+)?>")
_COMMAND = regex.compile(r"\\[A-Za-z]+")
_HEADING = regex.compile(r"(?m)^[ ]{0,3}(#{1,6})(?=[ \t])")
_ACCELERATOR = regex.compile(r"&(?=[\p{L}\p{N}])(?!\w{1,30};)")
_SIGN = regex.compile(r"[{}<>\[\]\\]")
_MONEY_AND_PERCENT = regex.compile(r"[%$|]")
_LINE_END = regex.compile(r"\r\n|\r|\n")
_NAMES = {"\r\n": "CRLF", "\r": "CR", "\n": "LF"}
_SHORT = 80
"""Characters of a label or menu entry, in which `&` marks the key that chooses it."""


def doubts(source: str, answer: str, *, in_order: bool = False) -> list[Remark]:
    """Differences of a text's doubtful markup in its answer, one remark a kind.

    Args:
        in_order: whether the answer is a correction; a translation may write out `%` or `$`.
    """
    marked = _ANY.search(source) or _ANY.search(answer)
    found = list(_of_marks(source, answer)) if marked else []
    if in_order and marked:
        found += _difference("signs", _MONEY_AND_PERCENT.findall(source), _MONEY_AND_PERCENT.findall(answer))
    return [Remark("markup", detail) for detail in (*found, *_line_ends(source, answer))]


def _of_marks(source: str, answer: str) -> Iterator[str]:
    for kind, found in _FOUND.items():
        yield from _difference(kind, found(source), found(answer))
    if len(source) <= _SHORT and len(_ACCELERATOR.findall(source)) == 1 != len(_ACCELERATOR.findall(answer)):
        yield "the key after & is missing or doubled"


def _difference(kind: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    there, here = Counter(before), Counter(after)
    if lost := there - here:
        yield f"{kind} missing: {shown(lost)}"
    if added := here - there:
        yield f"{kind} added: {shown(added)}"


def _line_ends(source: str, answer: str) -> Iterator[str]:
    before, after = Counter(_LINE_END.findall(source)), Counter(_LINE_END.findall(answer))
    if before != after:
        yield f"line ends: {_line_end_counts(before)} became {_line_end_counts(after)}"


def _line_end_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {_NAMES[end]}" for end, count in sorted(counts.items())) or "none"


_FOUND: dict[str, Callable[[str], Iterable[str]]] = {
    "tags": _TAG.findall,
    "code": _CODE.findall,
    "headings": _HEADING.findall,
    "emphasis": _BOLD.findall,
    "placeholders": _BRACED.findall,
    "format codes": _FORMAT.findall,
    "commands": _COMMAND.findall,
    "signs": _SIGN.findall,
}
