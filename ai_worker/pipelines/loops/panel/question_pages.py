"""The questions of a loop with their newest results, by filters that stand in the URL."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query

from ai_worker.kit.panel import Page
from ai_worker.pipelines.loops.panel import loop_pages
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import QuestionStatus
from ai_worker.pipelines.loops.storage.question_repository import CATEGORIES

SHOWN = 50
STATUSES = (*(status.value for status in QuestionStatus), "duplicate")

reading = APIRouter()


@reading.get("/{loop_id}/questions")
def questions(
    loop_id: str,
    status: Literal["", "pending", "approved", "rejected", "duplicate"] = "",
    category: Literal["", "hit", "file_miss", "recall_failed"] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Page:
    """One page of them, the newest round first."""
    loop = loop_pages.known_loop(loop_id)
    total, rows = loops().questions.page(loop_id, status or None, category or None, page, SHOWN)
    wanted = {"status": status, "category": category}
    further = {name: value for name, value in wanted.items() if value}
    values: dict[str, Any] = {
        "base": loop_pages.loop_path(loop_id),
        "loop": loop,
        "wanted": wanted,
        "statuses": STATUSES,
        "categories": tuple(CATEGORIES),
        "questions": rows,
        "total": total,
        "first": (page - 1) * SHOWN + 1,
        "earlier": urlencode({**further, "page": page - 1}) if page > 1 else "",
        "later": urlencode({**further, "page": page + 1}) if page * SHOWN < total else "",
    }
    return Page("loops/questions.html", values)
