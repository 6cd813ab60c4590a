"""Servers that speak the chat completions form, each with its quirks, as their references document them.

Whatever stands here can be overridden for one model; a field that a server refuses all the same is left off
(`adaptation.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ai_worker.llm.model import Model, Structured
from ai_worker.outbound.endpoint import place_of


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
        body: what every request to it holds.
    """

    hosts: tuple[str, ...] = ()
    key_header: str = "authorization"
    bound_field: str = "max_tokens"
    seed_field: str = "seed"
    structured: Structured = "json_schema"
    cache_key: bool = False
    effort_field: str = "reasoning_effort"
    body: Mapping[str, Any] = field(default_factory=dict)


_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
FAMILIES: dict[str, Family] = {
    "openai": Family(
        ("api.openai.com", ".api.openai.com"), bound_field="max_completion_tokens", cache_key=True
    ),
    "azure": Family(_AZURE, "api-key", "max_completion_tokens", cache_key=True),
    "openrouter": Family(
        ("openrouter.ai",), effort_field="reasoning.effort", body={"usage": {"include": True}}
    ),
    "deepseek": Family(("api.deepseek.com",), seed_field="", structured="json_object"),
    "mistral": Family(("api.mistral.ai",), seed_field="random_seed"),
    "groq": Family(("api.groq.com",), bound_field="max_completion_tokens"),
    "xai": Family(("api.x.ai",), bound_field="max_completion_tokens"),
    "ollama": Family((":11434",)),
    "vllm": Family(),
    "llamacpp": Family(),
    "litellm": Family((":4000",)),
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
