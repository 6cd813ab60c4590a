"""Answers with fields: read, checked against the schema that was asked for, and asked for once more where
they do not fit.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.objects import objects_in
from ai_worker.llm.structured.once_more import once_more
from ai_worker.llm.structured.optional_fields import without_nulls
from ai_worker.llm.structured.schemas import original_schema, schema_note
from ai_worker.llm.structured.validator import validator
from ai_worker.outbound.errors import BadAnswer
from ai_worker.outbound.usage import Usage

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
        BadAnswer: the second answer does not fit either, or may not be asked for now.
        BadRequest: the row's JSON schema is none, refers to what is not in it, or has a pattern that cannot
            be read: nothing was asked. Or a pattern found no end in the answer.
        CallError: a call failed (`Truncated` among them: more room is needed, not a repair); carries the
            usage of both.
    """
    if request.schema is None:
        # A schema that is none is found before a call is paid for.
        validator(json.dumps(request.json_schema, sort_keys=True))
    first = call(request)
    try:
        return _read(first, request)
    except Misfit as misfit:
        again = asked_again(request, first.text, misfit.problem)
        unusable = BadAnswer(f"the answer does not fit its schema: {misfit.summary}", usage=first.usage)
    second = once_more(lambda: call(again), unusable)
    return reread(replace(second, usage=(first.usage or Usage()) + (second.usage or Usage())), request)


def reread(reply: Reply, request: Request) -> tuple[Reply, Any]:
    """The second answer, as `ask_structured` returns the first.

    Raises:
        BadAnswer: it does not fit.
    """
    try:
        return _read(reply, request)
    except Misfit as misfit:
        raise BadAnswer(
            f"the answer does not fit its schema, nor did its repair: {misfit.summary}", usage=reply.usage
        ) from None


def _read(reply: Reply, request: Request) -> tuple[Reply, Any]:
    text, data = read(reply.text, request)
    return replace(reply, text=text), data


def read(text: str, request: Request) -> tuple[str, Any]:
    """The JSON object in an answer that fits the request's schema, the last one first, and its value.

    Raises:
        Misfit: there is no JSON object in it, or none that fits; of several the likeliest one's faults.
    """
    first: Misfit | None = None
    for found, value in objects_in(text):
        try:
            return _checked(found, value, request)
        except Misfit as misfit:
            first = first or misfit
    raise first or Misfit("there is no JSON object in it", "no JSON object in it")


def _checked(text: str, value: Any, request: Request) -> tuple[str, Any]:
    """The text and its value, as they fit. Strict providers send null for a field that was left out."""
    check = _by_schema if request.schema is None else _by_class
    try:
        return text, check(text, value, request)
    except Misfit:
        schema = original_schema(request)
        bare = without_nulls(value, schema) if schema else value
        if bare == value:
            raise
        text = json.dumps(bare, ensure_ascii=False)
        return text, check(text, bare, request)


def _by_schema(_: str, value: Any, request: Request) -> Any:
    schema = json.dumps(request.json_schema, sort_keys=True)
    faults = sorted(validator(schema).iter_errors(value), key=lambda fault: fault.json_path)[:5]
    if faults:
        problem = "; ".join(f"{fault.json_path}: {fault.message[:300]}" for fault in faults)
        places = [".".join(["$", *_named(fault.absolute_path, schema)]) for fault in faults]
        summary = "; ".join(
            f"{place} fails {fault.validator}" for place, fault in zip(places, faults, strict=True)
        )
        raise Misfit(problem, summary)
    return value


def _by_class(text: str, _: Any, request: Request) -> BaseModel:
    schema = request.schema or BaseModel
    try:
        return schema.model_validate_json(text)
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False, include_context=False)[:5]
        problem = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the object'}: {fault['msg'][:300]}" for fault in faults
        )
        known = json.dumps(original_schema(request))
        summary = "; ".join(
            f"{'.'.join(_named(fault['loc'], known)) or 'the object'} fails {fault['type']}"
            for fault in faults
        )
        raise Misfit(problem, summary) from None


def _named(path: Iterable[str | int], schema: str) -> list[str]:
    """The steps of a path with the schema's own names; a name that the answer made up may say anything."""
    return [str(step) if isinstance(step, int) or json.dumps(step) in schema else "…" for step in path]


def asked_again(request: Request, answer: str, problem: str) -> Request:
    """The question once more, with the answer before and what is wrong with it."""
    note = f"{repair_note(answer, problem)} {schema_note(request)}".rstrip()
    if request.variables is None:
        return replace(request, prompt=f"{request.prompt}\n\n{note}")
    # The prompt is still a template: what the model wrote must not be read as placeholders.
    return replace(
        request, prompt=f"{request.prompt}\n\n{{{_REPAIR}}}", variables={**request.variables, _REPAIR: note}
    )


def repair_note(answer: str, problem: str) -> str:
    """The note to a model that is asked once more: its answer before, and the problem with it."""
    return (
        f"Your previous answer was:\n<answer>\n{answer[:_SHOWN_ANSWER]}\n</answer>\n"
        f"It is not usable: {problem}.\nAnswer again."
    )
