"""Jobs put into the workers' hands: new worlds, children from the outbox, and what a message named."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import uuid4

from ai_worker.errors import BadRequest, StoreUnavailable
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.jobs.init_world import order_of
from ai_worker.pipelines.worlds.repository import WorldRepository

LONGEST_PROMPT = 20_000
"""Characters of a prompt that a person sends; what the platform sends is taken as it comes."""
Nudge = Callable[[str, Sequence[str]], int]
"""A job type and ids of jobs that wait: reserve and publish them now; returns how many it did."""


class Hands(Protocol):
    """The workers' hands, as jobs that are about to be inserted come into them: reserved from the start, they
    need no statement to be reserved by.
    """

    def rooms(self, wanted: Mapping[str, int]) -> Mapping[str, int]:
        """The number of jobs of each kind that may start at once.

        Args:
            wanted: how many would, by kind; the first ones have the first choice.

        Raises:
            StoreUnavailable: Redis is away.
        """
        ...

    def reservation(self) -> Mapping[str, Any]:
        """The fields that make jobs reserved."""
        ...

    def take(self, kind: str, ids: Sequence[str], token: str) -> None:
        """Publish jobs that are reserved.

        Raises:
            StoreUnavailable: the broker is away; the jobs come due when their reservation ends.
        """
        ...

    def scan(self) -> None:
        """Have the others handed out by a scan.

        Raises:
            StoreUnavailable: the broker is away; the next scan of the schedule finds them.
        """
        ...


class Starter:
    """Starts jobs at once; what it misses, the scan finds.

    Args:
        nudge: the engine's, with the pipeline and its kinds filled in.
        hands: the workers'; None: what is inserted is nudged afterwards.
    """

    def __init__(
        self, repository: WorldRepository, announcer: Announcer, nudge: Nudge, hands: Hands | None = None
    ) -> None:
        self._repository = repository
        self._announcer = announcer
        self._nudge = nudge
        self._hands = hands

    def insert_jobs(self, *payloads: Mapping[str, Any]) -> None:
        """The effect that inserts children, each payload's of one world, and starts them; those of several
        parents in the same statements. May be repeated.
        """
        rows: list[Mapping[str, Any]] = [row for payload in payloads for row in payload["jobs"]]
        growth = self._repository.statuses.growth({row["world_id"] for row in rows})
        rows = [row for row in rows if growth[row["world_id"]].allowed]
        if begin := [row for row in rows if growth[row["world_id"]].begins]:
            self._insert_and_start(begin)
        if wait := [row for row in rows if not growth[row["world_id"]].begins]:
            self._repository.jobs.insert_missing(wait, {})
        self._announcer.jobs_created(rows)

    def _insert_and_start(self, rows: Sequence[Mapping[str, Any]]) -> None:
        types = {row["_id"]: row["type"] for row in rows}
        inserted = set() if self._hands is None else self._handed_out(rows, types, self._hands)
        # Inserted before, by a try that may not have come to start them.
        others = [row for row in rows if row["_id"] not in inserted]
        if others:
            self._start_again({job_id: types[job_id] for job_id in self._repository.jobs.insert(others)})

    def _start_again(self, types: Mapping[str, str]) -> None:
        """Start jobs that wait. Those that are reserved get another message: the first may never have been
        sent, and of two one finds the job claimed.
        """
        tokens = {} if self._hands is None else self._repository.jobs.tokens(list(types))
        if self._hands is not None:
            self._hand_over(self._hands, types, tokens)
        self._start({job_id: kind for job_id, kind in types.items() if job_id not in tokens})

    def _handed_out(
        self, rows: Sequence[Mapping[str, Any]], types: Mapping[str, str], hands: Hands
    ) -> set[str]:
        """Insert jobs, as many of them as there is room for in the workers' hands; the ids of those that were
        not there.
        """
        try:
            chosen_ids = _first(types, hands)
        except StoreUnavailable:
            self._repository.jobs.insert_missing(rows, {})
            raise
        held = hands.reservation()
        chosen = dict.fromkeys(chosen_ids, held)
        inserted = self._repository.jobs.insert_missing(rows, chosen)
        new = [job_id for job_id in chosen if job_id in inserted]
        self._hand_over(hands, types, dict.fromkeys(new, held["lease_token"]))
        if len(chosen) < len(rows):
            hands.scan()
        return inserted

    def _hand_over(self, hands: Hands, types: Mapping[str, str], tokens: Mapping[str, str]) -> None:
        for token in dict.fromkeys(tokens.values()):
            of_token = {job_id: types[job_id] for job_id, known in tokens.items() if known == token}
            for kind, ids in _by_type(of_token).items():
                hands.take(kind, ids, token)

    def start(self, ids: Sequence[str]) -> int:
        """Start those of the jobs that wait and whose worlds are not paused; returns how many. A job of no
        known kind ends here.
        """
        waiting = self._repository.jobs.waiting_types(ids)
        known = {job_id: told for job_id, told in waiting.items() if told[0] in dag.BY_NAME}
        if len(known) < len(waiting):
            self._repository.jobs.refuse_unknown()
        paused = self._repository.statuses.paused() if known else set()
        return self._start({job_id: kind for job_id, (kind, world) in known.items() if world not in paused})

    def create_world(
        self, prompt: str, users: int, posts: int, limits: Mapping[str, int], world_id: str = ""
    ) -> dict[str, Any]:
        """Insert the first job of a world, as the platform's world service does, and return its row. It is
        not started yet.

        Raises:
            BadRequest: the prompt is empty or too long, or a number makes no sense.
        """
        if len(prompt) > LONGEST_PROMPT:
            raise BadRequest(f"the prompt has {len(prompt)} characters; it may have {LONGEST_PROMPT}")
        parameters: dict[str, Any] = {
            "user_prompt": prompt,
            "users_count": users,
            "posts_count": posts,
            **limits,
        }
        job = Job(str(uuid4()), dag.INIT, world_id or str(uuid4()), parameters)
        order_of(job)
        row = {"_id": job.id, "type": job.type, "world_id": job.world_id, "parameters": parameters}
        self._repository.jobs.insert([row])
        return row

    def _start(self, types: Mapping[str, str]) -> int:
        return sum(self._nudge(kind, ids) for kind, ids in _by_type(types).items())


def _first(types: Mapping[str, str], hands: Hands) -> list[str]:
    """As many jobs as there is room for, those with the most kinds of jobs still to follow first: the end of
    a world waits for its longest chain.
    """
    by_type = dict(sorted(_by_type(types).items(), key=lambda item: -dag.depth(item[0])))
    rooms = hands.rooms({kind: len(ids) for kind, ids in by_type.items()})
    return [job_id for kind, ids in by_type.items() for job_id in ids[: rooms[kind]]]


def _by_type(types: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for job_id, kind in types.items():
        found.setdefault(kind, []).append(job_id)
    return found
