"""The knowledge base of the system that this pipeline replaces: files, chunks and search by POST, agents by
server-sent events.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.ports import Server
from ai_worker.pipelines.loops.recall.agent_stream import agent_hits
from ai_worker.pipelines.loops.recall.envelope import data_of, decoded, items, number, text
from ai_worker.pipelines.loops.recall.knowledge_base import (
    AGENT_SECONDS,
    LIST_SECONDS,
    SEARCH_SECONDS,
    Document,
    Environment,
    Hit,
    text_of_id,
)

PAGE_SIZE = 100
MOST_PAGES = 10_000
_ANSWERS = ("standard_answer_results", "related_knowledge_rerank_results_top")


class Dagent:
    """See `KnowledgeBase`.

    Args:
        environment: its `org_id` and `user_id` go out as headers.
    """

    def __init__(self, environment: Environment, server: Server) -> None:
        self._environment = environment
        self._server = server

    def documents(self) -> Iterator[Document]:
        """Page by page until one is empty, short, or brings nothing new."""
        seen: set[str] = set()
        for page in range(1, MOST_PAGES):
            body = {"current": page, "page_size": PAGE_SIZE, "org_id": self._environment.org_id}
            found = items(self._post("/dagent/knowledge/file/page", body), "list")
            new = [
                item for item in found if text_of_id(item.get("id")) and text_of_id(item["id"]) not in seen
            ]
            for item in new:
                seen.add(text_of_id(item["id"]))
                yield Document(text_of_id(item["id"]), text(item, "file_name"))
            if len(found) < PAGE_SIZE or not new:
                return

    def chunks(self, document: Document) -> Iterator[Chunk]:
        """Until a page is empty or short; `total` is not looked at, since it lies."""
        for page in range(1, MOST_PAGES):
            body = {
                "file_id": document.id,
                "org_id": self._environment.org_id,
                "page": page,
                "page_size": PAGE_SIZE,
            }
            found = items(self._post("/dagent/knowledge/chunk/page", body), "list")
            yield from (_chunk(item, document) for item in found)
            if len(found) < PAGE_SIZE:
                return

    def search(self, question: str, top_k: int, file_ids: Sequence[str]) -> list[Hit]:
        """Curated answers first, then reranked chunks; with an agent, what its tools found."""
        if self._environment.agent_id:
            return self._ask_agent(question)
        body: dict[str, Any] = {"query": question, "org_id": self._environment.org_id, "top_k": top_k}
        if file_ids:
            body["file_id_list"] = list(file_ids)
        data = self._post("/dagent/knowledge/hub/semantic_search_knowledge/detail", body, SEARCH_SECONDS)
        return [_hit(item) for name in _ANSWERS for item in items(data or {}, name)]

    def _ask_agent(self, question: str) -> list[Hit]:
        body = {
            "chat_id": uuid4().hex,
            "task": question,
            "agent_id": self._environment.agent_id,
            "llm_type": "deepseek_v3",
        }
        headers = {**self._headers(), "Accept": "text/event-stream"}
        return self._server.post("/dagent/agent/chat", body, headers, AGENT_SECONDS, agent_hits)

    def _post(self, path: str, body: Mapping[str, Any], seconds: float = LIST_SECONDS) -> Any:
        return self._server.post(path, body, self._headers(), seconds, _data)

    def _headers(self) -> dict[str, str]:
        return {"org-id": self._environment.org_id, "d-user-id": self._environment.user_id}


def _data(content: bytes) -> Any:
    return data_of(decoded(content))


def _chunk(item: Mapping[str, Any], document: Document) -> Chunk:
    return Chunk(
        file_id=text_of_id(item.get("file_id")) or document.id,
        chunk_id=text_of_id(item.get("id")),
        text=text(item, "paragraph_context", "active_paragraph_context", "active_context"),
        file_name=text(item, "file_name") or document.name,
        headers=text(item, "headers"),
        image_text=text(item, "paragraph_pic_semantics_context"),
        summary=text(item, "paragraph_summary", "large_paragraph_llm_summary"),
        seed_question=text(item, "paragraph_question"),
        keywords=text(item, "paragraph_keywords"),
    )


def _hit(item: Mapping[str, Any]) -> Hit:
    distance = number(item.get("cosine_distance_1"))
    ids = (text_of_id(item.get(name)) for name in ("knowledge_md_header_split_id", "id", "chunk_id"))
    files = (text_of_id(item.get(name)) for name in ("file_id", "knowledge_file_id"))
    return Hit(
        chunk_id=next(filter(None, ids), ""),
        file_id=next(filter(None, files), ""),
        file_name=text(item, "file_name"),
        headers=text(item, "headers"),
        text=text(item, "active_paragraph_context", "active_context"),
        similarity=None if distance is None else 1 - distance,
    )
