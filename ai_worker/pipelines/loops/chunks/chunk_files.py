"""Chunks out of files: Markdown, or JSONL with a chunk a line."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.chunks.markdown import markdown_chunks

LONGEST_ID = 190
_NAMES = {
    "chunk_id": ("chunk_id", "id", "_id"),
    "text": ("text", "content", "page_content", "paragraph_context"),
    "file_id": ("file_id", "document_id", "source"),
    "file_name": ("file_name", "document", "source"),
    "headers": ("headers", "section_path", "title"),
    "image_text": ("image_text", "paragraph_pic_semantics_context"),
}


def read_chunks(path: Path) -> list[Chunk]:
    """The chunks of a file, by its ending: `.md`, `.markdown`, `.txt`, or `.jsonl` (README: the fields of a
    line).

    Raises:
        BadRequest: the file cannot be read, holds no chunk, or holds one id twice; the message names the
            line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadRequest(f"{path} cannot be read as UTF-8 text: {type(fault).__name__}") from None
    if path.suffix.lower() in (".md", ".markdown", ".txt"):
        chunks = markdown_chunks(text, path.name)
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        chunks = _jsonl_chunks(text, path.name)
    else:
        raise BadRequest(f"{path}: name it .md, .txt or .jsonl, by what it holds")
    if not chunks:
        raise BadRequest(f"{path} holds no chunk with a text")
    return chunks


def _jsonl_chunks(text: str, name: str) -> list[Chunk]:
    chunks: dict[tuple[str, str], Chunk] = {}
    # By line feeds alone: JSON may hold other separators of lines within its strings.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as fault:
            raise BadRequest(f"{name}, line {number}: {fault}") from None
        if not isinstance(fields, Mapping):
            raise BadRequest(f"{name}, line {number}: write one JSON object a line")
        chunk = _chunk(fields, name, number)
        if (chunk.file_id, chunk.chunk_id) in chunks:
            raise BadRequest(
                f"{name}, line {number}: chunk {chunk.chunk_id!r} of file {chunk.file_id!r} stands there "
                "twice"
            )
        chunks[chunk.file_id, chunk.chunk_id] = chunk
    return list(chunks.values())


def _chunk(fields: Mapping[str, Any], name: str, number: int) -> Chunk:
    for field, value in fields.items():
        if isinstance(value, list | dict) and any(field in names for names in _NAMES.values()):
            raise BadRequest(f"{name}, line {number}: {field} must be one text, not a list or an object")
    found = {field: _first(fields, names) for field, names in _NAMES.items()}
    if not found["text"].strip():
        raise BadRequest(f"{name}, line {number}: the chunk needs a `text`")
    found["chunk_id"] = found["chunk_id"] or f"line-{number}"
    found["file_id"] = found["file_id"] or name
    found["file_name"] = found["file_name"] or found["file_id"]
    for field in ("chunk_id", "file_id"):
        if len(found[field]) > LONGEST_ID:
            raise BadRequest(f"{name}, line {number}: {field} is longer than {LONGEST_ID} characters")
    return Chunk(**found)


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(fields[name]) for name in names if fields.get(name) not in (None, "")), "")
