"""The model of a correction task, read from its row of `ai_model`.

Planning and asking read the same columns, so that both know it by the same name, server and key: what closes
a model for those who ask keeps its rows from being handed out.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast, get_args

from pydantic import SecretStr, ValidationError

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.llm.registry.catalogue import key_of, usual_url
from ai_worker.llm.registry.identity import credential_of, label_of, stored_credential
from ai_worker.llm.registry.keys import open_key
from ai_worker.llm.registry.settings_of_model import ModelSettings
from ai_worker.outbound.endpoint import Limits, Price
from ai_worker.settings import Settings, settings

_READ = (
    "id_ai_model",
    "provider",
    "base_url",
    "api_key_encrypted",
    "api_key_iv",
    "requests_per_minute",
    "tokens_per_minute",
    "in_flight",
    "price_input",
    "price_output",
    "price_cached",
    "deadline_seconds",
    "max_input_tokens",
    "max_output_tokens",
    "is_active",
)
"""The columns that make a model, beside `settings`."""
_MOST_MADE = 1000


def model_of(row: Mapping[str, Any]) -> Model:
    """The model that a claimed item's task names; with its `fault` where the row or a setting is wrong.

    Raises:
        ConfigurationError: the task names a model that does not exist.
    """
    number = row["id_ai_model"]
    if row["model_found"] is None:
        raise ConfigurationError(
            f"task {row['id_task']} names ai_model {number}, which does not exist: correct task.id_ai_model"
        )
    return _model(row, row["asked_model"], opens_key=True)


def described_model(row: Mapping[str, Any]) -> Model:
    """The same model without its key, to be looked at and not asked: also one that is switched off or was
    deleted.
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
    """The model of a task as planning needs it, without its key; None where the task names none."""
    return None if row["provider"] is None else _model(row, row["model_name"], opens_key=False)


def price_of(row: Mapping[str, Any]) -> Price | None:
    """The price in a row of `ai_model`."""
    asked, answered, cached = (
        None if row[name] is None else Decimal(row[name])
        for name in ("price_input", "price_output", "price_cached")
    )
    try:
        return _settings(row).price(asked, answered, cached)
    except ConfigurationError:
        return ModelSettings().price(asked, answered, cached)


class _Made:
    """Models made of rows of `ai_model`, each once: every row that is claimed carries the same few columns,
    and to open a key and check the settings anew for each would cost more than its diff.
    """

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._models: dict[tuple[Any, ...], Model] = {}

    def model(self, row: Mapping[str, Any], name: str, *, opens_key: bool) -> Model:
        """The model of these columns by the settings of this process."""
        if self._settings is not settings() or len(self._models) >= _MOST_MADE:
            self._settings, self._models = settings(), {}
        key = (*map(row.get, _READ), str(row.get("settings")), name, opens_key)
        found = self._models.get(key)
        if found is None:
            found = _new_model(row, name, opens_key=opens_key)
            if not found.fault:
                self._models[key] = found
        return found


_made = _Made()


def _model(row: Mapping[str, Any], name: str, *, opens_key: bool) -> Model:
    return _made.model(row, name, opens_key=opens_key)


def _new_model(row: Mapping[str, Any], name: str, *, opens_key: bool) -> Model:
    known = row["provider"] in get_args(Provider)
    provider = cast(Provider, row["provider"])
    # Of an unknown provider nothing is known: it is closed below, under the name that the row gives it.
    usual_base = usual_url(provider) if known else ""
    base_url = row.get("base_url") or usual_base
    stored = row.get("api_key_encrypted")
    usual, from_settings = (
        credential_of(key_of(provider, server).get_secret_value().encode()) if known else ""
        for server in ("", base_url)
    )
    credential = stored_credential(stored, row.get("api_key_iv")) if stored else from_settings
    owner, label = (
        f"ai_model {row['id_ai_model']}",
        label_of(base_url, usual_base, credential, usual),
    )
    key, dialect, fault = SecretStr(""), Dialect(), ""
    try:
        _check(row, known=known)
        dialect = _settings(row).dialect()
    except ConfigurationError as wrong:
        # Closed under a name of its own: another row may name the same model rightly.
        fault, label = str(wrong), f"{label} ({owner})"
    if opens_key and not fault:
        try:
            key = open_key(provider, stored, row.get("api_key_iv"), owner, base_url)
        except ConfigurationError as wrong:
            fault = str(wrong)
    return Model(
        name=name,
        provider=provider,
        base_url=base_url,
        api_key=key,
        limits=Limits(row["requests_per_minute"], row["tokens_per_minute"], row["in_flight"]),
        price=price_of(row),
        deadline_seconds=float(row["deadline_seconds"] or settings().model_deadline_seconds),
        credential=credential,
        label=label,
        max_input_tokens=row.get("max_input_tokens"),
        max_output_tokens=row.get("max_output_tokens"),
        dialect=dialect,
        fault=fault,
    )


def _check(row: Mapping[str, Any], *, known: bool) -> None:
    number = row["id_ai_model"]
    if not row["is_active"]:
        raise ConfigurationError(f"ai_model {number} is switched off (is_active = 0)")
    if not known:
        names = ", ".join(get_args(Provider))
        raise ConfigurationError(f"ai_model {number}: unknown provider {row['provider']!r}; known: {names}")


def _settings(row: Mapping[str, Any]) -> ModelSettings:
    """The column `settings`, a JSON object of the fields of `ModelSettings`."""
    text = row.get("settings")
    if not text:
        return ModelSettings()
    try:
        return ModelSettings.model_validate_json(text if isinstance(text, str | bytes) else json.dumps(text))
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False)
        problems = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
        raise ConfigurationError(f"ai_model {row['id_ai_model']}, settings: {problems}") from None
