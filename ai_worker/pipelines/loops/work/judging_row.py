"""Judging one question."""

from collections.abc import Mapping
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.loops.chunks.chunk import asked_about
from ai_worker.pipelines.loops.judging.judging import Judged, judge_question, verdict_columns
from ai_worker.pipelines.loops.ports import Ask
from ai_worker.pipelines.loops.storage.chunk_repository import chunk_of


def judge_row(fields: Mapping[str, Any], ask: Ask) -> Result:
    """The columns of `qa_gen_question`.

    Args:
        fields: a claim's, of `tables.JUDGINGS`.

    Raises:
        WorkError: no verdict.
    """
    chunk = chunk_of(dict(fields))
    multimodal = bool(fields["include_multimodal"])
    judged = Judged(
        question=fields["question"],
        answer=fields["reference_answer"] or "",
        section=asked_about(chunk, multimodal),
        headers=chunk.headers,
        images=chunk.image_text if multimodal else "",
        source=fields["source_chunk"] or "",
    )
    verdict = judge_question(judged, ask)
    return Result(verdict_columns(verdict, float(fields["quality_threshold"]), fields["judge_model"]))
