import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest

from ai_worker.stores import batches as module
from ai_worker.stores.batches import CROWD, LARGEST_BATCH, Batches, NoAnswerError


class Wire:
    """The other end: notes what it is sent, answers each question by its double, holds still while it is told
    to.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[list[int], list[str]]] = []
        self.error: Exception | None = None
        self.free = threading.Event()
        self.free.set()
        self.busy = threading.Event()

    def __call__(self, questions: Sequence[int], notes: Sequence[str]) -> list[int]:
        self.busy.set()
        assert self.free.wait(10)
        self.busy.clear()
        if self.error:
            raise self.error
        self.sent.append((list(questions), list(notes)))
        return [question * 2 for question in questions]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def unwanted() -> list[tuple[int, int]]:
    return []


@pytest.fixture
def batches(wire: Wire, unwanted: list[tuple[int, int]]) -> Any:
    made: Batches[int, str, int] = Batches(wire, lambda question, answer: unwanted.append((question, answer)))
    yield made
    wire.error = None
    wire.free.set()
    made.close(5)


def asking(
    batches: Batches[int, str, int], questions: Sequence[int], answers: list[Any]
) -> list[threading.Thread]:
    def ask(question: int) -> None:
        try:
            answers.append(batches.ask(question, 10))
        except (NoAnswerError, OSError) as fault:
            answers.append(fault)

    threads = [threading.Thread(target=ask, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    return threads


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def until(condition: Any) -> None:
    ends = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.001)


def test_those_who_come_while_a_batch_is_under_way_go_together(
    batches: Batches[int, str, int], wire: Wire
) -> None:
    answers: list[Any] = []
    wire.free.clear()
    first = asking(batches, [1], answers)
    assert wire.busy.wait(10)
    rest = asking(batches, range(2, 52), answers)
    until(lambda: len(batches._questions) == 50)
    batches.tell("a note")
    wire.free.set()
    join(first + rest)
    assert sorted(answers) == [2 * number for number in range(1, 52)]
    assert [(len(questions), notes) for questions, notes in wire.sent] == [(1, []), (50, ["a note"])]


def test_a_batch_has_a_largest_size(batches: Batches[int, str, int], wire: Wire) -> None:
    wire.free.clear()
    for number in range(LARGEST_BATCH + 10):
        batches.tell(str(number))
    wire.free.set()
    assert batches.flush(10)
    assert max(len(notes) for _, notes in wire.sent) <= LARGEST_BATCH
    assert [note for _, notes in wire.sent for note in notes] == [
        str(number) for number in range(LARGEST_BATCH + 10)
    ]


def test_notes_go_by_themselves_soon(batches: Batches[int, str, int], wire: Wire) -> None:
    batches.tell("a")
    batches.tell("b")
    until(lambda: [note for _, notes in wire.sent for note in notes] == ["a", "b"])


@pytest.fixture
def paced(wire: Wire) -> Any:
    made: Batches[int, str, int] = Batches(wire, lambda question, answer: None, pace=10, largest=4)
    yield made
    made.close(5)


def test_a_few_questions_need_not_keep_a_pace(paced: Batches[int, str, int], wire: Wire) -> None:
    answers: list[Any] = []
    for number in range(CROWD - 1):
        join(asking(paced, [number], answers))
    assert [len(questions) for questions, _ in wire.sent] == [1] * (CROWD - 1)


@pytest.fixture
def crowded(paced: Batches[int, str, int], wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three questions that keep the pace, and the threads that ask them."""
    monkeypatch.setattr(module, "CROWD_SECONDS", 60)
    answers: list[Any] = []
    for number in range(CROWD - 1):
        join(asking(paced, [number], answers))
    wire.sent.clear()
    waiting = asking(paced, range(3), answers)
    until(lambda: len(paced._questions) == 3)
    return waiting


def test_questions_that_keep_a_pace_go_when_the_batch_is_full(
    crowded: list[threading.Thread], paced: Batches[int, str, int], wire: Wire
) -> None:
    join([*crowded, *asking(paced, [3], [])])
    assert [len(questions) for questions, _ in wire.sent] == [4]


