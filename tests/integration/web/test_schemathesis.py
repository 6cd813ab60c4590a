"""Requests made up from the OpenAPI document: none gets a 5xx, or an answer that the document does not
know.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.acceptance.cluster import Cluster
from tests.integration.web.served import KEYS, RUN, Served

EXAMPLES = 8


def test_no_request_gets_an_undocumented_answer(
    cluster: Cluster, serve: Callable[..., Served], tmp_path: Path
) -> None:
    cluster.environment["API_REQUESTS_PER_MINUTE"] = "1000000"
    for status in range(5):
        id_task = cluster.add_task(["He go home.", "", "zażółć {braces} \0"], status_id=status)
        cluster.query(
            "UPDATE task_item SET status_id = 3, error_class = 'timeout' WHERE id_task = %s LIMIT 1",
            (id_task,),
        )
    # The ids that the document gives as examples.
    cluster.add_task(["He go home."], id_task=42)
    cluster.query("UPDATE task_item SET id_task_item = 1005 WHERE id_task = 42")
    api = serve(keys=KEYS)
    document = str(api.http.base_url.join("/openapi.json"))
    options = ["--generation-deterministic", "--max-examples", str(EXAMPLES), "--checks", "all", "--no-color"]
    options += ["--exclude-path", "/ready"]  # Without beat its documented 503 is right, and no fault.
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", document, "-H", f"X-API-Key: {RUN}", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert re.search(r"Operations: +[1-9]\d+ selected", done.stdout), done.stdout[-3000:]
    said = api.log.read_text(encoding="utf-8")
    assert "Traceback" not in said
