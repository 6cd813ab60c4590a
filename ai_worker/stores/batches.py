"""Greenlets or threads that ask at the same moment are answered by one round trip.

A sender does the talking. While its batch is under way, those who come wait for the next one; notes that want
no answer ride along, or go by themselves after LINGER_SECONDS. The sender is a thread (a greenlet where
gevent has patched): were it one of the callers, a caller killed in mid-batch would take the others' answers
with it. It never wakes while there is nothing to send.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from ai_worker.errors import StoreUnavailable

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Note = TypeVar("Note")

log = logging.getLogger(__name__)

LINGER_SECONDS = 0.05
LARGEST_BATCH = 500
"""Keeps the time of one script, during which Redis serves no other client, to a few milliseconds."""
SMALL_BATCH = 32
"""For stores that take their time over each question: those at the head of a crowd need not wait for its
tail, and it disperses.
"""
PACE_SECONDS = 0.06
CROWD = 6
CROWD_SECONDS = 0.1
"""While fewer than `CROWD` questions come within such a time, each goes at once."""
RETRY_SECONDS = 1.0
"""Notes that could not be sent go again after so long, or with the next question."""


class NoAnswerError(StoreUnavailable):
    """A question was not answered in time."""


class _Asked(Generic[Question, Answer]):
    """A question and the greenlet that waits for its answer."""

    __slots__ = ("abandoned", "answer", "answered", "error", "question")

    def __init__(self, question: Question) -> None:
        self.question = question
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.abandoned = False
        # A bare lock is the cheapest thing to wait for, under threads and under gevent.
        self.answered = threading.Lock()
        self.answered.acquire()


class Batches(Generic[Question, Note, Answer]):
    """Collects questions and notes, and sends them together.

    Args:
        send: does the round trip: questions and notes in, one answer for each question out. Whatever it
            raises reaches everybody who waits for an answer; the notes are kept for the next time, so they
            must bear being sent twice.
        unwanted: called with an answer whose asker was killed or has given up.
        largest: the most questions, and the most notes, of one batch.
        senders: how many batches may be under way at once.
        pace: seconds from the start of one batch to that of the next while many questions come, unless it is
            full or a question in it is urgent. It makes few large batches of many small ones.
        enough: how many questions need no further company, where that is less than `largest`: of few askers
            a batch would never be full.
        linger: seconds that a note waits at most for company.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Question], Sequence[Note]], Sequence[Answer]],
        unwanted: Callable[[Question, Answer], None],
        *,
        largest: int = LARGEST_BATCH,
        senders: int = 1,
        pace: float = 0.0,
        enough: Callable[[], float] | None = None,
        linger: float = LINGER_SECONDS,
    ) -> None:
        self._send = send
        self._unwanted = unwanted
        self._largest = largest
        self._senders = senders
        self._pace = pace
        self._enough = enough or (lambda: largest)
        self._linger = linger
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        lock = threading.RLock()
        self._come = threading.Condition(lock)
        self._gone = threading.Condition(lock)
        self._questions: deque[_Asked[Question, Answer]] = deque()
        self._notes: deque[Note] = deque()
        self._notes_due = 0.0
        self._urgent = False
        self._next_start = 0.0
        self._latest: deque[float] = deque(maxlen=CROWD)
        self._told = self._sent = 0
        self._closing = False
        self._running = 0

    def ask(self, question: Question, timeout: float, *, urgent: bool = False) -> Answer:
        """Wait for the answer to a question, at most `timeout` seconds.

        Args:
            urgent: whether something stands idle until the answer comes, so that it waits for no company.

        Raises:
            NoAnswerError: it did not come.
            Exception: the one that `send` raised, if the question's batch failed.
        """
        asked: _Asked[Question, Answer] = _Asked(question)
        self._check_process()
        with self._come:
            self._prepare()
            if self._closing:
                raise NoAnswerError("the process ends: no question is sent any more")
            self._questions.append(asked)
            self._urgent = self._urgent or urgent
            self._latest.append(time.monotonic())
            self._come.notify()
        try:
            in_time = asked.answered.acquire(timeout=timeout)
        except BaseException:
            # The asker was killed; an answer that is there already, or comes later, finds no reader.
            self._abandon(asked)
            raise
        if not in_time:
            self._abandon(asked)
        if asked.error is not None:
            raise asked.error from None
        if not in_time or asked.answer is None:
            raise NoAnswerError(f"no answer within {timeout:.0f} s")
        return asked.answer

    def tell(self, note: Note, *, urgent: bool = False) -> None:
        """Send a note with the next batch, at the latest when it has lingered, or at once where it is
        urgent.
        """
        self._check_process()
        with self._come:
            self._prepare()
            first = not self._notes
            self._notes.append(note)
            self._told += 1
            if first:
                self._notes_due = time.monotonic() + self._linger
            if urgent:
                self._notes_due = 0.0
            if first or urgent:
                self._come.notify()

    def flush(self, timeout: float) -> bool:
        """Wait until every note given so far is sent. Returns whether that happened in time."""
        self._check_process()
        with self._come:
            self._prepare()
            told, self._notes_due = self._told, 0.0
            self._come.notify()
            return self._gone.wait_for(lambda: self._sent >= told, timeout)

    def close(self, timeout: float) -> None:
        """Send the notes that are left, for so long at most, and end the senders."""
        if self._running:
            self.flush(timeout)
        with self._come:
            self._closing = True
            self._come.notify_all()

    def _prepare(self) -> None:
        """See that its senders run; called with the lock held."""
        while self._running < self._senders and not self._closing:
            self._running += 1
            threading.Thread(target=self._run, name="batches", daemon=True).start()

    def _check_process(self) -> None:
        if self._process != os.getpid():
            # A forked child has its parent's memory, but not its senders, and the notes are the parent's to
            # send.
            self._start()

    def _abandon(self, asked: _Asked[Question, Answer]) -> None:
        with self._come:
            asked.abandoned = True
            answer = asked.answer
        if answer is not None:
            self._unwanted(asked.question, answer)

    def _run(self) -> None:
        try:
            while not self._closing:
                self._serve()
        finally:
            # Ended, or killed: the next question starts another.
            self._running -= 1

    def _serve(self) -> None:
        with self._come:
            while not self._closing and (pause := self._pause()) != 0.0:
                self._come.wait(pause)
            if self._questions:
                self._next_start = time.monotonic() + self._pace
                # An urgent one may be among those that this batch has no room for.
                self._urgent = self._urgent and len(self._questions) > self._largest
            questions = [self._questions.popleft() for _ in range(min(len(self._questions), self._largest))]
            notes = [self._notes.popleft() for _ in range(min(len(self._notes), self._largest))]
        questions = [asked for asked in questions if not asked.abandoned]
        if questions or notes:
            self._carry(questions, notes)

    def _pause(self) -> float | None:
        """Seconds until there is something to send; None: until a question comes."""
        due = []
        if self._questions:
            due.append(self._next_start if self._keeps_pace() else 0.0)
        if self._notes:
            due.append(self._notes_due)
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _keeps_pace(self) -> bool:
        """Return whether those who ask now had better wait for company."""
        if self._urgent or len(self._questions) >= min(self._largest, self._enough()):
            return False
        return len(self._latest) == CROWD and time.monotonic() - self._latest[0] < CROWD_SECONDS

    def _carry(self, questions: list[_Asked[Question, Answer]], notes: list[Note]) -> None:
        try:
            answers = self._send([asked.question for asked in questions], notes)
        except Exception as error:
            log.debug("a batch failed", exc_info=True)
            self._fail(questions, notes, error)
            return
        unwanted = []
        with self._come:
            for asked, answer in zip(questions, answers, strict=True):
                asked.answer = answer
                if asked.abandoned:
                    unwanted.append(asked)
                asked.answered.release()
            self._sent += len(notes)
            self._gone.notify_all()
        for asked in unwanted:
            self._abandon(asked)

    def _fail(self, questions: list[_Asked[Question, Answer]], notes: list[Note], error: Exception) -> None:
        with self._come:
            # Those who came meanwhile would only wait for the same failure.
            questions.extend(self._questions)
            self._questions.clear()
            self._notes.extendleft(reversed(notes))
            self._notes_due = time.monotonic() + RETRY_SECONDS
            for asked in questions:
                asked.error = error
                asked.answered.release()
