"""The settings of assistants, from the environment and `.env`; each name is the variable's in lower case."""

from decimal import Decimal
from functools import lru_cache

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ai_worker.errors import ConfigurationError
from ai_worker.settings import Names, Settings


class AssistantSettings(BaseSettings):
    """The settings of one process that concern assistants alone."""

    model_config = SettingsConfigDict(**Settings.model_config)

    # The seed's queues; empty: not used.
    redis_queue_to_secretary: str = ""
    redis_queue_to_telegram: str = ""

    # A turn.
    assistants_redact: bool = True
    """Personal data is replaced before a conversation reaches a model."""
    assistants_max_rounds: int = Field(8, ge=1)
    assistants_max_calls: int = Field(24, ge=1)
    assistants_turn_seconds: float = Field(120, gt=0)
    assistants_turn_budget: Decimal | None = Field(None, ge=0)
    """The most that the model calls of one turn may cost together, in the currency of the prices; empty: no
    limit.
    """
    assistants_max_depth: int = Field(3, ge=0)
    """The most sub-assistants below one another."""
    assistants_history_tokens: int = Field(24_000, ge=500)
    """The part of the conversation that is sent again; whole turns, the newest ones."""
    assistants_poll_seconds: float = Field(5, gt=0)
    """Seconds between two comparisons of the version, beside announcements and messages."""

    # Tools.
    weather_url: str = "https://api.open-meteo.com"
    weather_places_url: str = "https://geocoding-api.open-meteo.com"
    caldav_url: str = ""
    """Of the user's calendar; `{user_id}` is replaced. Empty: calendar tools use `calendar_service_url`."""
    caldav_user: str = ""
    caldav_password: SecretStr = SecretStr("")
    calendar_service_url: str = ""
    rest_service_url: str = ""
    """The seed's services: the calendar's, and the one that holds the users' tokens."""
    tool_hosts: Names = []
    """Hosts, as `host` or `host:port`, that http tools of the registry may call."""
    tool_private_hosts: Names = []
    """The ones of them, and of the other tools' addresses, that may be on a private network."""
    tool_seconds: float = Field(20, gt=0)
    mcp_servers_file: str = "mcp_servers.toml"

    @field_validator("tool_hosts", "tool_private_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip().lower() for part in value.split(",") if part.strip()]
            if isinstance(value, str)
            else value
        )

    @field_validator("assistants_turn_budget", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return None if value == "" else value


@lru_cache(maxsize=1)
def options() -> AssistantSettings:
    """The settings of this process, read once.

    Raises:
        ConfigurationError: a value does not fit; the message names the variable.
    """
    try:
        return AssistantSettings()
    except ValidationError as fault:
        found = fault.errors(include_input=False)
        problems = "; ".join(f"{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in found)
        raise ConfigurationError(f"settings: {problems}") from None
