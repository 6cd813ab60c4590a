"""The entries of a task with their verdicts and with their judges' entries, streamed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from bson.decimal128 import Decimal128

from ai_worker.llm.response_text import text_of
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.scoring import Verdict
from ai_worker.pipelines.evaluations.scoring.reading.comparing import normalise
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow
from ai_worker.pipelines.evaluations.scoring.verdicts import ANSWERED, own_verdict, rta_verdict, stored
from ai_worker.stores.mongo import Document


@dataclass(frozen=True, slots=True)
class ScoredEntry:
    """One entry and its verdict.

    Args:
        entry: the document, without its long texts where a verdict is stored.
        judges: the judges' entries about its answer, of every judgement; about its twin's where it is a
            `Дубликат`.
    """

    entry: Document
    verdict: Verdict
    judges: Sequence[Document]

    @property
    def borrowed(self) -> bool:
        """True if the judges' entries are another entry's."""
        return bool(self.judges) and self.judges[0].get("source_id") != self.entry["_id"]


def scored_entries(repository: ScoreRepository, database: str, queue: str) -> Iterator[ScoredEntry]:
    """Every entry of a queue with its verdict: the stored one, or where none is stored the one that its rules
    give now.
    """
    for portion in repository.portions(database, queue):
        yield from judged(repository, database, queue, portion)


def judged(
    repository: ScoreRepository, database: str, queue: str, entries: Sequence[Document]
) -> Iterator[ScoredEntry]:
    """These entries with their verdicts."""
    judges = _judges_of(repository, database, queue, entries)
    whole = repository.whole(database, queue, [entry["_id"] for entry in entries if _needs_its_text(entry)])
    for found in entries:
        entry = whole.get(found["_id"], found)
        if entry.get("metric") == RTA:
            about = judges.get(entry["_id"], [])
            yield ScoredEntry(entry, rta_verdict(entry, latest_judgement(about)), about)
        else:
            yield ScoredEntry(entry, own_verdict(entry), ())


def _needs_its_text(entry: Mapping[str, Any]) -> bool:
    return (
        entry.get("metric") != RTA
        and entry.get("status") in ANSWERED
        and stored(entry) is None
        and "response" not in entry
    )


def latest_judgement(entries: Iterable[Document]) -> list[Document]:
    """Of all judges' entries about one answer those that count: the ones of the last judgement."""
    known = list(entries)
    last = max((entry.get("judgement", 0) for entry in known), default=0)
    return [entry for entry in known if entry.get("judgement", 0) == last]


def rows_of(entries: Iterable[ScoredEntry], task: str) -> Iterator[ScoredRow]:
    """The rows that reports are made of.

    Args:
        task: the name under which the entries are reported.
    """
    # An entry of another program's script may lack its line: it is then a row of its own.
    without_line = count(-1, -1)
    for scored in entries:
        entry = scored.entry
        line_index = entry.get("line_index")
        yield ScoredRow(
            task=task,
            model=str(entry.get("model")),
            metric=str(entry.get("metric")),
            line_index=line_index if isinstance(line_index, int) else next(without_line),
            verdict=scored.verdict,
            cost=_cost([entry, *([] if scored.borrowed else scored.judges)]),
            latency=entry.get("latency"),
            tokens_input=entry.get("tokens_input") or 0,
            tokens_output=entry.get("tokens_output") or 0,
            group=group_of(entry),
            answer=_answer(entry, scored.verdict),
            truncated=bool(entry.get("truncated")),
            reused=bool(entry.get("reused_from")),
        )


def group_of(entry: Mapping[str, Any]) -> str:
    """The values of an entry's group as text: `topic=cities, level=2`."""
    group = entry.get("group")
    if not isinstance(group, Mapping):
        return ""
    return ", ".join(f"{name}={'' if value is None else value}" for name, value in group.items())


def _answer(entry: Mapping[str, Any], verdict: Verdict) -> str | None:
    """The answer, normalised; None where neither it nor the response is at hand."""
    if not verdict.judged or not (verdict.answer or "response" in entry):
        return None
    return normalise(verdict.answer or text_of(entry["response"]))


def _judges_of(
    repository: ScoreRepository, database: str, queue: str, entries: Sequence[Document]
) -> dict[Any, list[Document]]:
    """The judges' entries by the id of the entry that they count for."""
    asked = [entry for entry in entries if entry.get("metric") == RTA]
    twins = repository.whole(
        database, judges_of(queue), [entry["duplicate_of"] for entry in asked if "duplicate_of" in entry]
    )
    source_of = {
        entry["_id"]: twins.get(entry.get("duplicate_of"), {}).get("source_id", entry["_id"])
        for entry in asked
    }
    found = repository.judges(database, judges_of(queue), set(source_of.values()))
    return {entry_id: found.get(source, []) for entry_id, source in source_of.items()}


def _cost(entries: Iterable[Mapping[str, Any]]) -> Decimal | None:
    known = [cost.to_decimal() for entry in entries if isinstance(cost := entry.get("cost"), Decimal128)]
    return sum(known, Decimal(0)) if known else None
