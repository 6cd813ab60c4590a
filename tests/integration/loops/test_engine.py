"""The pipeline as the engine runs it: its kinds worked by the engine's own code, the model over HTTP."""

from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from ai_worker.app import app
from ai_worker.engine.binding import bind
from ai_worker.engine.contract.pipeline import Kind
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker import work as engine_work
from ai_worker.engine.worker.group_watch import close_unfinished, group_watch
from ai_worker.errors import Conflict, NotFound
from ai_worker.outbound.limits import current
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.pipelines.loops.commands.group import group
from ai_worker.pipelines.loops.control import LoopControl
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.lanes import closed_for, waits_for
from ai_worker.pipelines.loops.outgoing import planned_server, sealed
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.task_progress import task_progress
from ai_worker.pipelines.loops.tasks import PIPELINE
from ai_worker.settings import settings
from ai_worker.stores.mysql import MySQLPool
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.faults import Fault
from devtools.knowledge_base.server import KnowledgeBaseServer
from tests.integration.loops.driver import Model
from tests.integration.loops.judge_server import JudgeServer
from tests.integration.loops.test_rounds import chunk
from tests.waiting import wait_until

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


TABLES = ("loop_step", "loop_write", "qa_gen_question", "loop_pair", "single_jump_result")


def harmed(pool: MySQLPool) -> int:
    """Rows that failed, or on which an attempt was counted."""
    return sum(
        pool.query(f"SELECT COUNT(*) AS n FROM {table} WHERE status_id = 3 OR attempts > 0")[0]["n"]
        for table in TABLES
    )


def test_a_wrong_key_closes_the_model_and_the_loop_waits_until_it_is_right(
    pool: MySQLPool, base: KnowledgeBaseServer, http: TestClient
) -> None:
    with JudgeServer(Model(), key="another") as judge:
        loop_id = create(base, judge.url)
        run()
        assert loops().loops.status(loop_id) == "running"
        assert harmed(pool) == 0
        asked = judge.calls
        assert asked < 4 and run() == 0, "rows of a closed model are not touched"
        assert judge.calls == asked
        reason = "closed: unauthorized: the provider answered 401"
        assert reason in unescape(http.get(f"/panel/loops/{loop_id}").text)
        assert reason in waits_for(loop_id) and reason in task_progress()[0].state
        shown = http.get(f"/api/loop/task/{loop_id}").json()["data"]
        assert shown["status"] == "running" and reason in shown["error_message"]
        assert reason in http.get("/api/loop/task/list").json()["data"]["items"][0]["error_message"]
        assert reason in CliRunner().invoke(group, ["show", loop_id]).output.replace("\n", " ")
        stored, iv = sealed("another")
        pool.execute("UPDATE judge_config SET api_key_encrypted = %s, api_key_iv = %s", (stored, iv))
        assert (
            waits_for(loop_id) != reason
            and http.get(f"/api/loop/task/{loop_id}").json()["data"]["error_message"] is None
        )
        rows_due(pool)
        run()
    loop = loops().loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["error_message"], loop["total_approved"]) == ("done", None, 16)
    assert harmed(pool) == 0


