"""The language of a text, and whether a question keeps to that of its chunk.

Scripts decide first: they are certain even for three words. Within a script `py3langid` decides, and only
    where it is sure, since a
question of six words full of product names looks like any language.
"""

from collections import Counter
from functools import lru_cache
from typing import Any

import regex

SURE = 0.5
HARDLY = 0.05
FEWEST_LETTERS = 12
"""Of a text whose language within a script is worth asking about."""
SHARE = 0.25
"""Of the letters of a question that must be of the chunk's script; the others may be names and commands."""

NAMES = {
    "en": "English",
    "pl": "Polish",
    "ru": "Russian",
    "zh": "Chinese",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "uk": "Ukrainian",
    "cs": "Czech",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
}
_SCRIPTS = {
    "Kana": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
    "Han": regex.compile(r"\p{Han}"),
    "Hangul": regex.compile(r"\p{Hangul}"),
    "Cyrillic": regex.compile(r"\p{Cyrillic}"),
    "Greek": regex.compile(r"\p{Greek}"),
    "Arabic": regex.compile(r"\p{Arabic}"),
    "Hebrew": regex.compile(r"\p{Hebrew}"),
    "Thai": regex.compile(r"\p{Thai}"),
    "Devanagari": regex.compile(r"\p{Devanagari}"),
    "Latin": regex.compile(r"\p{Latin}"),
}
_DENSE = {"Han", "Kana", "Hangul", "Thai"}
"""A letter of these weighs as much as several of an alphabet: "配置 Docker Compose" is Chinese."""
_WEIGHT = 4
_OF_SCRIPT = {"Kana": "ja", "Han": "zh", "Hangul": "ko", "Greek": "el", "Hebrew": "he", "Thai": "th"}
_ALIKE = {"wuu": "zh", "yue": "zh", "pcm": "en"}
_CODE = regex.compile(r"```.*?```|`[^`]*`|https?://\S+|<[^>]{1,80}>", regex.DOTALL)


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of a text's language; None where it has too few letters to tell."""
    plain = _CODE.sub(" ", text)
    weights = _weights(plain)
    if not weights:
        return None
    script = _dominant(weights)
    if script in _OF_SCRIPT:
        return _OF_SCRIPT[script]
    if weights[script] < FEWEST_LETTERS:
        return None
    label, probability = _ranked(plain)[0]
    return label if probability >= SURE else None


def keeps_language(text: str, language: str | None, chunk: str) -> bool:
    """False where a text is surely in another language than its chunk.

    Args:
        text: a question, or a question with its answer.
        language: of the chunk, by `language_of`.
        chunk: its text, for its script.
    """
    wanted, weights = _weights(_CODE.sub(" ", chunk)), _weights(text)
    if not wanted or not weights:
        return True
    script = _dominant(wanted)
    same = weights["Kana"] + weights["Han"] if script == "Kana" else weights[script]
    if same < SHARE * sum(weights.values()) or (script == "Han" and weights["Kana"] > weights["Han"]):
        return False
    if language is None or script in _OF_SCRIPT or weights[script] < FEWEST_LETTERS:
        return True
    ranked = dict(_ranked(text))
    label = max(ranked, key=lambda name: ranked[name])
    return label == language or ranked[label] < SURE or ranked.get(language, 0.0) >= HARDLY


def _weights(text: str) -> Counter[str]:
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    return Counter(
        {name: count * (_WEIGHT if name in _DENSE else 1) for name, count in counts.items() if count}
    )


def _dominant(weights: Counter[str]) -> str:
    """The script that weighs most. Japanese is recognised by its kana, which stand between more Han
    characters.
    """
    if weights["Kana"] * 4 > weights["Han"] and weights["Kana"] + weights["Han"] > sum(weights.values()) / 2:
        return "Kana"
    return weights.most_common(1)[0][0]


def _ranked(text: str) -> list[tuple[str, float]]:
    merged: dict[str, float] = {}
    for label, probability in _identifier().rank(text[:4_000]):
        name = _ALIKE.get(label, label)
        merged[name] = merged.get(name, 0.0) + float(probability)
    return sorted(merged.items(), key=lambda item: -item[1])


def load_identifier() -> None:
    """Load the model that recognises languages: half a second of computing, which holds up everything else
    in a worker.
    """
    _identifier()


@lru_cache(maxsize=1)
def _identifier() -> Any:
    # 60 MB: only workers of loops load it.
    from py3langid.langid import (  # type: ignore[import-untyped]  # noqa: PLC0415
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
