"""The models that MongoDB's evaluations name: `models.toml`, and behind it the settings.

Base URLs and keys come from the operator's files and environment only, never from a row.
`models.example.toml` explains every field.
"""

import os
import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, cast, get_args

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StrictInt, StrictStr, ValidationError

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Model, Provider
from ai_worker.llm.providers.openai import BASE_URL as OPENAI_URL
from ai_worker.outbound.endpoint import Limits, Price
from ai_worker.settings import settings

_Count = Annotated[StrictInt, Field(gt=0)]
_Money = Annotated[Decimal, Field(ge=0)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Table):
    provider: Provider | None = None
    base_url: Annotated[StrictStr, Field(pattern=r"^https?://")] | None = None
    api_key_env: StrictStr | None = None
    requests_per_minute: _Count | None = None
    tokens_per_minute: _Count | None = None
    in_flight: _Count | None = None
    price_input: _Money | None = None
    price_output: _Money | None = None
    price_cached: _Money | None = None
    deadline_seconds: Annotated[float, Field(gt=0)] | None = None
    max_input_tokens: _Count | None = None
    max_output_tokens: _Count | None = None


class _Default(_Table):
    provider: Provider | None = None


class _File(_Table):
    default: _Default = _Default()
    models: dict[str, _Entry] = {}


def model_named(name: str) -> Model:
    """The model that evaluations know by this name.

    Raises:
        ConfigurationError: the file does not fit, nothing says which provider the model has, or its key is
            missing.
    """
    file = _file()
    entry = file.models.get(name, _Entry())
    provider = entry.provider or file.default.provider or _default_provider()
    if provider is None:
        raise ConfigurationError(
            f'unknown model {name!r}: add [models."{name}"] with its provider to '
            f"{settings().models_file}, or set DEFAULT_PROVIDER"
        )
    base_url = entry.base_url or base_url_of(provider)
    return Model(
        name=name,
        provider=provider,
        base_url=base_url,
        api_key=_key(name, provider, base_url, entry.api_key_env),
        limits=Limits(entry.requests_per_minute, entry.tokens_per_minute, entry.in_flight),
        price=_price(entry),
        deadline_seconds=entry.deadline_seconds or settings().model_deadline_seconds,
        max_input_tokens=entry.max_input_tokens,
        max_output_tokens=entry.max_output_tokens,
    )


def base_url_of(provider: Provider) -> str:
    """Where a provider answers, by the settings.

    Raises:
        ConfigurationError: the setting is missing.
    """
    found = settings()
    if provider == "prompt_api" and not found.api_url:
        raise ConfigurationError("API_URL is not set: it is where the provider prompt_api answers")
    return {
        "gemini": found.gemini_base_url,
        "openai": found.openai_base_url or OPENAI_URL,
        "prompt_api": found.api_url,
        "offline": found.offline_url,
    }[provider]


def key_of(provider: Provider) -> SecretStr:
    """The key that the settings hold for a provider; empty where there is none."""
    return {"gemini": settings().gemini_api_key, "openai": settings().openai_api_key}.get(
        provider, SecretStr("")
    )


def needs_key(provider: Provider) -> bool:
    """Whether the provider answers nobody without a key; a server of one's own that speaks OpenAI's form may
    do without.
    """
    return provider == "gemini" or (provider == "openai" and base_url_of(provider) == OPENAI_URL)


def _default_provider() -> Provider | None:
    named = settings().default_provider
    if named and named not in get_args(Provider):
        raise ConfigurationError(
            f"DEFAULT_PROVIDER {named!r} is unknown; known: {', '.join(get_args(Provider))}"
        )
    if not named and settings().api_url:
        return "prompt_api"
    return cast(Provider, named) if named else None


def _key(name: str, provider: Provider, base_url: str, variable: str | None) -> SecretStr:
    if variable is None:
        key, variable = key_of(provider), f"{provider.upper()}_API_KEY"
        needed = provider == "gemini" or base_url == OPENAI_URL
    else:
        key, needed = SecretStr(os.environ.get(variable) or _env_file().get(variable) or ""), True
    if needed and not key.get_secret_value().strip():
        raise ConfigurationError(f"model {name!r} needs a key: set {variable} in the environment or in .env")
    return SecretStr(key.get_secret_value().strip())


def _price(entry: _Entry) -> Price | None:
    if entry.price_input is None or entry.price_output is None:
        return None
    return Price(entry.price_input, entry.price_output, entry.price_cached)


@lru_cache(maxsize=1)
def _env_file() -> dict[str, str | None]:
    return dotenv_values(".env", encoding="utf-8")


def _file() -> _File:
    path = Path(settings().models_file).resolve()
    try:
        found = path.stat()
    except FileNotFoundError:
        return _File()
    return _read(path, (found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, version: tuple[int, int]) -> _File:
    """The file in this version, by time of change and size: an edit counts at once, without a restart."""
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigurationError(f"{path} is not TOML: {fault}") from None
    try:
        return _File.model_validate(parsed)
    except ValidationError as invalid:
        problems = "; ".join(
            map(_problem, cast(list[dict[str, Any]], invalid.errors(include_url=False, include_input=False)))
        )
        raise ConfigurationError(f"{path}: {problems}") from None


def _problem(fault: dict[str, Any]) -> str:
    match fault["loc"]:
        case ("models", str(model), str(field), *_):
            place = f"model {model!r}, field {field!r}"
        case place:
            place = ".".join(map(str, place))
    reason = "there is no such field" if fault["type"] == "extra_forbidden" else fault["msg"]
    return f"{place}: {reason}"
