"""A question to the offline model, whichever form it came in."""

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devtools.offline_model.talk.conversation import Turn

_CODE = re.compile(r"\b[0-9a-f]{16}\b")


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Args:
        schema: the JSON schema (or Gemini's dialect of one) that the answer has to fit.
        turn: of a conversation with tools.
    """

    model: str
    system: str
    prompt: str
    schema: dict[str, Any] | None = None
    turn: "Turn | None" = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and the tokens that are counted for it.

    Args:
        calls: of tools, in place of a text: the name, and the arguments as JSON.
    """

    text: str
    tokens_input: int
    tokens_output: int
    tokens_cached: int = 0
    tokens_thought: int = 0
    calls: tuple[tuple[str, str], ...] = ()


def steady(prompt: str) -> str:
    """The prompt without the codes that are new for every question, so that the same work has the same luck
    each time.
    """
    return _CODE.sub("", prompt)


def chance(*parts: object) -> float:
    """A number in [0, 1) that the parts alone decide: the offline model's only source of variety. For prompts
    give them `steady`.
    """
    digest = hashlib.blake2b(
        "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8
    ).digest()
    return int.from_bytes(digest, "big") / 2**64


def tokens(text: str) -> int:
    """About how many tokens a text has: a quarter of its UTF-8 bytes."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)
