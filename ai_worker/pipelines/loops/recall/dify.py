"""Dify (service API of 2026-07): datasets by a Bearer key; `org_id` is the dataset's id.

Its traps: a query of more than 250 characters is refused, which is no miss; pages end at 100; `top_k` of the
    answer is the server's unless
the request names it together with a search method.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.faults import RequestRejected
from ai_worker.pipelines.loops.ports import Server
from ai_worker.pipelines.loops.recall.envelope import decoded, items, number, text
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
LONGEST_QUERY = 250
MOST_FOUND = 100


class Dify:
    """See `KnowledgeBase`."""

    def __init__(self, environment: Environment, server: Server) -> None:
        self._environment = environment
        self._server = server
        self._dataset = f"/v1/datasets/{environment.org_id}"

    def documents(self) -> Iterator[Document]:
        """Indexed and enabled ones only."""
        for item in self._pages(f"{self._dataset}/documents"):
            if item.get("enabled", True) and item.get("indexing_status", "completed") == "completed":
                yield Document(text_of_id(item.get("id")), text(item, "name"))

    def chunks(self, document: Document) -> Iterator[Chunk]:
        """Enabled ones only; question-and-answer segments hold their answer, too."""
        for item in self._pages(f"{self._dataset}/documents/{document.id}/segments"):
            if item.get("enabled", True):
                answer = text(item, "answer")
                content = text(item, "content")
                yield Chunk(
                    file_id=text_of_id(item.get("document_id")) or document.id,
                    chunk_id=text_of_id(item.get("id")),
                    text=f"{content}\n{answer}" if answer else content,
                    file_name=document.name,
                    keywords=text(item, "keywords"),
                )

    def search(self, question: str, top_k: int, file_ids: Sequence[str]) -> list[Hit]:
        """Parents of found child chunks count as their segment.

        Raises:
            RequestRejected: the question is longer than the server takes.
        """
        if len(question) > LONGEST_QUERY:
            raise RequestRejected(
                f"Dify takes queries of up to {LONGEST_QUERY} characters; this question has {len(question)}"
            )
        body: dict[str, Any] = {
            "query": question,
            "retrieval_model": {
                "search_method": "hybrid_search",
                "reranking_enable": False,
                "top_k": min(top_k, MOST_FOUND),
                "score_threshold_enabled": False,
            },
        }
        path = f"{self._dataset}/retrieve"
        answer = self._server.post(path, body, self._headers(), SEARCH_SECONDS, decoded)
        hits = [_hit(item) for item in items(answer, "records")]
        return [hit for hit in hits if not file_ids or hit.file_id in file_ids]

    def _pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        for page in range(1, MOST_PAGES):
            query = {"page": page, "limit": PAGE_SIZE}
            body = self._server.get(path, query, self._headers(), LIST_SECONDS, decoded)
            found = items(body, "data")
            yield from found
            if not found or not body.get("has_more", len(found) == PAGE_SIZE):
                return

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._environment.key.get_secret_value()}"}


def _hit(item: Mapping[str, Any]) -> Hit:
    found = item.get("segment")
    segment: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    owner = segment.get("document")
    document: Mapping[str, Any] = owner if isinstance(owner, Mapping) else {}
    return Hit(
        chunk_id=text_of_id(segment.get("id")),
        file_id=text_of_id(segment.get("document_id")) or text_of_id(document.get("id")),
        file_name=text(document, "name"),
        text=text(segment, "content"),
        similarity=number(item.get("score")),
    )
