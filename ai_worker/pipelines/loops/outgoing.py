"""The one file of this pipeline that names modules for calls that leave: HTTP, models, and keys at rest.
Their faults: `faults`.
"""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError
from ai_worker.llm.asking import ask
from ai_worker.llm.model import Model
from ai_worker.llm.providers.wire.failures import failure
from ai_worker.llm.registry.keys import encrypt, is_plain, opened
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.http.client import post
from ai_worker.outbound.http.deadline import deadline
from ai_worker.pipelines.loops.dedup.embeddings import embed_all
from ai_worker.pipelines.loops.faults import BadAnswer, DeadlineExceeded, Unreachable
from ai_worker.pipelines.loops.ports import Ask, Asked, Embed
from ai_worker.settings import settings


def post_json(url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float) -> bytes:
    """The body of the response to a POST, whole.

    Args:
        seconds: from now to the last byte.

    Raises:
        CallError: no response, or one with another status than 2xx.
        ConfigurationError: the address or a header is not one that HTTP can carry.
    """
    answer = post(url, body, headers, seconds)
    return _content(answer.status, answer.headers, answer.content, url)


def get_json(url: str, query: Mapping[str, Any], headers: Mapping[str, str], seconds: float) -> bytes:
    """The body of the response to a GET, whole; see `post_json`."""
    try:
        with deadline(seconds), requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, params=query, headers=headers, timeout=seconds, allow_redirects=False)
            content = answer.content
    except requests.Timeout:
        raise DeadlineExceeded(f"no whole answer from {_server(url)} within {seconds:g} s") from None
    except requests.RequestException as fault:
        # Its message may hold the whole URL; its kind says enough.
        raise Unreachable(f"no answer from {_server(url)}: {type(fault).__name__}") from None
    lowered = {name.lower(): value for name, value in answer.headers.items()}
    return _content(answer.status_code, lowered, content, url)


def _content(status: int, headers: Mapping[str, str], content: bytes, url: str) -> bytes:
    if 200 <= status < 300:
        return content
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = content[:2_000].decode("utf-8", "replace")
    fault = failure(status, headers, body)
    fault.args = (f"{_server(url)}: {fault}",)
    raise fault


def _server(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def sealed(key: str) -> tuple[bytes | None, bytes | None]:
    """A key and its initialisation vector, as they are stored; both None for an empty key.

    Raises:
        ConfigurationError: MASTER_KEY is not set.
    """
    if not key:
        return None, None
    master_key = settings().master_key.get_secret_value().encode("utf-8")
    if not master_key:
        raise ConfigurationError("set MASTER_KEY before a key is stored: keys are kept encrypted only")
    iv = os.urandom(16)
    return encrypt(key.encode("utf-8"), master_key, iv, settings().aes_bits), iv


def unsealed(stored: bytes | None, iv: bytes | None, owner: str) -> SecretStr:
    """A stored key; empty where none is stored.

    Args:
        stored: encrypted; a plain one, as a migration by SQL may have left it, is taken as it is.
        owner: names the row in messages.

    Raises:
        ConfigurationError: the key does not open.
    """
    if not stored:
        return SecretStr("")
    if iv is None and is_plain(stored):
        return SecretStr(stored.decode("ascii"))
    try:
        return opened(stored, settings().master_key.get_secret_value().encode("utf-8"), iv)
    except ValueError:
        raise ConfigurationError(f"{owner}: the key does not open - check MASTER_KEY and AES_BITS") from None


def judge_model(row: Mapping[str, Any]) -> Model:
    """The model of a judge configuration.

    Args:
        row: of `judge_config`, or a claim's fields with its columns prefixed `judge_`.

    Raises:
        ConfigurationError: there is none any more, or its key does not open.
    """
    if row["judge_id"] is None:
        raise ConfigurationError("judge_config not found: it was deleted while a loop needed it")
    key = unsealed(row["judge_key"], row["judge_key_iv"], f"judge_config {row['judge_id']}")
    deadline_seconds = settings().model_deadline_seconds
    return Model(row["judge_model"], "openai", row["judge_base_url"], key, deadline_seconds=deadline_seconds)


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


def open_embed(row: Mapping[str, Any]) -> Embed | None:
    """The port by which questions become vectors; None where the judge configuration names no endpoint for
    it.
    """
    if not row["embed_base_url"]:
        return None
    key = unsealed(
        row["embed_key"], row["embed_key_iv"], f"judge_config {row['judge_id']}"
    ).get_secret_value()
    url = f"{row['embed_base_url'].rstrip('/')}/embeddings"
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def posted(body: Mapping[str, Any]) -> Any:
        try:
            return orjson.loads(post_json(url, body, headers, settings().model_deadline_seconds))
        except orjson.JSONDecodeError:
            raise BadAnswer("the endpoint of embeddings answered with something that is not JSON") from None

    return lambda texts: embed_all(texts, row["embed_model"], posted)


def planned_model(row: Mapping[str, Any]) -> Model:
    """The model of a judge configuration as far as planning needs it, without its key."""
    return Model(row["judge_model"], "openai", row["judge_base_url"])
