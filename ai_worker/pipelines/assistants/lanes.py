"""Threads that may be worked now: those whose assistants' models may be asked, one message each."""

import logging
from collections.abc import Sequence

from ai_worker.engine.contract.row import Lane
from ai_worker.errors import WorkError
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.llm.model import Model
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.outbound.accounting.budget_status import calls_of_the_day
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.pipelines.assistants.threads import repository
from ai_worker.stores.mysql import mysql

log = logging.getLogger(__name__)


def open_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes whose models have room before the next scan.

    A thread whose assistant is gone, or whose model cannot be found, is worked too: its message fails with
    the reason.
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


def _model(config: Config, assistant_id: str) -> Model | None:
    assistant = config.assistants.get(assistant_id)
    if assistant is None:
        return None
    try:
        return model_named(assistant.model)
    except WorkError as fault:
        log.warning("assistants: the model of %s cannot be had: %s", assistant.name, fault)
        return None
