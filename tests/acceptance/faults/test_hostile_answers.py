"""Guarantee 14, from end to end: hostile texts in rows, hostile answers of the model, and a secret that must
be found nowhere.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from redis import Redis

from devtools.ports import accepts, free_port
from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

KEY = "sk-canary-7f3a9b2c5d1e"
TEMPLATES = ["{x.__class__}", "{0.__init__.__globals__}", "%n%n%s", "{x!r:>9999999999}", "${HOME}", "{{7*7}}"]
SQL = ["'; DROP TABLE task_item; --", "\\'; DELETE FROM task; #", '" OR 1=1 --', "%s %(name)s", "`; SHUTDOWN"]
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m \x00 [bold]markup[/bold] \u202ereversed"
HTML = "A text <script>alert(1)</script><img src=x onerror=alert(1)>"


def test_texts_of_rows_are_texts_wherever_they_stand(cluster: Cluster) -> None:
    texts = [*TEMPLATES, *SQL]
    id_task = cluster.add_task(
        texts, description=" ".join(texts), source_language=SQL[0][:30], glossary=SQL[1]
    )
    fields = {
        "task_name": "t'; DROP",
        "dataset_name": "{x.__class__}",
        "metric": "accuracy",
        "regexp": "(a+)+$",
        "target": "'; DROP",
    }
    entries = [
        {
            "status": "pending",
            "model": "offline-small",
            "prompt": "Say {word}",
            "variables": {"word": text, "$where": "1"},
            **fields,
        }
        for text in texts
    ]
    entries += [
        {"status": "pending", "model": "offline-small", "prompt": text, "variables": {}, **fields}
        for text in TEMPLATES[:2]
    ]
    cluster.mongo.queue_hostile.insert_many(entries)
    cluster.worker()
    cluster.beat()
    task = cluster.await_task(id_task)
    assert (task["status_id"], task["records_processed"]) == (2, len(texts)), cluster.items(id_task)
    open_ = {"status": {"$in": ["pending", "processing"]}}
    wait_until(
        lambda: cluster.mongo.queue_hostile.count_documents(open_) == 0, "every entry final", seconds=60
    )
    filled = list(cluster.mongo.queue_hostile.find({"prompt": "Say {word}"}))
    assert {entry["status"] for entry in filled} == {"completed"}
    refused = list(cluster.mongo.queue_hostile.find({"prompt": {"$ne": "Say {word}"}}))
    assert {entry["error_class"] for entry in refused} == {"bad_request"}
    sent = json.dumps(cluster.model.requests())
    assert "<class" not in sent
    assert "__main__" not in sent


@pytest.mark.parametrize(("fault", "shown"), [("huge", 1), ("html", 0), ("escapes", 0)])
def test_hostile_answers_harm_nobody(corrections_cluster: Cluster, fault: str, shown: int) -> None:
    cluster = corrections_cluster
    rule: dict[str, Any] = (
        {"fault": "huge"} if fault == "huge" else {"answer": HTML if fault == "html" else ESCAPES}
    )
    cluster.model.tell({"match": {"contains": "hostile"}, **rule})
    id_task = cluster.add_task(["A text of a hostile model.", "A good text."])
    hostile, good = (
        row["id_task_item"] for row in sorted(cluster.items(id_task), key=lambda row: row["id_task_item"])
    )
    cluster.worker()
    cluster.beat()
    wait_until(lambda: _status(cluster, good) == 1, "the good neighbour", seconds=40)
    if fault == "huge":
        wait_until(lambda: _row(cluster, hostile)["attempts"] >= 1, "the answer of 12 MB refused")
        assert "longer than" in _row(cluster, hostile)["error"]
    elif fault == "html":
        cluster.await_task(id_task)
        assert "tags added: <script>" in _row(cluster, hostile)["change_summary"], (
            "a plain text may be about tags, so whoever decides is warned"
        )
    else:
        cluster.await_task(id_task)
        assert _row(cluster, hostile)["text_corrected"] == ESCAPES, (
            "kept as it came: whoever shows it makes it harmless"
        )
    for command, status in ((["status"], 0), (["run", "--task-item", str(hostile), "--dry-run"], shown)):
        said = cluster.command(*command, expect=status)
        assert not re.search("[\x00\x07\x1b]", said), f"{command}: {said!r}"
    assert not re.search("\x1b", cluster.workers[0].said())


def test_a_secret_is_found_in_no_log_event_message_or_row(cluster: Cluster) -> None:
    """Through success, failure and retry: the key of a model, in the environment and in `ai_model`."""
    cluster.environment |= {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{cluster.model.url}/v1",
        "LOG_LEVEL": "DEBUG",
    }
    cluster.model.tell(
        {"match": {"contains": "fails"}, "fault": "401"},
        {"match": {"contains": "again"}, "times": 2, "fault": "500"},
        {
            "match": {"contains": "moved"},
            "fault": "302",
            "headers": {"Location": "http://169.254.169.254/latest/meta-data"},
        },
    )
    id_task = cluster.add_task(["This works.", "This fails.", "This is tried again.", "This is moved."])
    cluster.query("UPDATE ai_model SET provider = 'openai', api_key_encrypted = %s", (KEY.encode(),))
    documents = [
        {"status": "pending", "model": "openai/secret", "prompt": text}
        for text in ("This works.", "This fails.")
    ]
    cluster.mongo.queue_secret.insert_many(documents)
    (cluster.folder / "models.toml").write_text(
        '[models."openai/secret"]\nprovider = "openai"\n', encoding="utf-8"
    )
    cluster.worker("items", queues="corrections,evaluations")
    cluster.beat()
    with Redis.from_url(cluster.environment["REDIS_URL"]) as broker, _flower(cluster) as page:
        wait_until(lambda: broker.llen("scans") > 0, "messages in the broker", seconds=40)
        kept = _everything_in(broker)
        cluster.worker("scans", queues="scans,bulk,quarantine")
        wait_until(
            lambda: all(row["status_id"] == 1 or row["error_class"] for row in cluster.items(id_task)),
            "every row tried: a revoked key fails none, they wait until it is mended",
            seconds=90,
        )
        assert "unauthorized" in {row["error_class"] for row in cluster.items(id_task)}
        kept += _everything_in(broker)
        wait_until(
            lambda: "corrections.scan" in page("/api/tasks"), "the scans in Flower", seconds=40, every=0.5
        )
        wait_until(
            lambda: "task_default_queue" in page("/api/workers?refresh=1"),
            "the workers' settings in Flower",
            seconds=40,
            every=0.5,
        )
        shown = "".join(map(page, ("/api/tasks", "/api/workers?refresh=1", "/workers", "/tasks", "/broker")))
    password = urlsplit(cluster.environment["REDIS_URL"]).password
    assert password and password not in shown
    rows = repr(
        [cluster.query(f"SELECT * FROM {table}") for table in ("task", "task_item", "api_requests_history")]
    )
    entries = repr(list(cluster.mongo.queue_secret.find()))
    logs = "".join(worker.said() for worker in cluster.workers)
    assert KEY in json.dumps(cluster.model.requests()), "the key was used"
    for place, text in {
        "rows": rows,
        "entries": entries,
        "logs": logs,
        "broker": kept,
        "status": cluster.command("status"),
        "Flower": shown,
    }.items():
        assert KEY not in text, f"the key stands in the {place}"


@contextmanager
def _flower(cluster: Cluster) -> Iterator[Callable[[str], str]]:
    """Flower on this cluster; gives what stands on one of its pages."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "ai_worker.app",
        "flower",
        "--address=127.0.0.1",
        f"--port={port}",
    ]
    environment = {**cluster.environment, "FLOWER_UNAUTHENTICATED_API": "true"}
    with (cluster.folder / "flower.log").open("wb") as log:
        flower = subprocess.Popen(command, cwd=cluster.folder, env=environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: accepts(port), "Flower listening", seconds=60)
        yield lambda path: httpx.get(f"http://127.0.0.1:{port}{path}", timeout=30, trust_env=False).text
    finally:
        flower.kill()
        flower.wait()


def _everything_in(broker: "Redis") -> str:
    found = []
    for key in broker.scan_iter(count=1000):
        kind = broker.type(key)
        read = {
            b"list": lambda key: broker.lrange(key, 0, -1),
            b"hash": broker.hgetall,
            b"set": broker.smembers,
            b"string": broker.get,
        }
        found.append(repr((key, read[kind](key) if kind in read else None)))
    return "".join(found)


def _row(cluster: Cluster, key: int) -> dict[str, Any]:
    return cluster.query("SELECT * FROM task_item WHERE id_task_item = %s", (key,))[0]


def _status(cluster: Cluster, key: int) -> int:
    return int(_row(cluster, key)["status_id"])
