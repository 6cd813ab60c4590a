"""Quotations from a provider, safe to show: providers quote keys and prompts in their error messages, ours
must not.
"""

from collections.abc import Iterable

_LONGEST = 240
_WINDOW = 12


def quoted(sentence: str, keys: Iterable[str], texts: Iterable[str]) -> str:
    """The sentence, shortened, without any key and without any piece of the texts.

    Args:
        sentence: the provider's words.
        keys: cut out wherever they occur.
        texts: prompts; every run of 12 or more characters that the sentence shares with one is cut out,
            shorter texts whole.
    """
    for key in filter(None, keys):
        sentence = sentence.replace(key, "…")
    sentence = " ".join(sentence.split())[:_LONGEST]
    for text in filter(None, texts):
        flat = " ".join(text.split())
        sentence = sentence.replace(flat, "…") if len(flat) < _WINDOW else _cut(sentence, flat)
    return sentence


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
