"""A retriever of one's own over imported chunks: BM25 over words and, for scripts without spaces, over pairs
of characters.

Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond; k1 = 1.2, b = 0.75 as
in Lucene.
"""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

import regex

from ai_worker.pipelines.loops.chunks.chunk import Chunk

K1 = 1.2
B = 0.75
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]+|[\p{L}\p{N}_]+(?:[.\-][\p{L}\p{N}]+)*")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]+")
_STEM_CHARACTERS = 6


class LexicalRetriever:
    """An index of chunks in memory.

    Args:
        chunks: what can be found.
    """

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        counts = [Counter(terms(f"{chunk.headers} {chunk.text} {chunk.image_text}")) for chunk in chunks]
        self._lengths = [sum(count.values()) for count in counts]
        self._average = sum(self._lengths) / len(self._lengths) if chunks else 1.0
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for term, times in count.items():
                self._postings[term].append((number, times))

    def search(self, query: str, top_k: int) -> list[tuple[Chunk, float]]:
        """The best chunks with their scores, best first; equal scores in the order of the chunks."""
        scores: dict[int, float] = defaultdict(float)
        for term in set(terms(query)):
            found = self._postings.get(term, ())
            rarity = math.log(1 + (len(self._chunks) - len(found) + 0.5) / (len(found) + 0.5))
            for number, times in found:
                length = K1 * (1 - B + B * self._lengths[number] / self._average)
                scores[number] += rarity * times * (K1 + 1) / (times + length)
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:top_k]
        return [(self._chunks[number], score) for number, score in best]


def terms(text: str) -> list[str]:
    """Words of a text as the index knows them: folded, cut to a stem of `_STEM_CHARACTERS`, unspaced scripts
    in pairs of characters.
    """
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if _UNSPACED.fullmatch(word):
            found += [word[place : place + 2] for place in range(max(1, len(word) - 1))]
        else:
            found.append(word[:_STEM_CHARACTERS])
    return found
