"""The server of the loops' own front end: files, chunks, search, agents."""

import json
from typing import TYPE_CHECKING, Any

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from devtools.knowledge_base.request import Asked, Refused, Reply, page_of

if TYPE_CHECKING:
    from devtools.knowledge_base.server import KnowledgeBaseServer

ROUTES = {
    "/dagent/knowledge/file/page": "files",
    "/dagent/knowledge/chunk/page": "chunks",
    "/dagent/knowledge/hub/semantic_search_knowledge/detail": "search",
    "/dagent/agent/chat": "agent",
}


def route_of(method: str, path: str) -> str:
    """The route's name; empty for paths of others."""
    return ROUTES.get(path, "") if method == "POST" else ""


def answer(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    """Answer one request."""
    if asked.headers.get("org-id") != server.org_id or not asked.headers.get("d-user-id"):
        raise Refused(
            200, "", {"code": 40100, "msg": f"unknown org {asked.headers.get('org-id')}", "data": None}
        )
    if not asked.headers.get("content-type", "").startswith("application/json"):
        raise Refused(415, "send application/json")
    return {"files": _files, "chunks": _chunks, "search": _search, "agent": _agent}[asked.route](
        server, asked
    )


def _ok(data: Any) -> Reply:
    return Reply(200, {"code": 0, "msg": "ok", "data": data})


def _files(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    body = asked.fields({"current": int, "page_size": int, "org_id": str}, {})
    files = [
        {
            "id": file_id,
            "file_name": name,
            "file_type": "md",
            "file_clean_status": "CLEAN_FINISH",
            "file_bytes": 1,
            "create_time": "2026-01-01 00:00:00",
        }
        for file_id, name in server.contents.files()
    ]
    number = 1 if "repeat" in asked.faults else body["current"]
    return _ok({"total": len(files), "list": page_of(files, number, body["page_size"])})


def _chunks(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    body = asked.fields({"file_id": str, "org_id": str, "page": int, "page_size": int}, {})
    chunks = (
        list(server.contents.chunks)
        if "foreign" in asked.faults
        else server.contents.of_file(body["file_id"])
    )
    number = 1 if "repeat" in asked.faults else body["page"]
    listed = [] if "empty_page" in asked.faults else page_of(chunks, number, body["page_size"])
    total = asked.faults.get("total", len(chunks))
    return _ok(
        {"total": total, "list": None if "nulls" in asked.faults else [_chunk(chunk) for chunk in listed]}
    )


def _chunk(chunk: Chunk) -> dict[str, Any]:
    return {
        "id": chunk.chunk_id,
        "file_id": chunk.file_id,
        "file_name": chunk.file_name,
        "headers": chunk.headers,
        "paragraph_context": chunk.text,
        "paragraph_img_num": 1 if chunk.image_text else 0,
        "paragraph_pic_semantics_context": chunk.image_text,
        "paragraph_question": chunk.seed_question,
        "paragraph_summary": chunk.summary,
        "large_paragraph_llm_summary": "",
        "paragraph_keywords": chunk.keywords,
    }


def _search(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    body = asked.fields(
        {"query": str, "org_id": str, "top_k": int}, {"file_id_list": list, "knowledge_hub_id": str}
    )
    if not body["query"].strip() or not 1 <= body["top_k"] <= 200:
        raise Refused(422, "query is empty, or top_k is not 1 to 200")
    if "nulls" in asked.faults:
        return _ok({"standard_answer_results": None, "related_knowledge_rerank_results_top": None})
    count = body["top_k"] * (10 if "many" in asked.faults else 1)
    files = [] if "ignore_files" in asked.faults else body.get("file_id_list", [])
    found = [
        _found(chunk, score, asked) for chunk, score in server.contents.search(body["query"], count, files)
    ]
    return _ok({"standard_answer_results": None, "related_knowledge_rerank_results_top": found})


def _found(chunk: Chunk, score: float, asked: Asked) -> dict[str, Any]:
    item = {
        "knowledge_md_header_split_id": chunk.chunk_id,
        "file_id": chunk.file_id,
        "file_name": chunk.file_name,
        "headers": chunk.headers,
        "active_paragraph_context": chunk.text,
        "cosine_distance_1": round(1 - score, 4),
    }
    return (
        {**item, "knowledge_md_header_split_id": None, "file_id": None} if "no_ids" in asked.faults else item
    )


def _agent(server: "KnowledgeBaseServer", asked: Asked) -> Reply:
    if asked.headers.get("accept") != "text/event-stream":
        raise Refused(406, "accept text/event-stream")
    body = asked.fields({"chat_id": str, "task": str, "agent_id": str, "llm_type": str}, {})
    if "error_event" in asked.faults:
        return Reply(200, b'data:{"message_type":"ERROR","data":"the tool is away"}\n\n', "text/event-stream")
    items = [
        {
            "file_id": chunk.file_id,
            "paragraph_chunk_id": chunk.chunk_id,
            "headers": chunk.headers,
            "active_paragraph_context": chunk.text,
        }
        for chunk, _ in server.contents.search(body["task"], 20)
    ]
    half = len(items) // 2
    events = [
        {"message_type": "TEXT", "is_chunk_data": True, "data": "Let me look."},
        _tool_end([*items[:half], {"url": "https://example.com", "title": "a link"}], as_text=True),
        _tool_end(items[max(0, half - 1) :], as_text=False),
    ]
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}" for event in events]
    return Reply(200, ("\n".join([*lines, "", "data: [DONE]", ""])).encode("utf-8"), "text/event-stream")


def _tool_end(items: list[dict[str, Any]], as_text: bool) -> dict[str, Any]:
    data = {"event_name": "TOOL_END", "event_data": {"items": items}}
    return {
        "message_type": "EVENT",
        "is_chunk_data": False,
        "data": json.dumps(data, ensure_ascii=False) if as_text else data,
    }
