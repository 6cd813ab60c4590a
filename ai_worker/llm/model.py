"""One model of one provider."""

from dataclasses import dataclass
from typing import Literal

from ai_worker.outbound.endpoint import Endpoint

Provider = Literal["gemini", "openai", "prompt_api", "offline"]


@dataclass(frozen=True, slots=True)
class Model(Endpoint):
    """One model of one provider.

    Args:
        max_input_tokens: texts estimated above this are not sent whole. None: unknown.
    """

    provider: Provider
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
