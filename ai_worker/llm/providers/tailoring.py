"""A request's JSON as one model's server takes it: its operator's settings laid over the provider's form."""

from collections.abc import Mapping
from typing import Any

from ai_worker.llm.adaptation import adapted
from ai_worker.llm.model import Model, Structured
from ai_worker.llm.providers.wire.refused_fields import left_off
from ai_worker.llm.request import Request


def structured_mode(model: Model, request: Request, usual: Structured) -> Structured | None:
    """The way to hold the answer to its schema; None where plain text is wanted."""
    if request.schema is None and request.json_schema is None:
        return None
    return adapted(model).structured or model.dialect.structured or usual


def tailored(body: dict[str, Any], model: Model) -> dict[str, Any]:
    """The body with the operator's fields merged in, and without those that the server does not take."""
    dialect, known = model.dialect, adapted(model)
    for old, new in known.renamed.items():
        if old in body:
            body[new] = body.pop(old)
    omitted = dialect.omit | known.omitted
    if dialect.body:
        body = merged(body, dialect.body)
    return left_off(body, omitted) if omitted else body


def merged(body: Mapping[str, Any], further: Mapping[str, Any]) -> dict[str, Any]:
    """One object laid over another, deeply: objects are merged, everything else is replaced."""
    result = dict(body)
    for name, value in further.items():
        before = result.get(name)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        result[name] = merged(before, value) if both else value  # type: ignore[arg-type]
    return result


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set a field by its path, with dots for objects within one another."""
    *outer, name = path.split(".")
    for part in outer:
        body = body.setdefault(part, {})
    body[name] = value
