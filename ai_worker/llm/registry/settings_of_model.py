"""The fields that `models.toml` and `ai_model.settings` share: how one model's server wants its requests."""

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from ai_worker.errors import ConfigurationError
from ai_worker.llm.families import FAMILIES
from ai_worker.llm.model import Dialect
from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.http.route import Transport

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_Money = Annotated[Decimal, Field(ge=0)]
FAMILY_NAMES = (*FAMILIES, "vertex")


class ModelSettings(BaseModel):
    """Optional fields; `models.example.toml` explains each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: StrictStr = ""
    headers: dict[str, StrictStr] = {}
    body: dict[str, Any] = {}
    omit: list[StrictStr] = []
    token_field: StrictStr = ""
    reasoning_effort: StrictStr = ""
    thinking_budget: Annotated[StrictInt, Field(ge=0)] | None = None
    safety: dict[str, StrictStr] = {}
    structured: Literal["json_schema", "json_object", "prompt"] | None = None
    stream: StrictBool = False
    idle_seconds: Annotated[float, Field(gt=0)] = 60.0
    proxy: StrictStr = ""
    ca_file: StrictStr = ""
    client_certificate: StrictStr = ""
    price_cache_write: _Money | None = None
    price_cache_write_long: _Money | None = None
    price_audio_input: _Money | None = None
    price_audio_output: _Money | None = None
    price_tiers: dict[str, _Money] = {}

    def dialect(self) -> Dialect:
        """The settings as providers read them.

        Raises:
            ConfigurationError: the family is unknown, or a header's variable is not set.
        """
        if self.family and self.family not in FAMILY_NAMES:
            raise ConfigurationError(f"family {self.family!r} is unknown; known: {', '.join(FAMILY_NAMES)}")
        return Dialect(
            family=self.family,
            headers={name: _filled(value) for name, value in self.headers.items()},
            body=self.body,
            omit=frozenset(self.omit),
            token_field=self.token_field,
            reasoning_effort=self.reasoning_effort,
            thinking_budget=self.thinking_budget,
            safety=self.safety,
            structured=self.structured,
            stream=self.stream,
            idle_seconds=self.idle_seconds,
            transport=Transport(_filled(self.proxy), self.ca_file, self.client_certificate),
        )

    def price(self, asked: Decimal | None, answered: Decimal | None, cached: Decimal | None) -> Price | None:
        """The price with its further parts; None where one of the two that every price has is missing."""
        if asked is None or answered is None:
            return None
        return Price(
            asked,
            answered,
            cached,
            self.price_cache_write,
            self.price_cache_write_long,
            self.price_audio_input,
            self.price_audio_output,
            {name.lower(): factor for name, factor in self.price_tiers.items()},
        )


def variable(name: str) -> str:
    """A variable of the environment, else of `.env`; empty where it is not set."""
    return (os.environ.get(name) or _env_file().get(name) or "").strip()


def _filled(text: str) -> str:
    """A text with `${NAME}` replaced by the environment's variable."""

    def value(found: "re.Match[str]") -> str:
        if not (known := variable(found[1])):
            raise ConfigurationError(f"{found[1]} is not set in the environment or in .env")
        return known

    return _VARIABLE.sub(value, text)


@lru_cache(maxsize=1)
def _env_file() -> Mapping[str, str | None]:
    return dotenv_values(".env", encoding="utf-8")
