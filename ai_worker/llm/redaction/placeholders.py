"""The form of a placeholder, `⟦PII_EMAIL_1⟧`, and everything that could be taken for one.

The brackets are a mathematician's: no spelling rule touches them and no template language, HTML or Markdown
gives them a meaning. The prefix makes a placeholder that lost its brackets on the way still look like one.
Whatever looks like a placeholder in a text that goes out is itself replaced by one (kind `TEXT`), so that
afterwards every look-alike is either ours or a fault of the model.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from ai_worker.llm.redaction.recognisers.words.lexicon import stem
from ai_worker.llm.redaction.recognisers.words.phrases import words

EXACT = re.compile(r"⟦PII_[A-Z][A-Z0-9]{0,15}_[1-9][0-9]{0,8}[B-Z]?⟧")
_WRITTEN = "⟦PII_{kind}_{number}{form}⟧"
_FORMS = ("", *"BCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Forms of one name (Kowalski, Kowalskiego) are one person: ⟦PII_NAME_1⟧, ⟦PII_NAME_1B⟧."""
KIND = re.compile(r"[A-Z][A-Z0-9]{0,15}")

_LOOKALIKE = re.compile(
    r"⟦…⟧|(⟦[^⟦⟧\n]{1,40}⟧|[⟦⟧]+|(?:PII|Pii|pii)(?:\\*_\w*"
    r"|[\s\\-][\s\\_-]{0,2}[^\W\d_]{1,16}[\s\\_-]{0,3}[0-9]))"
)
"""Must stay free of look-around: the pieces between placeholders are searched one by one, on the way out
and on the way back."""
_NEEDED = ("⟦", "⟧", "PII", "pii", "Pii")


@lru_cache(maxsize=8)
def lookalikes(text: str) -> Sequence[tuple[int, int]]:
    """Start and end of everything in the text that could be taken for a placeholder, or for a piece or a
    misspelling of one.

    `⟦…⟧`, letter by letter, is none: so prompts speak of placeholders in general. Kept for the latest texts,
    of which the standing instruction is always one.
    """
    if not any(mark in text for mark in _NEEDED):
        return ()
    return tuple(match.span() for match in _LOOKALIKE.finditer(text) if match.lastindex)


class Allocator:
    """Gives every value of one request its placeholder, the same value always the same one."""

    def __init__(self) -> None:
        self.originals = Originals()
        self._placeholders = Originals()
        self._counts: dict[str, int] = {}
        self._persons: dict[tuple[str, ...], tuple[int, int]] = {}

    def placeholder(self, value: str, kind: str) -> str:
        """The placeholder of the value; a value that was met before keeps the kind it had then.

        Raises:
            ValueError: the kind does not fit into a placeholder.
        """
        known = self._placeholders.get(value)
        if known is not None:
            return known
        if KIND.fullmatch(kind) is None:
            raise ValueError(
                f"a kind of personal data is a capital letter and up to 15 capitals and digits, not {kind!r}"
            )
        placeholder = self._new(value, kind)
        self._placeholders[value] = placeholder
        self.originals[placeholder] = value
        return placeholder

    def _new(self, value: str, kind: str) -> str:
        person = tuple(stem(word.lower()) for word in words(value)) if kind == "NAME" else ()
        number, form = self._persons.get(person, (0, 0))
        if number == 0 or form + 1 == len(_FORMS):
            self._counts[kind] = number = self._counts.get(kind, 0) + 1
            form = -1
        if person:
            self._persons[person] = number, form + 1
        return _WRITTEN.format(kind=kind, number=number, form=_FORMS[form + 1])


class Originals(dict[str, str]):
    """A mapping that holds personal data: it never shows what it holds."""

    def __repr__(self) -> str:
        return f"<{len(self)} hidden values>"
