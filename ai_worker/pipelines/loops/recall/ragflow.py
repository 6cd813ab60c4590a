"""RAGFlow (HTTP API reference of 2026-08): datasets by a Bearer key; `org_id` is the dataset's id.

Its traps: faults come with HTTP 200 and a code; `top_k` is the number of candidates of the vector search
    while the size of the answer is
`page_size`; equal chunks of a document share one id.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.ports import Server
from ai_worker.pipelines.loops.recall.envelope import data_of, decoded, items, number, text
from ai_worker.pipelines.loops.recall.knowledge_base import (
    LIST_SECONDS,
    SEARCH_SECONDS,
    Document,
    Environment,
    Hit,
    text_of_id,
)

PAGE_SIZE = 100
MOST_PAGES = 10_000
CANDIDATES = 1_024


class RagFlow:
    """See `KnowledgeBase`."""

    def __init__(self, environment: Environment, server: Server) -> None:
        self._environment = environment
        self._server = server
        self._dataset = f"/api/v1/datasets/{environment.org_id}"

    def documents(self) -> Iterator[Document]:
        """Parsed ones only: others have no chunks yet."""
        for page in range(1, MOST_PAGES):
            data = self._get(
                f"{self._dataset}/documents", {"page": page, "page_size": PAGE_SIZE, "run": "DONE"}
            )
            found = items(data, "docs")
            yield from (Document(text_of_id(item.get("id")), text(item, "name")) for item in found)
            if len(found) < PAGE_SIZE:
                return

    def chunks(self, document: Document) -> Iterator[Chunk]:
        """Available ones only: the others are never found."""
        for page in range(1, MOST_PAGES):
            path = f"{self._dataset}/documents/{document.id}/chunks"
            found = items(self._get(path, {"page": page, "page_size": PAGE_SIZE}), "chunks")
            for item in found:
                if item.get("available", True):
                    yield Chunk(
                        file_id=text_of_id(item.get("document_id")) or document.id,
                        chunk_id=text_of_id(item.get("id")),
                        text=text(item, "content"),
                        file_name=text(item, "docnm_kwd") or document.name,
                    )
            if len(found) < PAGE_SIZE:
                return

    def search(self, question: str, top_k: int, file_ids: Sequence[str]) -> list[Hit]:
        """The page of `top_k` items."""
        body: dict[str, Any] = {
            "question": question,
            "dataset_ids": [self._environment.org_id],
            "page": 1,
            "page_size": top_k,
            "top_k": max(CANDIDATES, top_k),
            "similarity_threshold": 0.0,
        }
        if file_ids:
            body["document_ids"] = list(file_ids)
        data = self._server.post("/api/v1/retrieval", body, self._headers(), SEARCH_SECONDS, _data)
        return [_hit(item) for item in items(data, "chunks")]

    def _get(self, path: str, query: Mapping[str, Any]) -> Any:
        return self._server.get(path, query, self._headers(), LIST_SECONDS, _data)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._environment.key.get_secret_value()}"}


def _data(content: bytes) -> Any:
    return data_of(decoded(content))


def _hit(item: Mapping[str, Any]) -> Hit:
    return Hit(
        chunk_id=text_of_id(item.get("id")),
        file_id=text_of_id(item.get("document_id")),
        file_name=text(item, "document_keyword", "docnm_kwd"),
        text=text(item, "content"),
        similarity=number(item.get("vector_similarity", item.get("similarity"))),
    )
