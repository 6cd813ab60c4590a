"""A request to the double, checked as strictly as it can be, and its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Kinds = Mapping[str, type | tuple[type, ...]]


@dataclass
class Reply:
    """An answer. Status 0: the connection is reset."""

    status: int
    body: Any
    content_type: str = "application/json"


class Refused(Exception):
    """The request is not what the server takes."""

    def __init__(self, status: int, detail: str, body: Any = None) -> None:
        super().__init__(detail)
        self.reply = Reply(status, body if body is not None else {"detail": detail})


@dataclass
class Asked:
    """A request.

    Args:
        headers: by lower-case name.
        text: its body.
        route: what it asks for.
        faults: those that the test wants of it, by kind.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    text: str
    route: str = ""
    faults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object.

        Raises:
            Refused: it is none.
        """
        try:
            found = json.loads(self.text)
        except json.JSONDecodeError:
            raise Refused(400, "the body is no JSON") from None
        if not isinstance(found, dict):
            raise Refused(400, "the body is no object")
        return found

    def fields(self, required: Kinds, optional: Kinds) -> dict[str, Any]:
        """The body's fields.

        Raises:
            Refused: one is missing, unknown, or of another kind.
        """
        body = self.body
        missing, unknown = set(required) - set(body), set(body) - {*required, *optional}
        if missing or unknown:
            raise Refused(422, f"missing {sorted(missing)}, unknown {sorted(unknown)}")
        for name, value in body.items():
            kinds = required.get(name) or optional[name]
            if not isinstance(value, kinds) or isinstance(value, bool) != (kinds is bool):
                raise Refused(422, f"{name} is a {type(value).__name__}")
        return body

    def bearer(self, key: str, refusal: Refused) -> None:
        """Check the key.

        Raises:
            Refused: it is another.
        """
        if self.headers.get("authorization") != f"Bearer {key}":
            raise refusal


def page_of(items: list[Any], number: int, size: int) -> list[Any]:
    """A page, counted from 1."""
    return items[(number - 1) * size : number * size]
