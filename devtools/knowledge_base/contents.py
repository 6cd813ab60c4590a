"""The contents of the double: files with their chunks, and what of them is found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.chunks.lexical_retriever import LexicalRetriever
from ai_worker.pipelines.loops.chunks.markdown import markdown_chunks


@dataclass
class Contents:
    """Chunks in the order of their files.

    Args:
        hidden: ids of chunks that are listed and never found, as badly indexed ones are.
    """

    chunks: Sequence[Chunk]
    hidden: frozenset[str] = frozenset()
    _index: LexicalRetriever = field(init=False)

    def __post_init__(self) -> None:
        self._index = LexicalRetriever([chunk for chunk in self.chunks if chunk.chunk_id not in self.hidden])

    @classmethod
    def of_folder(cls, folder: Path, hidden_of_each: int = 0) -> "Contents":
        """The Markdown files of a folder; of each file the last chunks may be hidden."""
        by_file = [
            markdown_chunks(path.read_text(encoding="utf-8"), path.name)
            for path in sorted(folder.glob("*.md"))
        ]
        hidden = {chunk.chunk_id for chunks in by_file for chunk in chunks[len(chunks) - hidden_of_each :]}
        return cls([chunk for chunks in by_file for chunk in chunks], frozenset(hidden))

    def files(self) -> list[tuple[str, str]]:
        """Ids and names."""
        return list({chunk.file_id: (chunk.file_id, chunk.file_name) for chunk in self.chunks}.values())

    def of_file(self, file_id: str) -> list[Chunk]:
        """The chunks of a file."""
        return [chunk for chunk in self.chunks if chunk.file_id == file_id]

    def search(self, query: str, top_k: int, file_ids: Sequence[str] = ()) -> list[tuple[Chunk, float]]:
        """The best chunks with a similarity of 0 to 1."""
        found = [
            item
            for item in self._index.search(query, len(self.chunks))
            if not file_ids or item[0].file_id in file_ids
        ]
        best = found[0][1] if found else 1.0
        return [(chunk, round(0.95 * score / best, 4)) for chunk, score in found[:top_k]]