def test_one_call_finds_out_that_a_closed_model_works_again(
    pool: MySQLPool, base: KnowledgeBaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = LocalLimiter(rules=Rules(closed_first=0.4, closed_cap=0.4))
    with monkeypatch.context() as patched, JudgeServer(Model(), key="another") as judge:
        patched.setattr(current, "_limiter", lambda process_id: made)
        loop_id = create(base, judge.url)
        for calls in (1, 2):
            wait_until(lambda at=calls: bool(run()) and judge.calls >= at, "a refusal")  # type: ignore[misc]
            rows_due(pool)
        assert harmed(pool) == 0 and loops().loops.status(loop_id) == "running"
        judge.key = "k"

        def done() -> bool:
            rows_due(pool)
            run()
            return loops().loops.status(loop_id) == "done"

        wait_until(done, "the end, without an operator")
    assert harmed(pool) == 0
    made.close()


def rows_due(pool: MySQLPool) -> None:
    """The time that rows wait for which met a fault has passed."""
    for table in TABLES:
        pool.execute(f"UPDATE {table} SET due_at = UTC_TIMESTAMP(6) WHERE status_id = 0")


@pytest.mark.parametrize("fault", ["wrong code", "404", "302"])
def test_a_wrong_setting_of_the_knowledge_base_is_waited_for(
    pool: MySQLPool, base: KnowledgeBaseServer, fault: str
) -> None:
    base.want(
        Fault("code", "chunks", 401) if fault == "wrong code" else Fault("status", "chunks", int(fault))
    )
    with JudgeServer(Model()) as judge:
        loop_id = create(base, judge.url)
        run()
        assert loops().loops.status(loop_id) == "running"
        asked = len(base.journal.entries)
        rows_due(pool)
        assert run() == 0 and len(base.journal.entries) == asked, "it is not asked again"
        assert "closed: " in waits_for(loop_id) and harmed(pool) == 0
        base.want()
        limiter().reopen(planned_server(loops().loops.statuses([loop_id])[loop_id]).key)
        rows_due(pool)
        run()
    assert loops().loops.status(loop_id) == "done" and harmed(pool) == 0


@pytest.mark.parametrize("wrong", ["base", "judge"])
def test_an_address_without_a_trusted_connection_is_waited_for(
    pool: MySQLPool, base: KnowledgeBaseServer, wrong: str
) -> None:
    """TLS fails before anything is sent, also at a loop's first call."""
    with JudgeServer(Model()) as judge:
        urls = {"base": base.url, "judge": judge.url}
        rightly = urls[wrong]
        urls[wrong] = rightly.replace("http:", "https:")
        loop_id = create(base, urls["judge"], env_url=urls["base"])
        run()
        assert loops().loops.status(loop_id) == "running" and harmed(pool) == 0
        assert "closed: tls_failure" in waits_for(loop_id)
        pool.execute("UPDATE loop_task SET env_url = %s", (base.url,))
        pool.execute("UPDATE judge_config SET base_url = %s", (judge.url,))
        assert "tls_failure" not in closed_for([loop_id]).get(loop_id, ""), (
            "another setting is another endpoint"
        )
        rows_due(pool)
        run()
    assert loops().loops.status(loop_id) == "done" and harmed(pool) == 0


def test_a_key_that_does_not_open_here_closes_what_it_is_for(
    pool: MySQLPool, base: KnowledgeBaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the model and of the knowledge base; a worker that has the right MASTER_KEY is not held."""
    with JudgeServer(Model()) as judge:
        loop_id = create(base, judge.url, env_key="e")
        monkeypatch.setenv("MASTER_KEY", "another")
        settings.cache_clear()
        run()
        assert f"loop {loop_id}: the key does not open - check MASTER_KEY" in waits_for(loop_id)
        pool.execute("UPDATE loop_task SET env_key_encrypted = NULL")
        rows_due(pool)
        run()
        assert "judge_config" in waits_for(loop_id) and "the key does not open" in waits_for(loop_id)
        assert loops().loops.status(loop_id) == "running" and harmed(pool) == 0 and judge.calls == 0
        monkeypatch.setenv("MASTER_KEY", "a master key for tests")
        settings.cache_clear()
        rows_due(pool)
        run()
    assert loops().loops.status(loop_id) == "done" and harmed(pool) == 0


def test_a_judge_configuration_that_was_deleted_fails_the_loop(base: KnowledgeBaseServer) -> None:
    with JudgeServer(Model()) as judge:
        loop_id = create(base, judge.url)
        found = loops().loops.get(loop_id)
        assert found is not None
        loops().judges.delete(found["judge_config_id"])
        run()
    loop = loops().loops.get(loop_id)
    assert loop is not None and loop["status"] == "failed"
    assert loop["error_message"].startswith("judge_config not found")


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
