"""The canary: nobody's data and no key in what the model received, in a log, a message, an event or a stored
request.
"""

import json
import re
import threading
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import redis as redis_client

from tests.acceptance.cluster import Cluster
from tests.acceptance.models.conftest import NewCluster, hurry
from tests.integration.corrections.source import Shop
from tests.waiting import wait_until

KEY, MASTER_KEY = "sk-canary-51f0c7d2ab9e", "master-canary-0d6a2f8b"
NAME = "Zdzisława Brzęczyszczykiewicz"
PERSONAL = {
    "e-mail": "anna.nowak-canary@poczta.example.pl",
    "phone": "+48 601 234 567",
    "card": "4111 1111 1111 1111",
    "IBAN": "PL61 1090 1014 0000 0712 1981 2874",
    "PESEL": "44051401359",
    "NIP": "526-000-12-46",
    "REGON": "123456785",
    "SNILS": "112-233-445 95",
    "IPv4": "88.113.0.77",
    "IPv6": "2a01:db8:85a3::8a2e:370:7334",
    "name": NAME,
}
LETTER = (
    "This is teh letter {number}. "
    + " ".join(f"My {kind} is {value}." for kind, value in PERSONAL.items())
    + " {what}"
)
REDACTION_MISMATCH, EXPORTED = 8, 6


def test_personal_data_and_keys_leak_nowhere_and_come_back_in_answers(new_cluster: NewCluster) -> None:
    cluster = _cluster(new_cluster)
    shop = Shop(cluster.environment, cluster.folder)
    letters = [
        LETTER.format(number=number, what=what)
        for number, what in enumerate(("", "Tried again.", "Careless.", "It fails."), 1)
    ]
    shop.add(*letters)
    cluster.model.tell(
        {"match": {"contains": "Careless"}, "fault": "lost_placeholder"},
        {"match": {"contains": "Tried again"}, "times": 2, "fault": "500"},
        {"match": {"contains": "It fails"}, "fault": "400"},
    )
    with _all_commands(cluster.environment["REDIS_URL"]) as commands:
        id_task = _import(cluster)
        questions = [
            {
                "status": "pending",
                "model": "openai/canary",
                "prompt": "Answer: {letter}",
                "variables": {"letter": letters[0]},
            }
        ]
        cluster.mongo.queue_letters.insert_many(questions)
        cluster.worker(slots=5)
        cluster.beat()
        wait_until(lambda: hurry(cluster, id_task) == 0, "every item final", seconds=60, every=0.2)
        wait_until(
            lambda: cluster.mongo.queue_letters.count_documents({"status": "completed"}) == 1,
            "the evaluation's answer",
        )
        wait_until(
            lambda: len(_ended(cluster)) == cluster.model.counts()["total"], "the history to be written"
        )
        said = [
            cluster.command("status"),
            cluster.command("history", "--row", str(cluster.items(id_task)[0]["id_task_item"])),
        ]
        workers = cluster.workers
        assert workers[0].terminate() == 0
    _found_nowhere(cluster, "\n".join(commands), said, id_task)

    first, again, careless, fails = sorted(cluster.items(id_task), key=lambda item: int(item["source_id"]))
    assert [item["text_corrected"] for item in (first, again)] == [
        letter.replace("teh", "the") for letter in letters[:2]
    ], "put back"
    assert (again["attempts"], fails["error_class"]) == (2, "bad_request")
    assert (careless["status_id"], careless["error_class"]) == (REDACTION_MISMATCH, "redaction_mismatch")
    assert (careless["text_corrected"], careless["attempts"]) == (None, 2)
    cluster.command("correct", "accept", "--task", str(id_task), "--by", "anna")
    cluster.command("correct", "accept", "--item", str(careless["id_task_item"]), "--by", "anna", expect=2)
    cluster.command("correct", "export", "--task", str(id_task))
    assert shop.bodies() == [letters[0].replace("teh", "the"), letters[1].replace("teh", "the"), *letters[2:]]
    statuses = {item["id_task_item"]: item["status_id"] for item in cluster.items(id_task)}
    assert (statuses[first["id_task_item"]], statuses[careless["id_task_item"]]) == (
        EXPORTED,
        REDACTION_MISMATCH,
    )


