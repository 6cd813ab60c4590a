"""Names of tasks and models come from databases: what makes them harmless where a report is read."""

import regex

_UNSEEN = regex.compile(r"[\p{C}\p{Zl}\p{Zp}]")
_MARKUP = regex.compile(r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def printable(text: str) -> str:
    """The text with control characters, line breaks, marks of direction and the like written out as escapes,
    so that it moves no cursor, clears no screen and reads in the order in which it is written.
    """
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def in_markdown(text: str) -> str:
    """Printable text that Markdown shows as it is: no markup, no column of its own, no HTML."""
    escaped = "".join(_ENTITIES.get(character, character) for character in printable(text))
    return _MARKUP.sub(r"\\\g<0>", escaped)


def in_csv(text: str) -> str:
    """Printable text that no spreadsheet takes for a formula (OWASP, CSV Injection: an apostrophe goes before
    it).
    """
    shown = printable(text)
    return "'" + shown if shown.startswith(_FORMULA) else shown


def in_csv_cell(text: str) -> str:
    """The text as it is, line breaks too, unless a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def in_json(document: str) -> str:
    """JSON in which strings hold neither what `printable` writes out nor HTML: the same values, by JSON's own
    escapes.
    """
    return regex.sub(r"(?!\n)[\p{C}\p{Zl}\p{Zp}<>&]", _json_escape, document)


def _json_escape(found: "regex.Match[str]") -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))
