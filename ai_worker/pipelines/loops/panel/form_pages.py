"""The form of a new loop, with the checks and defaults of the HTTP API."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.kit.panel import Page, note, redirect
from ai_worker.pipelines.loops.api.forms import NewLoop
from ai_worker.pipelines.loops.api.routes import create_loop_task
from ai_worker.pipelines.loops.panel import loop_pages
from ai_worker.pipelines.loops.recall.kinds import REMOTE
from ai_worker.pipelines.loops.service import loops

reading = APIRouter()
running = APIRouter()

TEXT = "text"
FIELDS: tuple[tuple[str, str, str], ...] = (
    ("name", "Name", TEXT),
    ("env_url", "Address of the knowledge base", TEXT),
    ("org_id", "Organisation, or id of the dataset", TEXT),
    ("env_key", "Key of the knowledge base", "password"),
    ("file_ids", "Ids of files, comma-separated; empty: all", TEXT),
    ("agent_id", "Agent to ask in place of the search", TEXT),
    ("max_rounds", "Rounds; 0: no limit", "number"),
    ("max_questions", "Approved questions; 0: no limit", "number"),
    ("questions_per_section", "Questions for each chunk", "number"),
    ("top_k", "Places of the list that count", "number"),
    ("recall_top_k", "Items asked for", "number"),
    ("concurrency", "Tests at once", "number"),
    ("quality_threshold", "Threshold of quality, 0 to 1", TEXT),
    ("retest_of", "Test again the questions of this loop", TEXT),
)
"""Name, label and kind of each field."""
SWITCHES = (
    ("cross_chunk", "Compare questions of different chunks"),
    ("include_multimodal", "Chunks with pictures, too"),
    ("global_dedup", "Find duplicates among all loops"),
)
KEYS = frozenset({"env_key"})


@reading.get("/form/new")
def form(retest_of: Annotated[str, Query(max_length=36)] = "") -> Page:
    """An empty form."""
    defaults = {name: field.get_default() for name, field in NewLoop.model_fields.items()}
    given = {name: "" if str(value) == "PydanticUndefined" else value for name, value in defaults.items()}
    return _page({**given, "retest_of": retest_of}, {}, 200)


@running.post("/form/new")
async def create(request: Request) -> Response:
    """Create the loop; what does not fit comes back with the reason beside its field."""
    sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    wanted = {name: sent[name] for name in NewLoop.model_fields if name in sent}
    wanted |= {name: str(name in sent).lower() for name, _ in SWITCHES}
    return await run_in_threadpool(_created, request, wanted)


def _created(request: Request, wanted: dict[str, Any]) -> Response:
    shown = {name: "" if name in KEYS else value for name, value in wanted.items()}
    shown |= {name: wanted[name] == "true" for name, _ in SWITCHES}
    try:
        loop_id = str(create_loop_task(NewLoop.model_validate(wanted))["data"]["id"])
    except ValidationError as invalid:
        faults = {str(fault["loc"][0]): str(fault["msg"]) for fault in invalid.errors(include_input=False)}
        return _page(shown, faults, 422)
    except (HTTPException, BadRequest, ConfigurationError) as fault:
        reason = fault.detail if isinstance(fault, HTTPException) else str(fault)
        return _page(shown, {"": str(reason)}, 422)
    note(request, f"loop {loop_id}")
    return redirect(loop_pages.loop_path(loop_id))


def _page(values: dict[str, Any], faults: dict[str, str], status: int) -> Page:
    defaults = dict.fromkeys(NewLoop.model_fields, "")
    shown = {
        "values": {**defaults, **values},
        "faults": faults,
        "fields": FIELDS,
        "switches": SWITCHES,
        "kinds": list(REMOTE),
        "judges": loops().judges.all(),
    }
    return Page("loops/form.html", shown, status)
