"""A conversation in which every call has exactly one result: half-written turns are made whole, else the
thread is dead for ever.
"""

from collections.abc import Iterable

from ai_worker.pipelines.assistants.wire.neutral import Item, ModelSays, ToolResult, ToolsSay

NO_RESULT = "Error executing tool: no result of this call was recorded"


def repaired(items: Iterable[Item]) -> list[Item]:
    """The items with a result for every call, in the order of the calls, and none besides."""
    found: list[Item] = []
    waiting: ModelSays | None = None
    for item in items:
        if isinstance(item, ToolsSay):
            if waiting is not None:
                found.append(_results(waiting, item.results))
            # Results of no call are left out.
            waiting = None
            continue
        if waiting is not None:
            found.append(_results(waiting, ()))
        found.append(item)
        waiting = item if isinstance(item, ModelSays) and item.calls else None
    if waiting is not None:
        found.append(_results(waiting, ()))
    return found


def _results(says: ModelSays, results: Iterable[ToolResult]) -> ToolsSay:
    by_id: dict[str, ToolResult] = {}
    for result in results:
        by_id.setdefault(result.call_id, result)
    return ToolsSay(
        tuple(by_id.get(call.call_id, ToolResult(call.call_id, False, NO_RESULT)) for call in says.calls)
    )
