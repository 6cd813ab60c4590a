"""An error without what it repeats of the request: validators quote the value that they refuse, at times the
whole request, and its fields and texts say nothing of the fault.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_ECHOES = frozenset({"input", "ctx", "url", "failed_generation"})
"""Parts of an error that repeat what was sent."""
_IN_PYTHON = re.compile(
    r"""["'](?:input|ctx|url)["']\s*:.*?(?=\}, \{["']type["']: ?["']\w+["'], ?["']loc["']|\Z)""", re.S
)
"""The same where a server writes a validator's list down as Python does: they are the last parts of each."""
_IN_PROSE = re.compile(r"\[type=\w+, input_value=.*?, input_type=\w+\]", re.S)
_LONGEST_TEXT = 2000
_MOST_PARTS = 20
_DEEPEST = 20


def own_words(error: Any, depth: int = 0) -> Any:
    """The error without its echoes, and without what lies deeper than errors do. JSON within its texts, as
    gateways pass it on, is taken apart, too.
    """
    if depth > _DEEPEST:
        return None
    if isinstance(error, Mapping):
        return {name: own_words(value, depth + 1) for name, value in error.items() if name not in _ECHOES}
    if isinstance(error, list):
        return [own_words(one, depth + 1) for one in error[:_MOST_PARTS]]
    if not isinstance(error, str):
        return error
    if error.lstrip()[:1] in ("{", "["):
        try:
            return own_words(json.loads(error), depth + 1)
        except (ValueError, RecursionError):
            pass
    if "'loc'" in error or '"loc"' in error:
        error = _IN_PYTHON.sub(" ", error)
    return _IN_PROSE.sub(" ", error)[:_LONGEST_TEXT]
