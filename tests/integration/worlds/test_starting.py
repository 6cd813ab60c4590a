"""Children of a job as they come into the workers' hands."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.starting import Starter
from tests.integration.worlds.harness import Bench


class Hands:
    """The workers' hands, with room for one job of each kind."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.scans = 0
        self.away = False

    def rooms(self, wanted: Mapping[str, int]) -> dict[str, int]:
        if self.away:
            raise StoreUnavailable("Redis")
        return dict.fromkeys(wanted, 1)

    def reservation(self) -> dict[str, Any]:
        return {"lease_token": "t", "due_at": datetime(2100, 1, 1, tzinfo=UTC)}

    def take(self, kind: str, ids: Sequence[str], token: str) -> None:
        assert token == "t"
        self.taken += ids

    def scan(self) -> None:
        self.scans += 1


def _children(bench: Bench, world: str) -> list[dict[str, Any]]:
    return [
        {"_id": f"c{number}", "type": dag.CHARACTER, "world_id": world, "parent": "p", "parameters": {}}
        for number in range(3)
    ]


def test_children_are_reserved_as_they_are_inserted(bench: Bench) -> None:
    hands, nudged = Hands(), list[str]()

    def nudge(kind: str, ids: Sequence[str]) -> int:
        nudged.extend(ids)
        return len(ids)

    starter = Starter(bench.repository, Announcer(None, "t", "p"), nudge, hands)
    world = bench.order(1, 1)
    bench.step()
    payload = {"jobs": _children(bench, world)}
    starter.insert_jobs(payload)
    held = [job["_id"] for job in bench.jobs(world, dag.CHARACTER) if job.get("lease_token") == "t"]
    assert held == hands.taken == ["c0"], "the others wait for the scan"
    assert (hands.scans, nudged) == (1, [])
    bench.tasks.update_one({"_id": "c1"}, {"$set": {"status": "completed"}})
    starter.insert_jobs(payload)
    # By a try that may have died before it sent a message.
    assert hands.taken == ["c0", "c0"] and nudged == ["c2"]
    assert len(bench.jobs(world, dag.CHARACTER)) == 3


def test_children_are_inserted_also_while_redis_is_away(bench: Bench) -> None:
    hands = Hands()
    hands.away = True
    starter = Starter(bench.repository, Announcer(None, "t", "p"), lambda kind, ids: 0, hands)
    world = bench.order(1, 1)
    bench.step()
    with pytest.raises(StoreUnavailable):
        starter.insert_jobs({"jobs": _children(bench, world)})
    found = bench.jobs(world, dag.CHARACTER)
    assert len(found) == 3 and not any("lease_token" in job for job in found), "a scan takes them as new"


def test_children_of_several_parents_go_together_those_with_the_longest_chain_first(bench: Bench) -> None:
    class Room(Hands):
        """Has room for three jobs."""

        def rooms(self, wanted: Mapping[str, int]) -> dict[str, int]:
            left, rooms = 3, {}
            for kind, jobs in wanted.items():
                rooms[kind] = min(left, jobs)
                left -= rooms[kind]
            return rooms

    hands = Room()
    starter = Starter(bench.repository, Announcer(None, "t", "p"), lambda kind, ids: 0, hands)
    open_world, stopped, paused = (bench.order(1, 1) for _ in range(3))
    bench.step(3)
    bench.repository.statuses.stop_growing(stopped)
    bench.repository.statuses.pause(paused, "a look first")

    def children(parent: str, world: str) -> dict[str, Any]:
        row = {"world_id": world, "parent": parent, "parameters": {}}
        kinds = {"avatar": dag.AVATAR, "posts": dag.POST_BATCH}
        return {"jobs": [{**row, "_id": f"{parent}-{name}", "type": kind} for name, kind in kinds.items()]}

    starter.insert_jobs(
        *(children(f"o{number}", open_world) for number in range(2)),
        children("s", stopped),
        children("p", paused),
    )
    assert hands.taken == ["o0-posts", "o1-posts", "o0-avatar"] and hands.scans == 1
    assert len(bench.jobs(open_world, dag.AVATAR)) == 2
    assert not bench.jobs(stopped, dag.AVATAR)
    waiting = [*bench.jobs(paused, dag.AVATAR), *bench.jobs(paused, dag.POST_BATCH)]
    assert len(waiting) == 2 and not any("lease_token" in job for job in waiting)
