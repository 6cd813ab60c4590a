"""Names under which users speak in logs of chats and forums, and names with an underscore in Cyrillic."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Span

_MADE_UP = r"(?=[\w.-]*(?:[0-9_]|[a-z][A-Z]))[A-Za-z][\w.-]{2,24}(?<![.-])"
"""Letters with a digit, an underscore or a capital among them."""
_BRACKETED = re.compile(rf"(?<![\w<])<(?P<name>{_MADE_UP})>(?=:|\s)(?!\s*</)")
"""`<m0r0z1vka> hi`: no tag is named so."""
_TIMED = re.compile(
    rf"^(?:\[[^\]\n]{{0,12}}[0-9]{{1,2}}:[0-9]{{2}}[^\]\n]{{0,6}}\]"
    rf"|[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)\s+"
    rf"(?P<name>{_MADE_UP}):\s|^(?P<first>{_MADE_UP})\s{{1,3}}\[?[0-9]{{1,2}}:[0-9]{{2}}\]?$",
    re.MULTILINE,
)
_BULLETIN = re.compile(
    r"^(?:[推噓嘘→]|作者[:：])\s?(?P<name>[A-Za-z][A-Za-z0-9]{2,15})\s?(?:[:：]|\()", re.MULTILINE
)
_OTHER_SCRIPT = re.compile(r"(?<![\w@])(?P<name>(?=\w{0,30}[\u0400-\u04ff])[^\W\d_]\w{1,30}_\w{1,20})(?!\w)")


_BULLETIN_SIGN = re.compile(r"[推噓嘘→]|作者")


class Speakers:
    """Finds such names."""

    reads_markup = True
    """A name in angle brackets is no tag, though it looks like one."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such name in the text."""
        for sign, pattern in (("<", _BRACKETED), (":", _TIMED), ("_", _OTHER_SCRIPT)):
            for match in pattern.finditer(text) if sign in text else ():
                name = "first" if match.groupdict().get("first") else "name"
                yield Span(*match.span(name), "HANDLE")
        for match in _BULLETIN.finditer(text) if _BULLETIN_SIGN.search(text) else ():
            yield Span(*match.span("name"), "HANDLE")
