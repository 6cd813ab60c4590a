"""Corrections and translations of the sample work, and a few mechanical corrections of any other text."""

import re

from devtools.offline_model.samples import Pairs, Samples

_SPACES = re.compile(r"(?<=\S) {2,}(?=\S)")
_LOOSE = re.compile(r"(?<=\S) +([,.;:!?])(?=\s|$)")
_ENGLISH = re.compile(r"\b(?:the|and|is|of|to)\b")
_LONE = re.compile(r"\bi\b(?=[ '])")
_PLACEHOLDER = re.compile(r"⟦[^⟧]*⟧")
_WORD = re.compile(r"\w+")
_COMMON = [
    ("teh", "the"),
    ("recieve", "receive"),
    ("becouse", "because"),
    ("wich", "which"),
    ("alot", "a lot"),
    ("tecnologies", "technologies"),
]


class Replacer:
    """Replaces whole words and phrases, the longest first, in one pass.

    Args:
        pairs: what stands there, and what should.
    """

    def __init__(self, pairs: Pairs) -> None:
        self._right = {wrong: right for wrong, right in pairs if wrong}
        self._longest_first = sorted(self._right, key=len, reverse=True)

    def knows(self, text: str) -> bool:
        """Return whether the whole text is one of the phrases, also where it stays as it is."""
        return text.strip() in self._right

    def unhidden(self, text: str) -> str | None:
        """The text in place of a phrase some of whose words are hidden by placeholders, with the same
        placeholders; None where no phrase is like it.
        """
        hidden = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
        words = len(_WORD.findall(_PLACEHOLDER.sub("", text)))
        if not hidden or words <= len(hidden):  # So few words are in too many phrases.
            return None
        pattern = re.escape(text.strip())
        for number, placeholder in enumerate(hidden):
            pattern = pattern.replace(re.escape(placeholder), f"(?P<hidden{number}>.+?)", 1)
            pattern = pattern.replace(re.escape(placeholder), f"(?P=hidden{number})")
        matches = (re.fullmatch(pattern, wrong) for wrong in self._longest_first)
        match = next(filter(None, matches), None)
        if match is None:
            return None
        right = self._right[match.string]
        for value, placeholder in zip(match.groups(), hidden, strict=True):
            right = right.replace(value, placeholder)
        return right

    def replace(self, text: str) -> str:
        """The text with everything replaced."""
        # One pattern of all pairs would be tried at every character; nearly all of them are nowhere in the
        # text.
        present = [wrong for wrong in self._longest_first if wrong in text]
        return (
            re.sub("|".join(map(_whole, present)), lambda match: self._right[match.group()], text)
            if present
            else text
        )


class Corrector:
    """Corrects and translates as the samples say."""

    def __init__(self, samples: Samples) -> None:
        self._replacements = Replacer(samples.replacements)
        self._common = Replacer(
            _COMMON + [(wrong.capitalize(), right.capitalize()) for wrong, right in _COMMON]
        )
        self._translations = [(language, Replacer(pairs)) for language, pairs in samples.translations]

    def corrected(self, text: str) -> str:
        """The text with the samples' corrections; where they know none, with loose spaces and a few common
        misspellings corrected.
        """
        if (unhidden := self._replacements.unhidden(text)) is not None:
            return unhidden
        replaced = self._replacements.replace(text)
        if replaced != text or self._replacements.knows(text):
            return replaced
        mended = _LOOSE.sub(r"\1", _SPACES.sub(" ", self._common.replace(text)))
        return _LONE.sub("I", mended) if _ENGLISH.search(mended) else mended

    def translated(self, text: str, language: str | None) -> str:
        """The samples' translation; where they have none, the text itself behind the name of the language."""
        for target, replacer in self._translations:
            if language in (None, target):
                translated = replacer.replace(text)
                if translated != text:
                    return translated
        return f"[{language or 'translated'}] {text}"


def lose_placeholder(text: str) -> str:
    """The text without its first placeholder of hidden data, as a careless model would give it back."""
    return _PLACEHOLDER.sub("", text, count=1)


def _whole(wrong: str) -> str:
    before = r"(?<!\w)" if re.match(r"\w", wrong) else ""
    after = r"(?!\w)" if re.search(r"\w$", wrong) else ""
    return before + re.escape(wrong) + after
