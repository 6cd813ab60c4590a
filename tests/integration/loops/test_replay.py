"""The seed's router and ours answer alike: every endpoint with every filter over the same rows, the expected
JSON by the seed's SQL.
"""

import itertools
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.stores.mysql import MySQLPool
from tests.integration.loops.seed_server import SeedServer

LOOP: dict[str, Any] = {
    "name": "Regression",
    "org_id": "org",
    "judge_config_id": "j",
    "file_ids": "a,b",
    "questions_per_section": 5,
    "quality_threshold": 0.6,
    "include_multimodal": 1,
    "env_url": "http://kb",
    "d_user_id": "test",
    "agent_id": "",
    "top_k": 64,
    "concurrency": 20,
    "cross_chunk": 1,
    "status": "running",
    "current_round": 2,
    "max_rounds": 0,
    "max_questions": 0,
    "total_generated": 9,
    "total_approved": 6,
    "total_duplicates": 1,
    "total_tested": 7,
    "total_recalled": 3,
    "total_file_hit": 2,
    "total_file_miss": 1,
    "total_recall_failed": 1,
    "error_message": None,
    "global_dedup": 0,
    "expected_chunk_count": None,
    "paused_at": None,
    "finished_at": None,
    "total_chunk_hit": 1,
    "recall_top_k": 64,
}
ROUND: dict[str, Any] = {
    "generated": 5,
    "approved": 3,
    "duplicates": 1,
    "tested": 3,
    "recalled": 2,
    "file_hit": 1,
    "dedup_progress": "5/5",
    "status": "done",
    "started_at": "2026-04-21T03:01:38.123456",
    "finished_at": None,
    "chunk_hit": 1,
}
FOUND = json.dumps([{"chunk_id": "c1", "content": "Ёж"}], ensure_ascii=False)


class Both:
    """The same rows in SQLite and in MySQL."""

    def __init__(self, pool: MySQLPool) -> None:
        self.seed = SeedServer()
        self.pool = pool

    def add(self, table: str, **row: Any) -> None:
        self.seed.add(table, row)
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        self.pool.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def question(self, id: str, task: str, moment: int, **fields: Any) -> None:
        row = {
            "section_path": "A > B",
            "question": f"Question {id}?",
            "reference_answer": "Answer",
            "source_chunk": "source",
            "quality_score": 0.75,
            "dup_of": None,
            "dup_similarity": None,
            "status": "approved",
            "file_name": "dir/a.md",
            "chunk_id": "c1",
            "chunk_headers": "A > B",
        }
        self.add(
            "qa_gen_question",
            **{
                **row,
                "id": id,
                "task_id": task,
                "created_at": f"2026-04-21T03:01:{moment:02}.123456",
                **fields,
            },
        )

    def result(self, id: str, task: str, question: str, **fields: Any) -> None:
        row = {
            "section_path": "A > B",
            "file_name": "dir/a.md",
            "reference_answer": "Answer",
            "retrieved": FOUND,
            "latency_ms": 12,
            "error": None,
            "best_cosine_sim": 0.5,
            "is_file_hit": 1,
            "expected_chunk_id": "c1",
            "is_chunk_hit": 1,
            "chunk_hit_rank": 1,
            "raw_chunk_headers": None,
        }
        self.add("single_jump_result", **{**row, "id": id, "task_id": task, "question": question, **fields})


@pytest.fixture
def both(pool: MySQLPool) -> Both:
    """Two loops with rounds, questions and results of every kind, and one loop of old without questions of
    its own.
    """
    rows = Both(pool)
    for number, id in enumerate(("one", "two", "old", "empty")):
        totals = {} if id == "one" else {name: 0 for name in LOOP if name.startswith("total_")}
        rows.add("loop_task", id=id, created_at=f"2026-04-21T03:0{number}:38.000000", **{**LOOP, **totals})
    for id, loop, number, qa, test in (
        *(("r1", "one", 1, "qa1", "t1"), ("r2", "one", 2, "qa2", "t2"), ("r3", "two", 1, "qa3", "t3")),
        ("r4", "old", 1, None, "t4"),
    ):
        rows.add(
            "loop_round",
            id=id,
            loop_task_id=loop,
            round_number=number,
            qa_gen_task_id=qa,
            single_jump_task_id=test,
            **ROUND,
        )
    rows.question("q1", "qa1", 1)
    rows.question("q2", "qa1", 2, question="Где ёлка?", chunk_headers="", chunk_id="c2")
    rows.question(
        "q3",
        "qa1",
        3,
        question="Где елка?",
        section_path=None,
        chunk_headers=None,
        chunk_id=None,
        file_name=None,
    )
    rows.question("q4", "qa1", 4, status="rejected", dup_of="q1", dup_similarity=0.9312)
    rows.question("q5", "qa1", 5, status="pending", quality_score=0.2)
    rows.question("q6", "qa1", 6, question="Żółw?", chunk_headers="Łódź", file_name="", section_path="")
    rows.question("q7", "qa2", 7, question="question q1?")
    rows.question("q8", "qa2", 8, question="Untested?")
    rows.question("q9", "qa2", 9, question="Failed with an error?")
    rows.question("q10", "qa3", 10, status="rejected")
    rows.result("s1", "t1", "Question q1?", is_file_hit=0, is_chunk_hit=0, chunk_hit_rank=None)
    rows.result("s2", "t1", "Question q1?")
    rows.result(
        "s3", "t1", "Где ёлка?", is_file_hit=0, is_chunk_hit=0, chunk_hit_rank=None, expected_chunk_id="c2"
    )
    rows.result(
        "s4", "t1", "Где елка?", retrieved="[]", is_file_hit=0, best_cosine_sim=None, expected_chunk_id=None
    )
    rows.result("s5", "t1", "Żółw? ", retrieved="[]", is_file_hit=0)
    rows.result("s6", "t2", "question q1?", retrieved="[]", is_file_hit=0, error=None)
    rows.result("s7", "t2", "Failed with an error?", retrieved="[]", is_file_hit=0, error="500")
    rows.result("s8", "t4", "Old one?", raw_chunk_headers="H")
    rows.result("s9", "t4", "Old two?", retrieved="[]", is_file_hit=0)
    return rows


