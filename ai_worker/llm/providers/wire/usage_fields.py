"""Token counts as providers report them, under every name that they use; what is missing is unknown, not 0.

OpenAI counts cache reads and writes within `prompt_tokens`, Anthropic beside `input_tokens`; xAI and Google's
compatible endpoint leave thoughts out of `completion_tokens` and count them in `total_tokens` alone.
"""

from collections.abc import Mapping
from typing import Any

from ai_worker.outbound.usage import Usage

MOST_INPUT = 10_000_000
MOST_OUTPUT = 2_000_000
"""Tokens of one call above which a count is not believed: twice what the largest models take and give."""
_INPUT = ("prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count", "inputTokens")
_OUTPUT = ("completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count", "outputTokens")


def number(value: object) -> int | None:
    """A count, also one written as text or as 12.0; None where it is none."""
    if isinstance(value, str):
        value = value.strip()[:20]
        value = int(value) if value.isdecimal() else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def count(value: object) -> int:
    """A count where nothing else can be done than to take a missing one for 0."""
    return number(value) or 0


def chat_usage(counted: object, tier: object = None) -> Usage | None:
    """The usage of the chat completions form and its variants; None where it is not to be believed.

    Args:
        counted: the body's `usage`.
        tier: the body's `service_tier`.
    """
    if not isinstance(counted, Mapping):
        return None
    if "prompt_tokens" not in counted and (
        "cache_read_input_tokens" in counted or "cache_creation" in counted
    ):
        # Anthropic's own count, handed on by a gateway.
        return anthropic_usage(counted)
    asked, answered = _first(counted, _INPUT), _first(counted, _OUTPUT)
    if asked is None or answered is None:
        return None
    read = _details(counted, "prompt", "input")
    given = _details(counted, "completion", "output")
    cached = _first(read, ("cached_tokens",))
    if cached is None:
        cached = _first(counted, ("prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens")) or 0
    written = _first(read, ("cache_write_tokens", "cache_creation_tokens"))
    if written is None:
        written = number(counted.get("cache_creation_input_tokens")) or 0
    # Thoughts that stand in the total alone were written, and are billed as output.
    total = number(counted.get("total_tokens"))
    if total is not None:
        answered = max(answered, total - asked)
    return believed(
        Usage(
            asked,
            answered,
            cached,
            written=written,
            audio_input=_first(read, ("audio_tokens",)) or 0,
            audio_output=_first(given, ("audio_tokens",)) or 0,
            tier=_tier(tier),
        )
    )


def gemini_usage(counted: object) -> Usage | None:
    """The usage of `generateContent`: thoughts are billed as output, the prompt's count includes what came
    from the cache.
    """
    if not isinstance(counted, Mapping):
        return None
    prompt = number(counted.get("promptTokenCount"))
    if prompt is None:
        return None
    asked = prompt + (number(counted.get("toolUsePromptTokenCount")) or 0)
    total, written = number(counted.get("totalTokenCount")), number(counted.get("candidatesTokenCount"))
    if total is None and written is None:
        return None
    answered = (written or 0) + (number(counted.get("thoughtsTokenCount")) or 0)
    if total is not None:
        answered = max(answered, total - asked)
    return believed(
        Usage(
            asked,
            answered,
            number(counted.get("cachedContentTokenCount")) or 0,
            audio_input=_modality(counted.get("promptTokensDetails"), "AUDIO"),
            audio_output=_modality(counted.get("candidatesTokensDetails"), "AUDIO"),
            tier=_tier(counted.get("serviceTier") or counted.get("trafficType")),
        )
    )


def anthropic_usage(counted: object) -> Usage | None:
    """The usage of the Messages API: `input_tokens` excludes what the cache gave and took."""
    if not isinstance(counted, Mapping):
        return None
    fresh, answered = number(counted.get("input_tokens")), number(counted.get("output_tokens"))
    if fresh is None or answered is None:
        return None
    cached = number(counted.get("cache_read_input_tokens")) or 0
    parts = counted.get("cache_creation")
    parts = parts if isinstance(parts, Mapping) else {}
    long = number(parts.get("ephemeral_1h_input_tokens")) or 0
    short = number(parts.get("ephemeral_5m_input_tokens")) or 0
    created = _first(counted, ("cache_creation_input_tokens",))
    created = long + short if created is None else created
    long = min(long, created)
    return believed(
        Usage(
            fresh + cached + created,
            answered,
            cached,
            created - long,
            long,
            tier=_tier(counted.get("speed")) or _tier(counted.get("service_tier")),
        )
    )


def believed(usage: Usage) -> Usage | None:
    """The usage, or None where one call cannot have had as many tokens, or none: servers that do not count
    write 0.
    """
    return usage if 0 < usage.input <= MOST_INPUT and usage.output <= MOST_OUTPUT else None


def _first(counted: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((found for name in names if (found := number(counted.get(name))) is not None), None)


def _details(counted: Mapping[str, Any], *kinds: str) -> Mapping[str, Any]:
    for kind in kinds:
        for name in (f"{kind}_tokens_details", f"{kind}_token_details"):
            if isinstance(counted.get(name), Mapping):
                found: Mapping[str, Any] = counted[name]
                return found
    return {}


def _modality(details: object, name: str) -> int:
    if not isinstance(details, list):
        return 0
    return sum(
        number(part.get("tokenCount")) or 0
        for part in details
        if isinstance(part, Mapping) and part.get("modality") == name
    )


def _tier(named: object) -> str:
    word = named.lower() if isinstance(named, str) else ""
    return "" if word in ("", "default", "standard", "auto", "on_demand") else word[:40]
