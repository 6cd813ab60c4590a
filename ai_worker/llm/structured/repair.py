"""Answers with fields: read, checked against the schema that was asked for, and asked for once more where
they do not fit.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from ai_worker.errors import BadRequest
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.schemas import schema_note
from ai_worker.outbound.errors import BadAnswer, CallError

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_FENCE = re.compile(r"```(?:json|JSON)?[ \t]*\r?\n(.*?)```", re.DOTALL)
_STARTS = 32
_SHOWN_ANSWER = 20_000
_REPAIR = "ai_worker_repair"


class Misfit(Exception):
    """An answer that does not fit its schema.

    Args:
        problem: for the model that is asked to repair it; may quote the answer.
        summary: for errors and logs; names fields only.
    """

    def __init__(self, problem: str, summary: str) -> None:
        super().__init__(summary)
        self.problem = problem
        self.summary = summary


def ask_structured(call: Callable[[Request], Reply], request: Request) -> tuple[Reply, Any]:
    """Asks for fields, and once more, showing the fault, where the answer does not fit.

    Args:
        call: one call to the model; called once or twice.
        request: with `schema` or `json_schema`.

    Returns:
        The reply, its text the bare JSON and its usage that of all calls, and the instance of the schema (or
        the dict).

    Raises:
        BadAnswer: the second answer does not fit either.
        CallError: a call failed (`Truncated` among them: more room is needed, not a repair); carries the
            usage of both.
    """
    first = call(request)
    try:
        return _read(first, request)
    except Misfit as misfit:
        again = _repair(request, first.text, misfit)
    try:
        second = call(again)
    except CallError as failed:
        failed.usage = first.usage + failed.usage
        raise
    second = replace(second, usage=first.usage + second.usage)
    try:
        return _read(second, request)
    except Misfit as misfit:
        raise BadAnswer(
            f"the answer does not fit its schema, nor did its repair: {misfit.summary}", usage=second.usage
        ) from None


def _read(reply: Reply, request: Request) -> tuple[Reply, Any]:
    text, data = read(reply.text, request)
    return replace(reply, text=text), data


def read(text: str, request: Request) -> tuple[str, Any]:
    """The JSON in an answer, fences and prose around it left off, and the instance of the request's schema.

    Raises:
        Misfit: there is no JSON object in it, or it does not fit.
    """
    found = next(_candidates(text), None)
    if found is None:
        raise Misfit("there is no JSON object in it", "no JSON object in it")
    return found, _checked(found, request)


def _candidates(text: str) -> Iterator[str]:
    """The JSON objects in a text, the likeliest first."""
    stripped = text.strip()
    for whole in (stripped, *(block.group(1).strip() for block in _FENCE.finditer(text))):
        if whole.startswith("{") and _object_at(whole, 0) == len(whole):
            yield whole
    starts = [match.start() for match, _ in zip(re.finditer(r"\{", stripped), range(_STARTS), strict=False)]
    for start in starts:
        if end := _object_at(stripped, start):
            yield stripped[start:end]


def _object_at(text: str, start: int) -> int:
    """Where the JSON object that starts here ends; 0 where none does."""
    try:
        return json.JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return 0


def _checked(text: str, request: Request) -> Any:
    if request.schema is not None:
        return _checked_by_class(text, request.schema)
    schema = json.dumps(request.json_schema, sort_keys=True)
    data = json.loads(text)
    faults = sorted(_validator(schema).iter_errors(data), key=lambda fault: fault.json_path)[:5]
    if faults:
        problem = "; ".join(f"{fault.json_path}: {fault.message[:300]}" for fault in faults)
        raise Misfit(problem, "; ".join(f"{fault.json_path} fails {fault.validator}" for fault in faults))
    return data


def _checked_by_class(text: str, schema: type[BaseModel]) -> BaseModel:
    try:
        return schema.model_validate_json(text)
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False, include_context=False)[:5]
        problem = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the object'}: {fault['msg'][:300]}" for fault in faults
        )
        summary = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the object'} fails {fault['type']}" for fault in faults
        )
        raise Misfit(problem, summary) from None


@lru_cache(maxsize=64)
def _validator(schema: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - five megabytes that few rows need

    parsed = json.loads(schema)
    try:
        Draft202012Validator.check_schema(parsed)
    except SchemaError as invalid:
        raise BadRequest(
            f"the row's JSON schema is not one: {invalid.json_path} {invalid.message[:200]}"
        ) from None
    return Draft202012Validator(parsed)


def _repair(request: Request, answer: str, misfit: Misfit) -> Request:
    note = (
        f"Your previous answer was:\n<answer>\n{answer[:_SHOWN_ANSWER]}\n</answer>\nIt is not "
        f"usable: {misfit.problem}.\n"
        f"Answer again. {schema_note(request)}"
    )
    if request.variables is None:
        return replace(request, prompt=f"{request.prompt}\n\n{note}")
    # The prompt is still a template: what the model wrote must not be read as placeholders.
    return replace(
        request, prompt=f"{request.prompt}\n\n{{{_REPAIR}}}", variables={**request.variables, _REPAIR: note}
    )
