import os
import signal
import threading

import pytest

from ai_worker.stores.background import Background, loops
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


def test_an_exception_never_ends_it_and_is_logged_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ai_worker.stores.background.PAUSE_SECONDS", 0.001)
    carries_on, runs = threading.Event(), []

    def run() -> None:
        runs.append(1)
        if len(runs) < 4:
            raise RuntimeError("a fault of the loop")
        carries_on.wait(10)

    background = Background("loop-under-test", run)
    background.need()
    wait_until(lambda: len(runs) == 4, "the run after three faults, without another need")
    state = background.state()
    assert state is not None
    assert (state.failures, state.alive) == (3, True)
    assert [record.levelname for record in caplog.records if "loop-under-test" in record.message] == ["ERROR"]
    assert "a fault of the loop" in caplog.text
    carries_on.set()


def test_a_turn_that_hangs_shows_its_age() -> None:
    hangs, at_work = threading.Event(), threading.Event()

    def run() -> None:
        with background.turn():
            at_work.set()
            hangs.wait(10)
        hangs.wait(10)

    background = Background("hanging-loop", run)
    assert not [loop for loop in loops() if loop.name == "hanging-loop"], "not needed yet"
    background.need()
    assert at_work.wait(10)
    [first] = [loop.age for loop in loops() if loop.name == "hanging-loop"]
    wait_until(lambda: _age("hanging-loop") > first, "an age that grows")
    hangs.set()
    wait_until(lambda: _age("hanging-loop") == 0, "the end of the turn")


def _age(name: str) -> float:
    return next((loop.age for loop in loops() if loop.name == name), 0.0)


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
