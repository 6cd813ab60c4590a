"""FastGPT (dataset API): datasets by a Bearer key; `org_id` is the dataset's id, a file is a collection.

Its traps: success is code 200; lists take an offset and give at most 30; the size of a search is a number of
    tokens, not of items.
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

PAGE_SIZE = 30
MOST_PAGES = 10_000
MOST_TOKENS = 20_000


class FastGpt:
    """See `KnowledgeBase`."""

    def __init__(self, environment: Environment, server: Server) -> None:
        self._environment = environment
        self._server = server

    def documents(self) -> Iterator[Document]:
        """Collections, those within folders included."""
        folders = [""]
        while folders:
            parent = folders.pop()
            query = {"datasetId": self._environment.org_id, "parentId": parent or None, "searchText": ""}
            for item in self._pages("/api/core/dataset/collection/listV2", query):
                if item.get("type") == "folder":
                    folders.append(text_of_id(item.get("_id")))
                else:
                    yield Document(text_of_id(item.get("_id")), text(item, "name"))

    def chunks(self, document: Document) -> Iterator[Chunk]:
        """A chunk is a question `q` with, in question-and-answer data, its answer `a`."""
        for item in self._pages("/api/core/dataset/data/v2/list", {"collectionId": document.id}):
            answer = text(item, "a")
            yield Chunk(
                file_id=text_of_id(item.get("collectionId")) or document.id,
                chunk_id=text_of_id(item.get("_id")),
                text=f"{text(item, 'q')}\n{answer}" if answer else text(item, "q"),
                file_name=document.name,
            )

    def search(self, question: str, top_k: int, file_ids: Sequence[str]) -> list[Hit]:
        """As many as fit the largest size; the caller cuts off what is beyond `top_k`."""
        body = {
            "datasetId": self._environment.org_id,
            "text": question,
            "limit": MOST_TOKENS,
            "similarity": 0,
            "searchMode": "mixedRecall",
            "usingReRank": False,
        }
        data = self._post("/api/core/dataset/searchTest", body, SEARCH_SECONDS)
        found = items(data, "list") if isinstance(data, Mapping) else items(data)
        hits = [_hit(item) for item in found]
        return [hit for hit in hits if not file_ids or hit.file_id in file_ids]

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for page in range(MOST_PAGES):
            body = {**query, "offset": page * PAGE_SIZE, "pageSize": PAGE_SIZE}
            found = items(self._post(path, body, LIST_SECONDS), "list")
            yield from found
            if len(found) < PAGE_SIZE:
                return

    def _post(self, path: str, body: Mapping[str, Any], seconds: float) -> Any:
        headers = {"Authorization": f"Bearer {self._environment.key.get_secret_value()}"}
        return self._server.post(path, body, headers, seconds, _data)


def _data(content: bytes) -> Any:
    return data_of(decoded(content), ok=(200,))


def _hit(item: Mapping[str, Any]) -> Hit:
    return Hit(
        chunk_id=text_of_id(item.get("id")) or text_of_id(item.get("_id")),
        file_id=text_of_id(item.get("collectionId")),
        file_name=text(item, "sourceName"),
        text=text(item, "q"),
        similarity=_score(item.get("score")),
    )


def _score(score: object) -> float | None:
    """A number, or the embedding's among a list of scores by kind."""
    if isinstance(score, list):
        kinds = {one.get("type"): number(one.get("value")) for one in score if isinstance(one, Mapping)}
        return kinds.get("embedding")
    return number(score)
