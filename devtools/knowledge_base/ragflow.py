"""RAGFlow's paths, by its HTTP API reference: faults as codes with HTTP 200, `page_size` as the size of an
answer.
"""

import re
from typing import TYPE_CHECKING

from devtools.knowledge_base.request import Asked, Kinds, Refused, Reply, page_of

if TYPE_CHECKING:
    from devtools.knowledge_base.server import KnowledgeBaseServer

_DOCUMENTS = re.compile(r"/api/v1/datasets/([^/]+)/documents")
_CHUNKS = re.compile(r"/api/v1/datasets/([^/]+)/documents/([^/]+)/chunks")
MOST = 100


def route_of(method: str, path: str) -> str:
    """The route's name; empty for paths of others."""
    if method == "POST":
        return "search" if path == "/api/v1/retrieval" else ""
    return "files" if _DOCUMENTS.fullmatch(path) else "chunks" if _CHUNKS.fullmatch(path) else ""


def answer(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    """Answer one request."""
    asked.bearer(
        server.key,
        Refused(
            200, "", {"code": 109, "message": "Authentication error: API key is invalid!", "data": False}
        ),
    )
    return {"files": _files, "chunks": _chunks, "search": _search}[asked.route](server, asked)


def _fault(message: str) -> Refused:
    return Refused(200, message, {"code": 102, "message": message, "data": None})


def _size(asked: Asked) -> tuple[int, int]:
    number, size = int(asked.query.get("page", "1")), int(asked.query.get("page_size", "30"))
    if not 1 <= size <= MOST:
        raise _fault(f"page_size is {size}, 1 to {MOST} are allowed")
    return number, size


def _files(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    found = _DOCUMENTS.fullmatch(asked.path)
    if found is None or found[1] != server.org_id:
        raise _fault("You don't own the dataset")
    docs = [
        {"id": file_id, "name": name, "chunk_count": 1, "run": "DONE"}
        for file_id, name in server.contents.files()
    ]
    return Reply(
        200, {"code": 0, "data": {"docs": page_of(docs, *_size(asked)), "total_datasets": len(docs)}}
    )


def _chunks(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    found = _CHUNKS.fullmatch(asked.path)
    if found is None or found[1] != server.org_id:
        raise _fault("You don't own the dataset")
    chunks = [
        {
            "id": chunk.chunk_id,
            "content": chunk.text,
            "document_id": chunk.file_id,
            "docnm_kwd": chunk.file_name,
            "available": True,
            "image_id": "",
            "positions": [],
        }
        for chunk in server.contents.of_file(found[2])
    ]
    return Reply(200, {"code": 0, "data": {"chunks": page_of(chunks, *_size(asked)), "total": len(chunks)}})


def _search(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    kinds: Kinds = {
        "page": int,
        "page_size": int,
        "top_k": int,
        "similarity_threshold": (int, float),
        "vector_similarity_weight": (int, float),
    }
    body = asked.fields(
        {"question": str, "dataset_ids": list},
        {**kinds, "document_ids": list, "keyword": bool, "rerank_id": str},
    )
    if body["dataset_ids"] != [server.org_id]:
        raise _fault("You don't own the dataset")
    size = body.get("page_size", 30)
    if size > body.get("top_k", 1024):
        raise _fault("top_k is less than page_size")
    found = server.contents.search(body["question"], size, body.get("document_ids", []))
    chunks = [
        {
            "id": chunk.chunk_id,
            "document_id": chunk.file_id,
            "document_keyword": chunk.file_name,
            "content": chunk.text,
            "similarity": score,
            "vector_similarity": score,
            "term_similarity": score,
        }
        for chunk, score in found
    ]
    return Reply(200, {"code": 0, "data": {"chunks": chunks, "doc_aggs": [], "total": len(chunks)}})
