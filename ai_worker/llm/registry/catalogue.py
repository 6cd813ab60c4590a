"""The models that MongoDB's evaluations name: `models.toml`, and behind it the settings.

Base URLs and keys come from the operator's files and environment only, never from a row.
`models.example.toml` explains every field. A fault of the file or of the settings concerns the deployment:
the model is closed with it (`Model.fault`), and its rows wait.
"""

import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StrictInt, StrictStr, ValidationError

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.llm.providers.openai import BASE_URL as OPENAI_URL
from ai_worker.llm.registry.identity import credential_of, label_of
from ai_worker.llm.registry.settings_of_model import ModelSettings, variable
from ai_worker.outbound.endpoint import Limits
from ai_worker.settings import settings

MISCONFIGURED = " (misconfigured)"
"""Behind the name of a model whose entry does not fit, or whose variables are not set."""
_Count = Annotated[StrictInt, Field(gt=0)]
_Money = Annotated[Decimal, Field(ge=0)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(ModelSettings):
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
    """The model that evaluations know by this name; with its `fault` where the file does not fit, nothing
    says which provider the model has, or its key is missing.
    """
    try:
        file = _file()
        entry = file.models.get(name, _Entry())
        provider = entry.provider or file.default.provider or _default_provider()
        if provider is None:
            raise ConfigurationError(
                f'unknown model {name!r}: add [models."{name}"] with its provider to '
                f"{settings().models_file}, or set DEFAULT_PROVIDER"
            )
    except ConfigurationError as fault:
        return Model(name, "openai", "", label="@unknown", fault=str(fault))
    return _configured(name, provider, entry)


def _configured(name: str, provider: Provider, entry: _Entry) -> Model:
    base_url, dialect, fault, mark = entry.base_url or "", Dialect(), "", ""
    key = SecretStr("")
    try:
        base_url = base_url or base_url_of(provider)
        key = _key(name, provider, base_url, entry)
        dialect = entry.dialect()
    except ConfigurationError as wrong:
        fault = str(wrong) if name in str(wrong) else f"model {name!r}: {wrong}"
        # Closed under a name of its own: a process that has what is missing here asks on.
        mark = MISCONFIGURED
    credential = credential_of(key.get_secret_value().encode())
    usual = credential_of(key_of(provider).get_secret_value().encode())
    return Model(
        name=name,
        provider=provider,
        base_url=base_url,
        api_key=key,
        limits=Limits(entry.requests_per_minute, entry.tokens_per_minute, entry.in_flight),
        price=entry.price(entry.price_input, entry.price_output, entry.price_cached),
        deadline_seconds=entry.deadline_seconds or settings().model_deadline_seconds,
        credential=credential,
        label=label_of(base_url, usual_url(provider), credential, usual) + mark,
        max_input_tokens=entry.max_input_tokens,
        max_output_tokens=entry.max_output_tokens,
        dialect=dialect,
        fault=fault,
    )


def usual_url(provider: Provider) -> str:
    """The address of a provider by the settings; empty where the setting is missing."""
    found = settings()
    return {
        "gemini": found.gemini_base_url,
        "openai": found.openai_base_url or OPENAI_URL,
        "anthropic": found.anthropic_base_url,
        "prompt_api": found.api_url,
        "offline": found.offline_url,
    }[provider]


def base_url_of(provider: Provider) -> str:
    """The address of a provider by the settings.

    Raises:
        ConfigurationError: the setting is missing.
    """
    if not (url := usual_url(provider)):
        raise ConfigurationError("API_URL is not set: it is where the provider prompt_api answers")
    return url


def key_of(provider: Provider, base_url: str = "") -> SecretStr:
    """The key that the settings hold for a provider; empty where there is none.

    Args:
        base_url: of one model; another server than the provider's usual one gets no key but its own.
    """
    if not _is_usual(provider, base_url):
        return SecretStr("")
    found = settings()
    keys = {
        "gemini": found.gemini_api_key,
        "openai": found.openai_api_key,
        "anthropic": found.anthropic_api_key,
    }
    return SecretStr(keys.get(provider, SecretStr("")).get_secret_value().strip())


def _is_usual(provider: Provider, base_url: str) -> bool:
    return not base_url or base_url.rstrip("/") == usual_url(provider).rstrip("/")


def needs_key(provider: Provider, base_url: str = "") -> bool:
    """Return whether the provider answers only with a key; a server of one's own that speaks OpenAI's form
    may do without, and Vertex AI takes a Google account.
    """
    url = base_url or usual_url(provider)
    if provider == "gemini":
        return "aiplatform.googleapis.com" not in url
    return provider == "anthropic" or (provider == "openai" and url == OPENAI_URL)


def known_models() -> list[str]:
    """The names in the models file.

    Raises:
        ConfigurationError: the file does not fit.
    """
    return list(_file().models)


def catalogued(name: str = "") -> list[Model]:
    """The models of the models file, or the one of that name.

    Raises:
        ConfigurationError: the file does not fit.
    """
    return [model_named(known) for known in known_models() if not name or known == name]


def _default_provider() -> Provider | None:
    named = settings().default_provider
    if named and named not in get_args(Provider):
        raise ConfigurationError(
            f"DEFAULT_PROVIDER {named!r} is unknown; known: {', '.join(get_args(Provider))}"
        )
    if not named and settings().api_url:
        return "prompt_api"
    return cast(Provider, named) if named else None


def _key(name: str, provider: Provider, base_url: str, entry: _Entry) -> SecretStr:
    named = entry.api_key_env
    if named is None:
        key, needed = key_of(provider, base_url), needs_key(provider, base_url) and entry.family != "vertex"
    else:
        key, needed = SecretStr(variable(named)), True
    if needed and not key.get_secret_value():
        if named is None and not _is_usual(provider, base_url):
            raise ConfigurationError(
                f"model {name!r} needs a key: name its variable in api_key_env, since the provider's "
                "usual key goes to no other server"
            )
        named = named or f"{provider.upper()}_API_KEY"
        raise ConfigurationError(f"model {name!r} needs a key: set {named} in the environment or in .env")
    return key


def _file() -> _File:
    # Asked several times by each row, so without what `Path.resolve` looks up on its way.
    path = Path(settings().models_file).absolute()
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
