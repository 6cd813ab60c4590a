"""Calls to knowledge bases and to embeddings have what every call that leaves has: limits, cooldown, breaker,
closing, deadline, request log, cost.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ai_worker.app import app
from ai_worker.engine.binding import bind
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker import work as engine_work
from ai_worker.errors import NotNow
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.outbound.records.request_log import request_log
from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.faults import DeadlineExceeded, RateLimited, ServerFault, Unauthorized
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.lanes import lanes_of_servers
from ai_worker.pipelines.loops.outgoing import open_server, planned_server, sealed
from ai_worker.pipelines.loops.recall import dagent
from ai_worker.pipelines.loops.recall.kinds import open_knowledge_base
from ai_worker.pipelines.loops.recall.knowledge_base import Environment, KnowledgeBase
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.tasks import PIPELINE
from ai_worker.settings import settings
from ai_worker.stores.mysql import MySQLPool
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.faults import Fault
from devtools.knowledge_base.server import KnowledgeBaseServer
from tests.integration.loops.driver import Model
from tests.integration.loops.judge_server import JudgeServer
from tests.integration.loops.test_engine import HOUR, run
from tests.integration.loops.test_rounds import chunk

OPERATION = "00000000-0000-0000-0000-0000000000aa"


@pytest.fixture
def server(pool: MySQLPool) -> Iterator[KnowledgeBaseServer]:
    if "loops.write" not in app.tasks:
        bind(app, PIPELINE)
    with KnowledgeBaseServer(Contents([chunk(0, place) for place in range(3)])) as running:
        yield running


def base(server: KnowledgeBaseServer, org_id: str = "org-1", records: bool = False) -> KnowledgeBase:
    row = {
        "env_type": "dagent",
        "env_url": server.url,
        "org_id": org_id,
        "agent_id": "",
        "env_key_encrypted": None,
        "env_key_iv": None,
    }
    context = CallContext(
        "loops", "loop-1", "7", OPERATION, redact=False, records=mysql_records() if records else None
    )
    return open_knowledge_base("dagent", Environment(org_id), open_server(row, context))


def test_each_call_stands_in_the_request_log(pool: MySQLPool, server: KnowledgeBaseServer) -> None:
    asked = base(server, records=True)
    asked.search("Which valve?", 5, [])
    server.want(Fault("status", "search", 500))
    with pytest.raises(ServerFault):
        asked.search("Which valve?", 5, [])
    request_log().flush()
    columns = "pipeline, task, row_id, provider, model, outcome, error_class, latency_ms"
    rows = pool.query(f"SELECT {columns} FROM api_requests_history ORDER BY id")
    assert [(row["outcome"], row["error_class"]) for row in rows] == [
        ("answered", None),
        ("failed", "server_fault"),
    ]
    named = {(row["pipeline"], row["task"], row["row_id"], row["provider"], row["model"]) for row in rows}
    assert named == {("loops", "loop-1", "7", "dagent", "org-1")}
    assert all(row["latency_ms"] is not None for row in rows)


def test_a_limit_of_the_knowledge_base_holds_over_all_loops(
    monkeypatch: pytest.MonkeyPatch, server: KnowledgeBaseServer
) -> None:
    monkeypatch.setenv("RECALL_REQUESTS_PER_MINUTE", "2")
    settings.cache_clear()
    for _ in range(2):
        base(server).search("Which valve?", 5, [])
    with pytest.raises(NotNow, match="requests per minute"):
        base(server).search("Which valve?", 5, [])
    assert len(server.journal.of("search")) == 2


def test_a_server_that_asks_for_patience_gets_it_from_every_row(server: KnowledgeBaseServer) -> None:
    server.want(Fault("status", "search", 429, times=1))
    with pytest.raises(RateLimited):
        base(server).search("Which valve?", 5, [])
    with pytest.raises(NotNow, match="cooling down"):
        base(server).search("Which valve?", 5, [])
    assert len(server.journal.of("search")) == 1


def test_a_server_that_fails_is_left_alone(server: KnowledgeBaseServer) -> None:
    server.want(Fault("code", "search", 500001))
    refused = 0
    for _ in range(40):
        try:
            base(server).search("Which valve?", 5, [])
        except ServerFault:
            continue
        except NotNow as refusal:
            assert "circuit open" in str(refusal)
            refused += 1
    assert refused > 0 and len(server.journal.of("search")) == 40 - refused


def test_a_refused_key_closes_this_knowledge_base_and_no_other(server: KnowledgeBaseServer) -> None:
    server.want(Fault("code", "search", 401, times=1))
    with pytest.raises(Unauthorized):
        base(server, "org-2").search("Which valve?", 5, [])
    with pytest.raises(NotNow, match="closed"):
        base(server, "org-2").search("Which valve?", 5, [])
    assert base(server, "org-1").search("Which valve?", 5, [])


def test_no_call_lasts_longer_than_its_deadline(
    monkeypatch: pytest.MonkeyPatch, server: KnowledgeBaseServer
) -> None:
    monkeypatch.setattr(dagent, "SEARCH_SECONDS", 0.3)
    server.want(Fault("slow", "search", 3))
    with pytest.raises(DeadlineExceeded):
        base(server).search("Which valve?", 5, [])


class Embeddings:
    """An endpoint of embeddings of OpenAI's form: a vector by the letters of each text.

    Args:
        status: of its answers.
    """

    def __init__(self, status: int = 200) -> None:
        outer = self
        self.status = status
        self.calls: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.calls.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
                vectors = [
                    {
                        "index": place,
                        "embedding": [float(text.count(letter)) for letter in "abcdefghijklmn0123456789"],
                    }
                    for place, text in enumerate(body["input"])
                ]
                answer: dict[str, Any] = {"data": vectors, "usage": {"prompt_tokens": 100 * len(vectors)}}
                content = json.dumps(answer if outer.status == 200 else {"error": {"message": "no"}}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "Embeddings":
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def create(server_url: str, judge_url: str, embed_url: str = "", **fields: object) -> str:
    stored, iv = sealed("k")
    judge = {
        "id": new_id(),
        "name": "j",
        "base_url": judge_url,
        "model": "m",
        "api_key_encrypted": stored,
        "api_key_iv": iv,
        "embed_base_url": embed_url,
        "embed_model": "embed-1",
        "embed_api_key_encrypted": stored,
        "embed_api_key_iv": iv,
    }
    loops().judges.insert(judge)
    wanted = {
        "name": "L",
        "org_id": "org-1",
        "judge_config_id": judge["id"],
        "file_ids": "",
        "env_url": server_url,
    }
    return loops().create({**wanted, "questions_per_section": 2, "max_rounds": 1, **fields})


def test_embeddings_are_logged_and_what_they_cost_stands_in_their_row(
    pool: MySQLPool, server: KnowledgeBaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models.toml"
    models.write_text('[models."embed-1"]\nprovider = "openai"\nprice_input = 50\nprice_output = 0\n')
    monkeypatch.setenv("MODELS_FILE", str(models))
    settings.cache_clear()
    with JudgeServer(Model()) as judge, Embeddings() as embeddings:
        loop_id = create(server.url, judge.url, embeddings.url)
        run()
        request_log().flush()
    asked = len(embeddings.calls)
    assert asked >= 1 and {call["path"] for call in embeddings.calls} == {"/v1/embeddings"}
    assert {call["key"] for call in embeddings.calls} == {"Bearer k"}
    tokens = 100 * sum(len(call["input"]) for call in embeddings.calls)
    step = pool.query("SELECT tokens_input, cost, operation_uuid FROM loop_step WHERE step = 'dedup'")[0]
    assert step["tokens_input"] == tokens == 600
    assert float(step["cost"]) == pytest.approx(tokens * 50 / 1_000_000)
    logged = pool.query(
        "SELECT task, operation_uuid, tokens_input, cost FROM api_requests_history "
        "WHERE provider = 'embeddings'"
    )
    assert len(logged) == asked
    assert {(row["task"], row["operation_uuid"]) for row in logged} == {(loop_id, step["operation_uuid"])}
    assert sum(row["cost"] for row in logged) == step["cost"]
    providers = pool.query("SELECT DISTINCT provider FROM api_requests_history ORDER BY provider")
    assert [row["provider"] for row in providers] == ["dagent", "embeddings", "openai"]


def test_a_limit_that_embeddings_meet_is_waited_for_and_is_no_reason_to_do_without(
    pool: MySQLPool, server: KnowledgeBaseServer
) -> None:
    with JudgeServer(Model()) as judge, Embeddings(status=429) as embeddings:
        loop_id = create(server.url, judge.url, embeddings.url)
        run()
        step = pool.query("SELECT status_id, attempts, error_class FROM loop_step WHERE step = 'dedup'")[0]
        assert (step["status_id"], step["attempts"]) == (0, 0)
        assert loops().rounds.notes(loop_id) == []
        embeddings.status = 200
        limiter().reopen(f"embeddings/embed-1@{embeddings.url.split('/')[2]}")
        pool.execute("UPDATE loop_step SET due_at = UTC_TIMESTAMP(6) WHERE status_id = 0")
        pool.execute("UPDATE loop_step SET first_attempt_at = first_attempt_at - INTERVAL 1 HOUR")
        embeddings.status = 401
        run()
    assert "no embeddings" in loops().rounds.notes(loop_id)[0]["notes"]
    loop = loops().loops.get(loop_id)
    assert loop is not None and loop["status"] == "done"


def test_an_address_where_nobody_answers_fails_the_loop_within_its_attempts(
    pool: MySQLPool, server: KnowledgeBaseServer
) -> None:
    loop_id = create("http://127.0.0.1:9", "http://127.0.0.1:9/v1")
    for _ in range(40):
        run()
        pool.execute("UPDATE loop_step SET due_at = UTC_TIMESTAMP(6) WHERE status_id = 0")
        limiter().reopen("dagent/org-1@127.0.0.1:9")
        if loops().loops.status(loop_id) == "failed":
            break
    loop = loops().loops.get(loop_id)
    assert loop is not None and loop["status"] == "failed"
    assert "127.0.0.1:9" in loop["error_message"]
    assert pool.query("SELECT attempts FROM loop_step")[0]["attempts"] == 6


def test_a_second_test_against_a_dead_address_fails_within_its_attempts(
    pool: MySQLPool, server: KnowledgeBaseServer
) -> None:
    with JudgeServer(Model()) as judge:
        first = create(server.url, judge.url)
        run()
    again = create("http://127.0.0.1:9", judge.url, retest_of=first)
    for _ in range(40):
        run()
        pool.execute("UPDATE single_jump_result SET due_at = UTC_TIMESTAMP(6) WHERE status_id = 0")
        limiter().reopen("dagent/org-1@127.0.0.1:9")
        if loops().loops.status(again) == "failed":
            break
    loop = loops().loops.get(again)
    assert loop is not None and loop["status"] == "failed"
    assert "127.0.0.1:9" in loop["error_message"]


def test_an_outage_in_the_midst_of_a_test_is_waited_for(pool: MySQLPool, server: KnowledgeBaseServer) -> None:
    server.want(Fault("reset", "search"))
    with JudgeServer(Model()) as judge:
        loop_id = create(server.url, judge.url)
        run()
        assert loops().loops.status(loop_id) == "running"
        assert pool.query("SELECT COUNT(*) AS n FROM single_jump_result WHERE status_id = 3")[0]["n"] == 0
        assert "no answer from dagent/org-1" in loops().rounds.waits_for(loop_id)
        row = loops().loops.statuses([loop_id])[loop_id]
        assert limiter().availability([planned_server(row)], 0.0)[planned_server(row).asked_as].breaker != ""
        server.want()
        pool.execute("UPDATE single_jump_result SET due_at = UTC_TIMESTAMP(6) WHERE status_id = 0")
        limiter().reopen(planned_server(row).key)
        run()
    loop = loops().loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["total_tested"], loop["total_recalled"]) == ("done", 6, 6)


def test_a_closed_knowledge_base_has_no_rows_handed_out(pool: MySQLPool, server: KnowledgeBaseServer) -> None:
    with JudgeServer(Model()) as judge:
        closed = create(server.url, judge.url)
        open_one = create(server.url, judge.url, org_id="org-2")
        server.want(Fault("code", "search", 401, times=1))
        with pytest.raises(Unauthorized):
            base(server).search("Which valve?", 5, [])
        assert lanes_of_servers([Lane(HERE, closed)]) == []
        assert [lane.value for lane in lanes_of_servers([Lane(HERE, open_one)])] == [open_one]


def test_a_row_that_finds_its_loop_stopped_between_two_calls_is_cancelled_and_no_failure(
    pool: MySQLPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "loops.write" not in app.tasks:
        bind(app, PIPELINE)
    monkeypatch.setattr("ai_worker.pipelines.loops.work.kinds.CHECK_SECONDS", 0.0)
    many = [Chunk(f"f{file}", f"c{file}", f"Fact {file}.", f"f{file}.md") for file in range(30)]
    with KnowledgeBaseServer(Contents(many)) as large:
        loop_id = create(large.url, "http://127.0.0.1:9/v1")
        real = large.answer

        def stopping(asked: Any) -> Any:
            if len(large.journal.entries) == 10:
                loops().stop(loop_id)
            return real(asked)

        monkeypatch.setattr(large, "answer", stopping)
        run()
        assert len(large.journal.entries) == 11
    assert pool.query("SELECT status_id, error FROM loop_step") == [{"status_id": 4, "error": None}]
    assert [(row["status"], row["tested"]) for row in loops().rounds.all(loop_id)] == [("done", 0)]


def test_a_pause_holds_between_two_calls_of_one_row(pool: MySQLPool, monkeypatch: pytest.MonkeyPatch) -> None:
    if "loops.write" not in app.tasks:
        bind(app, PIPELINE)
    monkeypatch.setattr("ai_worker.pipelines.loops.work.kinds.CHECK_SECONDS", 0.0)
    many = [Chunk(f"f{file}", f"c{file}", f"Fact {file}.", f"f{file}.md") for file in range(30)]
    with KnowledgeBaseServer(Contents(many)) as large:
        loop_id = create(large.url, "http://127.0.0.1:9/v1")
        step = next(kind for kind in PIPELINE.kinds if kind.name == "step")
        (row,) = step.source.reserve(step.source.lanes()[0], 1, HOUR)
        real = large.answer

        def pausing(asked: Any) -> Any:
            if len(large.journal.entries) == 10:
                loops().pause(loop_id, "by a test")
            return real(asked)

        monkeypatch.setattr(large, "answer", pausing)
        engine_work.work(step, HERE, row.row_id, row.token)
        assert len(large.journal.entries) == 11
        waiting = pool.query("SELECT status_id, attempts FROM loop_step")[0]
        assert (waiting["status_id"], waiting["attempts"]) == (0, 0)
        loops().resume(loop_id)
        (row,) = step.source.reserve(step.source.lanes()[0], 1, HOUR)
        engine_work.work(step, HERE, row.row_id, row.token)
    assert pool.query("SELECT COUNT(*) AS n FROM loop_chunk")[0]["n"] == 30
