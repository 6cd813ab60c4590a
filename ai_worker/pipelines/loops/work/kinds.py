"""The kinds of rows of this pipeline: their tables, what is done with a claimed one, and which round it
belongs to.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ai_worker.engine.contract.row import Claim, Result
from ai_worker.engine.sources.table import Table
from ai_worker.errors import BadRequest, ConfigurationError, NotNow, WorkError
from ai_worker.pipelines.loops.faults import Unauthorized
from ai_worker.pipelines.loops.outgoing import open_embed, unsealed
from ai_worker.pipelines.loops.ports import Ask, Once
from ai_worker.pipelines.loops.recall.kinds import LOCAL, open_knowledge_base
from ai_worker.pipelines.loops.recall.knowledge_base import Environment, KnowledgeBase
from ai_worker.pipelines.loops.recall.listing import ChunksMissing
from ai_worker.pipelines.loops.recall.local import Local
from ai_worker.pipelines.loops.rounds.advance import Rounds
from ai_worker.pipelines.loops.statuses import ENDED_LOOPS, LoopStatus
from ai_worker.pipelines.loops.storage.chunk_repository import ChunkRepository
from ai_worker.pipelines.loops.storage.dedup_repository import DedupRepository
from ai_worker.pipelines.loops.work import tables
from ai_worker.pipelines.loops.work.comparing_row import compare_row
from ai_worker.pipelines.loops.work.dedup_step import dedup_step
from ai_worker.pipelines.loops.work.fetching_step import fetch_step
from ai_worker.pipelines.loops.work.judging_row import judge_row
from ai_worker.pipelines.loops.work.testing_row import recall_row
from ai_worker.pipelines.loops.work.writing_row import write_row
from ai_worker.stores.mysql import MySQLPool

WAIT_SECONDS = 5.0
"""Before a list of chunks that is too short is fetched again, times the number of the try."""
_DEPLOYMENT = (Unauthorized, ConfigurationError, ChunksMissing)
"""Faults that no further row would be spared: the loop fails at once, with the reason."""


class LoopEnded(WorkError):
    """The row's loop ended while the row waited for its turn."""

    error_class = "cancelled"
    uses_attempt = False


def pause(number: int) -> None:
    """Wait before a list is fetched again."""
    threading.Event().wait(WAIT_SECONDS * number)


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports and settings that rows are worked with.

    Args:
        ask: opens the model of a claim's judge configuration.
        wait: see `fetch_step`.
    """

    pool: MySQLPool
    ask: Callable[[Claim], Ask]
    wait: Callable[[int], None] = pause


Work = Callable[[Mapping[str, Any], Claim, Ports, Once], Result]


@dataclass(frozen=True, slots=True)
class RowKind:
    """One kind of rows.

    Args:
        name: of its Celery task, behind the pipeline's.
        work: see `worked`.
    """

    name: str
    table: Table
    work: Work


def worked(kind: RowKind, claim: Claim, ports: Ports, once: Once) -> Result:
    """Work one claimed row of a loop that runs.

    Raises:
        LoopEnded, NotNow: its loop has ended or is paused.
        WorkError: no result; a fault of the deployment has failed the loop, too.
    """
    fields = claim.fields
    _check_loop(fields)
    try:
        return kind.work(fields, claim, ports, once)
    except _DEPLOYMENT as fault:
        Rounds(ports.pool).fail(fields["loop_id"], str(fault))
        raise


def _check_loop(fields: Mapping[str, Any]) -> None:
    if fields["loop_id"] is None:
        raise BadRequest("the loop was deleted while its rows were waiting")
    if fields["loop_status"] in ENDED_LOOPS:
        raise LoopEnded(f"loop {fields['loop_id']} is {fields['loop_status']}")
    if fields["loop_status"] == LoopStatus.PAUSED:
        raise NotNow(f"loop {fields['loop_id']} is paused", retry_after=0.0)


def _step(fields: Mapping[str, Any], claim: Claim, ports: Ports, once: Once) -> Result:
    if fields["step"] == "fetch":
        return fetch_step(fields, base_of(fields, ports.pool), ports.wait)
    return dedup_step(fields, DedupRepository(ports.pool), open_embed(fields))


def _write(fields: Mapping[str, Any], claim: Claim, ports: Ports, once: Once) -> Result:
    earlier = ChunkRepository(ports.pool).earlier_questions(fields["id_loop_chunk"])
    return write_row(fields, earlier, ports.ask(claim), once)


def _judge(fields: Mapping[str, Any], claim: Claim, ports: Ports, once: Once) -> Result:
    return judge_row(fields, ports.ask(claim))


def _compare(fields: Mapping[str, Any], claim: Claim, ports: Ports, once: Once) -> Result:
    ids = [fields["question_id"], *(name for name, _ in json.loads(fields["candidates"]))]
    return compare_row(fields, DedupRepository(ports.pool).entries(ids), ports.ask(claim))


def _test(fields: Mapping[str, Any], claim: Claim, ports: Ports, once: Once) -> Result:
    chunks = ChunkRepository(ports.pool)
    acceptable = chunks.acceptable(fields["loop_id"], fields["qa_question_id"], fields["id_loop_chunk"])
    return recall_row(fields, acceptable, base_of(fields, ports.pool), time.monotonic)


STEP = RowKind("step", tables.STEPS, _step)
WRITE = RowKind("write", tables.WRITES, _write)
JUDGE = RowKind("judge", tables.JUDGINGS, _judge)
COMPARE = RowKind("compare", tables.COMPARISONS, _compare)
TEST = RowKind("test", tables.TESTS, _test)
KINDS = (STEP, WRITE, JUDGE, COMPARE, TEST)


def base_of(fields: Mapping[str, Any], pool: MySQLPool) -> KnowledgeBase:
    """The knowledge base of a row's loop."""
    if fields["env_type"] == LOCAL:
        return _local(fields["loop_id"], pool)
    key = unsealed(fields["env_key_encrypted"], fields["env_key_iv"], f"loop {fields['loop_id']}")
    environment = Environment(
        fields["env_url"], fields["org_id"], fields["d_user_id"], fields["agent_id"], key
    )
    return open_knowledge_base(fields["env_type"], environment)


@lru_cache(maxsize=4)
def _local(loop_id: str, pool: MySQLPool) -> Local:
    return Local(ChunkRepository(pool).all(loop_id))
