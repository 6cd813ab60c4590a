"""The model of a judge configuration, which writes, judges and compares."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ai_worker.errors import ConfigurationError
from ai_worker.llm.asking import ask
from ai_worker.llm.model import Dialect, Model
from ai_worker.llm.registry.catalogue import model_named, usual_url
from ai_worker.llm.registry.identity import label_of, stored_credential
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.pipelines.loops.outgoing.keys import unsealed
from ai_worker.pipelines.loops.ports import Ask, Asked
from ai_worker.settings import settings


def judge_model(row: Mapping[str, Any]) -> Model:
    """The model of a judge configuration; with its `fault` where its key does not open.

    Args:
        row: a claim's fields with the columns of its judge configuration.

    Raises:
        ConfigurationError: there is none any more.
    """
    if row["judge_id"] is None:
        raise ConfigurationError("judge_config not found: it was deleted while a loop needed it")
    planned = planned_model(row)
    try:
        key = unsealed(row["judge_key"], row["judge_key_iv"], f"judge_config {row['judge_id']}")
    except ConfigurationError as fault:
        return replace(planned, fault=str(fault))
    return replace(planned, api_key=key)


def planned_model(row: Mapping[str, Any]) -> Model:
    """The model of a judge configuration as far as planning needs it, without its key. Its limits and its
    price are those of the models file, where that lists it; so is all else, where it stands there with the
    same address: headers that may hold secrets go to no server that a form names.
    """
    name, url = row["judge_model"], row["judge_base_url"]
    listed = model_named(name)
    same = listed.provider == "openai" and listed.base_url.rstrip("/") == url.rstrip("/")
    credential = stored_credential(row["judge_key"], row["judge_key_iv"])
    return Model(
        name,
        "openai",
        url,
        limits=listed.limits,
        price=listed.price,
        deadline_seconds=listed.deadline_seconds if same else settings().model_deadline_seconds,
        credential=credential,
        label=label_of(url, usual_url("openai"), "", ""),
        max_input_tokens=listed.max_input_tokens if same else None,
        max_output_tokens=listed.max_output_tokens if same else None,
        dialect=listed.dialect if same else Dialect(),
    )


def open_ask(model: Model, context: CallContext) -> Ask:
    """The port by which a row asks a model on its own behalf."""

    def asked(question: Asked) -> str:
        request = Request(
            prompt=question.user,
            system=question.system,
            temperature=question.temperature,
            max_output_tokens=question.max_output_tokens,
        )
        return ask(model, request, context).text

    return asked
