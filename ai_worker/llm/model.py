"""One model of one provider, with what its operator set for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.http.route import DEFAULT, Transport

Provider = Literal["gemini", "openai", "anthropic", "prompt_api", "offline"]
Structured = Literal["json_schema", "json_object", "prompt"]
"""The way to hold a model to a schema: by the provider, to JSON alone, or by the prompt."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The way a server wants its requests, as far as the operator says so; empty: as its family does.

    Args:
        family: see `families.py`; empty: by the address.
        headers: further ones; they may hold secrets.
        body: merged into each request's JSON, deeply.
        omit: fields that are never sent, by their name in the JSON.
        token_field: the name of the answer's bound.
        reasoning_effort: e.g. `low`. thinking_budget: tokens; 0: none.
        safety: Gemini's thresholds by harm category.
        stream: whether the answer is asked for as a stream, for calls that last long.
        idle_seconds: that a stream may be silent.
    """

    family: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] = field(default_factory=dict)
    omit: frozenset[str] = frozenset()
    token_field: str = ""
    reasoning_effort: str = ""
    thinking_budget: int | None = None
    safety: Mapping[str, str] = field(default_factory=dict)
    structured: Structured | None = None
    stream: bool = False
    idle_seconds: float = 60.0
    transport: Transport = DEFAULT


@dataclass(frozen=True, slots=True)
class Model(Endpoint):
    """One model of one provider.

    Args:
        max_input_tokens: texts estimated above this are not sent whole. None: unknown.
        fault: what is wrong with its configuration in this process; such a model is closed, and never asked.
    """

    provider: Provider
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    dialect: Dialect = field(default_factory=Dialect, hash=False)
    fault: str = ""
