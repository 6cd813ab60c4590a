"""The model of a correction task, read from its row of `ai_model`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast, get_args

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Model, Provider
from ai_worker.llm.registry.catalogue import base_url_of
from ai_worker.llm.registry.keys import open_key
from ai_worker.outbound.endpoint import Limits, Price
from ai_worker.settings import settings


def model_of(row: Mapping[str, Any]) -> Model:
    """The model that a claimed item's task names.

    Raises:
        ConfigurationError: there is no such model, it is switched off, its provider is unknown, or its key is
            missing.
    """
    number = row["id_ai_model"]
    if row["model_found"] is None:
        raise ConfigurationError(
            f"task {row['id_task']} names ai_model {number}, which does not exist: correct task.id_ai_model"
        )
    if not row["is_active"]:
        raise ConfigurationError(f"ai_model {number} is switched off (is_active = 0)")
    if row["provider"] not in get_args(Provider):
        known = ", ".join(get_args(Provider))
        raise ConfigurationError(f"ai_model {number}: unknown provider {row['provider']!r}; known: {known}")
    provider = cast(Provider, row["provider"])
    return Model(
        name=row["asked_model"],
        provider=provider,
        base_url=base_url_of(provider),
        api_key=open_key(provider, row["api_key_encrypted"], row["api_key_iv"], owner=f"ai_model {number}"),
        limits=Limits(row["requests_per_minute"], row["tokens_per_minute"], row["in_flight"]),
        price=price_of(row),
        deadline_seconds=float(row["deadline_seconds"] or settings().model_deadline_seconds),
        max_input_tokens=row["max_input_tokens"],
        max_output_tokens=row["max_output_tokens"],
    )


def described_model(row: Mapping[str, Any]) -> Model:
    """The same model without its key, to be looked at and not asked: also one that is switched off or not
    there any more.
    """
    return Model(
        name=row["asked_model"] or f"ai_model {row['id_ai_model']}",
        provider=cast(Provider, row["provider"]),
        base_url="",
        price=price_of(row),
        max_input_tokens=row["max_input_tokens"],
        max_output_tokens=row["max_output_tokens"],
    )


def planned_model(row: Mapping[str, Any]) -> Model | None:
    """The model of a task as far as planning needs it, without its key; None where the task names none that
    could be asked.
    """
    if row["provider"] not in get_args(Provider) or not row["is_active"]:
        return None
    limits = Limits(row["requests_per_minute"], row["tokens_per_minute"], row["in_flight"])
    deadline = float(row["deadline_seconds"] or settings().model_deadline_seconds)
    return Model(
        row["model_name"],
        cast(Provider, row["provider"]),
        base_url="",
        limits=limits,
        deadline_seconds=deadline,
    )


def price_of(row: Mapping[str, Any]) -> Price | None:
    """The price in a row of `ai_model`."""
    if row["price_input"] is None or row["price_output"] is None:
        return None
    cached = row["price_cached"]
    return Price(
        Decimal(row["price_input"]), Decimal(row["price_output"]), None if cached is None else Decimal(cached)
    )
