"""Endpoints of embeddings: each with its limits, cooldown, breaker, deadline, request log and cost."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError, NotNow
from ai_worker.llm.providers.wire.usage_fields import believed, number
from ai_worker.llm.registry.catalogue import model_named, usual_url
from ai_worker.llm.registry.identity import label_of, stored_credential
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.call import Received
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.requesting import Outgoing
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.loops.dedup.embeddings import embed_all
from ai_worker.pipelines.loops.faults import BadAnswer, EndpointClosed
from ai_worker.pipelines.loops.outgoing.keys import unsealed
from ai_worker.pipelines.loops.outgoing.servers import ANY_STATUS, Exchanges
from ai_worker.pipelines.loops.ports import Embed
from ai_worker.settings import settings

PATH = "/embeddings"
KEY_SECONDS = 10.0
"""Before a row comes again whose key does not open here."""


def open_embed(row: Mapping[str, Any], context: CallContext) -> Embed | None:
    """The port by which questions become vectors; None where the judge configuration names no endpoint for
    it.

    Args:
        row: a claim's fields with the columns of its judge configuration.
    """
    if not row["embed_base_url"]:
        return None
    endpoint = _endpoint(row)

    def posted(body: Mapping[str, Any]) -> Any:
        expected = Usage(input=sum(estimate(text) for text in body["input"]))
        opened = replace(endpoint, api_key=_key(row))
        try:
            return _posted(Exchanges(opened, context, expected), body)
        except NotNow as refusal:
            if limiter().availability([endpoint], 0.0)[endpoint.asked_as].shut:
                raise EndpointClosed(str(refusal)) from None
            raise

    def embed(texts: list[str]) -> list[list[float]]:
        return embed_all(texts, row["embed_model"], posted)

    return embed


def _key(row: Mapping[str, Any]) -> SecretStr:
    """The key of the embeddings.

    Raises:
        NotNow: it does not open here; a worker with another MASTER_KEY may take the row.
    """
    try:
        return unsealed(row["embed_key"], row["embed_key_iv"], f"judge_config {row['judge_id']}")
    except ConfigurationError as fault:
        raise NotNow(str(fault), retry_after=KEY_SECONDS) from None


def _posted(server: Exchanges, body: Mapping[str, Any]) -> Any:
    content = orjson.dumps(body)
    headers = {"Content-Type": "application/json"}
    if key := server.endpoint.api_key.get_secret_value():
        headers["Authorization"] = f"Bearer {key}"
    text = "\n".join(body["input"])
    outgoing = Outgoing("POST", PATH, data=content, headers=headers, text=text, accepts=ANY_STATUS)

    def read(found: bytes) -> Received[Any]:
        try:
            answer = orjson.loads(found)
        except orjson.JSONDecodeError:
            raise BadAnswer(
                "the endpoint of embeddings answered with something that is not JSON", usage=server.expected
            ) from None
        return Received(answer, _usage(answer), server.expected)

    return server.exchange(outgoing, server.endpoint.deadline_seconds, read)


def _usage(answer: Any) -> Usage | None:
    """The tokens that the server counted; None where it does not say."""
    usage = answer.get("usage") if isinstance(answer, Mapping) else None
    counted = (
        number(usage.get("prompt_tokens", usage.get("total_tokens"))) if isinstance(usage, Mapping) else 0
    )
    return believed(Usage(input=counted or 0))


def _endpoint(row: Mapping[str, Any]) -> Endpoint:
    """Without its key; its limits and its price are those of the models file, where that lists the model."""
    listed = model_named(row["embed_model"])
    credential = stored_credential(row["embed_key"], row["embed_key_iv"])
    return Endpoint(
        name=row["embed_model"],
        provider="embeddings",
        base_url=row["embed_base_url"],
        limits=listed.limits,
        price=listed.price,
        deadline_seconds=settings().model_deadline_seconds,
        credential=credential,
        label=label_of(row["embed_base_url"], usual_url("openai"), "", ""),
    )
