"""The history of requests: collected here, written in batches by a thread of its own, so that it never slows or fails a call.

An entry is written when its request leaves and once more when it has ended (once, where both happen within FLUSH_SECONDS). A SIGKILL
loses what the last second brought; requests under way then stand in the history as `sent` for ever. A clean exit writes everything. While
the store is away up to LARGEST entries wait in memory; further ones are counted, told in the log and lost, and so is what waits when the
process ends meanwhile.
"""

import atexit
import hashlib
import json
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from uuid import uuid4

from ai_worker.errors import StoreUnavailable, WorkError
from ai_worker.llm.books import Books, Entry, Outcome
from ai_worker.llm.cost import cost_of
from ai_worker.llm.model import Model
from ai_worker.llm.request import Caller, Request, Usage
from ai_worker.settings import settings
from ai_worker.stores.background import Background

log = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
RETRY_SECONDS = 2.0
LARGEST = 20_000
"""Entries that wait in memory at the most."""
BATCH = 50
"""Entries of one statement: while it is being written down, nothing else runs in a process of greenlets."""

Waiting = dict[Books, dict[str, Entry]]


class History:
    """What this process has still to write.

    Args:
        largest: how many entries may wait.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._waiting: Waiting = {}
        self._count = 0
        self._dropped = 0
        self._writer = Background("history", self._run)

    def note(self, books: Books, entry: Entry) -> None:
        """Have the entry written soon, in place of an earlier one of the same request. Never waits, never raises."""
        with self._lock:
            waiting = self._waiting.setdefault(books, {})
            if entry.request_id not in waiting:
                if self._count >= self._largest:
                    self._dropped += 1
                    return
                self._count += 1
            waiting[entry.request_id] = entry
        self._writer.need()
        self._wake.set()

    def flush(self) -> bool:
        """Write what waits now. Returns whether all of it could be written; the rest waits on."""
        with self._writing:
            with self._lock:
                taken, self._waiting, self._count = self._waiting, {}, 0
                dropped, self._dropped = self._dropped, 0
            if dropped:
                log.error("[History] %d requests could not be kept: the store has been away for too long", dropped)
            written = [self._write_all(books, list(entries.values())) for books, entries in taken.items()]
            return all(written)

    def _write_all(self, books: Books, entries: list[Entry]) -> bool:
        for start in range(0, len(entries), BATCH):
            try:
                self._write(books, entries[start : start + BATCH])
            except StoreUnavailable as fault:
                log.warning("[History] %d requests not written yet: %s", len(entries) - start, fault)
                self._put_back(books, entries[start:])
                return False
        return True

    def _write(self, books: Books, entries: Sequence[Entry]) -> None:
        try:
            books.write_history(entries)
        except StoreUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, it concerns one entry, and the others are to be written
            if len(entries) == 1:
                # Its message may quote what was asked: the kind of fault has to do.
                log.error("[History] request %s cannot be written: %s", entries[0].request_id, type(fault).__name__)
                return
            middle = len(entries) // 2
            self._write(books, entries[:middle])
            self._write(books, entries[middle:])

    def _put_back(self, books: Books, entries: Sequence[Entry]) -> None:
        with self._lock:
            waiting = self._waiting.setdefault(books, {})
            for entry in entries:
                if entry.request_id in waiting:
                    continue
                if self._count >= self._largest:
                    self._dropped += 1
                else:
                    waiting[entry.request_id] = entry
                    self._count += 1

    def _run(self) -> None:
        pause = threading.Event()
        while self._wake.wait():
            pause.wait(FLUSH_SECONDS)
            self._wake.clear()
            if not self.flush():
                pause.wait(RETRY_SECONDS)
                self._wake.set()


class Requests:
    """The requests that one question takes, usually one, two where an answer has to be repaired: what they took, and the history of them.

    Args:
        caller: whose `books` say where it is written; without books nothing is.
    """

    def __init__(self, model: Model, caller: Caller) -> None:
        self._model = model
        self._caller = caller
        self._latest: Entry | None = None
        self.noted = False
        self.cost: Decimal | None = None

    def refused(self, fault: WorkError, request: Request | None = None) -> None:
        """One that never left."""
        self._note("not_sent", request, error_class=fault.error_class)

    def sent(self, request: Request) -> None:
        """One that leaves now."""
        self._note("sent", request)

    def ended(self, seconds: float, usage: Usage | None, fault: BaseException | None = None) -> None:
        """The latest has its answer, or the fault.

        Args:
            usage: what it is charged for; None where nobody knows.
        """
        cost = None if usage is None else cost_of(usage, self._model.price)
        self._caller.spending.add(usage or Usage(), cost)
        if cost is not None:
            self.cost = (self.cost or Decimal(0)) + cost
        if self._latest is None or self._caller.books is None:
            return
        self._latest = replace(
            self._latest,
            outcome="answered" if fault is None else "failed",
            error_class=None if fault is None else _class_of(fault),
            tokens_input=None if usage is None else usage.input,
            tokens_output=None if usage is None else usage.output,
            tokens_cached=None if usage is None else usage.cached,
            cost=cost,
            latency_ms=round(seconds * 1000),
        )
        history().note(self._caller.books, self._latest)

    def unusable(self, error_class: str) -> None:
        """The latest was answered, but the answer cannot be used."""
        if self._latest is not None and self._latest.outcome == "answered" and self._caller.books is not None:
            self._latest = replace(self._latest, outcome="failed", error_class=error_class)
            history().note(self._caller.books, self._latest)

    def _note(self, outcome: Outcome, request: Request | None, error_class: str | None = None) -> None:
        caller, self.noted = self._caller, True
        if caller.books is None:
            return
        left = None if request is None else _text(request)
        self._latest = Entry(
            request_id=str(uuid4()),
            operation_uuid=caller.operation_uuid,
            pipeline=caller.pipeline,
            task=caller.task,
            row_id=caller.row,
            model=self._model.name,
            provider=self._model.provider,
            attempt=caller.attempt,
            outcome=outcome,
            prompt_digest=left and hashlib.sha256(left.encode("utf-8", "surrogatepass")).hexdigest(),
            prompt_text=left.encode("utf-8", "replace").decode() if left and settings().history_text else None,
            error_class=error_class,
        )
        history().note(caller.books, self._latest)


def _text(request: Request) -> str:
    """What leaves of a request, as one text."""
    parts = [request.system, request.prompt]
    if request.variables is not None:
        parts.append(json.dumps(request.variables, ensure_ascii=False, sort_keys=True, default=str))
    return "\n\n".join(part for part in parts if part)


def _class_of(fault: BaseException) -> str:
    return fault.error_class if isinstance(fault, WorkError) else "internal_error"


def history() -> History:
    """The history of this process; a forked child has its own."""
    return _history(os.getpid())


@lru_cache(maxsize=1)
def _history(process_id: int) -> History:
    made = History()
    atexit.register(made.flush)
    return made
