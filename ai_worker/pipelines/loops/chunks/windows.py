"""The part of a chunk that one visit asks about: a giant chunk is walked through over the rounds."""

WINDOW_CHARACTERS = 6_000
"""About 1,500 to 4,000 tokens, by language: small enough for every model, large enough for a coherent
section.
"""
OVERLAP_CHARACTERS = 300
SMALLEST_CHARACTERS = 200
_BREAKS = ("\n\n", "\n", "。", ". ", "! ", "? ", " ")


def windows(text: str, size: int = WINDOW_CHARACTERS, overlap: int = OVERLAP_CHARACTERS) -> list[str]:
    """The text in overlapping parts of at most `size` characters, cut at paragraphs or sentences where there
    are any.

    Args:
        size: characters, more than twice the `overlap`.
    """
    parts = []
    start = 0
    while len(text) - start > size:
        end = _break_before(text, start + size, start + size // 2)
        parts.append(text[start:end])
        start = end - overlap
    parts.append(text[start:])
    return parts


def window_of(text: str, visit: int, size: int = WINDOW_CHARACTERS) -> str:
    """The part that a visit asks about, counted from 0; after the last part the walk begins again."""
    parts = windows(text, size, min(OVERLAP_CHARACTERS, size // 4))
    return parts[visit % len(parts)]


def _break_before(text: str, end: int, earliest: int) -> int:
    for mark in _BREAKS:
        found = text.rfind(mark, earliest, end)
        if found > 0:
            return found + len(mark)
    return end
