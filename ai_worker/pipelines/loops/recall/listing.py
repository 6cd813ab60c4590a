"""The chunks of a knowledge base, each once, in spite of lists that repeat, mix up files or stop early."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ai_worker.errors import WorkError
from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.recall.knowledge_base import Document, KnowledgeBase

REPEATS = 250
"""Chunks in a row that were there already or belong to another file, after which a file's list counts as
going round.
"""
TRIES = 3
"""Of the whole list, while fewer chunks come than are expected."""


class ChunksMissing(WorkError):
    """Fewer chunks than the loop expects; the message holds both numbers."""

    error_class = "chunks_missing"


def list_chunks(
    base: KnowledgeBase, file_ids: Sequence[str], expected: int | None, wait: Callable[[int], None]
) -> list[Chunk]:
    """All chunks of the files, or of the whole knowledge base.

    Args:
        file_ids: empty: every file.
        expected: the list is fetched again and merged while it holds fewer, up to `TRIES` times.
        wait: called with the number of the try before it is made again.

    Raises:
        ChunksMissing: fewer than expected came all the same.
        WorkError: the server gave no answer.
    """
    found: dict[tuple[str, str], Chunk] = {}
    for number in range(1, TRIES + 1):
        for document in _documents(base, file_ids):
            for chunk in own_chunks(base.chunks(document), document):
                found.setdefault((chunk.file_id, chunk.chunk_id), chunk)
        if expected is None or len(found) >= expected:
            return list(found.values())
        if number < TRIES:
            wait(number)
    raise ChunksMissing(
        f"the knowledge base lists {len(found)} chunks, expected_chunk_count is {expected}: index the "
        "missing files, "
        "or correct the number"
    )


def own_chunks(listed: Iterable[Chunk], document: Document) -> Iterator[Chunk]:
    """The file's own chunks with an id, each once. A list that goes round ends after `REPEATS` chunks without
    a new one.
    """
    seen: set[str] = set()
    repeats = 0
    for chunk in listed:
        if chunk.chunk_id and chunk.file_id == document.id and chunk.chunk_id not in seen:
            seen.add(chunk.chunk_id)
            repeats = 0
            yield chunk
        else:
            repeats += 1
            if repeats >= REPEATS:
                return


def _documents(base: KnowledgeBase, file_ids: Sequence[str]) -> list[Document]:
    """The files with their names; an id that the knowledge base does not list is asked for all the same."""
    listed = {document.id: document for document in base.documents()}
    if not file_ids:
        return list(listed.values())
    return [listed.get(file_id, Document(file_id)) for file_id in dict.fromkeys(file_ids)]
