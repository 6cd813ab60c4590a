"""Prompts with plain `{name}` placeholders, as rows hold them.

Rows come from strangers, so `str.format` is out of the question: it reaches attributes and indices of the
values and lets a format specification blow a text up. Here a placeholder is a name and nothing else; `{{` and
`}}` are literal braces.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ai_worker.errors import BadRequest

_NEXT = re.compile(r"\{\{|\}\}|\{|\}")
_NAME = re.compile(r"[^{}\[\].!:]+")
"""The pattern of a name, in place of that of `str.format`: columns such as `text-en` or `текст вопроса` are
good names.
"""
_SHOWN = 60


def fill(template: str, variables: Mapping[str, Any]) -> str:
    """The template with its placeholders replaced, in one pass: braces inside values stay as they are.

    Args:
        template: text with `{name}` placeholders.
        variables: strings are inserted as they are, lists and mappings as JSON, None as nothing, everything
            else by `str()`.

    Raises:
        BadRequest: a placeholder is malformed or not among the variables; the message names it and the known
            names.
    """
    parts: list[str] = []
    for literal, name in _pieces(template):
        parts.append(literal)
        if name is not None:
            if name not in variables:
                raise BadRequest(f"unknown placeholder {{{_short(name)}}}; known: {_known(variables)}")
            parts.append(_text(variables[name]))
    return "".join(parts)


def names(template: str) -> list[str]:
    """The names of the template's placeholders, each once, in the order of their first use.

    Raises:
        BadRequest: a placeholder is malformed.
    """
    return list(dict.fromkeys(name for _, name in _pieces(template) if name is not None))


def _pieces(template: str) -> Iterator[tuple[str, str | None]]:
    """Literal texts, each with the name of the placeholder that follows it, if one does."""
    position = 0
    while (brace := _NEXT.search(template, position)) is not None:
        literal = template[position : brace.start()]
        piece = brace.group()
        if len(piece) == 2:
            yield literal + piece[0], None
            position = brace.end()
        elif piece == "}":
            raise BadRequest(
                f"a single }} at character {brace.start() + 1} of the template; write }}}} for a "
                f"literal brace"
            )
        else:
            name = _NAME.match(template, brace.end())
            if name is None or not template.startswith("}", name.end()):
                raise BadRequest(_malformed(template, brace.start()))
            yield literal, name.group()
            position = name.end() + 1
    yield template[position:], None


def _malformed(template: str, start: int) -> str:
    end = template.find("}", start, start + _SHOWN)
    shown = template[start : end + 1] if end >= 0 else template[start : start + _SHOWN] + "…"
    return (
        f"malformed placeholder {shown!r}: only plain {{name}} is allowed; write {{{{ and }}}} "
        f"for literal braces"
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, default=str)
    if isinstance(value, list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _known(variables: Mapping[str, Any]) -> str:
    return _short(", ".join(sorted(map(str, variables))), 500) or "none"


def _short(text: str, limit: int = _SHOWN) -> str:
    return text if len(text) <= limit else text[:limit] + "…"
