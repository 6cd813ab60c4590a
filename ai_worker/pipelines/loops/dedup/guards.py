"""Differences that make two alike questions two: numbers, identifiers, negation, opposites, and the kind of
question.

No score separates "GPIO 5" from "GPIO 6" or "start" from "stop": on 32 hand-made pairs of such, lexical
scores and two encoders all gave them more than true paraphrases. So these are looked at before any score
counts.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regex

from ai_worker.pipelines.loops.texts.text_forms import folded

_NUMBER = regex.compile(r"\p{N}+(?:[.,]\p{N}+)*")
_IDENTIFIER = regex.compile(
    r"(?<!^)(?<![\p{L}_])(?:[A-Z](?![\p{L}_'])|[A-Z]{2,}(?![a-z])|\p{Latin}+_[\w]+|\p{Ll}+\p{Lu}\w+)|--?[a-z][\w-]*|^[A-Z]{2,}(?![a-z])"
)
_WORD = regex.compile(r"[\p{L}\p{M}']+")
_ONE_LETTER_WORDS = frozenset("IAOUWZ")

_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "without",
        "cannot",
        "neither",
        "nor",
        "none",
        "nothing",
        "unless",
        "except",
        "nie",
        "bez",
        "nigdy",
        "brak",
        "ani",
        "żaden",
        "żadna",
        "żadne",
        "zaden",
        "не",
        "нет",
        "без",
        "никогда",
        "ни",
        "нельзя",
        "кроме",
        "невозможно",
    ]
)
_HAN_NEGATION = regex.compile(r"不|没|无|未|非|勿|禁止")
_HAN_NO_NEGATION = regex.compile(
    r"(\p{Han})[不没]\1|有没有|是否|不同|不仅|不但|不过|不管|不断|不论|非常|无线|无论|未来|无人|并非常"
)

_WORDS = Path(__file__).parent / "words"
_OPPOSITES = [
    line for line in (_WORDS / "opposites.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"
]


def _pattern(side: str) -> regex.Pattern[str]:
    """Words that a side of a pair matches, each with a space before and after.

    A stem of four letters or more begins a word, a shorter one is the word; Han stems stand anywhere, since
    words are not spaced.
    """
    stems = []
    for stem in folded(side).split("|"):
        if regex.match(r"\p{Han}", stem):
            stems.append(stem)
        else:
            stems.append(f" {stem}" if len(stem) > 3 else f" {stem} ")
    return regex.compile("|".join(stems))


_PAIRS = [tuple(map(_pattern, pair.split("/"))) for pair in _OPPOSITES]
_PREFIXES = ("un", "non", "in", "im", "ir", "dis", "de", "не", "nie")

_KINDS = {
    "when": r"\bwhen\b|\bsince when\b|何时|什么时候|\bкогда\b|\bkiedy\b",
    "why": r"\bwhy\b|为什么|为何|\bпочему\b|\bзачем\b|\bdlaczego\b|\bczemu\b",
    "where": r"\bwhere\b|哪里|在哪|何处|什么位置|\bгде\b|\bкуда\b|\bgdzie\b|\bdokad\b",
    "who": r"\bwhom?\b|\bwhose\b|谁|\bкто\b|\bкому\b|\bkto\b|\bkomu\b",
    "how many": r"\bhow (?:many|much)\b|多少|几个|\bсколько\b|\bile\b|\bilu\b",
    "how long": r"\bhow (?:long|often)\b|多久|多长时间|\bкак (?:долго|часто)\b|\bjak (?:dlugo|czesto)\b",
    "how": r"\bhow (?!many|much|long|often)\b|如何|怎么|怎样"
    r"|\bкак (?!долго|часто|ой|ая|ие)(?=\p{L})|\bjak (?!dlugo|czesto)(?=\p{L})",
}
_KIND_PATTERNS = {kind: regex.compile(pattern) for kind, pattern in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Marks:
    """The comparable parts of one question."""

    folded: str
    words: frozenset[str]
    numbers: tuple[tuple[str, int], ...]
    identifiers: frozenset[str]
    negative: bool
    kinds: frozenset[str]


@lru_cache(maxsize=200_000)
def marks(question: str) -> Marks:
    """The marks of a question."""
    plain = folded(question)
    words = _WORD.findall(plain)
    negations = sum(word in _NEGATIONS or word.endswith(("n't", "n’t")) for word in words)
    negations += len(_HAN_NEGATION.findall(_HAN_NO_NEGATION.sub("", plain)))
    return Marks(
        folded=plain,
        words=frozenset(words),
        numbers=numbers_of(plain),
        identifiers=frozenset(
            folded(found) for found in _IDENTIFIER.findall(question) if found not in _ONE_LETTER_WORDS
        ),
        negative=negations % 2 == 1,
        kinds=frozenset(kind for kind, pattern in _KIND_PATTERNS.items() if pattern.search(plain)),
    )


def numbers_of(text: str) -> tuple[tuple[str, int], ...]:
    """The numbers of a folded text with how often each stands there; a decimal comma is a point."""
    return tuple(sorted(Counter(number.replace(",", ".") for number in _NUMBER.findall(text)).items()))


def difference(one: str, other: str) -> str | None:
    """The reason why two questions differ whatever their score: `numbers`, `identifiers`, `negation`,
    `opposites`, `kind`; None: nothing.
    """
    a, b = marks(one), marks(other)
    if a.numbers != b.numbers:
        return "numbers"
    if a.negative != b.negative:
        return "negation"
    if a.kinds and b.kinds and not a.kinds & b.kinds:
        return "kind"
    if any(name not in b.folded for name in a.identifiers) or any(
        name not in a.folded for name in b.identifiers
    ):
        return "identifiers"
    return "opposites" if _opposed(a, b) else None


def _opposed(a: Marks, b: Marks) -> bool:
    only_a, only_b = a.words - b.words, b.words - a.words
    if not only_a or not only_b:
        return False
    for word in only_a:
        if any(
            f"{prefix}{word}" in only_b or (word.startswith(prefix) and word.removeprefix(prefix) in only_b)
            for prefix in _PREFIXES
        ):
            return True
    one, other = (" " + "  ".join(only) + " " for only in (only_a, only_b))
    return any(
        (left.search(one) and right.search(other)) or (right.search(one) and left.search(other))
        for left, right in _PAIRS
    )
