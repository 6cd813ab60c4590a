"""The JSON export: keys and order to the letter of the seed."""

import json
from collections.abc import Sequence
from typing import Any

from ai_worker.pipelines.loops.export.sections import Item, sections


def json_export(task_id: str, category: str, exported_at: str, rows: Sequence[Item]) -> str:
    """The whole file."""
    questions = [_question(path, item) for path, items in sections(rows).items() for item in items]
    data = {"task_id": task_id, "category": category, "exported_at": exported_at, "questions": questions}
    return json.dumps(data, ensure_ascii=False, indent=2)


def _question(section_path: str, item: Item) -> dict[str, Any]:
    return {
        "section_path": section_path,
        "file_name": item.get("file_name"),
        "round": item["round_number"],
        "question": item["question"],
        "reference_answer": item["reference_answer"],
        "source_chunk": item["source_chunk"],
        "quality_score": item["quality_score"],
        "status": item["status"],
        "is_duplicate": bool(item.get("dup_of")),
        "dup_similarity": item.get("dup_similarity"),
        "is_file_hit": bool(item.get("is_file_hit")),
        "recall_results": json.loads(item["retrieved"]) if item.get("retrieved") else [],
        "best_cosine_sim": item["best_cosine_sim"],
        "expected_chunk_id": item.get("expected_chunk_id"),
        "expected_chunk_name": item.get("expected_chunk_name"),
        "chunk_id": item.get("chunk_id") or item.get("expected_chunk_id"),
    }
