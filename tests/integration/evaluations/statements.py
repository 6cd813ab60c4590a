"""What a client asks of MongoDB, as shapes: which fields by equality, by range, in which order; and whether
an index serves it.

An index serves a statement when the fields that are asked for by equality, then those it is sorted by, then
those asked for by range are a prefix of the index (the rule of equality, sort, range of MongoDB's manual).
`_id` finds single documents, whatever else is asked of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

READ_WHOLE = ("find", "count", "aggregate")
_FILTERS = {"find": "filter", "count": "query", "distinct": "query", "findAndModify": "query"}


@dataclass(frozen=True)
class Shape:
    """One statement without its values."""

    command: str
    collection: str
    equal: frozenset[str]
    ranged: frozenset[str]
    order: tuple[str, ...]
    strange: frozenset[str]

    @property
    def whole(self) -> bool:
        """Whether it asks for all documents, in no order."""
        return not (self.equal or self.ranged or self.order or self.strange)

    def served_by(self, index: Sequence[str]) -> bool:
        if self.strange:
            return False
        if "_id" in self.equal:
            return True
        rest = list(index)
        for wanted in (
            set(self.equal),
            [field for field in self.order if field not in self.equal],
            set(self.ranged) - set(self.order),
        ):
            for field in (
                list(wanted)
                if isinstance(wanted, list)
                else sorted(wanted, key=lambda name: rest.index(name) if name in rest else 99)
            ):
                if not rest or rest.pop(0) != field:
                    return False
        return True


class Recorder(CommandListener):
    """Every statement on collections whose names begin with one of the prefixes."""

    def __init__(self, *prefixes: str) -> None:
        self.prefixes = prefixes
        self.commands: list[tuple[str, str]] = []
        self.shapes: dict[Shape, None] = {}

    def started(self, event: CommandStartedEvent) -> None:
        target = event.command.get(event.command_name)
        if isinstance(target, str) and target.startswith(self.prefixes):
            self.commands.append((event.command_name, target))
            for shape in _shapes(event.command_name, target, event.command):
                self.shapes[shape] = None

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


def _shapes(command: str, collection: str, body: Mapping[str, Any]) -> Iterator[Shape]:
    if "maxTimeMS" in body:
        return  # Its cost is bounded, whatever it reads.
    if command in ("update", "delete"):
        for statement in body["updates" if command == "update" else "deletes"]:
            yield _shape(command, collection, statement["q"], {})
    elif command == "aggregate":
        stages = body["pipeline"]
        first = next((stage["$match"] for stage in stages[:1] if "$match" in stage), {})
        yield _shape(command, collection, first, {})
    elif command in _FILTERS:
        order = dict(body.get("sort") or {})
        if command == "distinct":
            order = {body["key"]: 1}
        yield _shape(command, collection, body.get(_FILTERS[command]) or {}, order)


def _shape(command: str, collection: str, filter_: Mapping[str, Any], order: Mapping[str, Any]) -> Shape:
    kinds = {name: _kind(condition) for name, condition in filter_.items()}
    of = {
        kind: frozenset(name for name, found in kinds.items() if found == kind)
        for kind in ("equal", "ranged", "strange")
    }
    return Shape(command, collection, of["equal"], of["ranged"], tuple(order), of["strange"])


def _kind(condition: Any) -> str:
    if not isinstance(condition, Mapping) or not any(str(name).startswith("$") for name in condition):
        return "equal"
    operators = set(condition)
    if operators <= {"$in", "$eq"}:
        return "equal"
    return "ranged" if operators <= {"$gt", "$gte", "$lt", "$lte", "$exists"} else "strange"
