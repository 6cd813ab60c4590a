"""Threads that may be worked now: those whose assistants' models may be asked, one message each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ai_worker.engine.contract.row import Lane
from ai_worker.kit.admission import Candidate, admitted, closed_reasons
from ai_worker.llm.model import Model
from ai_worker.outbound.accounting.budget_status import calls_of_the_day
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.pipelines.assistants.threads import repository
from ai_worker.pipelines.assistants.wire.forms import model_of
from ai_worker.stores.mysql import mysql


def open_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes whose models have room before the next scan.

    A thread whose assistant is gone is worked too: its message fails with the reason.
    """
    if not lanes:
        return []
    config = config_cache().current()
    with mysql().connection() as database:
        assistants = repository.assistants_of(database, [str(lane.value) for lane in lanes])
    models: dict[str, Model | None] = {id_: _model(config, id_) for id_ in set(assistants.values())}
    asked = [(lane, models.get(assistants.get(str(lane.value), ""))) for lane in lanes]
    calls = calls_of_the_day(mysql_records(), "assistants")
    return admitted(
        [Candidate(lane, model, calls if model and model.price else None) for lane, model in asked]
    )


def closed_for(assistant_ids: Iterable[str]) -> dict[str, str]:
    """The reasons for which the messages of assistants wait, by the assistants' ids: a fault of the
    deployment closes their models.
    """
    config = config_cache().current()
    models = {id_: model for id_ in assistant_ids if (model := _model(config, id_)) is not None}
    reasons = closed_reasons(models.values()) if models else {}
    return {id_: reasons[model.asked_as] for id_, model in models.items() if model.asked_as in reasons}


def with_reasons(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Messages as clients see them, those that wait for a closed model with the reason."""
    waiting = {of["assistant_id"] for of in messages if of["status"] == "pending"}
    reasons = closed_for(waiting) if waiting else {}
    return [
        {**of, "waits": reasons[of["assistant_id"]]}
        if of["status"] == "pending" and of["assistant_id"] in reasons
        else dict(of)
        for of in messages
    ]


def _model(config: Config, assistant_id: str) -> Model | None:
    assistant = config.assistants.get(assistant_id)
    return model_of(assistant.model, assistant.assistant_type) if assistant else None
