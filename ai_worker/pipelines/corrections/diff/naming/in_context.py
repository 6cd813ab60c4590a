"""The kind of an edit with its surroundings: the same two words are a slip in one place and another name in
the next.
"""

from functools import cached_property

import regex

from ai_worker.pipelines.corrections.diff.naming.fact_words import UNITS
from ai_worker.pipelines.corrections.diff.naming.kinds import Kind, classify
from ai_worker.pipelines.corrections.diff.words import is_word, tokens

_SENTENCE_START = regex.compile(r"(?:\A|[.!?…:;。！？\r\n>*_#|\"“„»«(\[{-])\s*\Z")
_LOOK_BACK = 12
_AFTER_NUMBER = regex.compile(r"\p{Nd}\s?\Z")
_NAME = regex.compile(r"\p{Lu}[\p{L}\p{M}'’-]*")
_NAME_INSIDE = regex.compile(r"(?<=[\p{Ll},] )\p{Lu}\p{Ll}[\p{L}\p{M}'’-]*")


class Naming:
    """Names the edits of one pair of texts.

    Args:
        source, answer: whole, for what the words are elsewhere in them.
    """

    def __init__(self, source: str, answer: str) -> None:
        self._source = source
        self._answer = answer

    def kind(self, start: int, before: str, after: str) -> tuple[Kind, str]:
        """The kind of an edit at `start` of the source, and why.

        A word with a capital inside a sentence is taken for a name, and at the start of one where it is a
        name elsewhere.
        """
        kind, reason = classify(before, after)
        if (
            before in UNITS
            and after in UNITS
            and _AFTER_NUMBER.search(self._source[max(0, start - _LOOK_BACK) : start])
        ):
            return "meaning", "a unit differs"
        if kind in ("spelling", "style") and self._is_other_name(start, before, after):
            return "meaning", "a name differs"
        return kind, reason

    def _is_other_name(self, start: int, before: str, after: str) -> bool:
        if before.islower() or after.islower():
            # No capital in it, so no name.
            return False
        words = [token for token in tokens(before) if is_word(token)]
        others = [token for token in tokens(after) if is_word(token)]
        if (
            len(words) != 1
            or len(others) != 1
            or not _NAME.fullmatch(words[0])
            or not _NAME.fullmatch(others[0])
        ):
            return False
        if words[0].casefold() == others[0].casefold():
            return False
        if _SENTENCE_START.search(self._source[max(0, start - _LOOK_BACK) : start]) is None:
            return True
        return words[0] in self._names or others[0] in self._names

    @cached_property
    def _names(self) -> set[str]:
        return {*_NAME_INSIDE.findall(self._source), *_NAME_INSIDE.findall(self._answer)}
