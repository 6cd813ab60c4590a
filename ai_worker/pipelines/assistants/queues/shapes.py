"""The messages of the seed's queues: as lists carry them (S), and as the later streams do (H)."""

from dataclasses import dataclass
from typing import Any

import orjson

LIST, STREAM = "S", "H"
TRIGGERS = {
    "reminder_triggered": "A reminder of the user is due: {}",
    "google_auth_successful": "✅ Авторизация в Google Calendar успешно завершена!",
}


class Unreadable(ValueError):
    """A message that no shape fits."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from a queue."""

    user_id: str
    text: str


def read(payload: str) -> Incoming:
    """A message in either shape.

    Raises:
        Unreadable: it is neither; the reason is safe to show.
    """
    try:
        found = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise Unreadable("it is not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("it is not a JSON object")
    user_id = found.get("user_id")
    if isinstance(user_id, bool) or not isinstance(user_id, int | str) or not str(user_id).strip():
        raise Unreadable("it has no user_id")
    text = _text(found)
    if not text.strip():
        raise Unreadable("it has no text")
    return Incoming(str(user_id).strip(), text)


def _text(found: dict[str, Any]) -> str:
    if "trigger_type" in found:
        template = TRIGGERS.get(str(found["trigger_type"]))
        if template is None:
            raise Unreadable(f"its trigger_type {str(found['trigger_type'])[:40]!r} is unknown")
        payload = found.get("payload")
        message = payload.get("message", "") if isinstance(payload, dict) else ""
        return template.format(message) if "{}" in template else template
    content = found.get("text", found.get("content"))
    if isinstance(content, dict):
        content = content.get("message")
    return content if isinstance(content, str) else ""


def answer(
    shape: str, user_id: str, question: str, response: str | None, error: str | None, source: str
) -> str:
    """An answer in a shape; `error` where there is no response."""
    if shape == STREAM:
        number = int(user_id) if user_id.isdecimal() else user_id
        found: dict[str, Any] = {
            "user_id": number,
            "status": "error" if error else "success",
            "source": source,
        }
        found |= {"error": error} if error else {"response": response}
    elif error:
        found = {"user_id": user_id, "text": question, "status": "error", "error": error}
    elif source == "reminder":
        found = {"chat_id": user_id, "response": response, "status": "success"}
    else:
        found = {"user_id": user_id, "text": question, "response": response, "status": "success"}
    return orjson.dumps(found).decode()
