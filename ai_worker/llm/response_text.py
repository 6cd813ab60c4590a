"""The text of a stored response, whichever provider gave it: judges and scores read text, and the `API_URL`
back end stores whole JSON.
"""

from collections.abc import Mapping

_KEYS = (
    "response",
    "text",
    "answer",
    "output_text",
    "content",
    "output",
    "message",
    "result",
    "generated_text",
    "completion",
)
_DEPTH = 8


def text_of(response: object) -> str:
    """The text that a response holds; empty where it holds none.

    A string is itself. Of a JSON body the first of these that leads to a text counts:
    `choices[0].message.content` (chat form), `candidates[0].content.parts[*].text` without thoughts (Gemini),
    then the keys `response`, `text`, `answer`, `output_text`, `content`, `output`, `message`, `result`,
    `generated_text`, `completion`, `data` in this order, each searched alike. In a list, strings and parts
    with a `text` are joined; of anything else the first that holds a text counts.
    """
    return _text(response, _DEPTH) or ""


def _text(found: object, depth: int) -> str | None:
    if isinstance(found, str):
        return found
    if depth == 0:
        return None
    if isinstance(found, list):
        return _of_list(found, depth)
    return _of_mapping(found, depth) if isinstance(found, Mapping) else None


def _of_mapping(body: Mapping[str, object], depth: int) -> str | None:
    for whole in ("choices", "candidates"):
        answers = body.get(whole)
        if isinstance(answers, list) and answers and (text := _text(answers[0], depth - 1)) is not None:
            return text
    for key in ("parts", *_KEYS, "data"):
        # Beside an error a message says what went wrong; it is no answer.
        if key == "message" and body.get("error"):
            continue
        if key in body and (text := _text(body[key], depth - 1)) is not None:
            return text
    return None


def _of_list(parts: list[object], depth: int) -> str | None:
    texts = [
        _text(part, depth - 1) for part in parts if not (isinstance(part, Mapping) and part.get("thought"))
    ]
    known = [text for text in texts if text is not None]
    joined = all(isinstance(part, str) or (isinstance(part, Mapping) and "text" in part) for part in parts)
    return ("".join(known) if joined else known[0]) if known else None
