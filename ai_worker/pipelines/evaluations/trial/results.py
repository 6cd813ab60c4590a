"""The file of a run's results: JSON Lines, an entry a line, added as it ends, so that a run can continue."""

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bson import json_util

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry
from ai_worker.pipelines.evaluations.scoring.verdicts import ANSWERED, own_verdict, rta_verdict
from ai_worker.stores.mongo import Document

_OPTIONS = json_util.RELAXED_JSON_OPTIONS


class Results:
    """Adds entries to the file of a run. `known` holds the answers that stood there before, by what they
    asked.

    A file that is none of results is refused by BadRequest, and left as it is.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.known: Mapping[str, Document] = {}

    def __enter__(self) -> Self:
        # First: a file of something else, named by mistake, must not lose its last line.
        self.known = answers_of(self._path)
        try:
            _drop_cut_line(self._path)
            self._file = self._path.open("a", encoding="utf-8", newline="")
        except OSError as fault:
            raise BadRequest(f"{self._path} cannot be written: {fault.strerror or fault}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, entry: Document) -> None:
        """Add an entry; it is on disk's way when this returns."""
        line = json_util.dumps(entry, json_options=_OPTIONS, ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()


def read_results(path: Path) -> list[Document]:
    """The entries of a run by their rows, the last one of each; a line that a killed run has cut off is left
    out.

    Raises:
        BadRequest: the file cannot be read, or is none of results.
    """
    found: dict[Any, Document] = {}
    for entry in _lines(path):
        if "asked" not in entry or "line_index" not in entry:
            raise BadRequest(f"{path} is no file of results of ai-worker eval run")
        found[entry["line_index"], entry.get("model"), entry.get("sample")] = entry
    return sorted(found.values(), key=lambda entry: int(entry["line_index"]))


def answers_of(path: Path) -> dict[str, Document]:
    """The answered entries of a run, by what they asked; none where the file is not there yet."""
    if not path.exists():
        return {}
    return {entry["asked"]: entry for entry in read_results(path) if entry.get("status") in ANSWERED}


def scored(entries: list[Document]) -> list[ScoredEntry]:
    """Entries of a run with their verdicts."""
    found = []
    for entry in entries:
        judges = entry.get("judges") or ()
        verdict = rta_verdict(entry, judges) if entry.get("metric") == RTA else own_verdict(entry)
        found.append(ScoredEntry(entry, verdict, judges))
    return found


def _drop_cut_line(path: Path) -> None:
    """Take away what a killed run has left behind the last whole line, so that the next entry begins a line
    of its own.
    """
    if not path.exists():
        return
    with path.open("r+b") as file:
        whole = 0
        for line in file:
            whole += len(line) if line.endswith(b"\n") else 0
        file.truncate(whole)


def _lines(path: Path) -> Iterator[Document]:
    try:
        # Not splitlines: answers hold line separators of Unicode, which JSON leaves as they are.
        lines = path.read_bytes().rstrip(b"\n").split(b"\n")
    except OSError as fault:
        raise BadRequest(f"{path} cannot be read: {fault}") from None
    for number, line in enumerate(lines, start=1):
        try:
            entry = json_util.loads(line.decode("utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError):
            if number == len(lines) and line[:1] in (b"", b"{"):
                return
            raise BadRequest(f"{path}, line {number} is not JSON") from None
        if isinstance(entry, dict):
            yield entry
