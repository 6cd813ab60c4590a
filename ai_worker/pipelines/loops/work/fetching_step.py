"""Fetching the chunks of a loop from its knowledge base."""

from collections.abc import Callable, Mapping
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.loops.recall.knowledge_base import KnowledgeBase
from ai_worker.pipelines.loops.recall.listing import ChunksMissing, list_chunks
from ai_worker.pipelines.loops.storage.chunk_repository import chunk_statements


def fetch_step(fields: Mapping[str, Any], base: KnowledgeBase, wait: Callable[[int], None]) -> Result:
    """The chunks as rows, in the transaction that finishes the step.

    Args:
        fields: a claim's, of `tables.STEPS`.
        wait: see `list_chunks`.

    Raises:
        ChunksMissing: there are none, or fewer than expected.
        WorkError: the knowledge base gave no answer.
    """
    file_ids = [part.strip() for part in (fields["file_ids"] or "").split(",") if part.strip()]
    chunks = list_chunks(base, file_ids, fields["expected_chunk_count"], wait)
    if not chunks:
        raise ChunksMissing(f"the knowledge base at {fields['env_url']} lists no chunk of these files")
    counted = ("UPDATE loop_task SET chunks_found = %s WHERE id = %s", (len(chunks), fields["loop_id"]))
    return Result({"note": f"{len(chunks)} chunks"}, [*chunk_statements(fields["loop_id"], chunks), counted])
