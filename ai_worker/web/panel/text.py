"""Texts of models and databases as a page shows them: escaped, cut, and with what moves or hides letters made
visible.
"""

from datetime import UTC, datetime
from decimal import Decimal

import regex
from markupsafe import Markup, escape

LONGEST = 20_000
"""Characters of one text on a page; the whole of it is a download."""
# Control characters, marks that turn the direction of reading (UAX 9), and ends of lines that only some
# programs see.
_ODD = regex.compile(
    r"[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff--[\n\t]]", regex.VERSION1
)

_ID = regex.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3,}[0-9a-f]*")


def shown(text: object, longest: int = LONGEST) -> Markup:
    """The text as HTML that moves no cursor and reads in the order in which it is written."""
    whole = "" if text is None else str(text)
    whole = whole.replace("\r\n", "\n")
    cut = whole[:longest]
    parts: list[Markup] = []
    position = 0
    for found in _ODD.finditer(cut):
        parts += [
            escape(cut[position : found.start()]),
            Markup('<span class="odd">{}</span>').format(_name(found[0])),
        ]
        position = found.end()
    parts.append(escape(cut[position:]))
    if len(whole) > longest:
        more = f" … {len(whole) - longest:,} characters more"
        parts.append(Markup('<span class="cut">{}</span>').format(more))
    return Markup("").join(parts)


def line(text: object, longest: int = 120) -> Markup:
    """The beginning of a text in one line."""
    joined = " ".join(("" if text is None else str(text))[: longest * 4].split())
    return shown(joined if len(joined) <= longest else f"{joined[: longest - 1].rstrip()}…")


def number(value: object) -> str:
    """A number for reading, with its thousands apart; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, Decimal | float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


def share(part: float, whole: float) -> float:
    """Per cent, from 0 to 100; 0 where there is no whole."""
    return 0.0 if not whole else max(0.0, min(100.0, 100.0 * part / whole))


def moment(value: datetime | None) -> Markup:
    """A time of the stores, UTC; the page's script shows it in the reader's zone as well."""
    if value is None:
        return Markup("–")
    at = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M:%S}")


def short(identity: object) -> str:
    """The first characters of an id of 24 or more hexadecimal digits; other texts whole."""
    text = str(identity)
    return f"{text[:8]}…" if _ID.fullmatch(text) else text


def span(seconds: float | None) -> str:
    """A time that has passed, in the unit in which one speaks of it."""
    if seconds is None:
        return "–"
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.0f} s"


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"
