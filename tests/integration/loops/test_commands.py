"""The command line: a loop over chunks of one's own from import to gate, and two loops compared."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from ai_worker.errors import BadRequest, NotFound
from ai_worker.pipelines.loops.commands import register
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.service import loops
from ai_worker.stores.mysql import MySQLPool
from tests.integration.loops.driver import Driver, Model

SAMPLES = Path(__file__).parents[3] / "samples" / "loops" / "documents"


def run(*arguments: str) -> Result:
    cli = typer.Typer()
    register(cli)
    return CliRunner().invoke(cli, ["loops", *arguments], env={"COLUMNS": "200"})


@pytest.fixture
def judge(pool: MySQLPool) -> str:
    id = new_id()
    loops().judges.insert({"id": id, "name": "j", "base_url": "http://127.0.0.1:9/v1", "model": "m"})
    return id


def test_from_import_to_gate(judge: str, pool: MySQLPool, tmp_path: Path) -> None:
    imported = run("import-chunks", str(SAMPLES / "heat_pump_en.md"), "--judge", judge, "--per-chunk", "2")
    loop = imported.output.strip()
    with pytest.raises(BadRequest, match="is running; wait for its end"):
        raise run("gate", loop).exception or AssertionError
    assert run("pause", loop).output == f"loop {loop} paused\n"
    assert isinstance(run("pause", loop).exception, BadRequest)
    assert run("resume", loop).exit_code == 0
    Driver(pool, Model()).run()
    assert run("watch", loop).output == "done: round 1, 8 approved, 8 tested, 8 recalled\n"
    assert "heat_pump_en.md" in run("list").output
    shown = run("show", loop).output
    assert "1.000 8/8" in shown and "(0.68–1.00)" in shown
    assert "done" in shown
    assert run("gate", loop, "--min-recall", "1.0", "--min-chunk-hit", "0.5").exit_code == 0
    file = tmp_path / "questions.csv"
    assert run("export", loop, "--format", "csv", "--file", str(file)).output == f"8 questions in {file}\n"
    assert len(file.read_text(encoding="utf-8").splitlines()) == 9
    assert isinstance(run("export", loop, "--category", "recall_failed").exception, NotFound)
    assert isinstance(run("show", "unknown").exception, NotFound)


def test_two_loops_are_compared_and_a_gate_closes(judge: str, pool: MySQLPool) -> None:
    first = run(
        "import-chunks", str(SAMPLES / "router_ru.md"), "--judge", judge, "--per-chunk", "2"
    ).output.strip()
    driver = Driver(pool, Model())
    driver.run()
    again = run(
        "import-chunks", str(SAMPLES / "router_ru.md"), "--judge", judge, "--per-chunk", "2"
    ).output.strip()
    driver.run()
    pool.execute(
        "UPDATE single_jump_result SET is_chunk_hit = 0, chunk_hit_rank = NULL "
        "WHERE loop_task_id = %s AND qid = 'Q1'",
        (again,),
    )
    compared = run("compare", first, again).output.splitlines()
    assert compared[:2] == [
        "6 questions tested by both: found 6 before, 5 after",
        "won 0, lost 1; by chance with probability 1.0000 (McNemar)",
    ]
    assert compared[2].startswith("lost: ")
    closed = run("gate", again, "--min-chunk-hit", "0.9")
    assert closed.exit_code == 1
    assert "chunk hit rate is 0.8333, at least 0.9000 is wanted" in closed.output
