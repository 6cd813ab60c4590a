"""Writes that no job waits for: lines of `api_requests_history`, and pictures in waiting that are forgotten.
Those of all jobs of this process go together, a few times a second.

A killed process loses the last moment's lines of the history, as everywhere in this house; pictures that it
did not forget MongoDB removes by itself.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from pymongo import MongoClient
from pymongo.errors import BulkWriteError

from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.worlds.repository.drafts_repository import PictureDrafts
from ai_worker.pipelines.worlds.repository.indexes import REQUESTS
from ai_worker.stores.batches import Batches
from ai_worker.stores.mongo import Document, reachable

log = logging.getLogger(__name__)

LINGER_SECONDS = 0.5
"""Calls that end together have others follow them at once: their notes do not stand in the way of those."""
DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Pictures in waiting that are waited for no more, by their keys."""

    keys: Sequence[str]


class Notes:
    """The notes of one database that this process has still to write."""

    def __init__(self, client: "MongoClient[Document]", database: str, drafts: PictureDrafts) -> None:
        self._requests = client[database][REQUESTS]
        self._drafts = drafts
        self._batches: Batches[NoReturn, Document | Forgotten, bool] = Batches(
            self._send, lambda asked, answer: None, linger=LINGER_SECONDS
        )

    def write(self, request: Document) -> None:
        """Insert a line of the history, soon."""
        self._batches.tell(request)

    def forget(self, keys: Sequence[str]) -> None:
        """Remove pictures in waiting, soon."""
        self._batches.tell(Forgotten(keys))

    def flush(self, seconds: float) -> bool:
        """Write what waits; returns whether it was in time."""
        return self._batches.flush(seconds)

    def _send(self, asked: Sequence[NoReturn], told: Sequence[Document | Forgotten]) -> list[bool]:
        lines = [note for note in told if not isinstance(note, Forgotten)]
        keys = [key for note in told if isinstance(note, Forgotten) for key in note.keys]
        if lines:
            self._insert(lines)
        if keys:
            self._drafts.drop(keys)
        return []

    def _insert(self, lines: Sequence[Document]) -> None:
        """All at once; one by one where one of them cannot be stored. Those that an earlier try has inserted
        stay as they are.
        """
        try:
            with reachable():
                self._requests.insert_many(lines, ordered=False)
        except StoreUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, it concerns one line, and the others are to be written
            if len(lines) > 1:
                for line in lines:
                    self._insert([line])
            elif not _is_there(fault):
                # Its message may quote what was asked: the kind of fault has to do.
                what = f"a call of job {lines[0]['task_id']} is not in the history"
                log.error("[ERROR] %s: %s", what, type(fault).__name__)


def _is_there(fault: Exception) -> bool:
    errors = fault.details.get("writeErrors", []) if isinstance(fault, BulkWriteError) else []
    return bool(errors) and all(error.get("code") == DUPLICATE_KEY for error in errors)
