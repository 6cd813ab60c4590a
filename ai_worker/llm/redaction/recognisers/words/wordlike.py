"""Small models of words: a Bloom filter of a vocabulary, and the likelihood that a word is a name, by its
letters."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

_HASHES = 5


class BloomFilter:
    """A set of words in a few bits each: never misses a member, takes about one stranger in a hundred for
    one.

    Args:
        bits: its bytes. B. Bloom, "Space/time trade-offs in hash coding", 1970.
    """

    def __init__(self, bits: bytes) -> None:
        self._bits = bits

    def __contains__(self, word: str) -> bool:
        return all(self._bits[place >> 3] >> (place & 7) & 1 for place in _places(word, len(self._bits) * 8))

    @staticmethod
    def of(words: Iterable[str], bits_each: int = 9) -> bytes:
        """The filter of the words, as bytes."""
        listed = list(words)
        bits = bytearray(max(8, len(listed) * bits_each // 8))
        for word in listed:
            for place in _places(word, len(bits) * 8):
                bits[place >> 3] |= 1 << (place & 7)
        return bytes(bits)


def _places(word: str, size: int) -> Iterator[int]:
    digest = int.from_bytes(
        hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=16).digest(), "little"
    )
    first, step = digest & 0xFFFFFFFFFFFFFFFF, digest >> 64 | 1
    return ((first + number * step) % size for number in range(_HASHES))


class NameLikeness:
    """Logistic regression over hashed letter groups of 2 to 5.

    Args:
        weights: one signed byte a bucket, the bias in the last.
        scale: what one step of a weight stands for.
    """

    def __init__(self, weights: bytes, scale: float) -> None:
        self._weights = memoryview(weights).cast("b")
        self._scale = scale
        self.of = lru_cache(maxsize=8192)(self._of)

    def _of(self, word: str) -> float:
        """Log-odds that the word, in small letters, is a name and no ordinary word."""
        weights = self._weights
        return (
            sum(weights[bucket] for bucket in buckets(word, len(weights) - 1)) + weights[-1]
        ) * self._scale


def buckets(word: str, size: int) -> list[int]:
    """The buckets of the word's letter groups."""
    padded = f"^{word}$".encode("utf-16-le", "replace")
    end = len(padded)
    return [
        zlib.crc32(padded[start : start + length]) % size
        for length in (4, 6, 8, 10)
        for start in range(0, end - length + 1, 2)
    ]
