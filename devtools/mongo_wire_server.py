"""nx-27017 (MongoDB's wire protocol on SQLite) with two faults of its storage layer and two slownesses
corrected.

Its `$set` writes a date at the top level of a document as plain text, which then neither compares nor reads
back as a date; inserts and nested values are right. And it knows no Decimal128, MongoDB's type for money.
MongoDB itself has no such faults, so they are corrected here and not in the code that talks to MongoDB. Nor
does it copy a whole collection to count some documents of it: drivers count by an aggregation, which is a
query here. And it does not hand each statement to a thread where a lock lets one at a time into a database:
the threads compete for the interpreter and cost half as much again. Here statements are carried out where
they arrive.

Started as `python devtools/mongo_wire_server.py ARGS…` with nx-27017's own arguments.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from bson import ObjectId
from bson.decimal128 import Decimal128
from neosqlite.collection import Collection, json_helpers
from neosqlite.collection.query_helper import _sql_updates
from nx_27017.nx_27017 import main

DECIMAL = "$numberDecimal"

_as_it_was = _sql_updates._convert_bytes_to_binary
_aggregate_as_it_was = Collection.aggregate
_encode_as_it_was = json_helpers.NeoSQLiteJSONEncoder.default


def _as_json(value: Any) -> Any:
    if isinstance(value, (datetime, ObjectId, Decimal128)):
        return json.loads(json_helpers.neosqlite_json_dumps(value))
    return _as_it_was(value)


def _encode(encoder: Any, value: Any) -> Any:
    return {DECIMAL: str(value)} if isinstance(value, Decimal128) else _encode_as_it_was(encoder, value)


def _loads(text: str, *, object_hook: Callable[[dict[str, Any]], Any], **options: Any) -> Any:
    def decode(found: dict[str, Any]) -> Any:
        return Decimal128(found[DECIMAL]) if found.keys() == {DECIMAL} else object_hook(found)

    return json.loads(text, object_hook=decode, **options)


async def _at_once(carry_out: Callable[..., Any], *told: Any) -> Any:
    return carry_out(*told)


def _aggregate(collection: Any, pipeline: list[dict[str, Any]], *options: Any, **named: Any) -> Any:
    match pipeline:
        case [{"$match": wanted}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]:
            # What its SQL cannot express, the aggregation can.
            with suppress(sqlite3.Error):
                count = sum(1 for _ in collection.find(wanted, {"_id": 1}))
                return SimpleNamespace(to_list=lambda: [{"_id": 1, "n": count}] if count else [])
    return _aggregate_as_it_was(collection, pipeline, *options, **named)


Collection.aggregate = _aggregate
_sql_updates._convert_bytes_to_binary = _as_json
json_helpers.NeoSQLiteJSONEncoder.default = _encode
json_helpers.json = SimpleNamespace(JSONEncoder=json.JSONEncoder, dumps=json.dumps, loads=_loads)

asyncio.to_thread = _at_once  # type: ignore[assignment]

if __name__ == "__main__":
    sys.exit(main())
