"""The health of the consumer processes, in Redis, where `ai-worker status` and the readiness page find it."""

import json
import os
import socket
import time
from collections import Counter
from dataclasses import asdict, replace
from typing import Any

from redis import RedisError

from ai_worker.pipelines.worlds.events.consumer import ConsumerState
from ai_worker.stores.redis import limits_redis

KEY = "ai_worker:worlds:consumer:"
KEEP_SECONDS = 20
"""A consumer that has reported nothing for this long counts as gone."""


def report(state: ConsumerState) -> None:
    """Tell how this process is doing; without Redis nothing is told, and reading goes on."""
    # `asdict` makes pairs of a Counter's names and numbers its keys.
    counts = asdict(replace(state, skipped=Counter())) | {"skipped": dict(state.skipped)}
    told = {**counts, "process": os.getpid(), "host": socket.gethostname(), "at": time.time()}
    try:
        limits_redis().set(f"{KEY}{socket.gethostname()}:{os.getpid()}", json.dumps(told), ex=KEEP_SECONDS)
    except RedisError:
        return


def reports() -> list[dict[str, Any]]:
    """The consumers that are alive."""
    redis = limits_redis()
    found = [redis.get(key) for key in redis.scan_iter(f"{KEY}*", count=1000)]
    return [json.loads(str(told)) for told in found if told]
