"""The limit of open files is raised at the start of a worker."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource, logging, sys
logging.basicConfig(stream=sys.stderr)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
most = min(hard, 4096) if hard != resource.RLIM_INFINITY else 4096
resource.setrlimit(resource.RLIMIT_NOFILE, (256, int(sys.argv[1]) or most))
from ai_worker.engine.worker.file_limit import raise_file_limit
print(raise_file_limit(200), resource.getrlimit(resource.RLIMIT_NOFILE)[0], most)
"""


def run(hard: int) -> tuple[list[int], str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(hard)], capture_output=True, text=True, check=True, timeout=60
    )
    return [int(word) for word in done.stdout.split()], done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    (told, now, most), said = run(0)
    assert told == now == most
    assert "LimitNOFILE" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_limit_too_low_for_the_slots_is_named_at_the_start() -> None:
    (told, now, _), said = run(300)
    assert told == now == 300
    assert "200 slots need about 928" in said
    assert "LimitNOFILE" in said
