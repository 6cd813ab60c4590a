"""Asking and judging every row of a file in this process, resumable from the file of its results."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bson.decimal128 import Decimal128

from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.errors import WorkError
from ai_worker.llm.model import Model
from ai_worker.outbound.closing import Closed
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import DeploymentFault, RequestRejected, Unreachable
from ai_worker.pipelines.evaluations.entries import RTA, judge_entry, judges_named
from ai_worker.pipelines.evaluations.judging.faults import NotTransferable
from ai_worker.pipelines.evaluations.judging.transfer import checked_input
from ai_worker.pipelines.evaluations.questions.asking import ask_entry
from ai_worker.pipelines.evaluations.questions.building import EntryBuilder
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry
from ai_worker.pipelines.evaluations.scoring.verdicts import (
    ANSWERED,
    fields_of,
    judge_verdict,
    metric_of,
    own_verdict,
    rta_verdict,
)
from ai_worker.pipelines.evaluations.trial.rows import FileRows
from ai_worker.stores.mongo import Document

POLICY = RetryPolicy(attempts=4, backoff=1.0, backoff_max=30.0, age_limit=600.0)
SPENT = ("tokens_input", "tokens_output", "cost")


@dataclass(frozen=True)
class TrialRun:
    """One task's run.

    Args:
        models: those that are asked, judges too, by the names that the task has for them.
        known: entries of an earlier run that are answered, by what they asked; they are not asked again.
        keep: called with each entry as it ends, from the thread that asked it.
        redact: whether personal data is replaced before a text leaves.
    """

    task: EvaluationTask
    rows: FileRows
    models: Mapping[str, Model]
    known: Mapping[str, Document]
    keep: Callable[[Document], None]
    redact: bool = True
    concurrency: int = 8
    _stopped: threading.Event = field(default_factory=threading.Event)
    _heard: set[str] = field(default_factory=set)
    _hopeless: list[WorkError] = field(default_factory=list)

    def stop(self) -> None:
        """Start no more questions; those under way end."""
        self._stopped.set()

    def run(self, advance: Callable[[int], None] = lambda count: None) -> list[ScoredEntry]:
        """Ask every entry, and its judges; returns them in the order of the file.

        Args:
            advance: called with how many entries more have ended.

        Raises:
            WorkError: a model cannot be asked at all: its key, its name or its address is wrong. What was
                answered before is kept.
        """
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="entry") as threads:
            found = []
            try:
                for done in threads.map(self._entry, self._wanted()):
                    if self._hopeless:
                        raise self._hopeless[0]
                    found.append(done)
                    advance(1)
            except BaseException:
                # Else those under way would keep trying before this fault is shown.
                self.stop()
                raise
        return found

    def count(self) -> int:
        """The number of entries."""
        return len(list(self._wanted()))

    def _wanted(self) -> Iterator[Document]:
        builder = EntryBuilder(self.rows, "", self.task)
        for line_index, row in enumerate(self.rows.rows):
            yield from builder.entries(line_index, row)

    def _entry(self, wanted: Document) -> ScoredEntry:
        before = self.known.get(wanted["asked"])
        kept = {} if before is None else {name: value for name, value in before.items() if name not in wanted}
        answered = (
            {**wanted, **kept, "status": "completed", "response": before["response"]} if before else None
        )
        entry = answered or self._asked(wanted)
        judges: Sequence[Document] = (before or {}).get("judges") or ()
        if entry.get("metric") == RTA and entry.get("status") in ANSWERED:
            judges = judges or self._judged(entry)
            entry["status"] = "transfered_to_rta" if entry.get("status") != "error" else "error"
            verdict = rta_verdict(entry, judges)
        else:
            verdict = own_verdict({name: value for name, value in entry.items() if name != "verdict"})
        entry |= fields_of(verdict, metric_of(entry), _now())
        self.keep({**entry, **({"judges": list(judges)} if judges else {})})
        return ScoredEntry(entry, verdict, judges)

    def _judged(self, source: Document) -> list[Document]:
        try:
            filled = checked_input(source)
        except NotTransferable as fault:
            source |= {"status": "error", "error": str(fault)}
            return []
        judges = []
        for judge in judges_named(source):
            asked = self._asked(judge_entry(source, filled, judge))
            judges.append(asked | fields_of(judge_verdict(asked), RTA, _now()))
        return judges

    def _asked(self, entry: Document) -> Document:
        """The entry with its answer, or failed; tried again as long as its error allows."""
        began, attempts, tries = _now(), 0, 0
        spent: Document = {}
        while True:
            context = self._context(entry, attempts)
            try:
                answer = ask_entry(entry, self.models[str(entry["model"])], context, _now)
                self._heard.add(str(entry["model"]))
                return {**entry, **answer, **_spent(spent, context), "status": "completed"}
            except WorkError as error:
                spent = _spent(spent, context)
                wait = self._wait(entry, error, attempts, tries, (_now() - began).total_seconds())
                attempts, tries = attempts + error.uses_attempt, tries + 1
                if wait is None or self._stopped.wait(wait):
                    failed = {"status": "failed", "error_class": error.error_class, "error": str(error)}
                    return {**entry, **error.record, **failed, **spent}

    def _wait(self, entry: Document, error: WorkError, attempts: int, tries: int, age: float) -> float | None:
        """Seconds until a question is asked again; None: never. Where no question of this run can be asked,
        the run is stopped, so that the user before the screen sees why at once.
        """
        if self._is_hopeless(entry, error):
            self._hopeless.append(error)
            self.stop()
        if error.outage and tries + 1 >= POLICY.attempts:
            return None
        return POLICY.next_try(error, attempts, age)

    def _is_hopeless(self, entry: Document, error: WorkError) -> bool:
        if isinstance(error, DeploymentFault | Closed):
            return True
        if isinstance(error, RequestRejected) and not error.uses_attempt:
            # The model rejects a question of our own, too.
            return True
        # Refused connections: an address without a single answer yet is a wrong one.
        return isinstance(error, Unreachable) and not error.sent and entry["model"] not in self._heard

    def _context(self, entry: Document, attempts: int) -> CallContext:
        return CallContext(
            pipeline="evaluations",
            task=self.task.task_name,
            row=str(entry["_id"]),
            operation_uuid=str(uuid4()),
            attempt=attempts + 1,
            redact=self.redact,
        )


def _spent(before: Mapping[str, Any], context: CallContext) -> Document:
    usage, cost = context.spending.usage, context.spending.cost
    known = [value for value in (_cost(before), cost) if value is not None]
    return {
        "tokens_input": before.get("tokens_input", 0) + usage.input,
        "tokens_output": before.get("tokens_output", 0) + usage.output,
        "cost": Decimal128(sum(known[1:], known[0])) if known else None,
    }


def _cost(spent: Mapping[str, Any]) -> Any:
    cost = spent.get("cost")
    return cost.to_decimal() if isinstance(cost, Decimal128) else None


def _now() -> datetime:
    return datetime.now(UTC)
