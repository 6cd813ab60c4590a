"""Corrections and translations of the sample work, and mechanical corrections of any other text."""

import re

from ai_worker.offline.samples import Pairs, Samples

_SPACES = re.compile(r"(?<=\S) {2,}(?=\S)")
_LOOSE = re.compile(r"(?<=\S) +([,.;:!?])(?=\s|$)")
_START = re.compile(r"(^|[.!?]\s+)([^\W\d_])")
_LONE = re.compile(r"\bi\b(?=\s|')")
_PLACEHOLDER = re.compile(r"⟦[^⟧]*⟧")
_COMMON = [
    ("teh", "the"),
    ("recieve", "receive"),
    ("becouse", "because"),
    ("wich", "which"),
    ("alot", "a lot"),
    ("tecnologies", "technologies"),
]


class Replacer:
    """Replaces whole words and phrases, the longest first.

    Args:
        pairs: what stands there, and what should.
    """

    def __init__(self, pairs: Pairs) -> None:
        self._right = {wrong: right for wrong, right in pairs if wrong}
        self._right |= {_capital(wrong): _capital(right) for wrong, right in pairs if wrong and _capital(wrong) not in self._right}
        longest_first = sorted(self._right, key=len, reverse=True)
        self._wrong = re.compile("|".join(map(_whole, longest_first))) if longest_first else None

    def replace(self, text: str) -> str:
        """The text with everything replaced, in one pass."""
        return self._wrong.sub(lambda match: self._right[match.group()], text) if self._wrong else text


class Corrector:
    """Corrects and translates as the samples say."""

    def __init__(self, samples: Samples) -> None:
        self._corrections = Replacer(samples.corrections + [pair for pair in _COMMON if pair[0] not in dict(samples.corrections)])
        self._translations = {language: Replacer(pairs) for language, pairs in samples.translations.items()}

    def corrected(self, text: str) -> str:
        """The text with the samples' corrections, without loose spaces, with capitals at the starts of its sentences."""
        replaced = self._corrections.replace(text)
        mended = _LOOSE.sub(r"\1", _SPACES.sub(" ", replaced))
        mended = _START.sub(lambda match: match.group(1) + match.group(2).upper(), mended)
        return _LONE.sub("I", mended) if re.search(r"\bthe\b|\band\b|\bI\b", mended) else mended

    def translated(self, text: str, language: str | None) -> str:
        """The samples' translation; where they have none, the text itself behind the name of the language."""
        for key, replacer in self._translations.items():
            if language is None or re.split(r"[-_>]", key)[-1] == language:
                translated = replacer.replace(text)
                if translated != text:
                    return translated
        return f"[{language or 'translated'}] {text}"


def lose_placeholder(text: str) -> str:
    """The text without its first placeholder of hidden data, as a careless model would give it back."""
    return _PLACEHOLDER.sub("", text, count=1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _whole(wrong: str) -> str:
    before = r"(?<!\w)" if re.match(r"\w", wrong) else ""
    after = r"(?!\w)" if re.search(r"\w$", wrong) else ""
    return before + re.escape(wrong) + after
