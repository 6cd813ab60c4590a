"""A model's word on one question that may be a duplicate."""

import json
from collections.abc import Mapping
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.loops.dedup.comparing import same_as
from ai_worker.pipelines.loops.dedup.entries import Entry
from ai_worker.pipelines.loops.ports import Ask


def compare_row(fields: Mapping[str, Any], entries: Mapping[str, Entry], ask: Ask) -> Result:
    """The column `same_as` of `loop_pair`.

    Args:
        fields: a claim's, of `tables.COMPARISONS`.
        entries: the question and its candidates by their ids; those deleted meanwhile are not among them.

    Raises:
        WorkError: no answer.
    """
    candidates = [entries[name] for name, _ in json.loads(fields["candidates"]) if name in entries]
    question = entries.get(fields["question_id"])
    if question is None or not candidates:
        return Result({"same_as": None})
    return Result({"same_as": same_as(question, candidates, ask)})
