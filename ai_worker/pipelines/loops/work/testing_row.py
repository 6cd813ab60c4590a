"""The retrieval test of one question."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.loops.recall.knowledge_base import KnowledgeBase, text_of_id
from ai_worker.pipelines.loops.recall.testing import Query, result_columns, search


def recall_row(
    fields: Mapping[str, Any],
    acceptable: Sequence[Mapping[str, Any]],
    base: KnowledgeBase,
    clock: Callable[[], float],
) -> Result:
    """The columns of `single_jump_result`.

    Args:
        fields: a claim's, of `tables.TESTS`.
        acceptable: further chunks that answer the question, with `file_id` and `chunk_id`.
        clock: seconds.

    Raises:
        WorkError: the knowledge base gave no answer.
    """
    query = Query(
        question=fields["question"],
        file_id=fields["file_id"],
        chunk_id=fields["expected_chunk_id"],
        acceptable_chunks=frozenset(text_of_id(row["chunk_id"]) for row in acceptable),
        acceptable_files=frozenset(text_of_id(row["file_id"]) for row in acceptable),
        top_k=int(fields["top_k"]),
        recall_top_k=int(fields["recall_top_k"]),
        within_file=not fields["cross_chunk"] and not fields["agent_id"],
    )
    return Result(result_columns(query, search(base, query, clock)))
