"""The chunks that were asked about and found: by file, with the dead ones, which no question found."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CoveredChunk:
    """A chunk with what was asked about it.

    Args:
        questions: approved and tested without an error.
        hits: of these, found within the first `top_k`.
        retrieved: how often any question's list held it, whichever chunk it was asked about.
    """

    file_name: str
    chunk_id: str
    headers: str
    questions: int
    hits: int
    retrieved: int


@dataclass(frozen=True, slots=True)
class Covered:
    """The coverage of a file.

    Args:
        chunks, asked: all of it, and those with a question.
        questions, hits: over its chunks.
        dead: chunks that were asked about and that no list of any question held.
    """

    chunks: int
    asked: int
    questions: int
    hits: int
    dead: Sequence[CoveredChunk]


def coverage(chunks: Sequence[CoveredChunk]) -> Mapping[str, Covered]:
    """The coverage of each file, in the order of the files."""
    files: dict[str, list[CoveredChunk]] = defaultdict(list)
    for chunk in chunks:
        files[chunk.file_name].append(chunk)
    return {name: _covered(group) for name, group in files.items()}


def _covered(chunks: Sequence[CoveredChunk]) -> Covered:
    return Covered(
        chunks=len(chunks),
        asked=sum(chunk.questions > 0 for chunk in chunks),
        questions=sum(chunk.questions for chunk in chunks),
        hits=sum(chunk.hits for chunk in chunks),
        dead=[chunk for chunk in chunks if chunk.questions > 0 and chunk.retrieved == 0],
    )
