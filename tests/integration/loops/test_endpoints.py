"""Creating, pausing, resuming, stopping and deleting loops, and judge configurations, over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.stores.mysql import MySQLPool

JUDGE = {
    "name": "judge",
    "base_url": "http://judge/v1",
    "api_key": "sk-secret-1",
    "model": "m",
    "embed_api_key": "sk-secret-2",
}


@pytest.fixture
def judge(http: TestClient) -> str:
    answer = http.post("/api/config/judge", json=JUDGE)
    assert answer.status_code == 200
    return str(answer.json()["data"]["id"])


def create(http: TestClient, judge: str, **fields: Any) -> str:
    form = {"name": "L", "org_id": "org", "judge_config_id": judge, "env_url": "http://kb", **fields}
    answer = http.post("/api/loop/task", data=form)
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["status", "data"]
    return str(answer.json()["data"]["id"])


def detail(http: TestClient, id: str) -> dict[str, Any]:
    return dict(http.get(f"/api/loop/task/{id}").json()["data"])


def test_a_new_loop_has_the_seeds_defaults_and_runs(http: TestClient, judge: str) -> None:
    found = detail(http, create(http, judge, file_ids=" a, ,b,"))
    expected = {
        "name": "L",
        "org_id": "org",
        "judge_config_id": judge,
        "file_ids": "a,b",
        "questions_per_section": 5,
        "quality_threshold": 0.6,
        "include_multimodal": 1,
        "env_url": "http://kb",
        "d_user_id": "test",
        "agent_id": "",
        "top_k": 64,
        "recall_top_k": 64,
        "concurrency": 20,
        "cross_chunk": 1,
        "status": "running",
        "current_round": 1,
        "max_rounds": 0,
        "max_questions": 0,
        "global_dedup": 0,
        "expected_chunk_count": None,
        "error_message": None,
        "paused_at": None,
        "finished_at": None,
        "recall_rate": 0,
        "file_hit_rate": 0,
        "file_miss_rate": 0,
        "total_chunk_hit": 0,
    }
    assert {name: found[name] for name in expected} == expected
    assert len(found["id"]) == 32
    assert len(found["created_at"]) == 26
    assert not {"env_key_encrypted", "env_type", "seq", "dry_rounds"} & set(found)
    rounds = http.get(f"/api/loop/task/{found['id']}/rounds").json()["data"]
    assert [(row["round_number"], row["status"], row["generated"]) for row in rounds] == [
        (1, "qa_generating", 0)
    ]


def test_missing_and_impossible_fields_are_refused(http: TestClient, judge: str) -> None:
    form = {"name": "L", "org_id": "org", "judge_config_id": judge, "env_url": "http://kb"}
    for name in form:
        answer = http.post("/api/loop/task", data={key: value for key, value in form.items() if key != name})
        assert answer.status_code == 422
        assert [fault["loc"] for fault in answer.json()["detail"]] == [["body", name]]
    for wrong in (
        {"top_k": "x"},
        {"questions_per_section": 0},
        {"quality_threshold": "nan"},
        {"max_rounds": -1},
        {"cross_chunk": "maybe"},
    ):
        assert http.post("/api/loop/task", data={**form, **wrong}).status_code == 422


def test_an_unknown_judge_or_address_is_found_at_creation(http: TestClient, judge: str) -> None:
    form = {"name": "L", "org_id": "org", "judge_config_id": "nope", "env_url": "http://kb"}
    answer = http.post("/api/loop/task", data=form)
    assert (answer.status_code, answer.json()) == (400, {"detail": "judge_config not found: nope"})
    answer = http.post("/api/loop/task", data={**form, "judge_config_id": judge, "env_url": "kb"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "env_url must begin with http:// or https://"},
    )
    answer = http.post("/api/loop/task", data={**form, "judge_config_id": judge, "env_type": "solr"})
    assert answer.status_code == 400
    assert http.get("/api/loop/task/list").json()["data"] == {"total": 0, "items": []}


def test_pause_resume_and_stop_answer_as_the_seed(http: TestClient, judge: str) -> None:
    id = create(http, judge)
    path = f"/api/loop/task/{id}"
    assert http.post(f"{path}/resume").json() == {"detail": "Task not paused"}
    paused = http.post(f"{path}/pause")
    assert (paused.status_code, paused.json()["data"]["status"], "recall_rate" in paused.json()["data"]) == (
        200,
        "paused",
        False,
    )
    assert paused.json()["data"]["paused_at"] is not None
    again = http.post(f"{path}/pause")
    assert (again.status_code, again.json()) == (400, {"detail": "Task not running"})
    resumed = http.post(f"{path}/resume").json()["data"]
    assert (resumed["status"], resumed["paused_at"]) == ("running", None)
    stopped = http.post(f"{path}/stop")
    assert (stopped.status_code, stopped.json()) == (200, {"status": 0, "data": True})
    found = detail(http, id)
    assert found["status"] == "stopped"
    assert found["finished_at"] is not None
    again = http.post(f"{path}/stop")
    assert (again.status_code, again.json()) == (400, {"detail": "Task not running or paused"})
    assert http.post(f"{path}/resume").json() == {"detail": "Task not paused"}
    rounds = http.get(f"{path}/rounds").json()["data"]
    assert [row["status"] for row in rounds] == ["done"]


def test_unknown_loops_answer_as_the_seed(http: TestClient) -> None:
    path = "/api/loop/task/unknown"
    for method, end, expected in (
        *(
            ("POST", "/pause", (400, {"detail": "Task not running"})),
            ("POST", "/resume", (404, {"detail": "Task not found"})),
        ),
        *(
            ("POST", "/stop", (404, {"detail": "Task not found"})),
            ("GET", "", (404, {"detail": "Task not found"})),
        ),
        *(
            ("DELETE", "", (200, {"status": 0, "data": True})),
            ("GET", "/rounds", (200, {"status": 0, "data": []})),
        ),
        ("GET", "/questions", (200, {"status": 0, "data": {"total": 0, "items": []}})),
    ):
        answer = http.request(method, path + end)
        assert (answer.status_code, answer.json()) == expected


def test_deleting_leaves_no_row_in_any_table(http: TestClient, judge: str, pool: MySQLPool) -> None:
    id, other = create(http, judge), create(http, judge)
    current = pool.query("SELECT * FROM loop_round WHERE loop_task_id = %s", (id,))[0]
    pool.execute(
        "INSERT INTO loop_chunk (loop_task_id, file_id, chunk_id, content, content_hash, position) VALUES "
        "(%s, 'f', 'c', 'x', 'h', 0)",
        (id,),
    )
    pool.execute(
        "INSERT INTO loop_write (loop_task_id, loop_round_id, id_loop_chunk, wanted) VALUES (%s, %s, 1, 5)",
        (id, current["id"]),
    )
    pool.execute(
        "INSERT INTO loop_pair (loop_task_id, loop_round_id, question_id, candidates) VALUES (%s, %s, 'q', "
        "'[]')",
        (id, current["id"]),
    )
    pool.execute(
        "INSERT INTO qa_gen_question (id, task_id, question, created_at) VALUES ('q', %s, 'Q?', "
        "UTC_TIMESTAMP(6))",
        (current["qa_gen_task_id"],),
    )
    pool.execute(
        "INSERT INTO single_jump_result (id, task_id, question) VALUES ('s', %s, 'Q?')",
        (current["single_jump_task_id"],),
    )
    assert http.delete(f"/api/loop/task/{id}").json() == {"status": 0, "data": True}
    tables = ("loop_task", "loop_round", "qa_gen_task", "single_jump_task", "loop_step")
    assert {
        table: pool.query(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"] for table in tables
    } == dict.fromkeys(tables, 1)
    empty = ("loop_chunk", "loop_write", "loop_pair", "qa_gen_question", "single_jump_result")
    assert {
        table: pool.query(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"] for table in empty
    } == dict.fromkeys(empty, 0)
    assert detail(http, other)["status"] == "running"


def test_keys_go_in_and_never_come_out(http: TestClient, judge: str, pool: MySQLPool) -> None:
    listed = http.get("/api/config/judge")
    assert listed.json()["data"] == [
        {
            "id": judge,
            "name": "judge",
            "base_url": "http://judge/v1",
            "model": "m",
            "embed_base_url": "",
            "embed_model": "text-embedding-3-small",
            "created_at": listed.json()["data"][0]["created_at"],
        }
    ]
    assert "secret" not in listed.text
    stored = pool.query("SELECT * FROM judge_config")[0]
    assert b"secret" not in stored["api_key_encrypted"] + stored["embed_api_key_encrypted"]
    form = http.post("/api/config/judge", data={**JUDGE, "name": "by form"})
    assert form.status_code == 200
    assert http.delete(f"/api/config/judge/{form.json()['data']['id']}").json() == {"status": 0, "data": True}
    assert [row["name"] for row in http.get("/api/config/judge").json()["data"]] == ["judge"]
    refused = http.post("/api/config/judge", json={**JUDGE, "base_url": "ftp://x"})
    assert refused.status_code == 422
    assert "secret" not in refused.text


def test_the_key_of_the_knowledge_base_is_encrypted_too(
    http: TestClient, judge: str, pool: MySQLPool
) -> None:
    id = create(http, judge, env_type="ragflow", env_key="kb-secret")
    row = pool.query("SELECT env_key_encrypted, env_type FROM loop_task WHERE id = %s", (id,))[0]
    assert row["env_type"] == "ragflow"
    assert b"secret" not in row["env_key_encrypted"]
    assert "secret" not in http.get(f"/api/loop/task/{id}").text
