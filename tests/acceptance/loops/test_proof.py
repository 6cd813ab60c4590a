"""Loops under faults by chance at writer, judge, embeddings and knowledge base, with a SIGKILL in each phase:
their counts and rates equal a recount of the rows, and nothing is there twice.

`LOOPS_PROOF_CHUNKS=300 LOOPS_PROOF_QUESTIONS=5 LOOPS_PROOF_ROUNDS=3` runs the full form.
"""

import os
import time
from typing import Any

from ai_worker.pipelines.loops.api.shapes import task as shown
from tests.acceptance.cluster import Cluster, Worker
from tests.acceptance.loops.doubles import Outside, outside
from tests.acceptance.loops.recount import counts, repeated
from tests.waiting import wait_until

CHUNKS = int(os.environ.get("LOOPS_PROOF_CHUNKS", "16"))
QUESTIONS = int(os.environ.get("LOOPS_PROOF_QUESTIONS", "3"))
ROUNDS = int(os.environ.get("LOOPS_PROOF_ROUNDS", "2"))
SECONDS = 120 + CHUNKS * QUESTIONS * ROUNDS
SHARE = 0.05
QUEUES = "loops,scans,bulk,quarantine"
WORKED = {
    "fetching": "loop_step WHERE step = 'fetch' AND loop_round_id = %s",
    "writing": "loop_write WHERE loop_round_id = %s",
    "judging": "qa_gen_question WHERE task_id = (SELECT qa_gen_task_id FROM loop_round WHERE id = %s)",
    "deduplicating": "loop_step WHERE step = 'dedup' AND loop_round_id = %s",
    "comparing": "loop_pair WHERE loop_round_id = %s",
    "testing": "single_jump_result WHERE task_id = (SELECT single_jump_task_id FROM loop_round "
    "WHERE id = %s)",
}
"""The rows of each phase."""
MANY = ("writing", "judging", "testing")


def create(cluster: Cluster, world: Outside, **fields: Any) -> str:
    """A judge configuration, unless it is there, and a loop, by the same rows that the HTTP API writes."""
    cluster.query(
        "INSERT IGNORE INTO judge_config "
        "(id, name, base_url, model, embed_base_url, embed_model, created_at) "
        "VALUES ('j1', 'j', %s, 'm', %s, 'embed-1', UTC_TIMESTAMP(6))",
        (world.model.url, world.model.url),
    )
    wanted = {
        "--max-rounds": ROUNDS,
        "--per-chunk": QUESTIONS,
        "--env-url": world.base.url,
        "--org": "org-1",
        "--judge": "j1",
        "--top-k": 5,
    }
    arguments = [str(part) for pair in wanted.items() for part in pair]
    loop_id = cluster.command("loops", "create", *arguments).strip().splitlines()[-1]
    for name, value in fields.items():
        cluster.query(f"UPDATE loop_task SET {name} = %s WHERE id = %s", (value, loop_id))
    return loop_id


def one(cluster: Cluster, sql: str, *params: Any) -> dict[str, Any]:
    """The first row; without columns where there is none."""
    return cluster.query(sql, params)[0]


def current(cluster: Cluster, loop_id: str) -> dict[str, Any]:
    """The latest round, with the loop's status."""
    return one(
        cluster,
        "SELECT loop_round.*, loop_task.status AS loop_status FROM loop_round "
        "JOIN loop_task ON loop_task.id = loop_task_id WHERE loop_task_id = %s ORDER BY round_number DESC",
        loop_id,
    )


def in_hand(cluster: Cluster, round_row: dict[str, Any]) -> bool:
    """Whether a worker holds a row of the round's phase, with some of its rows done where it has many."""
    rows = WORKED.get(round_row["phase"])
    if rows is None:
        return False
    found = one(
        cluster,
        "SELECT COALESCE(SUM(status_id = 2), 0) AS held, COALESCE(SUM(status_id = 1), 0) AS done "
        f"FROM {rows}",
        round_row["id"],
    )
    return bool(found["held"]) and (round_row["phase"] not in MANY or found["done"] > 0)


def killed_in_each_phase(cluster: Cluster, worker: Worker, loop_id: str) -> set[str]:
    """Kill the worker once in each phase while it holds rows; returns the phases in which it was killed."""
    killed: set[str] = set()

    def ended() -> bool:
        now = current(cluster, loop_id)
        if now["phase"] not in killed and in_hand(cluster, now):
            worker.restart()
            killed.add(now["phase"])
        return bool(now["loop_status"] in ("done", "failed", "stopped"))

    wait_until(ended, "the end of the loop", seconds=SECONDS, every=0.01)
    return killed


def test_counts_and_rates_equal_a_recount_after_faults_and_kills(cluster: Cluster) -> None:
    started = time.monotonic()
    with outside(CHUNKS, QUESTIONS * ROUNDS + 1, SHARE) as world:
        world.slow(0.05)
        loop_id = create(cluster, world)
        worker = cluster.worker("loops", queues=QUEUES, slots=40)
        cluster.beat()
        killed = killed_in_each_phase(cluster, worker, loop_id)
        calls, faults = dict(world.model.chance.calls), dict(world.model.chance.faults)
        calls["base"], faults["base"] = world.base._chance.calls["base"], world.base._chance.faults["base"]
    loop = one(cluster, "SELECT * FROM loop_task WHERE id = %s", loop_id)
    assert (loop["status"], loop["error_message"]) == ("done", None)
    counted = counts(lambda sql, params=(): cluster.query(sql, params), loop_id)
    print(f"killed in {sorted(killed)}; calls {calls}; faults {faults}; {time.monotonic() - started:.0f} s")
    print(counted["whole"], counted["rates"])
    for number, expected in counted["rounds"].items():
        row = one(
            cluster, "SELECT * FROM loop_round WHERE loop_task_id = %s AND round_number = %s", loop_id, number
        )
        names = ("generated", "approved", "duplicates", "tested", "recalled", "file_hit", "chunk_hit")
        assert {name: row[name] for name in names} == {name: expected[name] for name in names}
    whole = counted["whole"]
    totals = {name: whole[name] for name in whole if name != "errors"}
    assert {name: loop[f"total_{name}"] for name in totals} == totals
    rates = shown(loop)
    assert {name: rates[name] for name in counted["rates"]} == counted["rates"]
    assert whole["tested"] == whole["recalled"] + whole["recall_failed"] + whole["errors"]
    assert repeated(lambda sql, params=(): cluster.query(sql, params), loop_id) == []
    assert whole["duplicates"] > 0 and whole["errors"] > 0 and whole["approved"] < whole["generated"]
    assert all(faults.get(name) for name in ("base", "write", "judge"))
    assert {"writing", "judging", "testing"} <= killed
    written = one(cluster, "SELECT COUNT(*) AS n, SUM(status_id = 1) AS done FROM loop_write")
    assert written["n"] == CHUNKS * ROUNDS
    open_rows = [
        one(cluster, f"SELECT COUNT(*) AS n FROM {table} WHERE status_id IN (0, 2)")["n"]
        for table in ("loop_step", "loop_write", "qa_gen_question", "loop_pair", "single_jump_result")
    ]
    assert open_rows == [0] * 5
