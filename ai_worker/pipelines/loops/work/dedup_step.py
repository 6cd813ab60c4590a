"""Looking for the duplicates among a round's questions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from ai_worker.engine.contract.row import Result
from ai_worker.errors import NotNow, WorkError
from ai_worker.pipelines.loops.dedup.entries import Entry
from ai_worker.pipelines.loops.dedup.find_duplicates import Space, find_duplicates
from ai_worker.pipelines.loops.dedup.vectors import Vectors, packed, thresholds_of, unit, unpacked
from ai_worker.pipelines.loops.faults import LoopEnded, LoopPaused, RateLimited
from ai_worker.pipelines.loops.ports import Embed
from ai_worker.pipelines.loops.storage.dedup_repository import DedupRepository
from ai_worker.stores.mysql import Row, Statement

EMBEDDED_AT_ONCE = 256
"""Questions whose vectors are stored before the next are asked for: a lost worker repeats no more."""
_PAIR = (
    "INSERT IGNORE INTO loop_pair (loop_task_id, loop_round_id, question_id, candidates) "
    "VALUES (%s, %s, %s, %s)"
)


def dedup_step(
    fields: Mapping[str, Any], queries: DedupRepository, embed: Embed | None, waits: bool = False
) -> Result:
    """The found duplicates as the step's outcome, and a row for each question that only a model can decide.

    Args:
        fields: a claim's, of `tables.STEPS`.
        embed: None where the judge configuration names no endpoint of embeddings.
        waits: whether a limit that embeddings meet is waited for; otherwise letters alone have to do.

    Raises:
        NotNow, RateLimited: embeddings are waited for. LoopEnded: the loop was ended meanwhile.
    """
    new = queries.passed(fields["loop_round_id"])
    old = queries.approved(None if fields["global_dedup"] else fields["loop_id"])
    space, note = None, None
    if embed is not None and new:
        try:
            space = _space(new, old, queries, embed, fields["embed_model"])
        except (LoopEnded, LoopPaused):
            raise
        except WorkError as fault:
            if waits and isinstance(fault, NotNow | RateLimited):
                raise
            note = f"no embeddings, duplicates were looked for by their letters alone: {fault}"
    found = find_duplicates([_entry(row) for row in new], [_entry(row) for row in old], space)
    pairs: list[Statement] = [
        (
            _PAIR,
            (
                *(fields["loop_id"], fields["loop_round_id"], name),
                json.dumps([[twin.id, twin.similarity] for twin in twins]),
            ),
        )
        for name, twins in found.undecided.items()
    ]
    outcome = {"twins": {name: [twin.id, twin.similarity, twin.method] for name, twin in found.twins.items()}}
    progress = (
        "UPDATE loop_round SET dedup_progress = %s WHERE id = %s",
        (f"{len(new)}/{len(new)}", fields["loop_round_id"]),
    )
    notes = [(_NOTE, (note, note, fields["loop_round_id"]))] if note else []
    return Result({"outcome": json.dumps(outcome), "note": note}, [*pairs, progress, *notes])


_NOTE = "UPDATE loop_round SET notes = IF(notes IS NULL, %s, CONCAT(notes, '; ', %s)) WHERE id = %s"


def _entry(row: Row) -> Entry:
    return Entry(row["id"], row["question"], row["reference_answer"] or "", row["normal"] or "")


def _space(
    new: Sequence[Row], old: Sequence[Row], queries: DedupRepository, embed: Embed, model: str
) -> Space:
    """Vectors of all questions, of one model: those that lack one are embedded and stored, part by part."""
    kept = {
        **queries.vectors([row["id"] for row in new], model),
        **queries.vectors([row["id"] for row in old], model),
    }
    missing = [row for row in [*new, *old] if row["id"] not in kept]
    for start in range(0, len(missing), EMBEDDED_AT_ONCE):
        part = missing[start : start + EMBEDDED_AT_ONCE]
        vectors = [packed(vector) for vector in unit(embed([row["question"] for row in part]))]
        queries.store_vectors([(row["id"], vector) for row, vector in zip(part, vectors, strict=True)], model)
        kept.update({row["id"]: vector for row, vector in zip(part, vectors, strict=True)})
    size = max((len(vector) // 2 for vector in kept.values()), default=1)
    return Space(_rows(new, kept, size), _rows(old, kept, size), thresholds_of(model))


def _rows(questions: Sequence[Row], kept: Mapping[str, bytes], size: int) -> Vectors:
    rows = numpy.zeros((len(questions), size), dtype=numpy.float32)
    for place, row in enumerate(questions):
        rows[place] = unpacked(kept[row["id"]])
    return rows
