"""A copy of a text in which disguises are undone, and the way from its places back to the original.

Full-width letters and the digits of every script become ASCII ones, unbreakable spaces plain ones; entities,
`\\u0040` and `%40` become the characters that they stand for; invisible characters and inline tags vanish,
other tags part lines. Recognisers read the copy, and what they find is hidden in the original.
"""

import html
import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

_SPACES = dict.fromkeys([0xA0, 0x3000, 0x202F, *range(0x2000, 0x200B)], " ")
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_PLANES_OF_SCRIPTS = range(0x80, 0x20000)
"""Every script's digits are among these; looking through all of Unicode would cost each process 0.1 s."""
_DIGITS = {
    code: str(unicodedata.decimal(chr(code)))
    for code in _PLANES_OF_SCRIPTS
    if unicodedata.category(chr(code)) == "Nd"
}
_ONE_TO_ONE = _DIGITS | _FULL_WIDTH | _SPACES | {0xFE6B: "@", 0x2010: "-", 0x2011: "-", 0x2212: "-"}
_UNDONE = re.compile(
    r"&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});"
    r"|(?<=\w)%(?:40|2[bB])(?=\w)|\\u[0-9a-fA-F]{4}|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]"
    r"|(?P<inline></?(?:b|i|u|em|strong|span|font|a|mark|sub|sup|small|big|wbr|tt|s|q"
    r"|abbr)(?=[\s/>])[^<>]{0,400}>)"
    r"|(?P<tag></?[A-Za-z][^<>]{0,400}>|<!--.{0,400}?-->)"
    r"|[^\W\d_][\u0300-\u036f]+",
    re.IGNORECASE | re.DOTALL,
)
_LETTER_O = re.compile(r"(?<=[0-9])[OoОо](?=[0-9])|(?<=[0-9]{2}-)[OoОо](?=[0-9])")
"""The letter written for the digit: 5O2-118-334."""
_SIGNS = re.compile(r"[&%\\<\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Normal:
    """The copy.

    Args:
        text: to be read by recognisers.
        starts: index in the original of each character of the copy, and of its end; None where both have the
            same places.
        ends: index in the original after each character.
    """

    text: str
    starts: "array[int] | None" = None
    ends: "array[int] | None" = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Start and end, in the original, of a stretch of the copy."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normal(text: str) -> Normal:
    """The copy of a text."""
    plain = text if text.isascii() else text.translate(_ONE_TO_ONE)
    plain = _LETTER_O.sub("0", plain)
    if _SIGNS.search(plain) is None:
        return Normal(plain)
    pieces: list[str] = []
    starts, ends = array("l"), array("l")
    position = 0
    for start, end, written in _undone(plain):
        pieces += plain[position:start], written
        starts.extend(range(position, start))
        ends.extend(range(position + 1, start + 1))
        starts.extend([start] * len(written))
        ends.extend([end] * len(written))
        position = end
    if not pieces:
        return Normal(plain)
    pieces.append(plain[position:])
    starts.extend(range(position, len(plain) + 1))
    ends.extend(range(position + 1, len(plain) + 2))
    return Normal("".join(pieces), starts, ends)


def _undone(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _UNDONE.finditer(text):
        written = match.group()
        if match["inline"]:
            yield *match.span(), ""
        elif match["tag"]:
            yield *match.span(), "\n"
        else:
            plain = _plain(written)
            if plain != written:
                yield *match.span(), plain


def _plain(written: str) -> str:
    if written[0] == "&":
        plain = html.unescape(written)
        return (
            " " if plain == "\u00a0" else "" if plain in ("\u00ad", "\u200b", "\u200c", "\u200d") else plain
        )
    if written[0] == "%":
        return "@" if written.endswith("0") else "+"
    if written[0] == "\\":
        return chr(int(written[2:], 16))
    return unicodedata.normalize("NFC", written) if written[0].isalpha() else ""
