"""Quotations from a provider, safe to show: providers quote keys and prompts in their error messages, ours
must not.
"""

import re
from collections.abc import Iterable

_LONGEST = 240
_WINDOW = 12
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrt])")
"""Providers quote a request as its JSON, too."""


def quoted(sentence: str, keys: Iterable[str], texts: Iterable[str]) -> str:
    """The sentence, shortened, without any key and without any piece of the texts.

    Args:
        sentence: the provider's words.
        keys: cut out wherever they occur.
        texts: prompts; every run of 12 or more characters that the sentence shares with one is cut out,
            shorter texts whole.
    """
    secret = [key for key in keys if key]
    sentence = _without(_plain(_without(sentence, secret)), secret)
    sentence = " ".join(sentence.split())[:_LONGEST]
    for text in filter(None, texts):
        flat = " ".join(text.split())
        sentence = sentence.replace(flat, "…") if len(flat) < _WINDOW else _cut(sentence, flat)
    return sentence


def _without(sentence: str, keys: list[str]) -> str:
    for key in keys:
        sentence = sentence.replace(key, "…")
    return sentence


def _plain(sentence: str) -> str:
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", sentence)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cut(sentence: str, text: str) -> str:
    shared = [False] * len(sentence)
    for start in range(len(sentence) - _WINDOW + 1):
        if sentence[start : start + _WINDOW] in text:
            shared[start : start + _WINDOW] = [True] * _WINDOW
    kept = [
        character if not shared[place] else "…"
        for place, character in enumerate(sentence)
        if not (shared[place] and place > 0 and shared[place - 1])
    ]
    return "".join(kept)
