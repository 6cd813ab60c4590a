"""FastGPT's paths, by its dataset API: success is code 200, pages of 30, a search's size in tokens."""

from typing import TYPE_CHECKING, Any

from devtools.knowledge_base.request import Asked, Kinds, Refused, Reply

if TYPE_CHECKING:
    from devtools.knowledge_base.server import KnowledgeBaseServer

ROUTES = {
    "/api/core/dataset/collection/listV2": "files",
    "/api/core/dataset/data/v2/list": "chunks",
    "/api/core/dataset/searchTest": "search",
}
MOST = 30


def route_of(method: str, path: str) -> str:
    """The route's name; empty for paths of others."""
    return ROUTES.get(path, "") if method == "POST" else ""


def answer(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    """Answer one request."""
    asked.bearer(
        server.key,
        Refused(
            403, "", {"code": 403, "statusText": "unAuthorization", "message": "key invalid", "data": None}
        ),
    )
    return {"files": _files, "chunks": _chunks, "search": _search}[asked.route](server, asked)


def _pages(body: dict[str, Any], items: list[Any]) -> Reply:
    offset, size = body.get("offset", 0), body.get("pageSize", 10)
    if size > MOST:
        raise Refused(500, "", {"code": 500, "message": f"pageSize is {size}, at most {MOST}", "data": None})
    return Reply(200, {"code": 200, "data": {"list": items[offset : offset + size], "total": len(items)}})


def _files(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    none = type(None)
    body = asked.fields(
        {"datasetId": str}, {"offset": int, "pageSize": int, "parentId": (str, none), "searchText": str}
    )
    if body["datasetId"] != server.org_id:
        raise Refused(500, "", {"code": 500, "message": "unAuthDataset", "data": None})
    files = [
        {"_id": file_id, "name": name, "type": "file", "dataAmount": 1}
        for file_id, name in server.contents.files()
    ]
    # Half of them lie in a folder.
    half = len(files) // 2
    top = [*files[:half], {"_id": "folder-1", "name": "more", "type": "folder", "dataAmount": 0}]
    return _pages(body, files[half:] if body.get("parentId") == "folder-1" else top)


def _chunks(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    body = asked.fields({"collectionId": str}, {"offset": int, "pageSize": int, "searchText": str})
    items = [
        {"_id": chunk.chunk_id, "q": chunk.text, "a": "", "chunkIndex": place, "collectionId": chunk.file_id}
        for place, chunk in enumerate(server.contents.of_file(body["collectionId"]))
    ]
    return _pages(body, items)


def _search(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    optional: Kinds = {"limit": int, "similarity": (int, float), "searchMode": str, "usingReRank": bool}
    body = asked.fields({"datasetId": str, "text": str}, optional)
    found = []
    tokens = body.get("limit", 1_500)
    for chunk, score in server.contents.search(body["text"], len(server.contents.chunks)):
        tokens -= len(chunk.text) // 3
        if tokens < 0:
            break
        found.append(
            {
                "id": chunk.chunk_id,
                "q": chunk.text,
                "a": "",
                "collectionId": chunk.file_id,
                "sourceName": chunk.file_name,
                "score": [
                    {"type": "embedding", "value": score, "index": 0},
                    {"type": "rrf", "value": 0.01, "index": 0},
                ],
            }
        )
    return Reply(200, {"code": 200, "data": {"list": found, "duration": "0.1s"}})
