"""Writing about one chunk: its questions as rows, in the transaction that finishes the visit."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.loops.chunks.chunk import asked_about
from ai_worker.pipelines.loops.ids import child
from ai_worker.pipelines.loops.ports import Ask, Once
from ai_worker.pipelines.loops.statuses import QuestionStatus, RowStatus
from ai_worker.pipelines.loops.storage.chunk_repository import chunk_of
from ai_worker.pipelines.loops.texts.text_forms import normal
from ai_worker.pipelines.loops.writing.draft_checks import Draft
from ai_worker.pipelines.loops.writing.writing import Visit, Written, write_questions
from ai_worker.stores.mysql import Statement

PREVIEW = 500
_INSERT = (
    "INSERT IGNORE INTO qa_gen_question (id, task_id, loop_task_id, id_loop_chunk, section_path, question, "
    "reference_answer, source_chunk, quality_detail, status, status_id, created_at, file_id, file_name, "
    "chunk_id, "
    "chunk_headers, chunk_content_preview, normal) VALUES "
    "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, UTC_TIMESTAMP(6), %s, %s, %s, %s, %s, %s)"
)


def write_row(fields: Mapping[str, Any], earlier: Sequence[str], ask: Ask, once: Once) -> Result:
    """The columns of `loop_write`, and the questions. Kept ones wait for the judge, rejected ones carry their
    reason.

    Args:
        fields: a claim's, of `tables.WRITES`.
        earlier: questions asked about the chunk so far.

    Raises:
        WorkError: no answer, or none that can be read.
    """
    chunk = chunk_of(dict(fields))
    multimodal = bool(fields["include_multimodal"])
    visit = Visit(chunk, int(fields["visit"]), int(fields["wanted"]), multimodal, earlier)
    written = write_questions(visit, ask, once)
    preview = asked_about(chunk, multimodal)[:PREVIEW]
    return Result(
        {"kept": len(written.kept), "shortfall": written.shortfall},
        [_insert(fields, number, draft, preview) for number, draft in enumerate(_all(written))],
    )


def _all(written: Written) -> list[Draft]:
    return [*written.kept, *written.rejected]


def _insert(fields: Mapping[str, Any], number: int, draft: Draft, preview: str) -> Statement:
    task_id = fields["qa_gen_task_id"]
    detail = {"rejected_by": draft.check, "reasons": draft.reason} if draft.check else None
    return _INSERT, (
        *(
            child(task_id, f"{fields['id_loop_write']}-{number}"),
            task_id,
            fields["loop_id"],
            fields["id_loop_chunk"],
        ),
        *(fields["headers"], draft.question, draft.answer, draft.source),
        json.dumps(detail, ensure_ascii=False) if detail else None,
        QuestionStatus.REJECTED if detail else QuestionStatus.PENDING,
        RowStatus.DONE if detail else RowStatus.WAITING,
        *(fields["file_id"], fields["file_name"], fields["chunk_id"], fields["headers"], preview),
        normal(draft.question),
    )
