"""The OpenAPI document: what every path may answer besides its own answers, written down once."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ai_worker import __version__
from ai_worker.web.authentication import OPEN_PATHS
from ai_worker.web.problems import MEDIA_TYPE, Problem

DESCRIPTION = """\
Hand LLM work to the workers and follow it. A key of `API_KEYS` comes with every request, as `Authorization:
Bearer …` or `X-API-Key: …`; the 403 of each path names the scope that the key must carry. Errors are
`application/problem+json`: `{"error": "a_word", "detail": "A sentence."}`.
"""
AGAIN = {"Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "string"}}}
EVERYWHERE: dict[str, Any] = {
    "401": {"description": "No key, or a wrong one."},
    "429": {"description": "Too many requests of this client.", "headers": AGAIN},
    "503": {"description": "A store or the broker does not answer, or a setting is wrong."},
}
WITH_BODY: dict[str, Any] = {
    "400": {"description": "The body cannot be read."},
    "413": {"description": "The body is larger than the server takes."},
}
INVALID = {"description": "A value does not fit; the detail names it."}


def document(application: FastAPI) -> dict[str, Any]:
    """The document, with the answers that middleware and exception handlers give."""
    if application.openapi_schema is None:
        schema = get_openapi(
            title="AI Worker", version=__version__, description=DESCRIPTION, routes=application.routes
        )
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                _complete(operation, path in OPEN_PATHS)
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = Problem.model_json_schema()
        application.openapi_schema = schema
    return application.openapi_schema


def _complete(operation: dict[str, Any], is_open: bool) -> None:
    responses: dict[str, Any] = operation["responses"]
    if not is_open:
        for status, answer in {**EVERYWHERE, **(WITH_BODY if "requestBody" in operation else {})}.items():
            responses.setdefault(status, dict(answer))
    if "422" in responses:
        responses["422"] = dict(INVALID)
    for status, answer in responses.items():
        if status >= "400":
            answer.setdefault("content", {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}})
