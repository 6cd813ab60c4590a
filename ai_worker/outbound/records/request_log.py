"""The history of requests: collected here, written in batches by a thread of its own, so that it never slows
or fails a call.

An entry is written when its request leaves and once more when it has ended (once, where both happen within
FLUSH_SECONDS). A SIGKILL loses what the last second brought; requests under way then stand in the history as
`sent` for ever. A clean exit writes everything. While the store is away up to LARGEST entries wait in memory;
further ones are counted, reported in the log and lost, and so is what waits when the process ends meanwhile.
"""

import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from uuid import uuid4

from ai_worker.errors import StoreUnavailable, WorkError
from ai_worker.observe.metrics import COST, MODEL_CALL_SECONDS, MODEL_CALLS, TOKENS
from ai_worker.outbound.accounting.cost import cost_of
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.records.contract import Entry, Outcome, Records
from ai_worker.outbound.usage import Usage
from ai_worker.settings import settings
from ai_worker.stores.background import Background
from ai_worker.stores.last_writes import at_end
from ai_worker.stores.outage_log import outage
from ai_worker.stores.shared_counters import counted, observed, shared_counters

log = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
RETRY_SECONDS = 2.0
LARGEST = 20_000
"""The most entries that wait in memory."""
BATCH = 50
"""Entries of one statement: while it is being written down, nothing else runs in a process of greenlets."""

Waiting = dict[Records, dict[str, Entry]]


class RequestLog:
    """The entries that this process has still to write.

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

    def note(self, records: Records, entry: Entry) -> None:
        """Have the entry written soon, in place of an earlier one of the same request. Never waits, never
        raises.
        """
        with self._lock:
            waiting = self._waiting.setdefault(records, {})
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
                log.error(
                    "[RequestLog] %d requests could not be kept: the store has been away for too long",
                    dropped,
                )
            written = [self._write_all(records, list(entries.values())) for records, entries in taken.items()]
            return all(written)

    def _write_all(self, records: Records, entries: list[Entry]) -> bool:
        for start in range(0, len(entries), BATCH):
            try:
                self._write(records, entries[start : start + BATCH])
            except StoreUnavailable as fault:
                outage(log, fault, f"{len(entries) - start} requests wait to be written into the request log")
                self._put_back(records, entries[start:])
                return False
        return True

    def _write(self, records: Records, entries: Sequence[Entry]) -> None:
        try:
            records.write_history(entries)
        except StoreUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, it concerns one entry, and the others are to be written
            if len(entries) == 1:
                # Its message may quote what was asked: the kind of fault has to do.
                log.error(
                    "[RequestLog] request %s cannot be written: %s",
                    entries[0].request_id,
                    type(fault).__name__,
                )
                return
            middle = len(entries) // 2
            self._write(records, entries[:middle])
            self._write(records, entries[middle:])

    def _put_back(self, records: Records, entries: Sequence[Entry]) -> None:
        with self._lock:
            waiting = self._waiting.setdefault(records, {})
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


class RequestRecorder:
    """The requests that one question takes, usually one, two where an answer has to be repaired: what they
    took, and the history of them.

    Args:
        context: whose `records` say where it is written; without records nothing is.
    """

    def __init__(self, endpoint: Endpoint, context: CallContext) -> None:
        self._endpoint = endpoint
        self._context = context
        self._latest: Entry | None = None
        self.noted = False
        self.cost: Decimal | None = None

    def refused(self, fault: WorkError, left: str | None = None) -> None:
        """One that never left."""
        self._note("not_sent", left, error_class=fault.error_class)

    def sent(self, left: str) -> None:
        """One that leaves now."""
        self._note("sent", left)

    def ended(self, seconds: float, usage: Usage | None, fault: BaseException | None = None) -> None:
        """The latest has its answer, or the fault.

        Args:
            usage: what it is charged for; None if unknown.
        """
        cost = None if usage is None else cost_of(usage, self._endpoint.price)
        self._context.spending.add(usage or Usage(), cost)
        if cost is not None:
            self.cost = (self.cost or Decimal(0)) + cost
        self._count(seconds, usage, cost, fault)
        if self._latest is None or self._context.records is None:
            return
        self._latest = self._latest._replace(
            outcome="answered" if fault is None else "failed",
            error_class=None if fault is None else _class_of(fault),
            tokens_input=None if usage is None else usage.input,
            tokens_output=None if usage is None else usage.output,
            tokens_cached=None if usage is None else usage.cached,
            cost=cost,
            latency_ms=round(seconds * 1000),
        )
        request_log().note(self._context.records, self._latest)

    def _count(
        self, seconds: float, usage: Usage | None, cost: Decimal | None, fault: BaseException | None
    ) -> None:
        model = f"{self._endpoint.provider}/{self._endpoint.name}"
        outcome, error_class = ("answered", "") if fault is None else ("failed", _class_of(fault))
        amounts = [
            counted(MODEL_CALLS, (model, outcome, error_class)),
            *observed(MODEL_CALL_SECONDS, (model,), seconds),
        ]
        if usage is not None:
            amounts.append(counted(TOKENS, (model, "input"), usage.input))
            amounts.append(counted(TOKENS, (model, "output"), usage.output))
        if cost:
            amounts.append(counted(COST, (self._context.pipeline, model), float(cost)))
        shared_counters().add(amounts)

    def unusable(self, error_class: str) -> None:
        """The latest was answered, but the answer cannot be used."""
        if (
            self._latest is not None
            and self._latest.outcome == "answered"
            and self._context.records is not None
        ):
            self._latest = self._latest._replace(outcome="failed", error_class=error_class)
            request_log().note(self._context.records, self._latest)

    def _note(self, outcome: Outcome, left: str | None, error_class: str | None = None) -> None:
        context, self.noted = self._context, True
        if context.records is None:
            return
        self._latest = Entry(
            request_id=str(uuid4()),
            operation_uuid=context.operation_uuid,
            pipeline=context.pipeline,
            task=context.task,
            row_id=context.row,
            model=self._endpoint.name,
            provider=self._endpoint.provider,
            attempt=context.attempt,
            outcome=outcome,
            prompt_digest=left and hashlib.sha256(left.encode("utf-8", "surrogatepass")).hexdigest(),
            prompt_text=left.encode("utf-8", "replace").decode()
            if left and settings().history_text
            else None,
            error_class=error_class,
        )
        request_log().note(context.records, self._latest)


def _class_of(fault: BaseException) -> str:
    return fault.error_class if isinstance(fault, WorkError) else "internal_error"


def request_log() -> RequestLog:
    """The history of this process; a forked child has its own."""
    return _request_log(os.getpid())


@lru_cache(maxsize=1)
def _request_log(process_id: int) -> RequestLog:
    made = RequestLog()
    at_end(made.flush)
    return made
