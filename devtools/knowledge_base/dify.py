"""Dify's paths, by its service API: plain HTTP codes, pages of at most 100, queries of at most 250
characters.
"""

import re
from typing import TYPE_CHECKING

from devtools.knowledge_base.request import Asked, Refused, Reply, page_of

if TYPE_CHECKING:
    from devtools.knowledge_base.server import KnowledgeBaseServer

_DOCUMENTS = re.compile(r"/v1/datasets/([^/]+)/documents")
_SEGMENTS = re.compile(r"/v1/datasets/([^/]+)/documents/([^/]+)/segments")
_RETRIEVE = re.compile(r"/v1/datasets/([^/]+)/retrieve")
LONGEST = 250
MOST = 100


def route_of(method: str, path: str) -> str:
    """The route's name; empty for paths of others."""
    if method == "POST":
        return "search" if _RETRIEVE.fullmatch(path) else ""
    return "files" if _DOCUMENTS.fullmatch(path) else "chunks" if _SEGMENTS.fullmatch(path) else ""


def answer(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    """Answer one request."""
    body = {"code": "unauthorized", "message": "Access token is invalid", "status": 401}
    asked.bearer(server.key, Refused(401, "", body))
    if f"/v1/datasets/{server.org_id}/" not in asked.path:
        raise Refused(404, "", {"code": "not_found", "message": "Dataset not found.", "status": 404})
    return {"files": _files, "chunks": _segments, "search": _retrieve}[asked.route](server, asked)


def _pages(asked: Asked, items: list[dict[str, object]]) -> Reply:
    number, size = int(asked.query.get("page", "1")), min(MOST, int(asked.query.get("limit", "20")))
    more = number * size < len(items)
    return Reply(
        200,
        {
            "data": page_of(items, number, size),
            "has_more": more,
            "limit": size,
            "total": len(items),
            "page": number,
        },
    )


def _files(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    ready: list[dict[str, object]] = [
        {"id": file_id, "name": name, "indexing_status": "completed", "enabled": True}
        for file_id, name in server.contents.files()
    ]
    waiting: dict[str, object] = {
        "id": "waiting",
        "name": "w.md",
        "indexing_status": "indexing",
        "enabled": True,
    }
    return _pages(asked, [*ready, waiting])


def _segments(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    found = _SEGMENTS.fullmatch(asked.path)
    segments: list[dict[str, object]] = [
        {
            "id": chunk.chunk_id,
            "position": place,
            "document_id": chunk.file_id,
            "content": chunk.text,
            "answer": None,
            "keywords": ["a", "b"],
            "enabled": True,
            "child_chunks": [],
        }
        for place, chunk in enumerate(server.contents.of_file(found[2] if found else ""), 1)
    ]
    return _pages(asked, segments)


def _retrieve(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    body = asked.fields({"query": str}, {"retrieval_model": dict})
    if len(body["query"]) > LONGEST:
        raise Refused(400, "", {"code": "invalid_param", "message": "Query is too long", "status": 400})
    model = body.get("retrieval_model", {})
    if model and "search_method" not in model:
        raise Refused(
            400, "", {"code": "invalid_param", "message": "search_method is required", "status": 400}
        )
    records = [
        {
            "segment": {
                "id": chunk.chunk_id,
                "document_id": chunk.file_id,
                "content": chunk.text,
                "document": {"id": chunk.file_id, "name": chunk.file_name},
            },
            "score": score,
            "child_chunks": None,
        }
        for chunk, score in server.contents.search(body["query"], model.get("top_k", 2))
    ]
    return Reply(200, {"query": {"content": body["query"]}, "records": records})
