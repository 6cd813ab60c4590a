"""nx-27017 (MongoDB's wire protocol on SQLite) with one fault of its storage layer mended.

Its `$set` writes a date at the top level of a document as plain text, which then neither compares nor reads back as a date;
inserts and nested values are right. MongoDB itself has no such fault, so it is mended here and not in the code that talks
to MongoDB. Started as `python devtools/mongo_wire_server.py ARGS…` with nx-27017's own arguments.
"""

import json
import sys
from datetime import datetime
from typing import Any

from bson import ObjectId
from neosqlite.collection.json_helpers import neosqlite_json_dumps
from neosqlite.collection.query_helper import _sql_updates
from nx_27017.nx_27017 import main

_as_it_was = _sql_updates._convert_bytes_to_binary


def _as_json(value: Any) -> Any:
    if isinstance(value, (datetime, ObjectId)):
        return json.loads(neosqlite_json_dumps(value))
    return _as_it_was(value)


_sql_updates._convert_bytes_to_binary = _as_json

if __name__ == "__main__":
    sys.exit(main())
