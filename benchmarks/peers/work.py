"""The work of every peer on one row, in words that all of them share."""

import os
from typing import Any

SELECT = "SELECT text FROM item WHERE id = %s"
UPDATE = "UPDATE item SET answer = %s, done = 1 WHERE id = %s"

BROKER = os.environ.get("PEER_BROKER", "")
DATABASE = os.environ.get("PEER_DATABASE", "")
MODEL = os.environ.get("PEER_MODEL", "") + "/v1/chat/completions"
SLOTS = int(os.environ.get("PEER_SLOTS", "100"))


def question(text: str) -> dict[str, Any]:
    """The request's JSON."""
    return {"model": "model", "messages": [{"role": "user", "content": text}]}


def answer(body: Any) -> str:
    """The text in the response's JSON."""
    return str(body["choices"][0]["message"]["content"])
