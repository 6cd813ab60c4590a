"""The contract of every pipeline: rows of a closed model, however it was closed, are neither touched nor
failed, and are done once it is open.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pymongo import MongoClient

from ai_worker.outbound.limits.limiter import ModelState
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.pipelines import folders
from ai_worker.pipelines.assistants.registry import service
from ai_worker.pipelines.assistants.registry.service import ASSISTANT
from ai_worker.pipelines.assistants.threads.posting import NewMessage, post
from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.stores.redis import connect
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.server import KnowledgeBaseServer
from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster, Worker
from tests.acceptance.test_sixth_pipeline import EXAMPLE
from tests.acceptance.worlds.ordering import order
from tests.integration.assistants.forgetting import forget
from tests.offline_model import OfflineModel
from tests.waiting import wait_until
from tests.worlds import faulty_images
from tests.worlds.double import Double, running

SIXTH = "team.tickets"
PIPELINES = [*folders(), SIXTH]
MODELS = """
[models.painter]
provider = "openai"
base_url = "{url}/v1"
"""
LACKS_A_KEY = 'api_key_env = "KEY_OF_NOBODY"\n'
SCANS = 8
"""Of each pipeline, in which rows of a closed model are to stay as they are."""
Rows = list[dict[str, Any]]


@dataclass
class Work:
    """A pipeline's open work.

    Args:
        rows: as they are in the store.
        model: the name of what its first rows that wait ask, within its key in `status`.
        done: whether all of it has its result.
    """

    rows: Callable[[], Rows]
    model: str
    done: Callable[[], bool]


@dataclass
class House:
    """Every pipeline in one cluster, and what is outside of it."""

    cluster: Cluster
    double: Double
    base: KnowledgeBaseServer
    models: Path
    images: str

    @property
    def of_worlds(self) -> Any:
        """The database of worlds: another than that of evaluations, which has a collection `tasks`, too."""
        client = MongoClient[dict[str, Any]](self.cluster.environment["MONGODB_URI"], tz_aware=True)
        return client[self.cluster.environment["MONGODB_DATABASE"]]


@pytest.fixture
def house(
    tmp_path: Path,
    broker: RedisServer,
    model: OfflineModel,
    mysql_database: dict[str, str],
    mongodb_uri: str,
    mongo_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    package = tmp_path / "team"
    package.mkdir()
    (package / "tickets.py").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    with _outside() as (double, base, images):
        models = tmp_path / "models.toml"
        models.write_text(MODELS.format(url=images) + LACKS_A_KEY, encoding="utf-8")
        urls = broker.environment()
        cluster = Cluster(
            tmp_path,
            urls["REDIS_URL"],
            urls["LIMITS_REDIS_URL"],
            model,
            mysql_database,
            (mongodb_uri, mongo_database),
            PIPELINES=",".join(PIPELINES),
            PYTHONPATH=os.pathsep.join([path, str(Path(__file__).resolve().parents[2])]),
            MODELS_FILE=str(models),
            MONGODB_DATABASE=f"{mongo_database}_worlds",
            WORLDS_MODEL="writer-of-worlds",
            WORLDS_IMAGE_MODEL="painter",
            API_GATEWAY_URL=double.url,
            LEASE_SECONDS="20",
            RESERVE_SECONDS="40",
        )
        for name, value in {**mysql_database, **urls, "PIPELINES": "assistants"}.items():
            monkeypatch.setenv(name, value)
        forget()
        house = House(cluster, double, base, models, images)
        yield house
        cluster.stop()
        forget()
        house.of_worlds.client.drop_database(house.of_worlds.name)


@contextmanager
def _outside() -> Iterator[tuple[Double, KnowledgeBaseServer, str]]:
    text = "The valve alder closes at 3 bar. The pump birch starts after 4 seconds."
    chunks = [
        Chunk(f"f{place}", f"c{place}", f"{text} It is pump {place}.", f"f{place}.md") for place in (1, 2)
    ]
    with (
        running() as double,
        KnowledgeBaseServer(Contents(chunks)) as base,
        faulty_images.running(0.0) as images,
    ):
        yield double, base, images.url


def _corrections(house: House) -> Work:
    cluster = house.cluster
    id_task = cluster.add_task(["A text.", "Another one."], model="for-corrections")
    return Work(
        lambda: cluster.items(id_task),
        "for-corrections",
        lambda: {row["status_id"] for row in cluster.items(id_task)} == {1},
    )


def _evaluations(house: House) -> Work:
    entries = house.cluster.mongo.queue_words
    entries.insert_many(
        [
            {
                "task_name": "words",
                "line_index": number,
                "dataset_name": "rows",
                "prompt": "Say {word}",
                "variables": {"word": "alder"},
                "model": "for-evaluations",
                "metric": "accuracy",
                "status": "pending",
                "response": None,
            }
            for number in range(2)
        ]
    )
    return Work(
        lambda: list(entries.find().sort("_id")),
        "for-evaluations",
        lambda: entries.count_documents({"status": "completed"}) == 2,
    )


def _tickets(house: House) -> Work:
    tickets = house.cluster.mongo.tickets
    ticket = {"text": "The printer is on fire.", "model": "for-tickets", "status": "pending"}
    tickets.insert_many([dict(ticket), dict(ticket)])
    return Work(
        lambda: list(tickets.find().sort("_id")),
        "for-tickets",
        lambda: tickets.count_documents({"status": "completed"}) == 2,
    )


def _loops(house: House) -> Work:
    cluster = house.cluster
    cluster.query(
        "INSERT INTO judge_config (id, name, base_url, model, created_at) "
        "VALUES ('j1', 'j', %s, 'for-loops', UTC_TIMESTAMP(6))",
        (f"{cluster.model.url}/v1",),
    )
    wanted = (
        "--max-rounds",
        "1",
        "--per-chunk",
        "1",
        "--env-url",
        house.base.url,
        "--org",
        "org-1",
        "--judge",
        "j1",
    )
    loop_id = cluster.command("loops", "create", *wanted).split()[-1]
    loop = "SELECT status, total_generated FROM loop_task WHERE id = %s"
    return Work(
        lambda: cluster.query("SELECT * FROM loop_write ORDER BY id_loop_write"),
        "for-loops",
        lambda: cluster.query(loop, (loop_id,))[0]["status"] == "done",
    )


def _assistants(house: House) -> Work:
    values = {"name": "secretary", "model": "for-assistants", "instructions": "Help."}
    assistant = str(service.create(ASSISTANT, values, "test")["id"])
    for user in ("anna", "boris"):
        post(NewMessage(user, assistant, "Hello!", "api"))
    rows = "SELECT * FROM assistant_message ORDER BY id_message"
    return Work(
        lambda: house.cluster.query(rows),
        "for-assistants",
        lambda: {row["status_id"] for row in house.cluster.query(rows)} == {1},
    )


def _worlds(house: House) -> Work:
    database = house.of_worlds
    world, _ = order(cast(Cluster, SimpleNamespace(mongo=database)), 1, 1)
    status = database.world_generation_status
    return Work(
        lambda: list(database.tasks.find({"world_id": world}).sort("_id")),
        "writer-of-worlds",
        lambda: (status.find_one({"_id": world}) or {}).get("status") == "completed",
    )


WORK: dict[str, Callable[[House], Work]] = {
    "corrections": _corrections,
    "evaluations": _evaluations,
    "loops": _loops,
    "worlds": _worlds,
    "assistants": _assistants,
    SIXTH: _tickets,
}


def closed(house: House) -> list[ModelState]:
    """What is closed, or cools down, as an operator sees it."""
    with connect(house.cluster.environment["LIMITS_REDIS_URL"]) as redis:
        limiter = RedisLimiter(redis)
        try:
            return [state for state in limiter.states() if state.closed]
        finally:
            limiter.close()


def given_back(rows: Rows) -> bool:
    """Whether no worker holds a row, none is reserved."""
    return bool(rows) and all(row.get("lease_token") is None for row in rows)


def harmless(row: dict[str, Any]) -> bool:
    """Whether a row has not failed, and no attempt was counted."""
    failed = row.get("status_id") == 3 or row.get("status") in ("failed", "error")
    return not failed and not row.get("attempts")


def await_scans(beat: Worker) -> None:
    """Wait until every pipeline was scanned a number of times more."""
    names = [f"{entry.rpartition('.')[2]}.scan" for entry in PIPELINES]
    before = {name: beat.said().count(name) for name in names}
    wait_until(
        lambda: all(beat.said().count(name) >= before[name] + SCANS for name in names),
        "scans of every pipeline",
        seconds=120,
    )


def untouched(work: dict[str, Work], beat: Worker) -> dict[str, Rows]:
    """The rows of what waits, which stay as they are."""
    for name, one in work.items():
        wait_until(lambda of=one: given_back(of.rows()), f"{name}: rows given back", seconds=60)  # type: ignore[misc]
    before = {name: one.rows() for name, one in work.items()}
    await_scans(beat)
    for name, one in work.items():
        assert one.rows() == before[name], f"{name}: rows of a closed model are touched"
        assert all(map(harmless, before[name])), name
    return before


@pytest.mark.parametrize(
    "fault",
    [{"fault": "401"}, {"fault": "404"}, {"fault": "429", "retry_after": 3000}, {"fault": "402"}],
    ids=["wrong key", "unknown model", "cooldown", "spent account"],
)
def test_rows_of_a_closed_model_wait_untouched_in_every_pipeline(house: House, fault: dict[str, Any]) -> None:
    assert set(WORK) == set(PIPELINES), "each pipeline has its rows here"
    cluster = house.cluster
    cluster.model.tell(fault)
    # A spent account closes all of its models, those that nobody has asked yet among them.
    account = fault["fault"] == "402"
    worker = cluster.worker(
        queues=",".join([*(name.rpartition(".")[2] for name in PIPELINES), "scans", "bulk", "quarantine"]),
        slots=40,
    )
    cluster.await_ready(worker)
    work = {name: make(house) for name, make in WORK.items()}
    beat = cluster.beat()
    for name, one in work.items():
        wait_until(
            lambda of=one: any(of.model in state.key or account for state in closed(house)),  # type: ignore[misc]
            f"{name}: its model is closed",
            seconds=90,
        )
    untouched(work, beat)

    cluster.model.tell()
    for state in closed(house):
        cluster.command("models", "reopen", state.key)
    for name in WORK.keys() - {"worlds"}:
        wait_until(work[name].done, f"{name}: all done", seconds=120)

    # Pictures wait for a key that is missing here, and the file that is corrected ends that.
    def only_pictures() -> bool:
        left = [row for row in work["worlds"].rows() if row["status"] != "completed"]
        return bool(left) and all(row["type"].endswith(("image", "avatar")) for row in left)

    wait_until(only_pictures, "a world that waits for pictures alone", seconds=120)
    assert all("painter" in state.key and "KEY_OF_NOBODY" in state.cooling_reason for state in closed(house))
    untouched({"worlds": work["worlds"]}, beat)
    house.models.write_text(MODELS.format(url=house.images), encoding="utf-8")
    wait_until(work["worlds"].done, "the world is done", seconds=120)
    assert all(map(harmless, work["worlds"].rows()))
