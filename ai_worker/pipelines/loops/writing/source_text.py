"""Checks of quoted passages against their chunk, and of chunks that hold nothing to ask about."""

import re

from rapidfuzz import fuzz

from ai_worker.pipelines.loops.texts.text_forms import collapsed

FOUND_RATIO = 90.0
"""rapidfuzz's partial ratio, 0 to 100, from which a quotation counts as found: it allows a lost comma, not
another sentence.
"""
EXACT_BELOW = 12
"""Characters under which a quotation must stand there to the letter: nearly any five letters are found
somewhere.
"""
_CONTENTS_LINE = re.compile(
    r".*(?:\.{3,}|…{2,}|\s{3,}|\t)\s*\d+\s*|\s*[-*]?\s*\[[^\]]*\]\(#[^)]*\)\s*|\s*\d+(?:\.\d+)*\.?\s+.{1,60}\s\d{1,4}\s*"
)
_HEADING_LINE = re.compile(r"\s*(?:#{1,6}\s.*|[-=*_]{3,}|)\s*")


def is_found(quotation: str, chunk: str) -> bool:
    """True where the quotation stands in the chunk, white space, case and small slips apart; each part around
    `…` by itself.
    """
    text = collapsed(chunk)
    parts = [part for part in map(collapsed, re.split(r"…|\.\.\.", quotation)) if part]
    return bool(parts) and all(_is_found(part, text) for part in parts)


def _is_found(part: str, text: str) -> bool:
    if part in text:
        return True
    if len(part) < EXACT_BELOW or len(part) > len(text):
        return False
    return fuzz.partial_ratio(part, text, score_cutoff=FOUND_RATIO) >= FOUND_RATIO


def holds_nothing(text: str) -> bool:
    """True for headings alone and for tables of contents: a question about them tests nothing."""
    lines = [line for line in text.splitlines() if not _HEADING_LINE.fullmatch(line)]
    contents = [line for line in lines if _CONTENTS_LINE.fullmatch(line)]
    return not lines or (len(lines) >= 3 and len(contents) * 5 >= len(lines) * 4)
