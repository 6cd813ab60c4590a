"""The counters of calls and costs in `world_generation_status`: increments, those of many jobs in one
statement.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pymongo import MongoClient

from ai_worker.errors import BadRequest
from ai_worker.pipelines.worlds.documents.status import Api
from ai_worker.pipelines.worlds.limits import LimitUsedUp
from ai_worker.pipelines.worlds.repository.indexes import STATUS
from ai_worker.stores.batches import Batches
from ai_worker.stores.mongo import Document, reachable

ANSWER_SECONDS = 30.0
TRIES = 20
"""Of a reservation that other processes overtake."""
MOST_KNOWN = 1000
_COSTS: Mapping[Api, str] = {"LLM": "llm_cost_total", "images": "image_cost_total"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in the books of a world.

    Args:
        calls: 1 reserves a call, -1 gives one back.
        cost: of calls that have ended.
    """

    world_id: str
    api: Api
    calls: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Booked:
    """The answer to an entry.

    Args:
        done: False where the limit leaves no room for the call.
        limit: of its world; None where there is no such world.
    """

    done: bool
    limit: int | None = 0


class Calls:
    """The books of calls in one database, as this process keeps them."""

    def __init__(self, client: "MongoClient[Document]", database: str) -> None:
        self._statuses = client[database][STATUS]
        self._limits: dict[tuple[str, Api], int] = {}
        self._batches: Batches[Entry, Entry, Booked] = Batches(self._send, self._unwanted)

    def reserve(self, world_id: str, api: Api) -> None:
        """Count one call before it leaves: an increment that checks the limit, atomic over all workers.

        Raises:
            LimitUsedUp: the world has made all it may.
            BadRequest: there is no such world.
        """
        booked = self._batches.ask(Entry(world_id, api, calls=1), ANSWER_SECONDS)
        if booked.limit is None:
            raise BadRequest(f"world {world_id} has no status document")
        if not booked.done:
            name = _limit(api)
            raise LimitUsedUp(
                f"the world may make {booked.limit} calls ({name}) and has made them; "
                f"raise {name} of its status and retry its failed jobs"
            )

    def give_back(self, world_id: str, api: Api) -> None:
        """Uncount a call that never left. Waits for nothing."""
        self._batches.tell(Entry(world_id, api, calls=-1))

    def add_cost(self, world_id: str, api: Api, cost: Decimal) -> None:
        """Add what a call cost; it stands when this returns, so before its job ends."""
        self._batches.ask(Entry(world_id, api, cost=float(cost)), ANSWER_SECONDS)

    def flush(self, seconds: float) -> bool:
        """Write what waits; returns whether it was in time."""
        return self._batches.flush(seconds)

    def _send(self, asked: Sequence[Entry], told: Sequence[Entry]) -> list[Booked]:
        answers: dict[int, Booked] = {}
        for world_id in dict.fromkeys(entry.world_id for entry in (*asked, *told)):
            mine = {number: entry for number, entry in enumerate(asked) if entry.world_id == world_id}
            others = [entry for entry in told if entry.world_id == world_id]
            answers |= self._book(world_id, mine, others)
        return [answers[number] for number in range(len(asked))]

    def _book(self, world_id: str, asked: Mapping[int, Entry], told: Sequence[Entry]) -> dict[int, Booked]:
        """All of a world in one statement; where there is no room for all, as many as there is room for."""
        entries = [*asked.values(), *told]
        plain = _increments([entry for entry in entries if entry.calls <= 0])
        wanted = Counter(entry.api for entry in asked.values() if entry.calls > 0)
        room = self._room(world_id, wanted)
        if room is not None and self._changed(room, _sum(plain, {_made(api): wanted[api] for api in wanted})):
            return dict.fromkeys(asked, Booked(True))
        self._changed({"_id": world_id}, plain)
        booked = {number: Booked(True) for number, entry in asked.items() if entry.calls <= 0}
        for api in wanted:
            mine = [number for number, entry in asked.items() if entry.calls > 0 and entry.api == api]
            booked |= self._reserved(world_id, api, mine)
        return booked

    def _room(self, world_id: str, wanted: Mapping[Api, int]) -> Document | None:
        """The filter that a world with room for these calls matches, as long as its limits are those that
        this process knows; None where it knows none.
        """
        found: Document = {"_id": world_id}
        for api, calls in wanted.items():
            limit = self._limits.get((world_id, api))
            if limit is None:
                return None
            found |= {_limit(api): limit, _made(api): {"$lte": limit - calls}}
        return found

    def _changed(self, wanted: Document, increments: Mapping[str, Any]) -> bool:
        if not increments:
            return False
        with reachable():
            return self._statuses.update_one(wanted, {"$inc": increments}).matched_count == 1

    def _reserved(self, world_id: str, api: Api, asked: Sequence[int]) -> dict[int, Booked]:
        """The first of them that there is room for."""
        made, limit = _made(api), _limit(api)
        most = 0
        for _ in range(TRIES):
            with reachable():
                found = self._statuses.find_one({"_id": world_id}, {made: 1, limit: 1})
            if found is None:
                return dict.fromkeys(asked, Booked(False, None))
            most = int(found.get(limit, 0))
            self._learn(world_id, api, most)
            fitting = min(len(asked), most - int(found.get(made, 0)))
            if fitting <= 0:
                break
            room = {"_id": world_id, limit: found[limit], made: {"$lte": most - fitting}}
            if self._changed(room, {made: fitting}):
                return {number: Booked(place < fitting, most) for place, number in enumerate(asked)}
        return dict.fromkeys(asked, Booked(False, most))

    def _learn(self, world_id: str, api: Api, limit: int) -> None:
        if len(self._limits) >= MOST_KNOWN:
            self._limits.clear()
        self._limits[world_id, api] = limit

    def _unwanted(self, asked: Entry, booked: Booked) -> None:
        if asked.calls > 0 and booked.done:
            self.give_back(asked.world_id, asked.api)


def _made(api: Api) -> str:
    return f"api_calls_made_{api}"


def _limit(api: Api) -> str:
    return f"api_call_limits_{api}"


def _increments(entries: Sequence[Entry]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        for name, value in ((_made(entry.api), entry.calls), (_COSTS[entry.api], entry.cost)):
            if value:
                found[name] = found.get(name, 0) + value
    return found


def _sum(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}
