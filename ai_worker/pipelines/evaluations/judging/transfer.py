"""Handing an answer to its judges (RtA: refuse to answer)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import fill
from ai_worker.llm.reasoning import split_reasoning
from ai_worker.llm.response_text import text_of
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.entries import (
    RTA,
    digest_of,
    judge_entry,
    judge_entry_id,
    judges_named,
    shown,
)
from ai_worker.pipelines.evaluations.judging.faults import (
    BAD_PROMPT,
    DUPLICATE,
    WITHOUT_MODEL,
    WITHOUT_PROMPT,
    WITHOUT_RESPONSE,
    NotTransferable,
)
from ai_worker.pipelines.evaluations.judging.repository import JudgeRepository
from ai_worker.pipelines.evaluations.repository import is_judges, judges_of
from ai_worker.pipelines.evaluations.scoring.verdicts import FIELDS, fields_of, fresh
from ai_worker.stores.mongo import Document

log = logging.getLogger(__name__)


class _Twin(Exception):
    """The same judge was shown the same answer by another source."""

    def __init__(self, entry: Document) -> None:
        super().__init__(str(entry["_id"]))
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Transfer:
    """The place where answers are handed to judges.

    Args:
        now: the store's time.
    """

    repository: JudgeRepository
    archive: Archive
    now: datetime

    def transfer(self, database: str, queue: str, entry_id: Any) -> list[Any]:
        """Make the judges' entries for an answered entry, and mark the answer as handed over.

        A transfer that crashed half way is finished: the judges' entries have the same `_id` each time, and
        their `source_id` tells whose they are. The first judge's entry decides whether the answer is a
        `Дубликат`, so that of two sources with the same answer one has all the judges' entries and the other
        none.

        Returns:
            The ids of new judges' entries; none when there is nothing to ask: not answered, faulty, or handed
            over before.
        """
        source = self.repository.entry(database, queue, entry_id)
        if (
            source is None
            or is_judges(queue)
            or source.get("metric") != RTA
            or source.get("status") != "completed"
        ):
            return []
        try:
            filled = checked_input(source)
        except NotTransferable as fault:
            self._fail(database, queue, entry_id, str(fault))
            return []
        judges = judges_of(queue)
        self.repository.prepare(database, judges)
        known = self._known(database, judges, source)
        try:
            made = [
                self._add(database, judges, source, judge, filled, known) for judge in judges_named(source)
            ]
        except _Twin as twin:
            self._fail(database, queue, entry_id, DUPLICATE, {"duplicate_of": twin.entry["_id"]})
            self.repository.copy_fields(database, queue, twin.entry.get("source_id"), entry_id, FIELDS)
            # Its verdict may have come between the two: then what was copied is older than it.
            self.repository.owe_score(database, judges, twin.entry["_id"])
            return []
        self.repository.end_transfer(database, queue, entry_id)
        return [entry_id for entry_id in made if entry_id is not None]

    def _known(self, database: str, judges: str, source: Document) -> set[str]:
        """Digests of the entries that a transfer of this answer has made before. Entries about an earlier
        answer are put away.
        """
        about = self.repository.about(database, judges, source["_id"])
        outdated = [
            entry for entry in about if shown(entry.get("variables")).get("answer") != source["response"]
        ]
        self.archive.move(database, judges, outdated, "its source was answered anew", self.now)
        return {entry["digest"] for entry in about if entry not in outdated}

    def _add(
        self, database: str, judges: str, source: Document, judge: str, filled: str, known: set[str]
    ) -> Any | None:
        entry = judge_entry(source, filled, judge)
        if entry["digest"] in known:
            return None
        before = self.archive.judged_before(database, judges, entry)
        if before is not None and self._add_again(database, judges, entry, before):
            return None
        twin = self.repository.twin(database, judges, entry["digest"])
        if twin is None and not self.repository.add(database, judges, entry):
            twin = self.repository.entry(database, judges, entry["_id"])
        if twin is None:
            return entry["_id"]
        if twin.get("source_id") == source["_id"]:
            return None
        if judge == judges_named(source)[0]:
            raise _Twin(twin)
        return self._add_own(database, judges, entry)

    def _add_again(self, database: str, judges: str, entry: Document, before: Document) -> bool:
        """A judge's entry with the answer that it had before it was put away. False: there is one already."""
        kept = {
            name: value
            for name, value in before.items()
            if name not in ("entry_id", "archived_at", "archived_because")
        }
        rules = {name: entry.get(name) for name in ("_id", "source_id", "regexp", "target")}
        restored = {**kept, **rules, "owes_score": True}
        return self.repository.add(database, judges, restored | fields_of(fresh(restored), RTA, self.now))

    def _add_own(self, database: str, judges: str, entry: Document) -> Any | None:
        """An entry beside its twin, for a source that has other judges than the twin's source, so that it has
        all of its own.
        """
        digest = digest_of("own", entry["digest"], entry["source_id"])
        own = {**entry, "_id": judge_entry_id(digest), "digest": digest}
        return own["_id"] if self.repository.add(database, judges, own) else None

    def _fail(
        self, database: str, queue: str, entry_id: Any, error: str, also: Document | None = None
    ) -> None:
        if self.repository.fail_transfer(database, queue, entry_id, error, also):
            # A `Дубликат` is no fault: its twin's verdict counts for it.
            level, stage = (logging.INFO, "DONE") if error == DUPLICATE else (logging.ERROR, "ERROR")
            log.log(level, "[%s] %s.%s %s: %s", stage, database, queue, entry_id, error)


def checked_input(source: Mapping[str, Any]) -> str:
    """The question that an answered entry was asked, for its judges to read.

    Raises:
        NotTransferable: something is missing that judges need.
    """
    if not judges_named(source):
        raise NotTransferable(WITHOUT_MODEL)
    if not source.get("rta_prompt"):
        raise NotTransferable(WITHOUT_PROMPT)
    if not (split_reasoning(text_of(source.get("response"))).answer or "").strip():
        raise NotTransferable(WITHOUT_RESPONSE)
    try:
        return fill(source.get("prompt") or "", source.get("variables") or {})
    except BadRequest as fault:
        raise NotTransferable(BAD_PROMPT) from fault
