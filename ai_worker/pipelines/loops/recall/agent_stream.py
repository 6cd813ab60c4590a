"""The chunks that an agent's tools found, out of its stream of server-sent events.

The stream is split at line feeds as bytes and decoded line by line, so that no character is cut, however the
packets fell.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from ai_worker.pipelines.loops.faults import BadAnswer, ServerFault
from ai_worker.pipelines.loops.recall.envelope import data_of, items, text
from ai_worker.pipelines.loops.recall.knowledge_base import Hit, text_of_id


def agent_hits(stream: bytes) -> list[Hit]:
    """Items of all `TOOL_END` events in their order; each (file, chunk) at its first place; those without any
    id are links and left out.

    Raises:
        BadAnswer: no line of the stream is an event of an agent.
        ServerFault: the agent reports a fault, or answers with an envelope that does.
    """
    found: dict[tuple[str, str], Hit] = {}
    events = 0
    for line in stream.split(b"\n"):
        message = _message(line)
        if message is None:
            continue
        events += 1
        for item in _found_in(message):
            chunk_id = next(
                filter(
                    None,
                    (
                        text_of_id(item.get(name))
                        for name in ("paragraph_chunk_id", "knowledge_md_header_split_id")
                    ),
                ),
                "",
            )
            file_id = text_of_id(item.get("file_id"))
            if chunk_id or file_id:
                found.setdefault((file_id, chunk_id), _hit(item, file_id, chunk_id))
    if not events:
        raise BadAnswer("the agent's answer holds no event")
    return list(found.values())


def _message(line: bytes) -> Mapping[str, Any] | None:
    content = line.strip()
    if content.startswith(b"data:"):
        content = content[5:].strip()
    elif content.startswith(b"{"):
        # No stream but an envelope: a fault, as a rule.
        data_of(_parsed(content) or {})
    else:
        return None
    message = _parsed(content)
    return message if isinstance(message, Mapping) else None


def _found_in(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    kind = message.get("message_type")
    if kind == "ERROR":
        raise ServerFault(f"the agent reports a fault: {str(message.get('data'))[:300]}")
    if kind != "EVENT" or message.get("is_chunk_data"):
        return []
    event = message.get("data")
    if isinstance(event, str):
        event = _parsed(event.encode("utf-8"))
    if not isinstance(event, Mapping) or event.get("event_name") != "TOOL_END":
        return []
    data = event.get("event_data")
    return items(data, "items") if isinstance(data, Mapping) else []


def _hit(item: Mapping[str, Any], file_id: str, chunk_id: str) -> Hit:
    content = text(item, "active_paragraph_context", "active_context")
    return Hit(chunk_id, file_id, text(item, "file_name"), text(item, "headers"), content)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
