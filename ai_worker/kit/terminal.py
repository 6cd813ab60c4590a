"""Texts from databases on a terminal."""

import regex

_UNSEEN = regex.compile(r"(?![\n\t\u200d\u200c])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]")


def harmless(text: str) -> str:
    """The text with control characters and marks of direction written out as escapes: it moves no cursor and
    clears no screen.

    Line ends and tabs stay, as do the joiners that emoji and several scripts need.
    """
    return _UNSEEN.sub(
        lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"),
        text.replace("\r\n", "\n"),
    )
