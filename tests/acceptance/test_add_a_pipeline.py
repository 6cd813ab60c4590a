"""docs/add-a-pipeline.md, followed with a table: its SQL and its store are read from the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import ROOT, Cluster
from tests.offline_model import OfflineModel

PAGE = (ROOT / "docs" / "add-a-pipeline.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "examples" / "tickets.py").read_text(encoding="utf-8")
TICKETS = 3


def block(language: str, beginning: str) -> str:
    found = re.search(rf"```{language}\n({re.escape(beginning)}.*?)```", PAGE, re.DOTALL)
    assert found, f"the page has no block of {language} that begins with {beginning!r}"
    return found[1]


def pipeline_of_the_page() -> str:
    """The example, with the page's table in place of its collection."""
    code = re.sub(r"    store=collection\(.*\),\n", lambda _: block("python", "store="), EXAMPLE)
    imports = "from ai_worker.engine.sources.table import Table\nfrom ai_worker.kit.row_store import table\n"
    assert code != EXAMPLE
    return code.replace("from pydantic import BaseModel\n", f"from pydantic import BaseModel\n\n{imports}")


def test_a_table_becomes_a_pipeline(
    tmp_path: Path,
    broker: RedisServer,
    model: OfflineModel,
    mysql_database: dict[str, str],
) -> None:
    package = tmp_path / "team"
    package.mkdir()
    (package / "tickets.py").write_text(pipeline_of_the_page(), encoding="utf-8")
    variables = broker.environment()
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    addresses = (variables["REDIS_URL"], variables["LIMITS_REDIS_URL"])
    cluster = Cluster(
        tmp_path, *addresses, model, mysql_database, None, PIPELINES="team.tickets", PYTHONPATH=path
    )
    cluster.query(block("sql", "CREATE TABLE ticket").rstrip().rstrip(";"))
    for number in range(TICKETS):
        cluster.query(
            "INSERT INTO ticket (model, text) VALUES ('offline-small', %s)",
            (f"Printer {number} is on fire.",),
        )
    cluster.query("INSERT INTO ticket (model, text) VALUES ('offline-small', '')")

    command = [sys.executable, "-m", "ai_worker", "rows", "run", "tickets", "--limit", "10"]
    done = subprocess.run(
        command, env=cluster.environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    rows = cluster.query("SELECT * FROM ticket ORDER BY id_ticket")
    assert [row["status_id"] for row in rows] == [1] * TICKETS + [3], done.stdout + done.stderr
    assert all(row["urgency"] in ("now", "today", "later") for row in rows[:TICKETS])
    assert all(row["tokens_input"] > 0 and row["operation_uuid"] for row in rows[:TICKETS])
    assert (rows[TICKETS]["error_class"], rows[TICKETS]["error"]) == ("bad_request", "the ticket has no text")
    logged = cluster.query("SELECT COUNT(*) AS n FROM api_requests_history WHERE pipeline = 'tickets'")
    assert logged[0]["n"] == TICKETS
