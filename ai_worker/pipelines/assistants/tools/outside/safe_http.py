"""One HTTP request of a tool: to an allowed host, at the address that was checked, without redirects, bounded
in bytes and seconds.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import certifi
import orjson
import urllib3

from ai_worker.outbound.http.deadline import deadline
from ai_worker.pipelines.assistants.conversation.steps import is_call_over
from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.outside.addresses import PORTS, Target, target_of

LONGEST = 1_000_000
"""Bytes of a response that are read; the rest is cut off."""
_CHUNK = 64 * 1024


class NoAnswer(ToolFault):
    """The request was sent, and whether it was carried out is unknown."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response.

    Args:
        text: at most `LONGEST` bytes of it.
    """

    status: int
    text: str

    def json(self) -> Any:
        """The body's JSON.

        Raises:
            ToolFault: it is none.
        """
        try:
            return orjson.loads(self.text)
        except orjson.JSONDecodeError:
            raise ToolFault("the server's answer is not JSON") from None


def fetch(
    method: str,
    url: str,
    *,
    allowed: Collection[str],
    private: Collection[str],
    seconds: float,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> Fetched:
    """Send one request and read its response, whatever its status.

    Raises:
        NoAnswer: sent, and not answered in time.
        ToolFault: not allowed, or not sent.
    """
    target = target_of(url, allowed, private)
    sent = {
        "User-Agent": "ai-worker",
        "Accept": "application/json, text/*",
        **(headers or {}),
        "Host": _host(target),
    }
    content = None
    if body is not None:
        content = orjson.dumps(body)
        sent["Content-Type"] = "application/json"
    ends = time.monotonic() + seconds
    pool = _pool(target, seconds)
    try:
        with deadline(seconds):
            response = pool.request(
                method,
                target.path,
                body=content,
                headers=sent,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            return Fetched(response.status, _read(response, ends))
    except urllib3.exceptions.NewConnectionError:
        raise ToolFault(f"{target.host} cannot be reached") from None
    except (urllib3.exceptions.HTTPError, OSError) as fault:
        raise NoAnswer(f"no whole answer from {target.host} ({type(fault).__name__})") from None
    except Exception as fault:
        if is_call_over(fault):
            raise NoAnswer(f"no whole answer from {target.host} within {seconds:g} s") from None
        raise
    finally:
        pool.close()


def _pool(target: Target, seconds: float) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=min(5.0, seconds), read=seconds)
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(target.address, target.port, timeout=timeout)
    # The certificate is checked against the name, the connection made to the checked address.
    return urllib3.HTTPSConnectionPool(
        target.address,
        target.port,
        timeout=timeout,
        server_hostname=target.host,
        assert_hostname=target.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
    )


def _read(response: urllib3.BaseHTTPResponse, ends: float) -> str:
    pieces: list[bytes] = []
    length = 0
    for piece in response.stream(_CHUNK, decode_content=True):
        pieces.append(piece)
        length += len(piece)
        if time.monotonic() > ends:
            raise OSError("too slow")
        if length >= LONGEST:
            break
    return b"".join(pieces)[:LONGEST].decode("utf-8", "replace")


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == PORTS[target.scheme] else f"{name}:{target.port}"
