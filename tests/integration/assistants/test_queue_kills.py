"""Collectors of the seed's queues, each killed at its own moment: nothing lost, doubled or out of order."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from redis import Redis

from ai_worker.stores.mysql import mysql
from ai_worker.stores.redis import broker_redis
from tests.integration.assistants.test_registry_http import add_assistant

IN, OUT = "queue:to_secretary", "queue:to_telegram"
USERS, ROUNDS = 4, 12
COLLECTORS = """
    import os, random, signal
    from redis import Redis
    from ai_worker.pipelines.assistants.queues import answering, taking
    from ai_worker.pipelines.assistants.queues.lock import CollectorLock
    from ai_worker.pipelines.assistants.registry.listing import config_in_force
    from ai_worker.stores.mysql import mysql
    from ai_worker.stores.redis import broker_redis

    CollectorLock.SECONDS = 0.05
    # As lanes do: no message of a thread ends before the ones before it.
    ANSWERED = "UPDATE assistant_message SET status_id = 1, response = text WHERE status_id = 0"

    def deadly(owner, name):
        '''Kill this process before or after one of such calls, sometimes.'''
        function = getattr(owner, name)
        def call(*arguments, **options):
            for moment in ("before", "after"):
                value = function(*arguments, **options) if moment == "after" else None
                if random.random() < 0.03:
                    os.kill(os.getpid(), signal.SIGKILL)
            return value
        setattr(owner, name, call)

    def collector():
        for owner, name in ((taking, "post"), (Redis, "lrem"), (Redis, "eval"), (Redis, "xack")):
            deadly(owner, name)
        for owner, name in ((answering.repository, "reply_sent"),):
            deadly(owner, name)
        redis = broker_redis()
        ids = taking.take(redis, config_in_force(), lambda *told: answering.refuse(redis, *told), limit=7)
        database = mysql()
        for id_ in ids:
            database.execute(ANSWERED + " AND id_message <= %s", (id_,))
            answering.send(redis, database, id_)
        answering.send_due(redis, database)

    def open_work():
        with mysql().connection() as database:
            rows = database.query(
                "SELECT COUNT(*) AS rows_, COALESCE(SUM(reply_due), 0) AS due FROM assistant_message"
            )
        return int(rows[0]["rows_"]) < int(os.environ["EXPECTED"]) or int(rows[0]["due"]) > 0

    killed = 0
    for _ in range(1000):
        children = []
        for _ in range(2):
            child = os.fork()
            if child == 0:
                random.seed(os.getpid())
                collector()
                os._exit(0)
            children.append(child)
        for child in children:
            killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        # What a killed collector had turned into rows is answered by the workers; here by this statement.
        waiter = os.fork()
        if waiter == 0:
            mysql().execute(ANSWERED)
            os._exit(0 if open_work() else 3)
        if os.waitstatus_to_exitcode(os.waitpid(waiter, 0)[1]) == 3:
            break
    print(killed)
"""


@pytest.mark.parametrize("shape", ["list", "stream"])
def test_nothing_is_lost_doubled_or_out_of_order_over_kills_between_queue_and_row(
    http: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shape: str
) -> None:
    monkeypatch.setenv("REDIS_QUEUE_TO_SECRETARY", IN)
    monkeypatch.setenv("REDIS_QUEUE_TO_TELEGRAM", OUT)
    add_assistant(http, is_secretary=True)
    redis = broker_redis()
    for round_ in range(ROUNDS):
        for user in range(USERS):
            _push(redis, shape, user, f"{user}.{round_}")
    program = tmp_path / "collectors.py"
    program.write_text(textwrap.dedent(COLLECTORS), encoding="utf-8")
    expected = str(USERS * ROUNDS)
    ran = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "EXPECTED": expected},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert int(ran.stdout.split()[-1]) >= 3, "too few were killed for this to show anything"
    rows = mysql().query("SELECT user_id, text FROM assistant_message ORDER BY id_message")
    assert len(rows) == USERS * ROUNDS
    answers = _answers(redis, shape)
    assert len(answers) == USERS * ROUNDS
    for user in range(USERS):
        wanted = [f"{user}.{round_}" for round_ in range(ROUNDS)]
        assert [row["text"] for row in rows if row["user_id"] == str(user)] == wanted
        assert [text for text in answers if text.startswith(f"{user}.")] == wanted


def _push(redis: Redis, shape: str, user: int, text: str) -> None:
    if shape == "list":
        redis.lpush(IN, json.dumps({"user_id": user, "text": text, "username": None}))
    else:
        redis.xadd(IN, {"payload": json.dumps({"type": "human", "user_id": user, "content": text})})


def _answers(redis: Redis, shape: str) -> list[str]:
    if shape == "list":
        return [json.loads(one)["response"] for one in reversed(redis.lrange(OUT, 0, -1))]  # type: ignore[arg-type]
    entries: Any = redis.xrange(OUT)
    return [json.loads(fields["payload"])["response"] for _, fields in entries]
