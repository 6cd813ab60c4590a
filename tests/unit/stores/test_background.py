import os
import signal
import threading

import pytest

from ai_worker.stores.background import Background
from tests.waiting import wait_until


def test_it_runs_once_however_often_it_is_needed() -> None:
    running, started = threading.Event(), []

    def run() -> None:
        started.append(threading.current_thread().name)
        running.wait(10)

    background = Background("worker", run)
    assert not started, "not before it is needed"
    needing = [threading.Thread(target=background.need) for _ in range(8)]
    for thread in needing:
        thread.start()
    for thread in needing:
        thread.join()
    wait_until(lambda: started, "its start")
    running.set()
    assert started == ["worker"]


def test_it_is_started_again_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    runs = []

    def run() -> None:
        runs.append(1)
        raise RuntimeError

    background = Background("worker", run)

    def runs_again() -> bool:
        background.need()
        return len(runs) >= 2

    wait_until(runs_again, "a second start")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes that fork here")
def test_a_forked_child_has_its_own() -> None:
    reading, writing = os.pipe()
    resume_dispatch = threading.Event()

    def run() -> None:
        os.write(writing, b"x")
        resume_dispatch.wait(10)

    background = Background("worker", run)
    background.need()
    assert os.read(reading, 1) == b"x"
    child = os.fork()
    if child == 0:
        background.need()
        resume_dispatch.wait(10)
        os._exit(0)
    assert os.read(reading, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    resume_dispatch.set()
