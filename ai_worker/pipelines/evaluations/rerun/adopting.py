"""Queues that older scripts have left: what is found in them, and making them fit to be worked, scored and
reported.

Nothing is deleted: what is there twice is put away into `archive_…`. A dry run finds the same and changes
    nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any

from ai_worker.llm.response_text import text_of
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.entries import judge_digest, judges_named
from ai_worker.pipelines.evaluations.judging.faults import DUPLICATE, NotTransferable
from ai_worker.pipelines.evaluations.judging.repository import JudgeRepository
from ai_worker.pipelines.evaluations.judging.transfer import checked_input
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.rerun.adopt_repository import AdoptRepository
from ai_worker.pipelines.evaluations.rerun.repository import PlanRepository
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.verdicts import ANSWERED
from ai_worker.stores.mongo import Document

KNOWN = {"pending", "processing", "failed", "error", *ANSWERED}
_BEST_FIRST = ("transfered_to_rta", "completed", "error", "failed", "processing", "pending")


class Finding(StrEnum):
    """The findings, in the words of the report."""

    STUCK = "stuck in processing without an owner: pending again"
    DOUBLE = "there twice, by racing scripts: put away"
    WITHOUT_DIGEST = "judges' entries without a digest: given one"
    UNLINKED = "Дубликат without a link to its twin: linked"
    WITHOUT_TWIN = "Дубликат whose twin is not to be found: handed over anew"
    WHOLE_BODY = "responses that are whole API bodies: read as they are"
    WITHOUT_TEXT = "answered, and no text is found in the response: they count as not answered"
    WITHOUT_LINE = "without line_index: reported, each as a row of its own"
    LOST_JUDGES = "handed over, and no judge's entry is there: handed over anew"
    WITHOUT_MODEL = "pending, and no model is named: failed, for they can never be asked"
    STRANGE_STATUS = "with a status that is not known: left alone"


@dataclass
class Adoption:
    """One task's queue and its judges' queue.

    Args:
        dry_run: find, and change nothing.
        now: the store's time.
    """

    adopts: AdoptRepository
    judges: JudgeRepository
    scores: ScoreRepository
    plans: PlanRepository
    archive: Archive
    database: str
    queue: str
    now: Any
    dry_run: bool
    found: Counter[Finding] = field(default_factory=Counter)
    _digests: set[str] = field(default_factory=set)

    def adopt(self, advance: Callable[[int], None] = lambda count: None) -> "Counter[Finding]":
        """Find faults, and unless it is a dry run repair them.

        Args:
            advance: called with the number of further entries that have been looked at.

        Returns:
            How many entries each finding is about.
        """
        judges = judges_of(self.queue)
        self.found[Finding.WITHOUT_DIGEST] = self.adopts.without_digest(self.database, judges)
        if not self.dry_run:
            self.adopts.make_indexes(self.database, self.queue)
            self.judges.prepare(self.database, judges)
        for queue in (self.queue, judges):
            self.found[Finding.STUCK] += self.adopts.release_stuck(self.database, queue, self.dry_run)
            self.found[Finding.WITHOUT_MODEL] += self._fail_without_model(queue)
        self._look_at_entries(advance)
        self._look_at_judges(judges, advance)
        self._find_lost_judges(judges)
        self._link_duplicates(judges)
        if not self.dry_run:
            self.plans.release_orphans(self.database, self.queue, judges)
        return +self.found

    def _look_at_entries(self, advance: Callable[[int], None]) -> None:
        def place(entry: Document) -> tuple[Any, Any]:
            return entry.get("line_index"), entry.get("model")

        for (line_index, _), of in groupby(self.adopts.by_line(self.database, self.queue), key=place):
            entries = list(of)
            self._note(entries)
            if not isinstance(line_index, int):
                self.found[Finding.WITHOUT_LINE] += len(entries)
                continue
            for sample in {entry.get("sample") or 0 for entry in entries}:
                self._put_doubles_away(
                    self.queue, [entry for entry in entries if (entry.get("sample") or 0) == sample]
                )
            advance(len(entries))

    def _look_at_judges(self, judges: str, advance: Callable[[int], None]) -> None:
        for _, of in groupby(
            self.adopts.by_source(self.database, judges), key=lambda entry: entry.get("source_id")
        ):
            entries = list(of)
            self._note(entries)
            if self.dry_run:
                # What `prepare` writes into them in a real run.
                self._digests |= {_judges_digest(entry) for entry in entries}
            for asked in {_asked(entry) for entry in entries}:
                self._put_doubles_away(judges, [entry for entry in entries if _asked(entry) == asked])
            advance(len(entries))

    def _note(self, entries: Sequence[Document]) -> None:
        for entry in entries:
            self.found[Finding.STRANGE_STATUS] += entry.get("status") not in KNOWN
            if entry.get("status") in ANSWERED and not text_of(entry.get("response")):
                self.found[Finding.WITHOUT_TEXT] += 1
            elif entry.get("status") in ANSWERED and not isinstance(entry["response"], str):
                self.found[Finding.WHOLE_BODY] += 1

    def _put_doubles_away(self, queue: str, entries: Sequence[Document]) -> None:
        """Of entries that ask the same the one that has come farthest stays, of several the oldest."""
        _, *doubles = sorted(entries, key=lambda entry: (_rank(entry), str(entry["_id"])))
        self.found[Finding.DOUBLE] += len(doubles)
        if not doubles or self.dry_run:
            return
        ids = [entry["_id"] for entry in doubles]
        because = "it was there twice"
        if queue == self.queue:
            about = self.scores.judges(self.database, judges_of(queue), ids, whole=True)
            self.archive.move(
                self.database,
                judges_of(queue),
                [entry for of in about.values() for entry in of],
                because,
                self.now,
            )
        self.archive.move(
            self.database,
            queue,
            list(self.scores.whole(self.database, queue, ids).values()),
            because,
            self.now,
        )

    def _fail_without_model(self, queue: str) -> int:
        """Fail pending entries without a model: no lane holds them, so that they would wait for ever."""
        found = self.adopts.without_model(self.database, queue)
        if found and not self.dry_run:
            self.adopts.fail(self.database, queue, found, "the entry names no model")
        return len(found)

    def _find_lost_judges(self, judges: str) -> None:
        """Answers that were handed over and whose judges' entries are not there are handed over again."""
        for portion in self.scores.handed_over(self.database, self.queue):
            ids = [entry["_id"] for entry in portion]
            about = self.scores.judges(self.database, judges, ids)
            lost = [entry_id for entry_id in ids if not about.get(entry_id)]
            self.found[Finding.LOST_JUDGES] += len(lost)
            if lost and not self.dry_run:
                self.adopts.hand_over_again(self.database, self.queue, lost)

    def _link_duplicates(self, judges: str) -> None:
        for portion in self.adopts.unlinked(self.database, self.queue, DUPLICATE):
            digests = {entry["_id"]: _digest_of(entry) for entry in portion}
            known = [digest for digest in digests.values() if digest]
            twins = self.adopts.by_digest(self.database, judges, known)
            for entry in portion:
                digest = digests[entry["_id"]]
                twin = twins.get(digest)
                there = twin is not None or digest in self._digests
                self.found[Finding.UNLINKED if there else Finding.WITHOUT_TWIN] += 1
                if not self.dry_run:
                    self.adopts.link(self.database, self.queue, entry["_id"], twin)


def _rank(entry: Mapping[str, Any]) -> int:
    status = entry.get("status")
    return _BEST_FIRST.index(status) if status in _BEST_FIRST else len(_BEST_FIRST)


def _asked(judge: Mapping[str, Any]) -> tuple[Any, int, str]:
    return judge.get("model"), judge.get("judgement", 0), judge_digest("", judge.get("variables"))


def _judges_digest(judge: Mapping[str, Any]) -> str:
    return judge_digest(str(judge.get("model")), judge.get("variables"), judge.get("judgement", 0))


def _digest_of(entry: Document) -> str | None:
    """The digest of the judge's entry that an answer is a duplicate of."""
    try:
        variables = {"input": checked_input(entry), "answer": entry["response"]}
    except NotTransferable:
        return None
    return judge_digest(judges_named(entry)[0], variables)
