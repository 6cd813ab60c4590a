import asyncio
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

OUTSIDE = "192.0.2.1"  # RFC 5737: an address for documentation, never routed.


def connect(address: str) -> None:
    with socket.socket() as opened:
        opened.settimeout(1)
        opened.connect((address, 9))


def connect_ex(address: str) -> None:
    with socket.socket() as opened:
        opened.settimeout(1)
        opened.connect_ex((address, 9))


def send(address: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as opened:
        opened.sendto(b"", (address, 9))


def connect_with_asyncio(address: str) -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_connection(address, 9), 1))


def look_up(address: str) -> None:
    urllib.request.urlopen("http://model.example/v1", timeout=1)


@pytest.fixture
def forgiven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Breaches of this test are reported to a file of its own instead of failing it."""
    report = tmp_path / "report"
    monkeypatch.setenv("LOOPBACK_GUARD_REPORT", str(report))
    return report


@pytest.mark.parametrize("reach", [connect, connect_ex, send, connect_with_asyncio, look_up])
def test_another_machine_cannot_be_reached(reach: Callable[[str], None], forgiven: Path) -> None:
    with pytest.raises(RuntimeError) as refused:
        reach(OUTSIDE)
    assert type(refused.value).__name__ == "LeftTheMachine"
    assert "model.example" in str(refused.value) or OUTSIDE in str(refused.value)
    assert len(forgiven.read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost"])
def test_this_machine_can_be_reached(host: str) -> None:
    with (
        socket.create_server((host, 0)) as server,
        socket.create_connection(server.getsockname()[:2], timeout=5),
    ):
        pass


def test_a_host_that_the_tests_were_told_to_use_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPBACK_GUARD_ALLOWED", f"db.example,{OUTSIDE}")
    with socket.socket() as opened:
        opened.setblocking(False)
        with pytest.raises(BlockingIOError):
            opened.connect((OUTSIDE, 9))


@pytest.mark.parametrize("patch", ["", "from gevent import monkey; monkey.patch_all(); "])
def test_a_process_that_a_test_starts_is_held_too_even_where_it_swallows_the_error(
    patch: str, forgiven: Path
) -> None:
    code = f"""{patch}import socket
try:
    socket.create_connection(('{OUTSIDE}', 9), 1)
except Exception as fault:
    print(type(fault).__name__)
"""
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    ).stdout
    assert said.strip() == "LeftTheMachine"
    assert OUTSIDE in forgiven.read_text(encoding="utf-8")
