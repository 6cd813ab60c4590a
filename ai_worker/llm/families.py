"""Servers that speak the chat completions form, each with its quirks, as their references document them.

Whatever stands here can be overridden for one model; a field that a server refuses all the same is left off
(`adaptation.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ai_worker.llm.model import Model, Structured
from ai_worker.outbound.endpoint import place_of


def _unknown(tokens: int) -> Mapping[str, Any]:
    return {}


def _by_effort(tokens: int) -> Mapping[str, Any]:
    """Servers that take words alone: none is one of them."""
    return {} if tokens else {"reasoning_effort": "none"}


def _by_chat_template(tokens: int) -> Mapping[str, Any]:
    return {} if tokens else {"chat_template_kwargs": {"enable_thinking": False}}


def _of_deepseek(tokens: int) -> Mapping[str, Any]:
    return {"thinking": {"type": "enabled" if tokens else "disabled"}}


def _of_openrouter(tokens: int) -> Mapping[str, Any]:
    return {"reasoning": {"max_tokens": tokens} if tokens else {"enabled": False}}


def _of_litellm(tokens: int) -> Mapping[str, Any]:
    return {"thinking": {"type": "enabled", "budget_tokens": tokens} if tokens else {"type": "disabled"}}


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of server.

    Args:
        hosts: ends of the host names by which it is recognised, or `:port`.
        key_header: carries the key; `authorization` as a bearer's.
        bound_field: the name of the answer's bound.
        seed_field: the name of the seed; empty: not taken.
        structured: how it can be held to a schema.
        cache_key: whether it takes `prompt_cache_key`.
        effort_field: the name of the reasoning effort, with dots for objects within one another.
        thinking: the fields for the tokens that it may think; empty: it has none.
        body: what every request to it holds.
    """

    hosts: tuple[str, ...] = ()
    key_header: str = "authorization"
    bound_field: str = "max_tokens"
    seed_field: str = "seed"
    structured: Structured = "json_schema"
    cache_key: bool = False
    effort_field: str = "reasoning_effort"
    thinking: Callable[[int], Mapping[str, Any]] = _unknown
    body: Mapping[str, Any] = field(default_factory=dict)


_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
FAMILIES: dict[str, Family] = {
    "openai": Family(
        ("api.openai.com", ".api.openai.com"),
        bound_field="max_completion_tokens",
        cache_key=True,
        thinking=_by_effort,
    ),
    "azure": Family(_AZURE, "api-key", "max_completion_tokens", cache_key=True, thinking=_by_effort),
    "openrouter": Family(
        ("openrouter.ai",),
        effort_field="reasoning.effort",
        thinking=_of_openrouter,
        body={"usage": {"include": True}},
    ),
    "deepseek": Family(("api.deepseek.com",), seed_field="", structured="json_object", thinking=_of_deepseek),
    "mistral": Family(("api.mistral.ai",), seed_field="random_seed"),
    "groq": Family(("api.groq.com",), bound_field="max_completion_tokens", thinking=_by_effort),
    "xai": Family(("api.x.ai",), bound_field="max_completion_tokens"),
    "ollama": Family((":11434",), thinking=_by_effort),
    "vllm": Family(thinking=_by_chat_template),
    "llamacpp": Family(thinking=_by_chat_template),
    "litellm": Family((":4000",), thinking=_of_litellm),
    "compatible": Family(),
}
"""`compatible` is every other server."""


def family_of(model: Model) -> Family:
    """The family that the operator names, else the one whose host it is."""
    return FAMILIES[family_name(model)]


def family_name(model: Model) -> str:
    """The name of a model's family, one of `FAMILIES`."""
    return model.dialect.family if model.dialect.family in FAMILIES else _by_address(model.base_url)


@lru_cache(maxsize=256)
def _by_address(base_url: str) -> str:
    place = place_of(base_url).lower()
    host = place.partition(":")[0]
    for name, family in FAMILIES.items():
        for end in family.hosts:
            if place.endswith(end) if end[0] == ":" else host.endswith(end) if end[0] == "." else host == end:
                return name
    return "compatible"
