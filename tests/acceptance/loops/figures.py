"""Figures of loops, measured on databases that the environment names and that are this program's own:

    python -m tests.acceptance.loops.figures pages      list and detail with a million questions
    python -m tests.acceptance.loops.figures recall     10,000 questions tested at 100 in flight

For `recall` beat and a worker run: `celery -A ai_worker.app worker -P gevent -c 200 -Q
loops,scans,bulk,quarantine`.
"""

import asyncio
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from uuid import uuid4

from fastapi.testclient import TestClient

from ai_worker.app import app
from ai_worker.pipelines.loops.service import loops
from ai_worker.settings import settings
from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase, mysql
from ai_worker.web.application import create_application

QUESTIONS = 1_000_000
LOOPS, ROUNDS = 20, 5
TESTED = int(os.environ.get("LOOPS_TESTED", "10000"))
IN_FLIGHT, ANSWER_SECONDS = 100, 1.0
TIMES = 200
NUMBERS = "(SELECT seq AS n FROM seq_1_to_{last})"
ANSWER = (
    b'{"code":0,"data":{"standard_answer_results":null,"related_knowledge_rerank_results_top":['
    b'{"id":"c1","file_id":"f1","active_paragraph_context":"text","cosine_distance_1":0.2}]}}'
)


def prepare() -> str:
    """Tables of this version, empty of loops; a judge configuration's id."""
    with MySQLDatabase(MySQLAddress.from_settings(settings())) as database:
        upgrade(database)
    judge = uuid4().hex
    loops().judges.insert({"id": judge, "name": "j", "base_url": "http://127.0.0.1:9/v1", "model": "m"})
    return judge


def loop_of(judge: str, url: str, status: str = "done", rounds: int = ROUNDS) -> tuple[str, list[str]]:
    """A loop with its rounds, without questions; returns its id and those of its rounds."""
    loop_id = loops().create(
        {"name": "L", "org_id": "o", "judge_config_id": judge, "env_url": url, "file_ids": ""}
    )
    database = mysql()
    database.execute("DELETE FROM loop_step WHERE loop_task_id = %s", (loop_id,))
    database.execute("DELETE FROM loop_round WHERE loop_task_id = %s", (loop_id,))
    ids = [uuid4().hex for _ in range(rounds)]
    for number, id in enumerate(ids, 1):
        database.execute(
            "INSERT INTO loop_round (id, loop_task_id, round_number, qa_gen_task_id, single_jump_task_id, "
            "status, phase) VALUES (%s, %s, %s, %s, %s, 'done', 'done')",
            (id, loop_id, number, id, id),
        )
    database.execute(
        "UPDATE loop_task SET status = %s, concurrency = %s WHERE id = %s", (status, IN_FLIGHT, loop_id)
    )
    return loop_id, ids


def fill(loop_id: str, round_id: str, number: int, open_tests: bool = False) -> None:
    """Questions of a round with their tests."""
    source = NUMBERS.format(last=number)
    question = "CONCAT('Which pressure closes valve ', n, '?')"
    mysql().execute(
        "INSERT INTO qa_gen_question (id, task_id, loop_task_id, section_path, question, reference_answer, "
        "status, created_at, file_id, chunk_id, chunk_headers, quality_score) "
        "SELECT MD5(CONCAT(%s, n)), %s, %s, 'Manual', "
        f"{question}, 'Ten bar.', 'approved', UTC_TIMESTAMP(6), 'f1', CONCAT('c', n), 'Manual', 0.9 "
        f"FROM {source} AS numbers",
        (round_id, round_id, loop_id),
    )
    mysql().execute(
        "INSERT INTO single_jump_result (id, task_id, loop_task_id, qa_question_id, question, retrieved, "
        "file_id, expected_chunk_id, is_file_hit, status_id) "
        "SELECT MD5(CONCAT(%s, 'r', n)), %s, %s, MD5(CONCAT(%s, n)), "
        f"{question}, IF(%s, '[]', '[{{\"chunk_id\":\"c1\"}}]'), 'f1', CONCAT('c', n), "
        "IF(%s, NULL, n %% 3 > 0), %s "
        f"FROM {source} AS numbers",
        (*(round_id, round_id, loop_id, round_id), *(open_tests, open_tests), 0 if open_tests else 1),
    )


def pages() -> None:
    """List and detail with a million questions in the tables."""
    judge = prepare()
    for _ in range(LOOPS):
        loop_id, rounds = loop_of(judge, "http://127.0.0.1:9")
        for round_id in rounds:
            fill(loop_id, round_id, QUESTIONS // LOOPS // ROUNDS)
    print(mysql().query("SELECT COUNT(*) AS questions FROM qa_gen_question"))
    with TestClient(create_application(settings()), base_url="http://127.0.0.1") as http:
        paths = {
            "list": "/api/loop/task/list",
            "detail": f"/api/loop/task/{loop_id}",
            "rounds": f"/api/loop/task/{loop_id}/rounds",
            "questions": f"/api/loop/task/{loop_id}/questions",
            "questions, page 100": f"/api/loop/task/{loop_id}/questions?page=100",
            "questions, file_miss": f"/api/loop/task/{loop_id}/questions?category=file_miss",
        }
        for name, path in paths.items():
            print(f"{name}: {timed(lambda path=path: http.get(path).raise_for_status())}")


def timed(call: Callable[[], object]) -> str:
    """Median and 95th percentile of the calls, in milliseconds."""
    call()
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return f"median {statistics.median(taken):.1f} ms, p95 {statistics.quantiles(taken, n=20)[-1]:.1f} ms"


def recall() -> None:
    """10,000 questions tested at 100 in flight, each answered after a second."""
    judge, url = prepare(), _slow_base()
    loop_id, (round_id,) = loop_of(judge, url, "paused", 1)
    fill(loop_id, round_id, TESTED, open_tests=True)
    mysql().execute("UPDATE loop_round SET phase = 'testing', status = 'testing' WHERE id = %s", (round_id,))
    mysql().execute("UPDATE loop_task SET max_rounds = 1, current_round = 1 WHERE id = %s", (loop_id,))
    assert "loops.test" in app.tasks
    started = time.monotonic()
    loops().resume(loop_id)
    while loops().loops.status(loop_id) == "running":
        time.sleep(0.2)
    seconds = time.monotonic() - started
    ideal = TESTED / IN_FLIGHT * ANSWER_SECONDS
    found = mysql().query(
        "SELECT status_id, COUNT(*) AS n FROM single_jump_result WHERE task_id = %s GROUP BY 1", (round_id,)
    )
    print(f"{found}; {seconds:.1f} s, ideal {ideal:.0f} s: {ideal / seconds:.3f} of ideal")


def _slow_base() -> str:
    """A knowledge base that answers every search after a second; returns its address."""
    ready = threading.Event()
    address: list[str] = []

    async def serve() -> None:
        server = await asyncio.start_server(_answered, "127.0.0.1", 0, backlog=1000)
        address.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait()
    return address[0]


async def _answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n".encode()
    )
    try:
        while lines := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                line for line in lines.lower().split(b"\r\n") if line.startswith(b"content-length:")
            )
            await reader.readexactly(int(length.split(b":")[1]))
            await asyncio.sleep(ANSWER_SECONDS)
            writer.write(head + ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


if __name__ == "__main__":
    os.environ.setdefault("PIPELINES", "loops")
    os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"  # The figures ask faster than a client may.
    {"pages": pages, "recall": recall}[sys.argv[1]]()
