"""The request log of every pipeline, newest first, a window of ids at a time.

The log grows by a row a call and is indexed by row and operation alone. So a search by task, model or class
reads the newest `WINDOW` entries, or those before the last one seen, and the page says how far back it has
looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson.decimal128 import Decimal128

from ai_worker.kit.panel import PanelPages
from ai_worker.outbound.records.contract import HISTORY, Records
from ai_worker.outbound.records.mongo_records import mongo_records
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo, reachable
from ai_worker.stores.mysql import Row, mysql
from ai_worker.web.panel.found import using

MYSQL = "mysql"
WINDOW = 20_000
SHOWN = 50
FIELDS = ("task", "model", "error_class", "outcome")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of requests.

    Args:
        before: where the next page begins; empty at the end of the log.
        oldest: how far back was looked; None where the log is empty.
    """

    entries: Sequence[Mapping[str, Any]]
    before: str = ""
    oldest: datetime | None = None


def records_of(pages: PanelPages) -> list[Records]:
    """The records that a pipeline's calls are written into."""
    return [mysql_records() if log == MYSQL else mongo_records(log) for log in pages.request_logs()]


def logs(panels: Mapping[str, PanelPages]) -> list[str]:
    """The names of the request logs of this deployment: `mysql`, and databases of MongoDB."""
    return list(dict.fromkeys(log for pages in panels.values() for log in pages.request_logs()))


def search(log: str, wanted: Mapping[str, str], before: str = "") -> Found:
    """Requests that fit.

    Args:
        log: one of `logs()`.
        wanted: `row`, `operation` by an index; of `FIELDS` within the window.
        before: of the page before.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    return _in_mysql(wanted, before) if log == MYSQL else _in_mongo(log, wanted, before)


def _in_mysql(wanted: Mapping[str, str], before: str) -> Found:
    filters = {name: wanted[name] for name in FIELDS if wanted.get(name)}
    conditions = [f"{name} = %s" for name in filters]
    values: list[object] = list(filters.values())
    if wanted.get("operation"):
        rows = _rows([*conditions, "operation_uuid = %s"], [*values, wanted["operation"]])
        return Found(rows)
    if wanted.get("row"):
        switched_on = using(MYSQL, settings().pipeline_names)
        marks = ", ".join(["%s"] * len(switched_on))
        return Found(
            _rows(
                [*conditions, f"pipeline IN ({marks})", "row_id = %s"], [*values, *switched_on, wanted["row"]]
            )
        )
    newest = mysql().query("SELECT MAX(id) AS id FROM api_requests_history")[0]["id"]
    top = min(int(before) if before.isdecimal() else (newest or 0) + 1, (newest or 0) + 1)
    low = max(0, top - WINDOW)
    rows = _rows([*conditions, "id >= %s", "id < %s"], [*values, low, top])
    full = len(rows) == SHOWN
    ends_at = int(rows[-1]["id"]) if full else low
    oldest = mysql().query(
        "SELECT created_at FROM api_requests_history WHERE id >= %s ORDER BY id LIMIT 1", (ends_at,)
    )
    return Found(rows, str(ends_at) if ends_at > 0 else "", oldest[0]["created_at"] if oldest else None)


def _rows(conditions: Sequence[str], values: Sequence[object]) -> list[Row]:
    return mysql().query(
        f"SELECT * FROM api_requests_history WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT %s",  # noqa: S608 - constants
        (*values, SHOWN),
    )


def _in_mongo(database: str, wanted: Mapping[str, str], before: str) -> Found:
    filters: dict[str, Any] = {name: wanted[name] for name in FIELDS if wanted.get(name)}
    collection = mongo()[database][HISTORY]
    with reachable():
        if wanted.get("operation"):
            filters["operation_uuid"] = wanted["operation"]
        elif wanted.get("row"):
            switched_on = using("mongo", settings().pipeline_names)
            filters |= {"pipeline": {"$in": switched_on}, "row_id": wanted["row"]}
        else:
            start = _moment(before)
            within = {"created_at": {"$lt": start}} if start else {}
            edge = list(
                collection.find(within, {"created_at": 1}).sort("created_at", -1).skip(WINDOW).limit(1)
            )
            if edge:
                within = {"created_at": {**within.get("created_at", {}), "$gte": edge[0]["created_at"]}}
            filters |= within
            found = list(collection.find(filters).sort("created_at", -1).limit(SHOWN))
            full = len(found) == SHOWN
            oldest = found[-1]["created_at"] if full else (edge[0]["created_at"] if edge else None)
            return Found(list(map(_entry, found)), oldest.isoformat() if oldest else "", oldest)
        return Found(list(map(_entry, collection.find(filters).sort("created_at", -1).limit(SHOWN))))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _entry(document: Mapping[str, Any]) -> dict[str, Any]:
    cost = document.get("cost")
    known = {
        "request_id": str(document["_id"]),
        "cost": cost.to_decimal() if isinstance(cost, Decimal128) else None,
    }
    blank = dict.fromkeys(
        (
            "tokens_input",
            "tokens_output",
            "tokens_cached",
            "latency_ms",
            "error_class",
            "prompt_text",
            "prompt_digest",
        )
    )
    return {**blank, **document, **known}
