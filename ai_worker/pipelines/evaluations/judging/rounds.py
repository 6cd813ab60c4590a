"""Judging answers again: further rows for judges, the old ones stay.

Of each answer the entries with the highest `judgement` count. Entries of one judgement have the same prompt.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ai_worker.pipelines.evaluations.entries import judge_entry, judges_named
from ai_worker.pipelines.evaluations.judging.faults import NotTransferable
from ai_worker.pipelines.evaluations.judging.transfer import checked_input
from ai_worker.pipelines.evaluations.scoring.scored_entries import latest_judgement
from ai_worker.stores.mongo import Document


def last_number(about: Iterable[Document]) -> int:
    """The number of the judgement that counts."""
    return max((entry.get("judgement", 0) for entry in about), default=0)


def missing_in_round(source: Document, about: Sequence[Document], number: int) -> Iterator[Document]:
    """The judges' entries that a judgement of an answer lacks.

    Args:
        source: the answered entry, whole, with the `rta_model` and `rta_prompt` that are wanted.
        about: the judges' entries about it.
        number: of the judgement.
    """
    there = {entry.get("model") for entry in about if entry.get("judgement", 0) == number}
    try:
        filled = checked_input(source)
    except NotTransferable:
        return
    for judge in judges_named(source):
        if judge not in there:
            yield judge_entry(source, filled, judge, number)


def round_for(source: Document, about: Sequence[Document]) -> int:
    """The judgement that an answer's wanted judges belong to: the one that counts if it has the wanted
    prompt and sampling, else a new one.
    """
    counting = latest_judgement(about)
    wanted = (source.get("rta_prompt"), source.get("rta_temperature"), source.get("rta_seed"))
    same = all(
        (entry.get("prompt"), entry.get("temperature"), entry.get("seed")) == wanted for entry in counting
    )
    return last_number(about) + (0 if same else 1)


def dismissed(source: Document, about: Sequence[Document], number: int) -> list[Any]:
    """Of a judgement the entries of judges that the source does not name any more."""
    return [
        entry
        for entry in about
        if entry.get("judgement", 0) == number and entry.get("model") not in judges_named(source)
    ]
