"""Building queue entries: from a dataset row, and from an answer that a judge shall read."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId, json_util

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import fill
from ai_worker.pipelines.evaluations.questions.parts import Example, as_letters, conversation, options_of
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

RTA = "RtA"


def entry_of(
    task: EvaluationTask,
    line_index: int,
    row: Mapping[str, Any],
    model: str,
    sample: int = 0,
    examples: Sequence[Example] = (),
) -> Document:
    """The entry of one dataset row and one model.

    Args:
        line_index: the row's position from 0 in `find()` order.
        row: the dataset's row without `_id`.
        sample: which of the task's `n` questions of this row to this model it is, from 0; entries without the
            field are 0.
        examples: the rows from which the task's few-shot examples are taken.
    """
    entry: Document = {
        "_id": entry_id(line_index, model, sample),
        "task_name": task.task_name,
        "line_index": line_index,
        "dataset_name": task.dataset_name,
        "prompt": task.question,
        "variables": {name: row[name] for name in task.variables_cols if name in row},
        "model": model,
        "metric": task.metric,
        "regexp": task.regexp,
        "status": "pending",
        "response": None,
    }
    options = options_of(task, row)
    if options and task.shows_options:
        entry["variables"]["options"] = as_letters(options)
    also = {
        "temperature": task.temperature,
        "seed": None if task.seed is None else task.seed + sample,
        "sample": sample or None,
        "max_tokens": task.max_tokens,
        "stop": [task.stop] if isinstance(task.stop, str) else task.stop,
        "logprobs_wanted": task.logprobs or None,
        "number_format": task.number_format,
        "normalise": task.normalise,
        "score_truncated": task.score_truncated or None,
        "options": options or None,
        "group": {name: row.get(name) for name in task.groups} or None,
        **conversation(task, line_index, entry["variables"], examples),
    }
    entry |= {name: value for name, value in also.items() if value is not None}
    return {**entry, "asked": asked_of(entry), **_by_metric(task, row)}


def _by_metric(task: EvaluationTask, row: Mapping[str, Any]) -> Document:
    named = task.target if isinstance(task.target, str) else task.metric
    if task.metric == RTA:
        names = ("rta_prompt", "rta_model", "rta_temperature", "rta_seed")
        judge = {name: getattr(task, name) for name in names}
        return {**{name: value for name, value in judge.items() if value is not None}, "target": named}
    if task.metric == "include_exclude":
        lists = {"include_list": task.include_column, "exclude_list": task.exclude_column}
        return {
            **{name: _as_list(row[column]) for name, column in lists.items() if column and column in row},
            "target": named,
        }
    if task.target_value is not None:
        return {"target": task.target_value}
    return {"target": row.get(task.target) if isinstance(task.target, str) else None}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def entry_id(line_index: int, model: str, sample: int = 0) -> ObjectId:
    """The same for the same row, model and sample, so that racing expanders cannot double an entry."""
    return _digest_id("entry", line_index, model, *([sample] if sample else []))


def asked_of(entry: Mapping[str, Any]) -> str:
    """A name for what an entry asks: its model, the filled question with all that goes with it, the sampling.

    Entries of the same name ask the same, wherever they stand. The number of the sample counts: samples are
    asked for their differences.
    """
    try:
        question: Any = fill(entry["prompt"], entry.get("variables") or {})
    except (BadRequest, KeyError, TypeError):
        question = [entry.get("prompt"), entry.get("variables")]
    names = ("model", "system", "messages", "temperature", "seed", "max_tokens", "stop", "logprobs_wanted")
    return digest_of("asked", question, entry.get("sample") or 0, *(entry.get(name) for name in names))


def judges_named(entry: Mapping[str, Any]) -> list[str]:
    """The models that an entry's `rta_model` names: one, or a list of several."""
    named = entry.get("rta_model")
    return list(dict.fromkeys(named if isinstance(named, list) else [named] if named else []))


def judge_entry(source: Mapping[str, Any], filled_input: str, judge: str, judgement: int = 0) -> Document:
    """The entry by which a judge is asked about an answer.

    Args:
        source: the answered entry; it has `rta_prompt` and `response`.
        filled_input: its prompt with its variables filled in.
        judge: the model that is asked.
        judgement: the number of the judgement of this answer, from 0.
    """
    variables = {"input": filled_input, "answer": source["response"]}
    digest = judge_digest(judge, variables, judgement)
    sampling = {"temperature": source.get("rta_temperature"), "seed": source.get("rta_seed")}
    rules = {name: source.get(name) for name in ("regexp", "target")}
    kept = {name: value for name, value in (rules | sampling).items() if value is not None}
    return {
        "_id": judge_entry_id(digest),
        "task_name": source.get("task_name"),
        "dataset_name": source.get("dataset_name"),
        "init_prompt": source.get("prompt"),
        "init_model": source.get("model"),
        "prompt": source["rta_prompt"],
        "model": judge,
        "variables": variables,
        **kept,
        "status": "pending",
        "metric": "accuracy",
        "source_id": source["_id"],
        **({"judgement": judgement} if judgement else {}),
        "digest": digest,
    }


def judge_digest(model: str, variables: Any, judgement: int = 0) -> str:
    """The common fields of two judge entries that are duplicates: judge, input, answer,
    judgement.

    Args:
        variables: of a judge's entry, whatever a stranger has put there.
    """
    return digest_of("judge", model, shown(variables).get("input"), shown(variables).get("answer"), judgement)


def shown(variables: Any) -> Mapping[str, Any]:
    """The input and answer that a judge was shown; empty if another program has put something else there."""
    return variables if isinstance(variables, Mapping) else {}


def judge_entry_id(digest: str) -> ObjectId:
    """The `_id` of the judge's entry with this digest."""
    return ObjectId(digest[:24])


def _digest_id(*parts: Any) -> ObjectId:
    return ObjectId(digest_of(*parts)[:24])


def digest_of(*parts: Any) -> str:
    """A name for values of any BSON type, the same wherever they are the same; the order of fields does not
    count.
    """
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=json_util.default)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
