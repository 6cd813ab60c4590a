"""The values of the page of one item."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ai_worker.errors import NotFound
from ai_worker.pipelines.corrections.panel import decision_repository as decisions
from ai_worker.pipelines.corrections.panel.comparison import MOST_CHANGES, MOST_COMPARED, Comparison, compare
from ai_worker.pipelines.corrections.panel.decisions import version_of
from ai_worker.pipelines.corrections.panel.filters import ReviewFilter
from ai_worker.pipelines.corrections.panel.queue_repository import QueueRepository
from ai_worker.pipelines.corrections.panel.warnings import warnings_of
from ai_worker.pipelines.corrections.review.decisions import ReviewedChange, exported_text, fitting
from ai_worker.pipelines.corrections.review.review import OPEN_TO_REVIEW, queries
from ai_worker.pipelines.corrections.rows import ReviewedItem
from ai_worker.pipelines.corrections.statuses import ItemStatus, name_of
from ai_worker.stores.mysql import Row

BEFORE, AFTER = 3, 8
EDITABLE = 100_000
"""Characters: a longer text is not edited in a browser's field."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item with its surroundings.

    Args:
        version: a decision about it names this.
        comparison: None where there is no answer to compare, or it is too long.
        following: the ids of the next items of the filter.
    """

    item: ReviewedItem
    status: str
    version: str
    can_decide: bool
    changes: Sequence[ReviewedChange] = ()
    comparison: Comparison | None = None
    export: str | None = None
    warnings: Sequence[str] = ()
    before: Sequence[Row] = ()
    after: Sequence[Row] = ()
    history: Sequence[Row] = ()
    following: Sequence[int] = field(default_factory=list)


def view_of(id_task_item: int, wanted: ReviewFilter) -> ItemView:
    """An item as a reviewer sees it.

    Raises:
        NotFound: there is no such item.
    """
    with queries().pool.connection() as database:
        item = queries().item(id_task_item)
        if item is None:
            raise NotFound(f"there is no item {id_task_item}")
        history = decisions.of_item(database, id_task_item)
    queue = QueueRepository(queries().pool)
    after = queue.page(wanted, id_task_item, AFTER).rows
    shown: dict[str, Any] = {
        "item": item,
        "status": name_of(ItemStatus, item["status_id"]),
        "version": version_of(item),
        "can_decide": item["status_id"] in OPEN_TO_REVIEW
        and (item["text_corrected"] or item["result_data"]) is not None,
        "before": queue.before(wanted, id_task_item, BEFORE),
        "after": after,
        "following": [row["id_task_item"] for row in after[:3]],
        "history": history,
    }
    return ItemView(**shown, **_texts(item))


def _texts(item: ReviewedItem) -> dict[str, Any]:
    source, answer = item["text_original"] or "", item["text_corrected"]
    if answer is None or len(source) + len(answer) > MOST_COMPARED:
        return {"export": answer}
    warnings = warnings_of(source, answer, same_language=item["kind"] == "correction")
    if item["kind"] != "correction":
        return {"export": answer, "warnings": warnings}
    changes, _ = fitting(source, answer, queries().changes(item["id_task_item"]))
    return {
        "export": exported_text(source, changes),
        "warnings": warnings,
        "changes": changes[:MOST_CHANGES],
        "comparison": compare(source, changes),
    }
