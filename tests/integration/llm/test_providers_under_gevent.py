"""The providers in a process patched by gevent, as workers are: the whole contract, and many slow calls at
once.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.offline_model import OfflineModel

ROOT = Path(__file__).parents[3]
CONTRACT = Path(__file__).with_name("test_provider_contract.py")
RUN = "from gevent import monkey; monkey.patch_all(); import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
PATIENCE = 240

MANY = """
from gevent import monkey; monkey.patch_all()
import sys, time
from gevent.pool import Pool
from pydantic import SecretStr
from ai_worker.outbound.errors import DeadlineExceeded
from ai_worker.llm.model import Model
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.request import Request

url, calls = sys.argv[1], int(sys.argv[2])

def call(number):
    model = Model("m", "openai", url + "/v1", SecretStr("k"), deadline_seconds=1.0 if number % 2 else 60.0)
    try:
        return PROVIDERS["openai"].call(model, Request(f"row-{number}")).text
    except DeadlineExceeded:
        return None

started = time.monotonic()
answers = list(Pool(calls).imap(call, range(calls)))
late, answered = sum(answer is None for answer in answers), sum(bool(answer) for answer in answers)
print(time.monotonic() - started, late, answered)
"""


def environment() -> dict[str, str]:
    """This process's, without what would make the inner pytest part of this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))}


def test_the_whole_contract(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        RUN,
        "-q",
        "-p",
        "no:cacheprovider",
        f"--basetemp={tmp_path / 'inner'}",
        str(CONTRACT),
    ]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout


def test_slow_calls_wait_together_and_late_ones_end_alone(offline: OfflineModel) -> None:
    calls = 300
    offline.tell(latency=3)
    command = [sys.executable, "-c", MANY, offline.url, str(calls)]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    seconds, late, answered = ran.stdout.split()
    assert (int(late), int(answered)) == (calls // 2, calls // 2)
    assert float(seconds) < 3 * calls / 10, "one after the other would take far longer"
    assert offline.counts()["max_in_flight"] > calls / 4
