"""The kinds of rows of this pipeline: their tables, what is done with a claimed one, and which round it
belongs to.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ai_worker.engine.contract.row import Claim, Result
from ai_worker.engine.sources.table import Table
from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.pipelines.loops.faults import CallError, DeploymentFault, LoopEnded, LoopPaused
from ai_worker.pipelines.loops.outgoing import CallContext, open_embed, open_server, server_key
from ai_worker.pipelines.loops.ports import Ask, Once
from ai_worker.pipelines.loops.recall.kinds import LOCAL, open_knowledge_base
from ai_worker.pipelines.loops.recall.knowledge_base import Environment, KnowledgeBase
from ai_worker.pipelines.loops.recall.listing import ChunksMissing
from ai_worker.pipelines.loops.recall.local import Local
from ai_worker.pipelines.loops.rounds.advance import Rounds
from ai_worker.pipelines.loops.statuses import ENDED_LOOPS, LoopStatus
from ai_worker.pipelines.loops.storage.chunk_repository import ChunkRepository
from ai_worker.pipelines.loops.storage.dedup_repository import DedupRepository
from ai_worker.pipelines.loops.storage.loop_repository import LoopRepository
from ai_worker.pipelines.loops.work import tables
from ai_worker.pipelines.loops.work.comparing_row import compare_row
from ai_worker.pipelines.loops.work.fetching_step import fetch_step
from ai_worker.pipelines.loops.work.judging_row import judge_row
from ai_worker.pipelines.loops.work.testing_row import recall_row
from ai_worker.pipelines.loops.work.writing_row import write_row
from ai_worker.stores.mysql import MySQLPool

WAIT_SECONDS = 5.0
"""Before a list of chunks that is too short is fetched again, times the number of the try."""
EMBED_PATIENCE_SECONDS = 300.0
"""The time that the search for duplicates waits for embeddings that may not be asked for at the moment."""
CHECK_SECONDS = 1.0
"""The longest that a row of several calls works without looking whether its loop still runs."""
_OF_THE_LOOP = (ConfigurationError, ChunksMissing)
"""Faults of the loop itself, which no further row would be spared: it names a judge configuration that was
deleted, or files without chunks. It fails at once, with the reason. A fault of the deployment closes the
endpoint, and the rows wait.
"""


def pause(number: int) -> None:
    """Wait before a list is fetched again."""
    threading.Event().wait(WAIT_SECONDS * number)


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports and settings that rows are worked with.

    Args:
        ask: opens the model of a claim's judge configuration.
        context: on whose behalf a claim's calls are made.
        wait: see `fetch_step`.
    """

    pool: MySQLPool
    ask: Callable[[Claim], Ask]
    context: Callable[[Claim], CallContext]
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
        WorkError: no result; a fault of the loop itself has failed it, too.
    """
    fields = claim.fields
    _check_loop(fields["loop_id"], fields["loop_status"])
    try:
        return kind.work(fields, claim, ports, once)
    except _OF_THE_LOOP as fault:
        Rounds(ports.pool).fail(fields["loop_id"], str(fault))
        raise


def loop_check(fields: Mapping[str, Any], pool: MySQLPool) -> Callable[[], None]:
    """A check for each call of a row: a pause or an end of its loop holds between two of its calls, too.

    Args:
        fields: the claim's, as they were when it was claimed.
    """
    checked = time.monotonic()

    def check() -> None:
        nonlocal checked
        if time.monotonic() - checked < CHECK_SECONDS:
            return
        status = LoopRepository(pool).status(fields["loop_id"])
        _check_loop(fields["loop_id"] if status else None, status)
        checked = time.monotonic()

    return check


def _check_loop(loop_id: str | None, status: str | None) -> None:
    if loop_id is None:
        raise BadRequest("the loop was deleted while its rows were waiting")
    if status in ENDED_LOOPS:
        raise LoopEnded(f"loop {loop_id} is {status}")
    if status == LoopStatus.PAUSED:
        raise LoopPaused(loop_id)


def _step(fields: Mapping[str, Any], claim: Claim, ports: Ports, once: Once) -> Result:
    context = ports.context(claim)
    if fields["step"] == "fetch":
        return _fetch(fields, context, ports)
    from ai_worker.pipelines.loops.work.dedup_step import dedup_step  # noqa: PLC0415 - imports numpy

    embed = open_embed(fields, context)
    waits = claim.age_seconds < EMBED_PATIENCE_SECONDS
    return dedup_step(fields, DedupRepository(ports.pool), embed, waits)


def _fetch(fields: Mapping[str, Any], context: CallContext, ports: Ports) -> Result:
    with _first_calls():
        return fetch_step(fields, base_of(fields, ports.pool, context), ports.wait)


@contextmanager
def _first_calls() -> Iterator[None]:
    """A loop's first calls: an address where nothing answers is taken for a wrong one when its attempts are
    used up, and fails the loop. Later on the same fault is an outage, which rows wait for.
    """
    try:
        yield
    except DeploymentFault:
        raise
    except CallError as fault:
        if fault.outage or not fault.sent:
            fault.outage, fault.uses_attempt = False, True
        raise


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
    base = base_of(fields, ports.pool, ports.context(claim))
    with _first_calls() if fields["retest_of"] else nullcontext():
        return recall_row(fields, acceptable, base, time.monotonic)


STEP = RowKind("step", tables.STEPS, _step)
WRITE = RowKind("write", tables.WRITES, _write)
JUDGE = RowKind("judge", tables.JUDGINGS, _judge)
COMPARE = RowKind("compare", tables.COMPARISONS, _compare)
TEST = RowKind("test", tables.TESTS, _test)
KINDS = (STEP, WRITE, JUDGE, COMPARE, TEST)


def base_of(fields: Mapping[str, Any], pool: MySQLPool, context: CallContext) -> KnowledgeBase:
    """The knowledge base of a row's loop, asked on the row's behalf."""
    if fields["env_type"] == LOCAL:
        return _local(fields["loop_id"], pool)
    key = server_key(fields)
    environment = Environment(fields["org_id"], fields["d_user_id"], fields["agent_id"], key)
    return open_knowledge_base(fields["env_type"], environment, open_server(fields, context))


@lru_cache(maxsize=4)
def _local(loop_id: str, pool: MySQLPool) -> Local:
    return Local(ChunkRepository(pool).all(loop_id))
