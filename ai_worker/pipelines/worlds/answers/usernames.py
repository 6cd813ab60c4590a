"""User names that are valid and, with a character's number, unique in their world."""

import re
import unicodedata

LONGEST = 30
_STRANGE = re.compile(r"[^a-z0-9_]+")
_SEVERAL = re.compile(r"_{2,}")


def username_of(wished: str, display_name: str, index: int) -> str:
    """The name that a character asks for: lower case, letters, digits and underscores, at most `LONGEST`
    characters.

    Args:
        index: the character's number in its world, for names of which nothing is left.
    """
    for text in (wished, display_name):
        if name := _plain(text)[:LONGEST].strip("_"):
            return name
    return f"user_{index}"


def numbered(username: str, index: int) -> str:
    """The name of a character whose name another one of its world has: with its number, which no other one
    has.
    """
    end = f"_{index}"
    return username[: LONGEST - len(end)].rstrip("_") + end


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return _SEVERAL.sub("_", _STRANGE.sub("_", ascii_only))
