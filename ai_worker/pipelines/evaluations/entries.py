"""Building queue entries: from a dataset row, and from an answer that a judge shall read."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bson import ObjectId, json_util

from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

RTA = "RtA"


def entry_of(task: EvaluationTask, line_index: int, row: Mapping[str, Any], model: str) -> Document:
    """The entry of one dataset row and one model (MISSION of the evaluation scripts, section 1.1).

    Args:
        line_index: the row's position from 0 in `find()` order.
        row: the dataset's row without `_id`.
    """
    entry: Document = {
        "_id": entry_id(line_index, model),
        "task_name": task.task_name,
        "line_index": line_index,
        "dataset_name": task.dataset_name,
        "prompt": task.prompt,
        "variables": {name: row[name] for name in task.variables_cols if name in row},
        "model": model,
        "metric": task.metric,
        "regexp": task.regexp,
        "status": "pending",
        "response": None,
    }
    return entry | _by_metric(task, row)


def _by_metric(task: EvaluationTask, row: Mapping[str, Any]) -> Document:
    named = task.target if isinstance(task.target, str) else task.metric
    if task.metric == RTA:
        judge = {"rta_prompt": task.rta_prompt, "rta_model": task.rta_model}
        return {**{name: value for name, value in judge.items() if value is not None}, "target": named}
    if task.metric == "include_exclude":
        lists = {"include_list": task.include_column, "exclude_list": task.exclude_column}
        return {**{name: _as_list(row[column]) for name, column in lists.items() if column and column in row}, "target": named}
    return {"target": row.get(task.target) if isinstance(task.target, str) else None}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def entry_id(line_index: int, model: str) -> ObjectId:
    """The same for the same row and model, so that racing expanders cannot double an entry."""
    return _digest_id("entry", line_index, model)


def judge_entry(source: Mapping[str, Any], filled_input: str, judgement: int = 0) -> Document:
    """The entry by which a judge is asked about an answer.

    Args:
        source: the answered entry; it has `rta_model`, `rta_prompt` and `response`.
        filled_input: its prompt with its variables filled in.
        judgement: the number of the judgement of this answer, from 0.
    """
    variables = {"input": filled_input, "answer": source["response"]}
    digest = judge_digest(source["rta_model"], variables, judgement)
    kept = {name: source[name] for name in ("regexp", "target") if source.get(name) is not None}
    return {
        "_id": ObjectId(digest[:24]),
        "task_name": source.get("task_name"),
        "dataset_name": source.get("dataset_name"),
        "init_prompt": source.get("prompt"),
        "init_model": source.get("model"),
        "prompt": source["rta_prompt"],
        "model": source["rta_model"],
        "variables": variables,
        **kept,
        "status": "pending",
        "metric": "accuracy",
        "source_id": source["_id"],
        "digest": digest,
    }


def judge_digest(model: str, variables: Mapping[str, Any], judgement: int = 0) -> str:
    """What two judge entries have in common when they are each other's duplicate: judge, input, answer, judgement."""
    return _digest("judge", model, variables.get("input"), variables.get("answer"), judgement)


def _digest_id(*parts: Any) -> ObjectId:
    return ObjectId(_digest(*parts)[:24])


def _digest(*parts: Any) -> str:
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=json_util.default)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
