"""JSON out of knowledge bases: the body, its envelope with a code, and fields that may be absent or null."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ai_worker.pipelines.loops.faults import BadAnswer, RequestRejected, ServerFault, Unauthorized

_REFUSED_CODES = {401, 403, 109}
"""109 is RAGFlow's: the key is wrong or not allowed."""


def decoded(content: bytes) -> Any:
    """The JSON value of a body.

    Raises:
        BadAnswer: it is none.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        raise BadAnswer("the knowledge base answered with something that is not JSON") from None


def data_of(body: Any, ok: Sequence[int] = (0,)) -> Any:
    """The `data` of an envelope `{"code", "msg" or "message", "data"}`.

    Args:
        ok: codes that mean success; a body without a code means success, too.

    Raises:
        Unauthorized, ServerFault, RequestRejected: the code says so, whatever the HTTP status was.
        BadAnswer: the body is no object.
    """
    if not isinstance(body, Mapping):
        raise BadAnswer("the knowledge base answered with JSON that is no object")
    code = body.get("code")
    if code is None or code in ok or str(code) in {str(one) for one in ok}:
        return body.get("data")
    message = (
        f"the knowledge base answered code {code}: {str(body.get('msg') or body.get('message') or '')[:300]}"
    )
    number = int(code) if str(code).lstrip("-").isdecimal() else 0
    if number in _REFUSED_CODES:
        raise Unauthorized(message)
    if 400 <= number < 500:
        raise RequestRejected(message)
    # Codes of their own do not say whose fault it is: tried again before it is given up.
    raise ServerFault(message)


def items(data: Any, *names: str) -> list[Mapping[str, Any]]:
    """The objects of the list under the first of `names` that is there; null and absent lists are empty.

    Raises:
        BadAnswer: there is something else in its place.
    """
    found = (
        data
        if not names
        else next((data[name] for name in names if isinstance(data, Mapping) and name in data), None)
    )
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadAnswer(f"the knowledge base's {' or '.join(names) or 'answer'} is no list")
    return [item for item in found if isinstance(item, Mapping)]


def text(item: Mapping[str, Any], *names: str) -> str:
    """The first field that holds something, as text."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and value:
            return " ".join(str(part) for part in value)
    return ""


def number(value: object) -> float | None:
    """A finite number, or None."""
    try:
        found = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except ValueError:
        return None
    return found if found is not None and abs(found) != float("inf") and found == found else None
