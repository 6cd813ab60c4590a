"""The pipeline as the engine runs it: its kinds worked by the engine's own code, the model over HTTP."""

from collections.abc import Iterator

import pytest

from ai_worker.app import app
from ai_worker.engine.binding import bind
from ai_worker.engine.contract.pipeline import Kind
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker import work as engine_work
from ai_worker.engine.worker.group_watch import close_unfinished, group_watch
from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.loops.control import LoopControl
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.outgoing import sealed
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.task_progress import task_progress
from ai_worker.pipelines.loops.tasks import PIPELINE
from ai_worker.stores.mysql import MySQLPool
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.server import KnowledgeBaseServer
from tests.integration.loops.driver import Model
from tests.integration.loops.judge_server import JudgeServer
from tests.integration.loops.test_rounds import chunk

HOUR = 3_600.0


@pytest.fixture
def base(pool: MySQLPool) -> Iterator[KnowledgeBaseServer]:
    # Attempts and back-off are read from the Celery tasks of a pipeline that is switched on.
    if "loops.write" not in app.tasks:
        bind(app, PIPELINE)
    with KnowledgeBaseServer(Contents([chunk(0, place) for place in range(4)])) as server:
        yield server


def create(base: KnowledgeBaseServer, url: str, key: str = "k", **fields: object) -> str:
    stored, iv = sealed(key)
    judge = {
        "id": new_id(),
        "name": "j",
        "base_url": url,
        "model": "m",
        "api_key_encrypted": stored,
        "api_key_iv": iv,
    }
    loops().judges.insert(judge)
    wanted = {
        "name": "L",
        "org_id": "org-1",
        "judge_config_id": judge["id"],
        "file_ids": "",
        "env_url": base.url,
    }
    return loops().create({**wanted, "questions_per_section": 2, "max_rounds": 2, **fields})


def run() -> int:
    """Every due row, until none is left; returns how many there were."""
    done = 0
    while worked := sum(_worked(kind) for kind in PIPELINE.kinds):
        done += worked
        for kind in PIPELINE.kinds:
            assert kind.groups is not None
            group_watch(kind.groups).flush()
            close_unfinished(kind)
    return done


def _worked(kind: Kind) -> int:
    rows = [
        row for lane in kind.open_lanes(kind.source.lanes()) for row in kind.source.reserve(lane, 50, HOUR)
    ]
    for row in rows:
        engine_work.work(kind, HERE, row.row_id, row.token)
    return len(rows)


def test_a_whole_loop_by_the_engine(pool: MySQLPool, base: KnowledgeBaseServer) -> None:
    model = Model()
    with JudgeServer(model) as judge:
        loop_id = create(base, judge.url)
        run()
    loop = loops().loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["error_message"]) == ("done", None)
    assert (loop["total_approved"], loop["total_tested"], loop["total_chunk_hit"]) == (16, 16, 16)
    written = pool.query("SELECT tokens_input, tokens_output, operation_uuid, checkpoints FROM loop_write")
    assert {(row["tokens_input"], row["tokens_output"]) for row in written} == {(10, 5)}
    assert all(row["operation_uuid"] and row["checkpoints"] is None for row in written)
    assert (
        pool.query("SELECT progress, total FROM qa_gen_task ORDER BY seq")
        == [{"progress": 4, "total": 4}] * 2
    )
    found = task_progress()[0]
    assert (found.state, found.counts["approved"], found.ended) == ("done, round 2", 16, True)


def test_a_wrong_key_fails_the_loop_with_the_reason(base: KnowledgeBaseServer) -> None:
    with JudgeServer(Model(), key="another") as judge:
        loop_id = create(base, judge.url)
        run()
    loop = loops().loops.get(loop_id)
    assert loop is not None
    assert loop["status"] == "failed"
    assert "401" in loop["error_message"] or "key" in loop["error_message"]
    assert loop["total_generated"] == 0
    assert [row["status"] for row in loops().rounds.all(loop_id)] == ["failed"]


def test_concurrency_rules_every_phase(base: KnowledgeBaseServer) -> None:
    loop_id = create(base, "http://127.0.0.1:9/v1", concurrency=7)
    lane = [Lane(HERE, loop_id)]
    caps = {kind.name: kind.open_lanes(lane)[0].cap for kind in PIPELINE.kinds}
    assert {name: caps[name] for name in ("write", "judge", "compare", "test")} == dict.fromkeys(
        ("write", "judge", "compare", "test"), 7
    )


def test_control_speaks_the_engines_words(base: KnowledgeBaseServer) -> None:
    control = LoopControl()
    loop_id = create(base, "http://127.0.0.1:9/v1")
    assert control.knows(loop_id)
    assert not control.knows("x")
    with pytest.raises(NotFound):
        control.pause("x", "by anna")
    control.pause(loop_id, "by anna")
    with pytest.raises(Conflict):
        control.pause(loop_id, "by anna")
    assert run() == 0
    control.resume(loop_id)
    assert control.retry(loop_id) == 0
    assert control.cancel(loop_id) == 1
    with pytest.raises(Conflict):
        control.stop(loop_id)
    assert [row["status"] for row in loops().rounds.all(loop_id)] == ["done"]
