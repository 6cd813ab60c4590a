"""The built-in knowledge base: chunks that were imported, found by their letters."""

from collections.abc import Iterator, Sequence

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.chunks.lexical_retriever import LexicalRetriever
from ai_worker.pipelines.loops.recall.knowledge_base import Document, Hit

EXCERPT = 500


class Local:
    """See `KnowledgeBase`.

    Args:
        chunks: what was imported.
    """

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self._index = LexicalRetriever(chunks)

    def documents(self) -> Iterator[Document]:
        """The imported files."""
        yield from {
            chunk.file_id: Document(chunk.file_id, chunk.file_name) for chunk in self._chunks
        }.values()

    def chunks(self, document: Document) -> Iterator[Chunk]:
        """The imported chunks of a file."""
        yield from (chunk for chunk in self._chunks if chunk.file_id == document.id)

    def search(self, question: str, top_k: int, file_ids: Sequence[str]) -> list[Hit]:
        """By BM25; its scores are no similarities, so none is given."""
        found = self._index.search(question, len(self._chunks) if file_ids else top_k)
        kept = [chunk for chunk, _ in found if not file_ids or chunk.file_id in file_ids][:top_k]
        return [
            Hit(chunk.chunk_id, chunk.file_id, chunk.file_name, chunk.headers, chunk.text[:EXCERPT])
            for chunk in kept
        ]
