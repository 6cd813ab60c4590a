"""One HTTP exchange with the platform, and what its failure says about the outcome.

Nothing is repeated or followed here. `requests` makes no retries: the platform's gateway does so already,
and a repeated POST may create a second record.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from ai_worker.pipelines.worlds.platform.errors import (
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Unavailable,
)

CONNECT_SECONDS = 5
POOL_SIZE = 100
_SHOWN = 200


@lru_cache(maxsize=1)
def _session_of(process: int) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    # Cookies are the only state of a session that threads would share.
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(pool_connections=10, pool_maxsize=POOL_SIZE, max_retries=0))
    return made


def session() -> requests.Session:
    """The connections of this process; a forked child makes its own."""
    return _session_of(os.getpid())


def exchange(
    method: str,
    url: str,
    seconds: float,
    *,
    json: Any = None,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> requests.Response:
    """Send one request and return the response of a success.

    Args:
        seconds: that connection and each part of the answer may take.

    Raises:
        NotSent: there was no connection.
        OutcomeUnknown: the request may have been carried out.
        PlatformError: the platform refused it; `body` is its answer.
    """
    where = url.partition("?")[0]
    try:
        response = session().request(
            method,
            url,
            json=json,
            data=data,
            headers=dict(headers or {}),
            timeout=(CONNECT_SECONDS, seconds),
            allow_redirects=False,
        )
    except (
        requests.ConnectTimeout,
        requests.exceptions.InvalidURL,
        requests.exceptions.MissingSchema,
    ) as fault:
        raise NotSent(f"{method} {where}: no connection ({type(fault).__name__})") from None
    except requests.ConnectionError as fault:
        if _never_connected(fault):
            raise NotSent(f"{method} {where}: no connection") from None
        raise OutcomeUnknown(f"{method} {where}: the connection broke before the answer") from None
    except requests.RequestException as fault:
        raise OutcomeUnknown(f"{method} {where}: no whole answer ({type(fault).__name__})") from None
    if response.status_code >= 300:
        raise failure(method, where, response)
    return response


def failure(method: str, where: str, response: requests.Response) -> PlatformError:
    """The failure that an answer means. A gateway's 500 and 504 say nothing about the service behind it."""
    said = body_of(response)
    status = response.status_code
    message = f"{method} {where}: {status} {_sentence(said)}".rstrip()
    if status in (401, 403):
        return NotAllowed(f"{message}; check PLATFORM_TOKEN", body=said)
    if status in (429, 503):
        return Unavailable(message, retry_after=_retry_after(response), body=said)
    if status >= 500 or status == 408:
        return OutcomeUnknown(message, body=said)
    return Rejected(message, body=said, status=status)


def body_of(response: requests.Response) -> Any:
    """The JSON of a response, else its text."""
    try:
        return response.json()
    except ValueError:
        return response.text


def _never_connected(fault: requests.ConnectionError) -> bool:
    """Return whether the connection was refused or the name is unknown: urllib3 says so by the class of the
    inner fault.
    """
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _sentence(said: Any) -> str:
    if isinstance(said, Mapping):
        found = said.get("message") or said.get("error") or ""
        return str(found)[:_SHOWN]
    return str(said).strip()[:_SHOWN]


def _retry_after(response: requests.Response) -> float | None:
    told = response.headers.get("retry-after", "")
    return float(told) if told.isdecimal() else None
