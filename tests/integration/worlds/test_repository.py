"""The queries of worlds, as many workers use them at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pymongo
import pytest

from ai_worker.errors import BadRequest
from ai_worker.llm.images.picture import Picture
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.request import ApiRequest
from ai_worker.pipelines.worlds.documents.status import Api, Order
from ai_worker.pipelines.worlds.limits import Limits, LimitUsedUp
from ai_worker.pipelines.worlds.repository import WorldRepository
from ai_worker.pipelines.worlds.repository.indexes import REQUESTS, STATUS
from ai_worker.stores.mongo import Document

ORDER = Order("islands", 3, 6, Limits(25, 3))
WORKERS = 8


@pytest.fixture
def client(mongodb_uri: str) -> Iterator["pymongo.MongoClient[Document]"]:
    with pymongo.MongoClient[Document](mongodb_uri, tz_aware=True) as one:
        yield one


@pytest.fixture
def worlds(client: "pymongo.MongoClient[Document]", mongo_database: str) -> WorldRepository:
    repository = WorldRepository(client, mongo_database)
    repository.prepare()
    return repository


def row(job_id: str, kind: str = dag.CHARACTER, world: str = "w") -> dict[str, object]:
    return {"_id": job_id, "type": kind, "world_id": world, "parameters": {}}


def at_once(work: Callable[[int], object], times: int) -> list[object]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(times)))


def test_calls_are_reserved_atomically(worlds: WorldRepository) -> None:
    worlds.open_world("w", "j", ORDER)

    def reserve(_: int) -> bool:
        try:
            worlds.reserve_call("w", "LLM")
        except LimitUsedUp as spent:
            assert (spent.retry, spent.error_class) == (False, "budget")
            return False
        return True

    assert at_once(reserve, 60).count(True) == 25
    status = worlds.statuses.get("w")
    assert status is not None and status["api_calls_made_LLM"] == 25


def test_calls_given_back_leave_room_for_others(worlds: WorldRepository) -> None:
    worlds.open_world("w", "j", ORDER)
    for _ in range(3):
        worlds.reserve_call("w", "images")
    with pytest.raises(LimitUsedUp, match="may make 3 calls"):
        worlds.reserve_call("w", "images")
    worlds.give_back_call("w", "images")
    assert worlds.flush()
    worlds.reserve_call("w", "images")
    with pytest.raises(LimitUsedUp):
        worlds.reserve_call("w", "images")


def test_a_limit_that_is_changed_holds_at_once(
    worlds: WorldRepository, client: "pymongo.MongoClient[Document]", mongo_database: str
) -> None:
    """An operator raises or lowers it while processes know the one before."""
    worlds.open_world("w", "j", ORDER)
    worlds.reserve_call("w", "images")
    for limit, room in ((2, 1), (5, 3)):
        change = {"$set": {"api_call_limits_images": limit}}
        client[mongo_database][STATUS].update_one({"_id": "w"}, change)
        for _ in range(room):
            worlds.reserve_call("w", "images")
        with pytest.raises(LimitUsedUp, match=f"may make {limit} calls"):
            worlds.reserve_call("w", "images")


def test_calls_and_costs_of_many_jobs_at_once_add_up(worlds: WorldRepository) -> None:
    worlds.open_world("w", "j", Order("islands", 3, 6, Limits(200, 40)))
    worlds.open_world("v", "j", Order("islands", 3, 6, Limits(200, 40)))

    def call(number: int) -> bool:
        api: Api = "images" if number % 3 == 0 else "LLM"
        try:
            worlds.reserve_call("wv"[number % 2], api)
        except LimitUsedUp:
            return False
        worlds.add_cost("wv"[number % 2], api, Decimal("0.25"))
        return True

    assert at_once(call, 240).count(True) == 240
    for world in "wv":
        status = worlds.statuses.get(world) or {}
        assert (status["api_calls_made_LLM"], status["api_calls_made_images"]) == (80, 40)
        assert (status["llm_cost_total"], status["image_cost_total"]) == (20.0, 10.0)
    with pytest.raises(LimitUsedUp):
        worlds.reserve_call("w", "images")
    with pytest.raises(BadRequest, match="no status document"):
        worlds.reserve_call("unknown", "LLM")


def test_a_line_that_cannot_be_stored_keeps_no_other_out_of_the_history(
    worlds: WorldRepository,
    client: "pymongo.MongoClient[Document]",
    mongo_database: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(3):
        said = "\ud800" if number == 1 else "fine"
        worlds.note(ApiRequest("llm", f"j{number}", "w", "r", {"said": said}, None, 3))
    assert worlds.flush()
    kept = {line["task_id"] for line in client[mongo_database][REQUESTS].find({})}
    assert kept == {"j0", "j2"}
    assert "a call of job j1 is not in the history" in caplog.text


def test_one_world_has_one_first_job(worlds: WorldRepository) -> None:
    won = at_once(lambda number: worlds.open_world("w", f"j{number}", ORDER), 16)
    assert won.count(True) == 1
    winner = f"j{won.index(True)}"
    assert worlds.open_world("w", winner, ORDER), "the same job, tried again, goes on"


def test_children_are_inserted_once(worlds: WorldRepository) -> None:
    rows = [row(f"c{number}") for number in range(10)]
    at_once(lambda number: worlds.jobs.insert(rows[: number + 3]), 8)
    assert len(worlds.jobs.of_world("w")) == 10
    assert worlds.jobs.insert(rows) == [one["_id"] for one in rows]


def test_children_that_have_begun_are_left_alone(
    worlds: WorldRepository, client: "pymongo.MongoClient[Document]", mongo_database: str
) -> None:
    worlds.jobs.insert([row("a"), row("b")])
    client[mongo_database]["tasks"].update_one(
        {"_id": "a"}, {"$set": {"status": "completed", "result": {"x": 1}}}
    )
    assert worlds.jobs.insert([row("a"), row("b")]) == ["b"]
    kept = worlds.jobs.get("a")
    assert kept is not None and kept["result"] == {"x": 1}


def test_user_names_are_shared_out_once(worlds: WorldRepository) -> None:
    worlds.jobs.insert([row(f"c{number}") for number in range(12)])
    names = at_once(lambda number: worlds.take_username("w", f"c{number}", "Aria", number), 12)
    assert len(set(names)) == 12
    again = at_once(lambda number: worlds.take_username("w", f"c{number}", "Somebody else", number), 12)
    assert again == names, "the name of the first try stays"


def test_a_world_ends_once_and_only_when_no_child_is_owed(
    worlds: WorldRepository, client: "pymongo.MongoClient[Document]", mongo_database: str
) -> None:
    tasks = client[mongo_database]["tasks"]
    worlds.open_world("w", "j", ORDER)
    worlds.jobs.insert([row("j", dag.INIT)])
    assert worlds.close("w") is None
    tasks.update_one({"_id": "j"}, {"$set": {"status": "completed", "outbox_at": worlds.clock.now()}})
    assert worlds.close("w") is None
    tasks.update_one({"_id": "j"}, {"$unset": {"outbox_at": ""}})
    ends = at_once(lambda _: worlds.close("w"), 12)
    assert sum(end is not None for end in ends) == 1
    assert [status["_id"] for status in worlds.statuses.events_due()] == ["w"]
    worlds.statuses.event_sent("w")
    assert worlds.statuses.events_due() == []
    assert worlds.refresh("w") is None, "what has ended is not changed any more"


def test_recounts_at_once_undo_nothing(worlds: WorldRepository) -> None:
    """Defect 9: the list of stages was read, changed and written whole."""
    worlds.open_world("w", "j", ORDER)
    early = {(dag.INIT, "completed"): 1}
    late = {**early, (dag.DESCRIPTION, "completed"): 1, (dag.WORLD_IMAGE, "completed"): 1}
    at_once(lambda number: worlds.statuses.refresh("w", late if number % 2 else early, 0), 24)
    worlds.statuses.refresh("w", early, 0)
    status = worlds.statuses.get("w")
    assert status is not None
    assert [stage["status"] for stage in status["stages"][:3]] == ["completed"] * 3
    assert status["tasks_completed"] == 3


def test_progress_is_announced_once_a_second(worlds: WorldRepository) -> None:
    worlds.open_world("w", "j", ORDER)
    assert at_once(lambda _: worlds.statuses.take_event("w"), 12).count(True) == 1


def test_a_second_later_it_is_announced_again(
    worlds: WorldRepository, client: "pymongo.MongoClient[Document]", mongo_database: str
) -> None:
    worlds.open_world("w", "j", ORDER)
    assert worlds.statuses.take_event("w")
    earlier = worlds.clock.now() - timedelta(seconds=2)
    client[mongo_database][STATUS].update_one({"_id": "w"}, {"$set": {"event_at": earlier}})
    assert worlds.statuses.take_event("w")


def test_paused_worlds(worlds: WorldRepository) -> None:
    worlds.open_world("w", "j", ORDER)
    assert worlds.statuses.pause("w", "a look first")
    assert worlds.statuses.paused() == {"w"}
    assert worlds.statuses.resume("w")
    assert not worlds.statuses.resume("w")
    assert worlds.statuses.paused() == set()
    assert not worlds.statuses.pause("unknown", "")


def test_a_world_that_ended_while_it_was_paused_takes_no_open_worlds_place(
    worlds: WorldRepository, client: "pymongo.MongoClient[Document]", mongo_database: str
) -> None:
    for world in ("open", "paused", "cancelled"):
        worlds.open_world(world, f"j-{world}", ORDER)
    assert worlds.statuses.pause("paused", "a look first")
    assert worlds.statuses.pause("cancelled", "a look first")
    client[mongo_database][STATUS].update_one({"_id": "cancelled"}, {"$set": {"status": "cancelled"}})
    assert worlds.statuses.open_worlds() == 1


def test_the_seeds_query_finds_the_calls_that_failed(
    worlds: WorldRepository, client: "pymongo.MongoClient[Document]", mongo_database: str
) -> None:
    for error in (None, "timeout: too slow", None):
        worlds.note(ApiRequest("llm", "j", "w", "generate_structured_content", {}, None, 3, error))
    assert worlds.flush()
    found = list(client[mongo_database][REQUESTS].find({"error": {"$exists": True}}))
    assert [entry["error"] for entry in found] == ["timeout: too slow"]


def test_costs_add_up(worlds: WorldRepository) -> None:
    worlds.open_world("w", "j", ORDER)
    for _ in range(4):
        worlds.add_cost("w", "LLM", Decimal("0.25"))
    worlds.add_cost("w", "images", Decimal("0.5"))
    status = worlds.statuses.get("w")
    assert status is not None and (status["llm_cost_total"], status["image_cost_total"]) == (1.0, 0.5)


def test_a_picture_in_waiting_comes_back_whole(worlds: WorldRepository) -> None:
    picture = Picture(bytes(range(256)), "image/png", 16, 16, "", "painter", Decimal("0.039"))
    assert worlds.drafts.load("j:header") is None
    assert [worlds.drafts.note_ambiguous("j:header") for _ in range(2)] == [1, 2]
    assert worlds.drafts.load("j:header") is None
    worlds.drafts.keep("j:header", picture)
    assert worlds.drafts.load("j:header") == picture
    worlds.drafts.drop(["j:header"])
    assert worlds.drafts.load("j:header") is None


def test_a_world_without_description_is_named(worlds: WorldRepository) -> None:
    with pytest.raises(BadRequest, match="no description"):
        worlds.parameters("w")


def test_the_first_description_stays(worlds: WorldRepository) -> None:
    worlds.open_world("w", "j", ORDER)
    worlds.keep_parameters("w", {"name": "first"})
    worlds.keep_parameters("w", {"name": "second"})
    assert worlds.parameters("w")["name"] == "first"
    assert worlds.parameters("w")["id"] == "w"
