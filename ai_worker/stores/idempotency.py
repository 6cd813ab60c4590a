"""Answers kept by the key that a client gave its request, so that a request sent twice is carried out once.

After the IETF's draft-ietf-httpapi-idempotency-key-header-07, section 2: the same key with another request is
refused, and so is one whose first request is still under way.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from ai_worker.errors import BadRequest, Conflict
from ai_worker.stores.redis import limits_redis

KEEP_SECONDS = 24 * 3600
UNDER_WAY_SECONDS = 120
"""A request of a process that died is forgotten after this time."""


class KeyReused(BadRequest):
    """The key was given to another request before."""

    error_class = "idempotency_key_reused"


def once(key: str, request: str, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer to a request: kept from its first time, or had by `answer` now and kept.

    A request that fails is not kept: it may be repeated with the same key.

    Args:
        key: whose request it is, and the key that came with it.
        request: what was asked for, in one spelling.
        answer: carries the request out; returns what JSON can carry.

    Raises:
        KeyReused: the key came with another request before.
        Conflict: the first request of that key is still under way.
        redis.exceptions.RedisError: Redis is away, so the state of the key is unknown; nothing was carried
        out.
    """
    redis = limits_redis()
    name = f"ai_worker:idempotency:{_digest(key)}"
    digest = _digest(request)
    if not redis.set(name, json.dumps({"request": digest}), nx=True, ex=UNDER_WAY_SECONDS):
        kept = json.loads(redis.get(name) or "null")
        if kept is None or (kept["request"] == digest and "answer" not in kept):
            raise Conflict("the first request with this Idempotency-Key is still under way: ask again")
        if kept["request"] != digest:
            raise KeyReused(
                "this Idempotency-Key came with another request before: give each request a key of its own"
            )
        return dict(kept["answer"])
    try:
        answered = answer()
    except BaseException:
        redis.delete(name)
        raise
    redis.set(name, json.dumps({"request": digest, "answer": answered}), ex=KEEP_SECONDS)
    return answered


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
