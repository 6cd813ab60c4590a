"""The retrieval test of one question: the search, and the columns of `single_jump_result` that follow from
it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ai_worker.pipelines.loops.recall.knowledge_base import Hit, KnowledgeBase, text_of_id


@dataclass(frozen=True, slots=True)
class Query:
    """A question under test.

    Args:
        file_id, chunk_id: where it comes from; None or empty where that is not known.
        acceptable_chunks: further chunks that answer it as well: equal ones, and those of its duplicates.
        acceptable_files: likewise.
        top_k: places of the list that count.
        recall_top_k: items asked for.
        within_file: search in the question's own file only (`cross_chunk` off).
    """

    question: str
    file_id: str | None
    chunk_id: str | None
    acceptable_chunks: frozenset[str] = frozenset()
    acceptable_files: frozenset[str] = frozenset()
    top_k: int = 64
    recall_top_k: int = 64
    within_file: bool = False


@dataclass(frozen=True, slots=True)
class Ranks:
    """Places in the list, from 1; None: not within the first `top_k`."""

    file: int | None
    chunk: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """The list that the knowledge base gave, cut to `recall_top_k`, with the time that it took."""

    hits: Sequence[Hit]
    latency_ms: int
    notes: Sequence[str] = field(default_factory=tuple)


def search(base: KnowledgeBase, tested: Query, clock: Callable[[], float]) -> Found:
    """Ask the knowledge base.

    Raises:
        WorkError: it gave no answer; that is neither a miss nor an empty list.
    """
    files = [tested.file_id] if tested.within_file and tested.file_id else []
    started = clock()
    hits = base.search(tested.question, tested.recall_top_k, files)
    latency = round((clock() - started) * 1000)
    # Some servers ignore the list of files.
    kept = [hit for hit in hits if not files or hit.file_id in files]
    notes = []
    if tested.recall_top_k < tested.top_k:
        notes.append(
            f"recall_top_k {tested.recall_top_k} is less than top_k {tested.top_k}: the first "
            f"{tested.recall_top_k} count"
        )
    return Found(kept[: tested.recall_top_k], latency, notes)


def ranks(tested: Query, hits: Sequence[Hit]) -> Ranks:
    """The first place of an acceptable file and of an acceptable chunk within the first `top_k`.

    Items without an id keep their place. Ids are compared as text, and an empty one equals nothing.
    """
    counted = hits[: tested.top_k]
    files = {text_of_id(tested.file_id), *tested.acceptable_files} - {""}
    chunks = {text_of_id(tested.chunk_id), *tested.acceptable_chunks} - {""}
    return Ranks(
        file=next((place for place, hit in enumerate(counted, 1) if hit.file_id in files), None),
        chunk=next((place for place, hit in enumerate(counted, 1) if hit.chunk_id in chunks), None),
    )


def result_columns(tested: Query, found: Found) -> dict[str, Any]:
    """The columns of a finished test. A question whose origin is not known has no hits and no misses: they
    stay NULL.
    """
    placed = ranks(tested, found.hits)
    similarities = [hit.similarity for hit in found.hits if hit.similarity is not None]
    chunk_ids = [hit.chunk_id for hit in found.hits]
    return {
        "retrieved": json.dumps([hit.as_json() for hit in found.hits], ensure_ascii=False),
        "retrieved_chunk_ids": json.dumps(chunk_ids, ensure_ascii=False),
        "latency_ms": found.latency_ms,
        "best_cosine_sim": max(similarities) if similarities else None,
        "avg_cosine_sim": sum(similarities) / len(similarities) if similarities else None,
        "is_file_hit": int(placed.file is not None) if text_of_id(tested.file_id) else None,
        "is_chunk_hit": int(placed.chunk is not None) if text_of_id(tested.chunk_id) else None,
        "file_hit_rank": placed.file,
        "chunk_hit_rank": placed.chunk,
        "notes": "; ".join(found.notes) or None,
    }
