"""Stretches of text that name things, not persons: code, addresses of pages, paths, attributes of tags."""

import re
from functools import lru_cache

_CODE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]{1,300}`"
    r"|https?://[^\s<>\"'`]+"
    r"|(?<![\w./])(?:[~.]{0,2}/|[A-Za-z]:\\)[\w.-]+(?:[/\\][\w.*-]*)+"
    r"|\b(?:src|href|class|style|data-[\w-]+|width|height|alt|id)\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')",
    re.DOTALL,
)
_SIGNS = re.compile(r"[`=]|//|/\w|:\\")


@lru_cache(maxsize=16)
def without_code(text: str) -> str:
    """The text, with line breaks in place of every character of code, page addresses, paths and
    attributes."""
    if _SIGNS.search(text) is None:
        return text
    return _CODE.sub(lambda match: "\n" * len(match.group()), text)
