"""Everything configurable, typed, from the environment and `.env`.

Every name below is the environment variable's name in lower case; `.env.example` explains each.
"""

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote_plus

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from ai_worker.errors import ConfigurationError

Names = Annotated[list[str], NoDecode]
"""A list written in the environment as `a,b,c`."""
Table = Annotated[dict[str, str], NoDecode]
"""A mapping written in the environment as a JSON object."""


ENV_FILE = ".env"
"""In the directory in which the process runs."""
TlsMode = Literal["", "required", "verified"]
"""Empty: as the address says; encrypted, unchecked; encrypted, and the certificate is checked."""


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    pipelines: Names = ["corrections", "evaluations"]
    """Those that run: names of folders of `ai_worker/pipelines`, or dotted modules of one's own."""

    # Broker, limits, cache. Limits live in another Redis database than the broker.
    redis_url: str = ""
    limits_redis_url: str = ""
    redis_tls: TlsMode = ""
    redis_tls_ca: str = ""
    redis_tls_cert: str = ""
    redis_tls_key: str = ""

    # MySQL / MariaDB: corrections, loops, assistants.
    mysql_host: str = "127.0.0.1"
    mysql_port: int = 3306
    mysql_user: str = "ai_worker"
    mysql_password: SecretStr = SecretStr("")
    mysql_database: str = "ai_worker"
    mysql_pool_size: int = Field(32, ge=1)
    mysql_tls: TlsMode = ""
    mysql_tls_ca: str = ""
    mysql_tls_cert: str = ""
    mysql_tls_key: str = ""
    sources_file: str = "sources.toml"
    """The databases that corrections import texts from and export them to."""

    # MongoDB: evaluations, worlds.
    mongodb_uri: SecretStr = SecretStr("")
    mongo_host: str = "127.0.0.1"
    mongo_port: int = 27017
    mongo_username: str = ""
    mongo_password: SecretStr = SecretStr("")
    mongo_db: str = "TrustGen"
    mongo_tls: TlsMode = ""
    mongo_tls_ca: str = ""
    mongo_tls_cert: str = ""
    evaluation_databases: Names = ["TrustLLM_ru", "TrustGen"]
    expand_databases: Names = []
    scorers: Names = []
    """Modules that register scorers of one's own; they must be on PYTHONPATH."""

    store_seconds: float = Field(30, gt=0)
    """The longest that one statement, or the broker, may keep silent before it counts as away."""

    # Models.
    api_url: str = ""
    gemini_api_key: SecretStr = SecretStr("")
    gemini_base_url: str = "https://generativelanguage.googleapis.com"
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = ""
    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = "https://api.anthropic.com"
    offline_url: str = "http://127.0.0.1:8099"
    models_file: str = "models.toml"
    default_provider: str = ""
    model_deadline_seconds: float = Field(90, gt=0)
    master_key: SecretStr = SecretStr("")
    """Decrypts `ai_model.api_key_encrypted`; only ever in the environment."""
    aes_bits: Literal[128, 192, 256] = 128
    """The key length in MySQL's `block_encryption_mode`."""

    daily_budget: Decimal | None = Field(None, ge=0)
    """The most that the models of one pipeline may cost in a day (UTC), in the currency of their prices;
    empty: no limit.
    """

    redact_evaluations: bool = False
    """True if personal data is hidden from the models that evaluations ask, too. Off, since benchmarks test
    how they treat it.
    """

    redact_names_file: str = ""
    """Names of persons, one a line, that are hidden like other personal data."""
    recognisers: Names = []
    """Recognisers of one's own, as `module:name`."""

    # Worlds.
    mongodb_database: str = "generia_ai_worker"
    worlds_model: str = "gemini-2.5-pro"
    worlds_image_model: str = "placeholder"
    """`placeholder` draws pictures and asks no model."""
    max_concurrent_tasks: int = Field(100, ge=1)
    max_concurrent_llm_requests: int = Field(15, ge=1)
    max_concurrent_image_requests: int = Field(10, ge=1)
    kafka_brokers: Names = []
    kafka_topic_tasks: str = "generia-tasks"
    kafka_topic_progress: str = "generia-progress"
    kafka_group_id: str = "ai-worker"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    kafka_username: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: str = ""
    platform: Literal["gateway", "grpc"] = "gateway"
    api_gateway_url: str = ""
    platform_token: SecretStr = SecretStr("")
    platform_paths: Table = {}
    """Changes of the table of paths, as a JSON object."""
    platform_honours_keys: bool = False
    """True if the gateway carries out a call once that comes twice with one Idempotency-Key."""
    platform_needs_pictures: bool = False
    """True if the gateway refuses posts without a picture; the gRPC services do."""
    platform_seconds: float = Field(20, gt=0)
    consul_address: str = ""
    grpc_addresses: Table = {}
    """Addresses of the platform's services by their names, as a JSON object; goes before Consul."""
    minio_endpoint: str = ""
    """The address of the bucket's server, to which pictures go straight; empty: to the media service."""
    minio_access_key: str = ""
    minio_secret_key: SecretStr = SecretStr("")
    minio_bucket: str = "generia-images"
    minio_use_ssl: bool = False
    minio_public_url: str = ""

    # Engine.
    lease_seconds: float = Field(90, gt=0)
    reserve_seconds: float = Field(300, gt=0)
    scan_seconds: float = Field(5, gt=0)
    heartbeat_seconds: float = Field(
        15, gt=0, validation_alias=AliasChoices("heartbeat_seconds", "canary_seconds")
    )
    """The interval of the workers' heartbeats."""
    queue_depth: int = Field(1000, ge=1, validation_alias=AliasChoices("queue_depth", "window"))
    """Rows of one pipeline that may wait in the broker's queue at once."""
    row_age_limit_hours: float = Field(24, gt=0)
    """The longest that an outage may keep a row from its answer before the row is given up."""
    portion: int = Field(10, ge=1)
    """Rows that `ai-worker run` fetches at a time."""

    # Loops.
    recall_requests_per_minute: int | None = Field(None, ge=1)
    """Of each knowledge base, over all loops and processes; empty: no limit."""
    recall_in_flight: int | None = Field(None, ge=1)
    """Calls of a knowledge base under way at once, likewise."""

    # Observation.
    log_level: str = "INFO"
    history_text: bool = False
    history_days: int = Field(30, ge=1)
    otel_exporter_otlp_endpoint: str = ""
    """The address of traces by OTLP over HTTP; empty: none are made."""
    otel_service_name: str = "ai-worker"
    """The same for all processes of a deployment: the ids of traces depend on it."""

    # Web.
    api_host: str = "127.0.0.1"
    api_port: int = 8000
    api_keys: SecretStr = SecretStr("")
    """`name:scope+scope:key`, more after commas; scopes: read, run, review."""
    api_requests_per_minute: int = Field(600, ge=1)
    """Of each client; progress that is polled each second takes 60."""

    # Panel.
    flower_url: str = ""
    """The address at which browsers reach Flower; the panel leads there. Empty: no link."""
    panel_session_hours: float = Field(12, gt=0)
    """After which a browser has to sign in again."""
    panel_proxy_secret: SecretStr = SecretStr("")
    """The value that a proxy that authenticates users sends as `X-Panel-Proxy-Secret`; empty: no proxy is
    believed.
    """
    panel_user_header: str = "X-Forwarded-User"
    """The header in which that proxy names the user."""
    panel_proxy_scopes: Names = ["read", "review"]
    """The scopes of users that the proxy vouches for."""

    @property
    def pipeline_names(self) -> list[str]:
        """The names of the pipelines: an entry of `pipelines` is a folder's name or a dotted module."""
        return [entry.rpartition(".")[2] for entry in self.pipelines]

    @field_validator(
        "pipelines",
        "evaluation_databases",
        "expand_databases",
        "scorers",
        "panel_proxy_scopes",
        "kafka_brokers",
        "recognisers",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("platform_paths", "grpc_addresses", mode="before")
    @classmethod
    def _object(cls, value: object) -> object:
        return json.loads(value or "{}") if isinstance(value, str) else value

    @field_validator("daily_budget", "recall_requests_per_minute", "recall_in_flight", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("aes_bits", mode="before")
    @classmethod
    def _whole_number(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isdecimal() else value

    @property
    def mongo_uri(self) -> str:
        """`MONGODB_URI` whole, else one made of the `MONGO_*` parts."""
        if whole := self.mongodb_uri.get_secret_value():
            return whole
        login = ""
        if self.mongo_username:
            login = f"{quote_plus(self.mongo_username)}:{quote_plus(self.mongo_password.get_secret_value())}@"
        return f"mongodb://{login}{self.mongo_host}:{self.mongo_port}/"

    @property
    def databases_to_expand(self) -> list[str]:
        """`MONGO_DB` and every other database in which expanding and transferring are switched on."""
        return list(dict.fromkeys([self.mongo_db, *self.expand_databases]))


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        ConfigurationError: a value does not fit; the message names the variable.
    """
    try:
        return Settings()
    except (OSError, UnicodeDecodeError, SettingsError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else type(fault).__name__
        raise ConfigurationError(
            f"settings: {Path(ENV_FILE).resolve()} cannot be read ({reason}); it is UTF-8, NAME=value on "
            "each line, and readable by the user that runs this process"
        ) from None
    except ValidationError as fault:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}"
            for item in fault.errors(include_input=False)
        )
        raise ConfigurationError(f"settings: {problems}") from None