def _cluster(new_cluster: NewCluster) -> Cluster:
    cluster = new_cluster(
        mongo=True, REDACT_EVALUATIONS="true", HISTORY_TEXT="true", LOG_LEVEL="DEBUG", MASTER_KEY=MASTER_KEY
    )
    (cluster.folder / "names.txt").write_text(f"{NAME}\n", encoding="utf-8")
    (cluster.folder / "models.toml").write_text(
        '[models."openai/canary"]\nprovider = "openai"\n', encoding="utf-8"
    )
    variables = {
        "REDACT_NAMES_FILE": "names.txt",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{cluster.model.url}/v1",
    }
    cluster.environment |= variables
    return cluster


def _import(cluster: Cluster) -> int:
    """The letters as a task whose model's key was written from SQL, as the panel does."""
    cluster.query(
        "INSERT INTO ai_model (provider, model_name, api_key_encrypted) VALUES ('openai', "
        "'gpt-canary', AES_ENCRYPT(%s, %s))",
        (KEY, MASTER_KEY),
    )
    said = cluster.command(
        "correct", "import", "--connection", "shop", "--table", "article", "--column", "body"
    )
    return int(said.split("Task ")[1].split()[0])


@contextmanager
def _all_commands(url: str) -> Iterator[list[str]]:
    """Every command that Redis is given meanwhile, in all its databases: messages, events, scripts and their
    arguments.
    """
    seen: list[str] = []
    over = threading.Event()

    def listen() -> None:
        with redis_client.Redis.from_url(url, socket_timeout=None) as redis, redis.monitor() as monitor:
            for command in monitor.listen():
                seen.append(command["command"])
                if over.is_set():
                    return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    with redis_client.Redis.from_url(url) as redis:
        wait_until(lambda: redis.ping() and seen, "the monitor")
        yield seen
        assert listener.is_alive(), "nothing was missed"
        over.set()
        redis.ping()
    listener.join(10)


def _ended(cluster: Cluster) -> list[str]:
    rows = cluster.query("SELECT outcome FROM api_requests_history")
    documents = cluster.mongo.api_requests_history.find({}, {"outcome": 1})
    return [row["outcome"] for row in [*rows, *documents] if row.get("outcome") in ("answered", "failed")]


def _found_nowhere(cluster: Cluster, commands: str, said: list[str], id_task: int) -> None:
    received = [(entry["body"], entry["headers"]) for entry in cluster.model.requests()]
    texts = [json.loads(body) for body, _ in received]
    columns = "id_task_item, error, error_class, change_summary, model_name, prompt_version, operation_uuid"
    places = {
        "model's requests": json.dumps(texts, ensure_ascii=False),
        "logs": "".join(worker.said() for worker in cluster.workers),
        "Redis": commands + _bodies(commands),
        "history": repr(cluster.query("SELECT * FROM api_requests_history"))
        + repr(list(cluster.mongo.api_requests_history.find())),
        "errors": repr(cluster.query(f"SELECT {columns} FROM task_item WHERE id_task = %s", (id_task,))),
        "terminal": "".join(said),
    }
    assert all(f"Bearer {KEY}" in json.dumps(headers) for _, headers in received), "the key was used"
    assert "⟦PII_EMAIL_1⟧" in places["model's requests"]
    assert "⟦PII_EMAIL_1⟧" in places["history"], "requests are kept as they left"
    assert "corrections.correct" in places["Redis"]
    assert "worker-heartbeat" in places["Redis"], "events, too"
    for place, text in places.items():
        for what, value in _secrets().items():
            assert not _stands(value, text), f"the {what} stands in the {place}"


def _bodies(commands: str) -> str:
    """What stands in messages and events: Celery writes their bodies in base64."""
    found = re.findall(r'"body": "([A-Za-z0-9+/=]+)"', commands.replace("\\", ""))
    return "\n".join(b64decode(body).decode("utf-8", "replace") for body in found)


def _secrets() -> Mapping[str, str]:
    return {**PERSONAL, "key": KEY, "master key": MASTER_KEY}


def _stands(value: str, text: str) -> bool:
    """However it is written: with or without the separators, as JSON or as bytes."""
    bare = re.sub(r"[ -]", "", value)
    written = {value, bare, json.dumps(value)[1:-1], value.encode().__repr__()[2:-1]}
    return any(form in text for form in written)
