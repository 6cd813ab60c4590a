"""Evaluation tasks as files hold them, made ready for `tasks` and checked against what they refer to."""

import json
from collections.abc import Mapping
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import names
from ai_worker.llm.user_regexp import PatternFault, search
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring import metrics
from ai_worker.pipelines.evaluations.scoring.reading.numbers import UnknownFormat, decimal_mark
from ai_worker.stores.mongo import Document

_LISTS = ("models", "variables_cols", "group_by")
_NUMBERS = (
    "n",
    "temperature",
    "rta_temperature",
    "rta_seed",
    "seed",
    "max_tokens",
    "limit",
    "sample",
    "logprobs",
    "confirm",
    "reuse",
    "score_truncated",
)
JUDGE_PLACEHOLDERS = {"input", "answer"}


def from_table(row: Mapping[str, Any]) -> Document:
    """A task from a table, whose cells are texts: an empty cell is a missing field, lists are JSON or parted
    by commas.
    """
    document: Document = {}
    for name, value in row.items():
        if value is None or value == "":
            continue
        parsed = (
            _parsed(value)
            if isinstance(value, str) and (name in _NUMBERS or value.lstrip()[:1] in ("[", "{"))
            else value
        )
        document[name] = (
            [part.strip() for part in parsed.split(",")]
            if name in _LISTS and isinstance(parsed, str)
            else parsed
        )
    return document


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def checked(document: Mapping[str, Any]) -> EvaluationTask:
    """The task that a document describes, seen to be one that can be worked.

    Raises:
        BadRequest: something in it is missing, malformed or contradicts the rest; the message names the
            field.
    """
    task = EvaluationTask.read(document)
    faults = [*_placeholder_faults(task), *_metric_faults(task)]
    if task.task_name.startswith("rta_"):
        faults.append("task_name: names that begin with rta_ are taken for judges' queues")
    if faults:
        raise BadRequest(f"evaluation task {task.task_name!r}: {'; '.join(faults)}")
    return task


def _placeholder_faults(task: EvaluationTask) -> list[str]:
    columns = {*task.variables_cols, *(["options"] if task.options_column else [])}
    templates = {name: (text, columns) for name, text in task.templates.items()}
    templates["rta_prompt"] = (task.rta_prompt or "", JUDGE_PLACEHOLDERS)
    faults = []
    for field, (template, allowed) in templates.items():
        try:
            unknown = set(names(template)) - allowed
        except BadRequest as fault:
            faults.append(f"{field}: {fault}")
            continue
        faults += [
            f"{field}: {{{name}}} is none of "
            f"{', '.join(sorted(allowed)) or 'the variables_cols, there are none'}"
            for name in sorted(unknown)
        ]
    return faults


def _metric_faults(task: EvaluationTask) -> list[str]:
    faults = []
    if task.metric not in metrics():
        faults.append(f"metric: {task.metric!r} has no scorer; there are {', '.join(metrics())}")
    if task.metric == RTA:
        faults += [
            f"{field}: RtA needs it" for field in ("rta_model", "rta_prompt") if not getattr(task, field)
        ]
    if task.metric == "include_exclude" and not (task.include_column or task.exclude_column):
        faults.append("include_column, exclude_column: the metric needs one of them")
    try:
        decimal_mark(task.number_format)
    except UnknownFormat as fault:
        faults.append(str(fault))
    if task.regexp is not None:
        try:
            search(task.regexp, "")
        except PatternFault as fault:
            faults.append(f"regexp: {fault}")
    return faults
