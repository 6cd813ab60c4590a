"""What is asked of the offline model, whichever form it came in."""

import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Args:
        schema: the JSON schema (or Gemini's dialect of one) that the answer has to fit.
    """

    model: str
    system: str
    prompt: str
    schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and the tokens that are counted for it."""

    text: str
    tokens_input: int
    tokens_output: int
    tokens_cached: int = 0
    tokens_thought: int = 0


def chance(*parts: object) -> float:
    """A number in [0, 1) that the parts alone decide: the offline model's only source of variety."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def tokens(text: str) -> int:
    """About how many tokens a text has: a quarter of its UTF-8 bytes."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)