def ask(http: TestClient, path: str, **query: Any) -> tuple[int, Any]:
    answer = http.get(
        f"/api/loop{path}", params={name: value for name, value in query.items() if value is not None}
    )
    return answer.status_code, answer.json()


def test_lists_details_and_rounds_are_the_seeds(http: TestClient, both: Both) -> None:
    assert ask(http, "/task/list") == both.seed.list()
    for page, size in ((1, 2), (2, 2), (3, 2), (1, 100)):
        assert ask(http, "/task/list", page=page, page_size=size) == both.seed.list(page, size)
    for id in ("one", "two", "old", "empty", "unknown"):
        assert ask(http, f"/task/{id}") == both.seed.task(id)
        assert ask(http, f"/task/{id}/rounds") == both.seed.rounds(id)
    assert list(ask(http, "/task/one")[1]["data"])[-3:] == ["recall_rate", "file_hit_rate", "file_miss_rate"]


STATUSES = (None, "approved", "rejected", "pending", "duplicate", "nonsense")
CATEGORIES = (None, "hit", "file_miss", "recall_failed", "nonsense")


@pytest.mark.parametrize(("status", "category"), list(itertools.product(STATUSES, CATEGORIES)))
def test_questions_are_the_seeds_with_every_filter(
    http: TestClient, both: Both, status: str | None, category: str | None
) -> None:
    for id in ("one", "two", "old", "unknown"):
        assert ask(http, f"/task/{id}/questions", status=status, category=category) == both.seed.questions(
            id, status, category
        )
    wanted = {"status": status, "category": category, "page": 2, "page_size": 2}
    assert ask(http, "/task/one/questions", **wanted) == both.seed.questions("one", status, category, 2, 2)


@pytest.mark.parametrize("category", ["all", "hit", "file_miss", "recall_failed", "nonsense"])
def test_exports_are_the_seeds(http: TestClient, both: Both, category: str) -> None:
    for id in ("one", "two", "old", "unknown"):
        answer = http.get(f"/api/loop/task/{id}/export", params={"category": category, "format": "json"})
        if answer.status_code == 404:
            assert (404, answer.text) == both.seed.export(id, category, "")
            assert answer.headers["content-type"].startswith("text/plain")
            continue
        body = answer.json()
        assert answer.status_code == 200, answer.text
        assert (200, body) == both.seed.export(id, category, body["exported_at"])
        assert (
            answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''loop_{id}_{category}.json"
        )
        assert answer.text.startswith('{\n  "task_id": ')
        assert "\\u" not in answer.text


def test_pages_out_of_range_are_refused_as_fastapi_does(http: TestClient, both: Both) -> None:
    for query in ({"page": 0}, {"page_size": 0}, {"page_size": 101}, {"page": "x"}):
        status, body = ask(http, "/task/list", **query)
        assert status == 422
        assert list(body) == ["detail"]
        assert body["detail"][0]["loc"] == ["query", next(iter(query))]


def test_two_questions_of_one_text_have_their_own_results(
    http: TestClient, pool: MySQLPool, both: Both
) -> None:
    both.question("x1", "qa3", 20, question="Same?")
    both.question("x2", "qa3", 21, question="Same?", chunk_id="c9")
    for id, hit, chunk in (("x1", 1, "c1"), ("x2", 0, "c9")):
        pool.execute(
            "INSERT INTO single_jump_result (id, task_id, qa_question_id, question, retrieved, is_file_hit, "
            "expected_chunk_id) "
            "VALUES (%s, 't3', %s, 'Same?', '[1]', %s, %s)",
            (f"s-{id}", id, hit, chunk),
        )
    items = {item["id"]: item for item in ask(http, "/task/two/questions")[1]["data"]["items"]}
    assert {id: (items[id]["is_file_hit"], items[id]["expected_chunk_id"]) for id in ("x1", "x2")} == {
        "x1": (1, "c1"),
        "x2": (0, "c9"),
    }


def test_a_test_under_way_is_no_result_yet(http: TestClient, pool: MySQLPool, both: Both) -> None:
    pool.execute(
        "INSERT INTO single_jump_result (id, task_id, qa_question_id, question, error, status_id) VALUES "
        "('w', 't2', 'q8', 'Untested?', 'a retry waits', 0)"
    )
    items = {item["id"]: item for item in ask(http, "/task/one/questions")[1]["data"]["items"]}
    assert (items["q8"]["retrieved"], items["q8"]["error"]) == (None, None)
    failed = ask(http, "/task/one/questions", category="recall_failed")[1]["data"]["items"]
    assert "q8" not in {item["id"] for item in failed}
