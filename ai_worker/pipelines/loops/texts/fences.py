"""Questions to models: the standing instruction from a file, and texts fenced so that none of them can speak
as an instruction.
"""

import re
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_LETTERS = bytes(b"abcdef"[byte % 6] for byte in range(256))
_HEAD = re.compile(r"---\nversion: (\S+)\n---\n(.*)", re.DOTALL)


@cache
def instruction(path: Path) -> tuple[str, str]:
    """The version and the text of a prompt file.

    Raises:
        ValueError: the file has no head with its version.
    """
    found = _HEAD.fullmatch(path.read_text(encoding="utf-8").replace("\r\n", "\n"))
    if found is None:
        raise ValueError(f"{path} must begin with ---, a line `version: NAME`, and ---")
    return found[1], found[2].strip()


def fenced(facts: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """The user's part of a question.

    Args:
        facts: short values of ours, a line each.
        texts: texts of others by their tags; empty ones are left out. Each stands between `<tag-CODE>` and
            `</tag-CODE>`, with a
            code of 16 letters that is new for every question, so that no text can end its own fence.
    """
    code = secrets.token_bytes(16).translate(_LETTERS).decode()
    lines = [f"Code: {code}", *(f"{name}: {value}" for name, value in facts.items())]
    blocks = [f"<{tag}-{code}>\n{text}\n</{tag}-{code}>" for tag, text in texts.items() if text.strip()]
    return "\n\n".join(["\n".join(lines), *blocks])
