"""Loops from their first row to their end over a real database and a real knowledge base over HTTP; the model
is the test's own.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.faults import ServerFault
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.outgoing import sealed
from ai_worker.pipelines.loops.ports import Asked
from ai_worker.pipelines.loops.service import Loops
from ai_worker.pipelines.loops.storage.phase_rows_repository import PhaseRowsRepository
from ai_worker.pipelines.loops.texts.text_forms import normal
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.faults import Fault
from devtools.knowledge_base.server import KnowledgeBaseServer
from tests.integration.loops.driver import Driver, Model

WORDS = (
    "alder",
    "birch",
    "cedar",
    "dogwood",
    "elm",
    "fir",
    "ginkgo",
    "hazel",
    "ironwood",
    "juniper",
    "katsura",
    "larch",
)


def chunk(file: int, place: int, facts: int = 4) -> Chunk:
    names = [f"{WORDS[(file * 5 + place + fact) % 12]}{file}{place}{fact}" for fact in range(facts)]
    text = " ".join(f"The valve {name} closes at zq{name} bar." for name in names)
    return Chunk(f"f{file}", f"c{file}-{place}", text, f"dir/f{file}.md", f"Manual {file} / Valves {place}")


@pytest.fixture
def base() -> Iterator[KnowledgeBaseServer]:
    chunks = [chunk(file, place) for file, size in enumerate((6, 3, 1)) for place in range(size)]
    with KnowledgeBaseServer(Contents(chunks)) as server:
        yield server


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def driver(pool: MySQLPool, model: Model) -> Driver:
    return Driver(pool, model)


@pytest.fixture
def loops(pool: MySQLPool) -> Loops:
    return Loops(pool)


def create(loops: Loops, base: KnowledgeBaseServer | None, embed: str = "", **fields: Any) -> str:
    key, iv = sealed("k")
    judge = {
        "id": new_id(),
        "name": "j",
        "base_url": "http://127.0.0.1:9/v1",
        "model": "m",
        "api_key_encrypted": key,
        "api_key_iv": iv,
        "embed_base_url": embed,
    }
    loops.judges.insert(judge)
    wanted = {
        "name": "L",
        "org_id": "org-1",
        "judge_config_id": judge["id"],
        "file_ids": "",
        "env_url": base.url if base else "",
        **fields,
    }
    return loops.create({"questions_per_section": 2, "top_k": 5, "recall_top_k": 5, **wanted})


def questions(pool: MySQLPool, loop_id: str) -> list[dict[str, Any]]:
    return pool.query("SELECT * FROM qa_gen_question WHERE loop_task_id = %s ORDER BY seq", (loop_id,))


def test_two_rounds_from_fetching_to_totals(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver
) -> None:
    loop_id = create(loops, base, max_rounds=2)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["current_round"], loop["error_message"]) == ("done", 2, None)
    assert (
        loop["total_generated"],
        loop["total_approved"],
        loop["total_tested"],
        loop["total_recalled"],
    ) == (40, 40, 40, 40)
    assert loop["total_file_hit"] + loop["total_file_miss"] == loop["total_recalled"]
    assert loop["total_chunk_hit"] == 40
    rounds = loops.rounds.all(loop_id)
    assert [(row["status"], row["generated"], row["tested"], row["dedup_progress"]) for row in rounds] == [
        ("done", 20, 20, "20/20")
    ] * 2
    assert all(row["finished_at"] for row in rounds)
    jobs = pool.query("SELECT name, status, total, approved FROM qa_gen_task ORDER BY seq")
    assert jobs == [
        {"name": f"L-问题生成-第{n}轮", "status": "done", "total": 10, "approved": 20} for n in (1, 2)
    ]
    tests = pool.query("SELECT name, status, progress, total FROM single_jump_task ORDER BY seq")
    assert tests == [
        {"name": f"L-单跳测试-第{n}轮", "status": "done", "progress": 20, "total": 20} for n in (1, 2)
    ]
    found = questions(pool, loop_id)
    assert len({(row["chunk_id"], normal(row["question"])) for row in found}) == len(found) == 40
    assert {row["quality_score"] for row in found} == {1.0}
    assert json.loads(found[0]["quality_detail"])["by"] == "m"
    assert len(base.journal.of("chunks")) == 3  # Once for the loop, not once a round.


def test_a_loop_ends_after_two_rounds_without_a_new_question_and_counts_the_last(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver
) -> None:
    loop_id = create(loops, base)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["total_approved"], loop["current_round"]) == ("done", 40, 4)
    assert [row["status"] for row in loops.rounds.all(loop_id)] == ["done"] * 4


def test_max_questions_is_never_passed_and_every_file_has_its_turn(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver
) -> None:
    loop_id = create(loops, base, max_questions=7)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["total_approved"], loop["total_tested"]) == ("done", 7, 7)
    approved = [row for row in questions(pool, loop_id) if row["status"] == "approved"]
    assert {row["file_id"] for row in approved} == {"f0", "f1", "f2"}
    left_out = [row for row in questions(pool, loop_id) if row["status"] == "pending"]
    assert [json.loads(row["quality_detail"])["left_out"] for row in left_out] == ["max_questions is reached"]


def test_questions_below_the_threshold_stay_pending_and_are_not_tested(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver, model: Model
) -> None:
    model.scores = lambda user: 0.4 if "<headings" in user and "Manual 0" in user else 0.9
    loop_id = create(loops, base, max_rounds=1)
    driver.run()
    found = questions(pool, loop_id)
    assert {row["status"] for row in found if row["file_id"] == "f0"} == {"pending"}
    assert {row["status"] for row in found if row["file_id"] != "f0"} == {"approved"}
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["total_generated"], loop["total_approved"], loop["total_tested"]) == (20, 8, 8)


def test_a_question_of_two_chunks_is_kept_once_and_either_chunk_answers_it(
    loops: Loops, pool: MySQLPool, driver: Driver
) -> None:
    shared = "The pump starts after nine seconds of pressure."
    chunks = [
        Chunk("a", "1", shared, "a.md", "A"),
        Chunk("b", "2", f"{shared} The hose is red and long.", "b.md", "B"),
    ]
    with KnowledgeBaseServer(Contents(chunks, hidden=frozenset({"1"}))) as server:
        loop_id = create(loops, server, max_rounds=1)
        driver.run()
    found = {row["chunk_id"]: row for row in questions(pool, loop_id) if "pump" in row["question"]}
    assert (found["1"]["status"], found["2"]["status"]) == ("approved", "rejected")
    assert (found["2"]["dup_of"], found["2"]["dup_similarity"]) == (found["1"]["id"], 1.0)
    result = pool.query("SELECT * FROM single_jump_result WHERE qa_question_id = %s", (found["1"]["id"],))[0]
    assert (result["is_chunk_hit"], result["chunk_hit_rank"], result["is_file_hit"]) == (1, 1, 1)
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert loop["total_duplicates"] == 1


def test_a_dead_knowledge_base_fails_the_loop_with_the_reason(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver
) -> None:
    base.want(Fault("status", value=500))
    loop_id = create(loops, base)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert loop["status"] == "failed"
    assert loop["error_message"].startswith("the chunks could not be fetched: 127.0.0.1")
    assert [row["status"] for row in loops.rounds.all(loop_id)] == ["failed"]


def test_missing_chunks_fail_the_loop_with_both_numbers(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver
) -> None:
    loop_id = create(loops, base, expected_chunk_count=11)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert loop["status"] == "failed"
    assert "lists 10 chunks, expected_chunk_count is 11" in loop["error_message"]


def test_a_model_that_never_answers_fails_the_loop_and_is_no_dry_round(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver, model: Model
) -> None:
    def fail(asked: Asked) -> None:
        raise ServerFault("500 at the model")

    model.faults["write"] = fail
    loop_id = create(loops, base)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["error_message"]) == (
        "failed",
        "no question could be written: 500 at the model",
    )


def test_errors_of_the_test_are_neither_misses_nor_recalls(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver
) -> None:
    base.want(
        Fault("status", "search", 500, times=-1, containing="closes at zqalder"),
        Fault("nulls", "search", containing="closes at zqelm"),
    )
    loop_id = create(loops, base, max_rounds=1)
    driver.run()
    loop = loops.loops.get(loop_id)
    results = pool.query(
        "SELECT question, error, attempts, is_file_hit, retrieved_count FROM single_jump_result WHERE "
        "loop_task_id = %s",
        (loop_id,),
    )
    failed = [row for row in results if row["error"]]
    empty = [row for row in results if not row["error"] and row["retrieved_count"] == 0]
    assert failed and empty and loop is not None
    assert {(row["attempts"], row["is_file_hit"]) for row in failed} == {(3, None)}
    assert loop["total_tested"] == len(results) == 20
    assert loop["total_recall_failed"] == len(empty)
    assert loop["total_tested"] == loop["total_recalled"] + loop["total_recall_failed"] + len(failed)
    assert loop["total_recalled"] == loop["total_file_hit"] + loop["total_file_miss"]


def test_a_passing_fault_costs_an_attempt_and_no_result(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver
) -> None:
    base.want(Fault("status", "search", 500, times=5))
    loop_id = create(loops, base, max_rounds=1)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["total_tested"], loop["total_recalled"]) == (20, 20)


@pytest.mark.parametrize("after", [1, 4, 12, 25, 33, 45, 60, 85])
def test_a_loop_goes_on_after_a_pause_or_a_restart_where_it_was_and_asks_nothing_twice(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver, model: Model, after: int
) -> None:
    loop_id = create(loops, base, max_rounds=2)
    driver.run(after)
    assert loops.pause(loop_id)
    asked = len(model.asked)
    assert driver.run() == 0
    assert len(model.asked) == asked
    assert loops.resume(loop_id)
    Driver(pool, model).run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["total_approved"], loop["total_tested"]) == ("done", 40, 40)
    assert (len(model.of("write")), len(model.of("judge")), len(base.journal.of("search"))) == (20, 40, 40)


@pytest.mark.parametrize("after", [0, 4, 12, 25, 33, 45])
def test_a_stopped_loop_starts_nothing_more_and_its_totals_are_of_its_rows(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver, after: int
) -> None:
    loop_id = create(loops, base)
    driver.run(after)
    assert loops.stop(loop_id)
    assert driver.run() == 0
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert loop["status"] == "stopped"
    tested = pool.query(
        "SELECT COUNT(*) AS n FROM single_jump_result WHERE loop_task_id = %s AND status_id IN (1, 3)",
        (loop_id,),
    )[0]["n"]
    assert (loop["total_tested"], loop["total_generated"]) == (tested, len(questions(pool, loop_id)))
    assert {row["status"] for row in loops.rounds.all(loop_id)} == {"done"}
    for table in ("loop_step", "loop_write", "loop_pair", "qa_gen_question", "single_jump_result"):
        assert pool.query(f"SELECT COUNT(*) AS n FROM {table} WHERE status_id IN (0, 2)")[0]["n"] == 0, table


def test_questions_that_come_while_a_stopped_loop_is_ended_are_cancelled(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop_id = create(loops, base)
    driver.run(4)
    any_in_hand = PhaseRowsRepository.any_in_hand

    def after_a_writer(self: PhaseRowsRepository, database: MySQLDatabase, current: Row) -> bool:
        pool.execute(
            "INSERT INTO qa_gen_question "
            "(id, task_id, loop_task_id, question, status, created_at, status_id) "
            "SELECT MD5(id), task_id, loop_task_id, 'Which pressure?', 'pending', created_at, 0 "
            "FROM qa_gen_question LIMIT 1"
        )
        return any_in_hand(self, database, current)

    monkeypatch.setattr(PhaseRowsRepository, "any_in_hand", after_a_writer)
    assert loops.stop(loop_id)
    assert pool.query("SELECT COUNT(*) AS n FROM qa_gen_question WHERE status_id IN (0, 2)")[0]["n"] == 0


def test_a_row_in_hand_of_a_deleted_loop_leaves_nothing(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver, model: Model
) -> None:
    loop_id = create(loops, base)
    driver.run(1)

    def delete(asked: Asked) -> None:
        loops.delete(loop_id)

    model.faults["write"] = delete
    driver.run()
    for table in (
        "loop_task",
        "loop_round",
        "loop_step",
        "loop_write",
        "loop_chunk",
        "qa_gen_task",
        "qa_gen_question",
        "single_jump_task",
    ):
        assert pool.query(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"] == 0, table


def test_two_loops_do_not_see_each_others_chunks_or_stops(
    loops: Loops, base: KnowledgeBaseServer, pool: MySQLPool, driver: Driver
) -> None:
    one, two = (
        create(loops, base, file_ids="f0", max_rounds=1),
        create(loops, base, file_ids="f1,f2", max_rounds=1),
    )
    driver.run(3)
    loops.stop(one)
    driver.run()
    found = loops.loops.get(two)
    assert found is not None
    assert (found["status"], found["total_approved"]) == ("done", 8)
    assert {row["file_id"] for row in questions(pool, two)} == {"f1", "f2"}


@pytest.mark.parametrize("everywhere", [0, 1])
def test_earlier_loops_count_only_where_wanted(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver, everywhere: int
) -> None:
    create(loops, base, max_rounds=1)
    driver.run()
    loop_id = create(loops, base, max_rounds=1, global_dedup=everywhere)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["total_approved"], loop["total_duplicates"]) == ((0, 20) if everywhere else (20, 0))


def test_a_fault_of_the_embeddings_falls_back_to_letters_and_says_so(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver
) -> None:
    loop_id = create(loops, base, embed="http://127.0.0.1:9/v1", max_rounds=1, global_dedup=1)
    driver.run()
    again = create(loops, base, embed="http://127.0.0.1:9/v1", max_rounds=1, global_dedup=1)
    driver.run()
    notes = [row["notes"] for loop in (loop_id, again) for row in loops.rounds.notes(loop)]
    assert len(notes) == 2
    assert all(
        note.startswith(
            "no embeddings, duplicates were looked for by their letters alone: no answer from "
            "embeddings/text-embedding-3-small@127.0.0.1:9"
        )
        for note in notes
    )
    totals = [loops.loops.get(loop) for loop in (loop_id, again)]
    assert sum(loop["total_duplicates"] for loop in totals if loop) == 20


def test_old_questions_are_tested_again_without_new_ones(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver, model: Model
) -> None:
    first = create(loops, base, max_rounds=1)
    driver.run()
    asked = len(model.asked)
    again = create(loops, base, retest_of=first)
    driver.run()
    loop = loops.loops.get(again)
    assert loop is not None
    assert (loop["status"], loop["total_tested"], loop["total_chunk_hit"], len(model.asked)) == (
        "done",
        20,
        20,
        asked,
    )


def test_imported_chunks_need_no_server(loops: Loops, pool: MySQLPool, driver: Driver) -> None:
    judge = new_id()
    loops.judges.insert({"id": judge, "name": "j", "base_url": "http://127.0.0.1:9/v1", "model": "m"})
    wanted = {
        "name": "L",
        "org_id": "",
        "judge_config_id": judge,
        "file_ids": "",
        "env_url": "local",
        "env_type": "local",
        "max_rounds": 1,
    }
    loop_id = loops.create({**wanted, "questions_per_section": 2}, [chunk(0, 0), chunk(0, 1)])
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["total_tested"], loop["total_chunk_hit"]) == ("done", 4, 4)


def test_a_loop_without_a_question_says_why(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver, model: Model, http: TestClient
) -> None:
    model._written = lambda user: []  # type: ignore[method-assign]
    loop_id = create(loops, base)
    driver.run()
    detail = http.get(f"/api/loop/task/{loop_id}").json()["data"]
    assert (detail["status"], detail["current_round"], detail["total_generated"]) == ("done", 2, 0)
    short = (
        "no question was written; 10 of 10 chunks gave fewer questions than wanted: "
        "0 of 2 questions kept: the model answered with an empty list (10 times)"
    )
    assert [note["notes"] for note in loops.rounds.notes(loop_id)] == [short, short]
    assert detail["error_message"] == (f"{short}; 2 rounds in a row brought no question that was approved")


def test_a_loop_whose_questions_all_failed_says_at_what(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver, model: Model, pool: MySQLPool
) -> None:
    model.scores = lambda text: 0.1
    loop_id = create(loops, base, max_rounds=1)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["error_message"]) == (
        "done",
        "none of 20 written questions was approved: 20 were judged below the threshold; "
        "round 1 was the last, max_rounds is 1",
    )


def test_a_round_that_lacks_some_questions_says_so_and_its_loop_has_no_error(
    loops: Loops, base: KnowledgeBaseServer, driver: Driver
) -> None:
    loop_id = create(loops, base, max_rounds=1, questions_per_section=5)
    driver.run()
    loop = loops.loops.get(loop_id)
    assert loop is not None
    assert (loop["status"], loop["error_message"]) == ("done", None)
    assert [note["notes"] for note in loops.rounds.notes(loop_id)] == [
        "10 of 10 chunks gave fewer questions than wanted: "
        "4 of 5 questions kept: the model wrote no more that were new (10 times)"
    ]