def test_few_askers_wait_for_no_more_company_than_there_can_be(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CROWD_SECONDS", 60)
    made: Batches[int, str, int] = Batches(
        wire, lambda question, answer: None, pace=10, largest=16, enough=lambda: 2.5
    )
    for number in range(CROWD - 1):
        join(asking(made, [number], []))
    wire.sent.clear()
    two = asking(made, [7, 8], [])
    until(lambda: len(made._questions) == 2)
    join([*two, *asking(made, [9], [])])
    assert [sorted(questions) for questions, _ in wire.sent] == [[7, 8, 9]]
    made.close(5)


def test_an_urgent_question_takes_along_those_that_keep_a_pace(
    crowded: list[threading.Thread], paced: Batches[int, str, int], wire: Wire
) -> None:
    assert paced.ask(7, 10, urgent=True) == 14
    join(crowded)
    assert [len(questions) for questions, _ in wire.sent] == [4]
    # The next is in no hurry, and keeps the pace again.
    later = asking(paced, [8], [])
    until(lambda: len(paced._questions) == 1)
    paced.ask(9, 10, urgent=True)
    join(later)
    assert [sorted(questions) for questions, _ in wire.sent[1:]] == [[8, 9]]


def test_an_urgent_question_that_found_no_room_in_a_batch_goes_with_the_next_at_once(
    paced: Batches[int, str, int], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CROWD_SECONDS", 60)
    wire.free.clear()
    first = asking(paced, [0], [])
    assert wire.busy.wait(10)
    calm = asking(paced, range(1, 7), [])
    until(lambda: len(paced._questions) == 6)
    urgent = threading.Thread(target=paced.ask, args=(7, 10), kwargs={"urgent": True})
    urgent.start()
    until(lambda: len(paced._questions) == 7)
    wire.free.set()
    urgent.join(5)
    assert not urgent.is_alive(), "the pace of this test is 10 s"
    join([*first, *calm])
    assert [len(questions) for questions, _ in wire.sent] == [1, 4, 3]


def test_an_urgent_note_does_not_linger(batches: Batches[int, str, int], wire: Wire) -> None:
    batches.tell("calm")
    batches.tell("urgent", urgent=True)
    until(lambda: [note for _, notes in wire.sent for note in notes] == ["calm", "urgent"])


def test_a_failure_reaches_all_who_wait_and_keeps_the_notes(
    batches: Batches[int, str, int], wire: Wire
) -> None:
    answers: list[Any] = []
    wire.free.clear()
    first = asking(batches, [1], answers)
    assert wire.busy.wait(10)
    rest = asking(batches, [2, 3], answers)
    batches.tell("kept")
    until(lambda: len(batches._questions) == 2)
    wire.error = OSError("away")
    wire.free.set()
    join(first + rest)
    assert [str(answer) for answer in answers] == ["away"] * 3
    wire.error = None
    assert batches.ask(4, 10) == 8
    assert wire.sent == [([4], ["kept"])]


def test_whoever_gave_up_leaves_an_unwanted_answer(
    batches: Batches[int, str, int], wire: Wire, unwanted: list[Any]
) -> None:
    wire.free.clear()
    with pytest.raises(NoAnswerError):
        batches.ask(1, 0.5)
    assert wire.busy.is_set()
    with pytest.raises(NoAnswerError):
        batches.ask(2, 0.05)
    wire.free.set()
    until(lambda: unwanted)
    assert batches.ask(3, 10) == 6
    assert unwanted == [(1, 2)]
    assert [questions for questions, _ in wire.sent] == [[1], [3]], (
        "who has left before the batch is not asked for"
    )


def test_nothing_is_asked_after_the_end_and_notes_are_sent_before_it(
    batches: Batches[int, str, int], wire: Wire
) -> None:
    batches.tell("last")
    batches.close(10)
    assert wire.sent == [([], ["last"])]
    with pytest.raises(NoAnswerError, match="the process ends"):
        batches.ask(1, 10)


def test_a_forked_child_has_a_sender_of_its_own_and_leaves_the_notes_to_its_parent(
    batches: Batches[int, str, int], wire: Wire
) -> None:
    batches.ask(1, 10)
    batches.tell("the parent's")
    child = os.fork()
    if child == 0:
        right = batches.ask(5, 10) == 10 and wire.sent[-1] == ([5], [])
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert batches.flush(10)
    assert wire.sent[-1][1] == ["the parent's"]


KILLED_GREENLETS = """
from gevent import monkey
monkey.patch_all()
import gevent
from ai_worker.stores import batches as module
from ai_worker.stores.batches import Batches

sent, unwanted = [], []

def send(questions, notes):
    sent.append(len(questions))
    gevent.sleep(0.05)
    return [question * 2 for question in questions]

batches = Batches(send, lambda question, answer: unwanted.append(question))
asking = [gevent.spawn(batches.ask, number, 10) for number in range(100)]
gevent.sleep(0.02)
for number in range(0, 100, 10):
    asking[number].kill()
gevent.joinall(asking)
right = [greenlet.value for number, greenlet in enumerate(asking) if number % 10]
assert right == [2 * number for number in range(100) if number % 10], right
assert sorted(unwanted) == list(range(0, 100, 10)), unwanted
assert len(sent) <= 2, sent
"""


def test_killed_greenlets_take_nobody_with_them() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_GREENLETS], capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    assert ended.returncode == 0, ended.stderr
