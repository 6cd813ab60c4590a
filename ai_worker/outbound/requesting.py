"""Calls that ask no model, by `requests`: an API gateway, a media service, a recall API, embeddings, images.

They have the limits, cooldowns, breaker, deadline and request log of every endpoint; `requests` brings
proxies, private authorities, encodings and multipart, where speed does not matter.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from os import getpid
from typing import Any, TypeVar

import orjson
import requests
from requests.adapters import HTTPAdapter

from ai_worker.errors import WorkError
from ai_worker.outbound.call import NOTHING, Leaving, Received, attempt
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.errors import BadAnswer, DeadlineExceeded, TlsFault, Unconfigured, Unreachable
from ai_worker.outbound.http.client import joined
from ai_worker.outbound.http.deadline import deadline, is_cooperative
from ai_worker.outbound.http.response import RESPONSE_LIMIT
from ai_worker.outbound.http.statuses import WAITING, by_status
from ai_worker.outbound.http.waits import retry_after
from ai_worker.outbound.usage import Usage

CONNECT_SECONDS = 10.0
KEY_HEADER = "Idempotency-Key"
_CHUNK = 64 * 1024
_POOL = 256

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to an endpoint.

    Args:
        path: below the endpoint's base URL, e.g. `/media/upload`.
        json, data, files, params, headers: as `requests` takes them.
        idempotency_key: the same for every try of the same write; None: none is sent.
        text: for the request log; nothing personal.
        accepts: statuses beside 200 to 299 that are answers and no faults, e.g. 404 of a look-up.
    """

    method: str
    path: str
    json: Any = None
    data: Any = None
    files: Any = None
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str | None = None
    text: str = ""
    accepts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            BadAnswer: it is none.
        """
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError:
            raise BadAnswer(f"the answer is not JSON ({len(self.content)} bytes)") from None


def request(endpoint: Endpoint, outgoing: Outgoing, context: CallContext) -> Reply:
    """Call an endpoint once, with everything around it (see `call.attempt`).

    Raises:
        NotNow: it may not be called at the moment.
        CallError: there is no usable answer. `sent` tells whether the write may have happened.
    """
    return request_as(endpoint, outgoing, context, Received)


def request_as(
    endpoint: Endpoint,
    outgoing: Outgoing,
    context: CallContext,
    read: Callable[[Reply], Received[Value]],
    expected: Usage = NOTHING,
) -> Value:
    """Call an endpoint once, and judge the call by what its answer says.

    Args:
        read: the answer's meaning and the usage that it names; a CallError that it raises is the call's own,
            for servers that report their faults inside an answer of status 200.
        expected: the tokens that the call is expected to take, for endpoints that have a price.

    Raises:
        NotNow, CallError: as `request`.
    """

    def send() -> Received[Value]:
        reply = _sent(endpoint, outgoing)
        if 200 <= reply.status < 300 or reply.status in outgoing.accepts:
            return read(reply)
        wait = retry_after(reply.headers) if reply.status in WAITING else None
        raise by_status(reply.status)(f"{endpoint.key} answered {reply.status}", retry_after=wait)

    return attempt(endpoint, context, Leaving(expected, outgoing.text), send)[0]


def _sent(endpoint: Endpoint, outgoing: Outgoing) -> Reply:
    # The faults' own messages may hold the whole URL or a header; their kind says enough.
    name = endpoint.key
    try:
        with _deadline(endpoint.deadline_seconds):
            return _exchanged(endpoint, outgoing)
    except WorkError:
        raise
    except requests.exceptions.SSLError:
        raise TlsFault(f"{name}: no trusted connection; see SSL_CERT_FILE", sent=False) from None
    except (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError) as fault:
        raise Unreachable(f"no connection to {name} ({type(fault).__name__})", sent=False) from None
    except requests.exceptions.Timeout:
        raise DeadlineExceeded(f"no whole answer of {name} within {endpoint.deadline_seconds:g} s") from None
    except requests.exceptions.ConnectionError as fault:
        raise Unreachable(f"no answer from {name}", sent=not _never_connected(fault)) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, ValueError) as fault:
        raise Unconfigured(
            f"the address of {name} cannot be used ({type(fault).__name__})", sent=False
        ) from None
    except requests.exceptions.RequestException as fault:
        raise Unreachable(f"no whole answer from {name} ({type(fault).__name__})") from None


def _exchanged(endpoint: Endpoint, outgoing: Outgoing) -> Reply:
    headers = dict(outgoing.headers)
    if outgoing.idempotency_key is not None:
        headers[KEY_HEADER] = outgoing.idempotency_key
    if (key := endpoint.api_key.get_secret_value()) and "Authorization" not in headers:
        headers["Authorization"] = f"Bearer {key}"
    ends = time.monotonic() + endpoint.deadline_seconds
    with _session(getpid()).request(
        outgoing.method,
        joined(endpoint.base_url, outgoing.path),
        params=outgoing.params,
        json=outgoing.json,
        data=outgoing.data,
        files=outgoing.files,
        headers=headers,
        timeout=(min(CONNECT_SECONDS, endpoint.deadline_seconds), endpoint.deadline_seconds),
        allow_redirects=False,
        stream=True,
    ) as response:
        parts, length = [], 0
        for part in response.iter_content(_CHUNK):
            parts.append(part)
            length += len(part)
            if length > RESPONSE_LIMIT:
                raise BadAnswer(f"the answer is longer than {RESPONSE_LIMIT} bytes")
            if time.monotonic() > ends:
                raise DeadlineExceeded(f"no whole answer within {endpoint.deadline_seconds:g} s")
        found = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, found, b"".join(parts))


def _deadline(seconds: float) -> AbstractContextManager[None]:
    # In a plain thread the sockets of `requests` are not ours to shut down: there the time-out of each read
    # and the count between them bound the call.
    return deadline(seconds) if is_cooperative() else nullcontext()


def _never_connected(fault: BaseException) -> bool:
    words = repr(fault)
    return "NewConnectionError" in words or "NameResolutionError" in words


@lru_cache(maxsize=1)
def _session(process_id: int) -> requests.Session:
    """This process's connections: a forked child must not share its parent's, hence the key."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=32, pool_maxsize=_POOL, max_retries=0))
    return session
