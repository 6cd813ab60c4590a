"""Samples: the entries of a task by verdict, and one entry with its question, answer, judges and score."""

import json
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from bson import json_util
from fastapi import APIRouter, Form, Query, Request, Response
from pymongo import UpdateOne

from ai_worker.errors import Conflict, NotFound
from ai_worker.kit.panel import Page, client_name, note, redirect
from ai_worker.llm.reasoning import split_reasoning
from ai_worker.llm.response_text import text_of
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.panel.entry_repository import EntryRepository, Wanted
from ai_worker.pipelines.evaluations.panel.places import Place, place
from ai_worker.pipelines.evaluations.repository import is_judges, judges_of
from ai_worker.pipelines.evaluations.rerun.resetting import OF_AN_ANSWER, OF_AN_ATTEMPT, as_read
from ai_worker.pipelines.evaluations.rerun.retrying import retry as retry_queue
from ai_worker.pipelines.evaluations.scoring import Kind
from ai_worker.pipelines.evaluations.scoring.scored_entries import judged
from ai_worker.pipelines.evaluations.service import clock, scores
from ai_worker.stores.mongo import Document, mongo

SHOWN = 40
MOST_LINES = 2**31
_SHOWN = (
    "line_index",
    "model",
    "status",
    "verdict",
    "error",
    "prompt",
    "latency",
    "attempts",
    "tokens_input",
)
_BLANK: Document = dict.fromkeys((*_SHOWN, "tokens_output"))
"""Fields that an entry of another script may lack."""

MOST_EARLIER = 20

reading = APIRouter()
running = APIRouter()
Word = Annotated[str, Query(max_length=200)]


def row_link(task: str, row: str) -> str | None:
    """The page of an entry, by the task of its requests, `TrustGen.claims`, or by its queue."""
    database, _, name = task.partition(".")
    name = name.removeprefix("queue_").removeprefix("rta_")
    return Place(database, name).path(f"/samples/{quote(row, safe='')}") if name else None


def queries() -> EntryRepository:
    """The queries of this process."""
    return EntryRepository(mongo())


@reading.get("/{database}/{task}/samples")
def samples(
    database: str,
    task: str,
    model: Word = "",
    verdict: Word = "",
    search: Word = "",
    line: Annotated[int, Query(ge=0, le=MOST_LINES)] = 0,
    skip: Annotated[int, Query(ge=0, le=MOST_LINES)] = 0,
) -> Page:
    """The entries that fit."""
    at = place(database, task)
    wanted = Wanted(model, verdict, search.strip())
    page = queries().page(at.database, at.queue, wanted, line, skip, SHOWN)
    rows = [_row(at, of.entry, of.verdict) for of in judged(scores(), at.database, at.queue, page.entries)]
    asked = {"model": model, "verdict": verdict, "search": wanted.search}
    further = ""
    if page.next_line is not None:
        given = {name: value for name, value in asked.items() if value}
        further = urlencode({**given, "line": page.next_line, "skip": page.skip})
    kinds = [kind.value for kind in Kind]
    values = {"place": at, "rows": rows, "wanted": asked, "kinds": kinds, "further": further}
    return Page("evaluations/samples.html", {**values, "failures": queries().failures(at.database, at.queue)})


@reading.get("/{database}/{task}/samples/{entry_id}")
def sample(database: str, task: str, entry_id: str) -> Response:
    """One entry; for that of a judge the one that it judges."""
    at = place(database, task)
    if judge := queries().entry(at.database, judges_of(at.queue), entry_id):
        return redirect(at.path(f"/samples/{quote(str(judge.get('source_id')), safe='')}"))
    entry = _entry(at, entry_id)
    [scored] = judged(scores(), at.database, at.queue, [entry])
    judges = [judge["_id"] for judge in scored.judges]
    whole = scores().whole(at.database, judges_of(at.queue), judges)
    line_index = entry.get("line_index")
    others = queries().line(at.database, at.queue, line_index) if isinstance(line_index, int) else []
    values = {
        "place": at,
        "entry": {**_BLANK, **entry},
        "id": str(entry["_id"]),
        "verdict": scored.verdict,
        **_answered(entry),
        "history": [
            {**_BLANK, **one, **_answered(one)}
            for one in Archive(mongo()).of_entry(at.database, at.queue, entry["_id"], MOST_EARLIER)
        ],
        "variables": _json(entry.get("variables") or {}),
        "target": _json(entry.get("target")),
        "judges": [
            {"entry": {**_BLANK, **whole[judge]}, "answer": _text(whole[judge])}
            for judge in judges
            if judge in whole
        ],
        "others": [{**_BLANK, **other} for other in others if other["_id"] != entry["_id"]],
        "may_ask_again": _may_ask_again(entry),
    }
    return Page("evaluations/sample.html", values)


@running.post("/{database}/{task}/samples/{entry_id}/again")
def ask_again(request: Request, database: str, task: str, entry_id: str) -> Response:
    """Have one entry asked again; an answer that is there is put away into the archive."""
    at = place(database, task)
    entry = _entry(at, entry_id)
    if not _may_ask_again(entry):
        raise Conflict(
            "only an entry that failed, or was answered and needs no judge, can be asked again alone"
        )
    if entry["status"] == "completed":
        because = f"asked again by {client_name(request)}"
        Archive(mongo()).copy(at.database, at.queue, [entry], because, clock().now())
        change = {"$set": {"status": "pending", "response": None}, "$unset": OF_AN_ANSWER}
    else:
        change = {"$set": {"status": "pending"}, "$unset": OF_AN_ATTEMPT}
    if not queries().update(at.database, at.queue, UpdateOne(as_read(entry), change)):
        raise Conflict("the entry has changed meanwhile: look at it again")
    note(request, f"entry {entry['_id']} of {at.database}.{at.queue}")
    return redirect(at.path(f"/samples/{quote(entry_id, safe='')}"))


@running.post("/{database}/{task}/retry")
def retry(
    request: Request, database: str, task: str, error_class: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Have failed entries asked again, all or those of a class."""
    at = place(database, task)
    done = retry_queue(mongo(), at.database, at.queue, error_class)
    note(request, f"{sum(done.values())} entries of {at.database}.{at.queue}: {dict(done)}")
    return redirect(at.path("/samples?verdict=open"))


def _entry(at: Place, entry_id: str) -> Document:
    entry = queries().entry(at.database, at.queue, entry_id)
    if entry is None:
        raise NotFound(f"there is no entry {entry_id} in {at.database}.{at.queue}")
    return entry


def _may_ask_again(entry: Document) -> bool:
    judges_read_it = entry.get("metric") == RTA or "source_id" in entry
    return entry.get("status") == "failed" or (entry.get("status") == "completed" and not judges_read_it)


def _row(at: Place, entry: Document, verdict: Any) -> dict[str, Any]:
    return {
        "path": at.path(f"/samples/{quote(str(entry['_id']), safe='')}"),
        "line": entry.get("line_index"),
        "model": entry.get("model"),
        "verdict": verdict,
        "answer": _text(entry),
        "error": entry.get("error"),
        "judged": is_judges(at.queue),
    }


def _text(entry: Document) -> str:
    response = entry.get("response")
    return "" if response is None else str(text_of(response) or "")


def _answered(entry: Document) -> dict[str, str]:
    """The answer of an entry, and what its model thought before it where it wrote that down."""
    split = split_reasoning(_text(entry))
    return {"answer": split.answer or "", "reasoning": split.reasoning}


def _json(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, indent=2, default=json_util.default)
    )
