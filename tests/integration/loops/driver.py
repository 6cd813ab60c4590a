"""Rows worked one by one as the engine does it, without a broker: reserved, claimed, finished or given back,
their rounds moved on.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.errors import WorkError
from ai_worker.outbound.context import CallContext
from ai_worker.pipelines.loops.ports import Asked, every_time
from ai_worker.pipelines.loops.rounds.advance import Rounds
from ai_worker.pipelines.loops.statuses import LoopStatus
from ai_worker.pipelines.loops.storage.round_repository import RoundRepository
from ai_worker.pipelines.loops.work.kinds import KINDS, Ports, RowKind, worked
from ai_worker.stores.mysql import MySQLPool

HOUR = 3_600.0
CALLER = CallContext("loops", "l", "1", "00000000-0000-0000-0000-000000000001", redact=False)
ATTEMPTS = 3
_FACT = re.compile(r"[^.。\n<>]+[.。]")


class Model:
    """A model that writes a question for each sentence of a section, passes all of them and finds no two the
    same.

    Args:
        faults: by purpose, raised before the model answers; called with what is asked.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.faults: dict[str, Callable[[Asked], None]] = {}
        self.scores: Callable[[str], float] = lambda text: 1.0

    def __call__(self, asked: Asked) -> str:
        self.asked.append(asked)
        if fault := self.faults.get(asked.purpose):
            fault(asked)
        if asked.purpose == "write":
            return json.dumps(self._written(asked.user), ensure_ascii=False)
        if asked.purpose == "judge":
            score = self.scores(asked.user)
            return json.dumps(
                dict.fromkeys(("answerable", "self_contained", "supported", "language", "clarity"), score)
            )
        return '{"same_as": 0}'

    @staticmethod
    def _written(user: str) -> list[dict[str, str]]:
        number = int(user.split("Questions: ")[1].split("\n", maxsplit=1)[0])
        section = user.split("<section-")[1].split(">\n", 1)[1].split("\n</section-", maxsplit=1)[0]
        earlier = user.split("<earlier-questions-")[1] if "<earlier-questions-" in user else ""
        facts = [fact.strip() for fact in _FACT.findall(section)]
        questions = [
            {"question": f"Is it so that {fact[:-1]}?", "answer": fact, "source_chunk": fact}
            for fact in facts
        ]
        return [one for one in questions if one["question"] not in earlier][:number]

    def of(self, purpose: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.purpose == purpose]


class Driver:
    """Args:
    pool: connections to the loops' database.
    model: asked by every row.
    """

    def __init__(self, pool: MySQLPool, model: Model) -> None:
        self.pool = pool
        self.model = model
        self.rounds = Rounds(pool)
        self.ports = Ports(pool, lambda claim: model, lambda claim: CALLER, wait=lambda number: None)
        self.sources = {kind.name: TableSource(pool, kind.table) for kind in KINDS}

    def run(self, most_rows: int = 100_000) -> int:
        """Work until nothing is due, or so many rows are done; returns how many were."""
        done = 0
        while done < most_rows and (worked_now := self._one_pass(most_rows - done)):
            done += worked_now
        return done

    def _one_pass(self, most: int) -> int:
        done = 0
        for kind in KINDS:
            for lane in self._lanes(kind):
                for reserved in self.sources[kind.name].reserve(lane, min(50, most - done), HOUR):
                    self._work(kind, reserved.row_id, reserved.token)
                    done += 1
        for round_id in RoundRepository(self.pool).unfinished():
            self.rounds.advance(round_id)
        return done

    def _lanes(self, kind: RowKind) -> list[Lane]:
        running = {
            row["id"]
            for row in self.pool.query("SELECT id FROM loop_task WHERE status = %s", (LoopStatus.RUNNING,))
        }
        return [lane for lane in self.sources[kind.name].lanes() if lane.value in running]

    def _work(self, kind: RowKind, row_id: Any, token: str) -> None:
        source = self.sources[kind.name]
        claim = source.claim(HERE, row_id, token, HOUR)
        if claim is None:
            return
        try:
            result = worked(kind, claim, self.ports, every_time)
        except WorkError as fault:
            if fault.retry and claim.attempts + 1 < ATTEMPTS:
                source.give_back(claim, fault, 0.0)
            else:
                source.fail(claim, fault)
            return
        source.finish(claim, result.fields, result.also)
