"""Known towns and other places, in any case of their name; the lists are built by `train.py` and
`further.py` of devtools/redaction."""

import re
from functools import cache, lru_cache
from importlib.resources import files

from ai_worker.llm.redaction.recognisers.words.lexicon import stem
from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter


@cache
def _towns() -> frozenset[str]:
    lines = files(__package__).joinpath("cities.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(stem(line) for line in lines if line)


@lru_cache(maxsize=2048)
def is_town(written: str) -> bool:
    """Return whether the words, or the first or last of them, are a known town, in any case."""
    lower = re.sub(r"\s[0-9]+\Z", "", written.rstrip(".")).lower()
    words = lower.split()
    return any(stem(candidate) in _towns() for candidate in (lower, words[0], words[-1]))


@cache
def _places() -> tuple[BloomFilter, ...]:
    folder = files("ai_worker.llm.redaction.recognisers.words").joinpath("data")
    return tuple(
        BloomFilter(folder.joinpath(file).read_bytes()) for file in ("places.bin", "world_places.bin")
    )


@lru_cache(maxsize=8192)
def is_place(lower: str) -> bool:
    """Return whether the word, in small letters, is a form of a town's, a region's or a country's name."""
    return any(lower in places for places in _places())
