"""The bounds of connections that `docs/scaling.md` states: a process never opens more, whatever is away."""

from pathlib import Path

import pytest
from redis.exceptions import MaxConnectionsError

from ai_worker.settings import Settings
from ai_worker.stores import mongo, redis

DOCS = Path(__file__).parents[3] / "docs" / "scaling.md"


def test_redis_opens_no_more_than_its_pool() -> None:
    pool = redis.connect("redis://127.0.0.1:1/0").connection_pool
    assert pool.max_connections == redis.POOL_SIZE
    held = [pool.make_connection() for _ in range(redis.POOL_SIZE)]
    assert len(held) == redis.POOL_SIZE
    with pytest.raises(MaxConnectionsError):
        pool.make_connection()


def test_a_group_of_sentinels_has_the_same_bound() -> None:
    client = redis.connect("sentinel://127.0.0.1:1/0?master=work")
    assert client.connection_pool.max_connections == redis.POOL_SIZE


def test_mongodb_opens_no_more_than_its_pool() -> None:
    client = mongo.connect("mongodb://127.0.0.1:1/?maxPoolSize=5000")
    assert client.options.pool_options.max_pool_size == mongo.POOL_SIZE
    client.close()


def test_the_documents_say_the_same() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert f"at most {redis.POOL_SIZE} to each of the two databases" in text
    assert f"at most {mongo.POOL_SIZE}, and 3 that watch" in text
    assert f"MYSQL_POOL_SIZE ({Settings.model_fields['mysql_pool_size'].default})" in text
