"""Knowledge bases as endpoints: each with its limits, cooldown, breaker, deadline and request log.

A knowledge base is one organisation or dataset of one server; its agent is a service of its own, since it may
be away while the search answers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError
from ai_worker.llm.providers.wire.failures import failure
from ai_worker.llm.providers.wire.quoting import quoted
from ai_worker.llm.registry.identity import stored_credential
from ai_worker.outbound.call import NOTHING, Received
from ai_worker.outbound.closing import refuse_unconfigured
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint, Limits, place_of
from ai_worker.outbound.errors import CallError
from ai_worker.outbound.requesting import Outgoing, Reply, request_as
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.loops.outgoing.keys import unsealed
from ai_worker.pipelines.loops.ports import Server
from ai_worker.settings import settings

Value = TypeVar("Value")

ANY_STATUS = frozenset(range(300, 600))
"""The meaning of a status is in the body, too: it is read before the call is judged."""
_LOGGED = 2_000
_SHORTEST_KEY, _SHORTEST_TEXT = 6, 12
"""Shorter ones, such as the number of a page, would be cut out of the middle of words."""


@dataclass(frozen=True, slots=True)
class Exchanges:
    """See `Server`.

    Args:
        expected: the tokens that the next call is expected to take, for endpoints that have a price.
    """

    endpoint: Endpoint
    context: CallContext
    expected: Usage = NOTHING

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str],
        seconds: float,
        read: Callable[[bytes], Value],
    ) -> Value:
        """See `Server.post`."""
        content = orjson.dumps(body)
        typed = {"Content-Type": "application/json", **headers}
        text = f"{path} {content[:_LOGGED].decode('utf-8', 'replace')}"
        outgoing = Outgoing("POST", path, data=content, headers=typed, text=text, accepts=ANY_STATUS)
        return self.exchange(outgoing, seconds, lambda found: Received(read(found)))

    def get(
        self,
        path: str,
        query: Mapping[str, Any],
        headers: Mapping[str, str],
        seconds: float,
        read: Callable[[bytes], Value],
    ) -> Value:
        """See `Server.get`."""
        params = {name: str(value) for name, value in query.items()}
        outgoing = Outgoing("GET", path, params=params, headers=headers, text=path, accepts=ANY_STATUS)
        return self.exchange(outgoing, seconds, lambda found: Received(read(found)))

    def exchange(self, outgoing: Outgoing, seconds: float, read: Callable[[bytes], Received[Value]]) -> Value:
        """Call once; what `read` raises is a fault of the call, and counts for the endpoint."""
        endpoint = replace(self.endpoint, deadline_seconds=seconds)

        def received(reply: Reply) -> Received[Value]:
            if not 200 <= reply.status < 300:
                raise _failure(reply, endpoint, outgoing)
            try:
                return read(reply.content)
            except CallError as fault:
                fault.args = (quoted(str(fault), _keys(endpoint, outgoing), _texts(outgoing)),)
                raise

        return request_as(endpoint, outgoing, self.context, received, self.expected)


def _failure(reply: Reply, endpoint: Endpoint, outgoing: Outgoing) -> Exception:
    try:
        body = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        body = reply.content[:_LOGGED].decode("utf-8", "replace")
    keys, texts = _keys(endpoint, outgoing), _texts(outgoing)
    fault = failure(reply.status, reply.headers, body, keys=keys, texts=texts)
    fault.args = (f"{place_of(endpoint.base_url)}: {fault}",)
    return fault


def _keys(endpoint: Endpoint, outgoing: Outgoing) -> list[str]:
    """The keys of a request, which no error may repeat."""
    sent = outgoing.headers.get("Authorization", "").removeprefix("Bearer ")
    return [key for key in (endpoint.api_key.get_secret_value(), sent) if len(key) >= _SHORTEST_KEY]


def _texts(outgoing: Outgoing) -> list[str]:
    """The texts of a request, likewise."""
    body = orjson.loads(outgoing.data) if outgoing.data else None
    found = [*_strings(body), *(outgoing.params or {}).values()]
    return [text for text in found if len(text) >= _SHORTEST_TEXT]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(inner)


def open_server(row: Mapping[str, Any], context: CallContext) -> Server:
    """The knowledge base of a loop, asked on a row's behalf.

    Args:
        row: a claim's fields with the columns of its loop.
    """
    return Exchanges(planned_server(row), context)


def server_key(row: Mapping[str, Any]) -> SecretStr:
    """The key of a loop's knowledge base.

    Args:
        row: a claim's fields with the columns of its loop.

    Raises:
        NotNow: it does not open here: the knowledge base is closed for all whose settings are the same.
    """
    try:
        return unsealed(row["env_key_encrypted"], row["env_key_iv"], f"loop {row['loop_id']}")
    except ConfigurationError as fault:
        refuse_unconfigured(planned_server(row), str(fault))


def planned_server(row: Mapping[str, Any]) -> Endpoint:
    """The endpoint of a loop's knowledge base; adapters send its key themselves, each in its server's way."""
    found = settings()
    agent = f" agent {row['agent_id']}" if row["agent_id"] else ""
    return Endpoint(
        name=f"{row['org_id']}{agent}",
        provider=row["env_type"],
        base_url=row["env_url"],
        limits=Limits(found.recall_requests_per_minute, None, found.recall_in_flight),
        credential=stored_credential(row["env_key_encrypted"], row["env_key_iv"]),
        label=f"@{place_of(row['env_url'])}",
    )
