"""Deadlines in a plain threaded process: the watchdog ends what socket timeouts would not."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ai_worker.outbound.errors import DeadlineExceeded, Unreachable
from ai_worker.outbound.http.client import post
from ai_worker.outbound.http.deadline import deadline, guard
from tests.offline_model import OfflineModel


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that accepts connections into its backlog and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_blocked_read_is_ended(listener: socket.socket) -> None:
    started = time.monotonic()
    with (
        pytest.raises(DeadlineExceeded, match=r"within 0.3 s"),
        deadline(0.3),
        socket.create_connection(listener.getsockname()) as connection,
    ):
        guard(connection)
        connection.recv(1)
    assert 0.25 < time.monotonic() - started < 3


def test_a_block_that_ends_in_time_is_left_alone(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname()) as connection:
        with deadline(0.2):
            guard(connection)
        accepted, _ = listener.accept()
        with accepted:
            time.sleep(0.4)  # past the deadline that no longer counts
            accepted.sendall(b"x")
            assert connection.recv(1) == b"x"


def test_faults_within_time_stay_themselves() -> None:
    with pytest.raises(KeyError), deadline(5):
        raise KeyError("own")


def test_a_tls_handshake_that_never_ends(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        post(f"https://127.0.0.1:{port}/", {}, {}, 0.4)
    assert time.monotonic() - started < 3


def test_many_threads_each_have_their_own_deadline(offline: OfflineModel) -> None:
    offline.tell({"match": {"model": "late"}, "latency": 30}, {"latency": 0.5})

    def call(number: int) -> str:
        name = "late" if number % 2 else "soon"
        body = {"model": name, "messages": [{"role": "user", "content": str(number)}]}
        try:
            post(f"{offline.url}/v1/chat/completions", body, {}, 1.0 if name == "late" else 20.0)
        except DeadlineExceeded:
            return "late"
        return "soon"

    started = time.monotonic()
    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(call, range(24))) == ["soon", "late"] * 12
    assert time.monotonic() - started < 10
    assert sum(thread.name == "deadline watchdog" for thread in threading.enumerate()) >= 1


def test_connections_are_kept_and_none_leaks(offline: OfflineModel) -> None:
    if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        pytest.skip("needs /proc")
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    post(f"{offline.url}/v1/chat/completions", body, {}, 10)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(30):
        post(f"{offline.url}/v1/chat/completions", body, {}, 10)
    assert len(os.listdir("/proc/self/fd")) <= before + 1  # noqa: PTH208


def test_errors_name_host_and_kind_but_no_query(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(Unreachable) as caught:
        post(f"http://127.0.0.1:{port}/path?key=canary", {}, {}, 5)
    assert (
        "canary" not in repr(caught.value)
        and f"127.0.0.1:{port}" in str(caught.value)
        and "refused" in str(caught.value)
    )
