"""The ways of answering badly, each played out over the connection that asked."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from time import time

from devtools.offline_model.behaviour import STATUSES, Rule
from devtools.offline_model.forms import Form
from devtools.offline_model.protocol import Exchange, head
from devtools.offline_model.question import Question, Said

_HUGE = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response, before the connection plays with it."""

    status: int
    body: bytes
    kind: str = "application/json"


def respond(exchange: Exchange, form: Form, question: Question, said: Said, rule: Rule) -> int:
    """Answers as the rule says.

    Returns:
        The status of the response; 0 where there will be none.
    """
    response = _response(form, question, said, rule)
    play = _PLAYS.get(rule.fault or "")
    if play is not None:
        play(exchange, response, rule)
        return 0 if rule.fault in ("reset", "close", "blackhole") else response.status
    exchange.send(response.status, response.body, kind=response.kind, headers=_headers(rule))
    return response.status


def _response(form: Form, question: Question, said: Said, rule: Rule) -> Response:
    fault = rule.fault
    status = 429 if fault == "quota" else int(fault) if fault in STATUSES else 200
    if rule.body is not None:
        return Response(status, _json(rule.body))
    if fault in STATUSES:
        return Response(
            status, _json(form.error(status, f"fault {fault}, as ordered", spent=fault == "quota"))
        )
    if fault == "not_json":
        return Response(200, b"Welcome to the proxy", "text/plain")
    if fault == "safety_block":
        return Response(200, _json(form.blocked(question)))
    if fault == "error_body_200":
        return Response(200, _json(form.error(503, "fault error_body_200, as ordered")))
    body = _json(form.answer(question, said, finish="length" if fault == "length" else "stop"))
    if fault == "truncated_json":
        return Response(200, body[: len(body) // 2])
    return Response(200, b'{"padding": "' + b"x" * _HUGE + b'"}') if fault == "huge" else Response(200, body)


def _json(body: object) -> bytes:
    # Not orjson: a prompt echoed in an answer may hold what UTF-8 cannot, and has to come back all the same.
    return json.dumps(body).encode()


def _headers(rule: Rule) -> dict[str, str]:
    headers = dict(rule.headers)
    if rule.retry_after is not None:
        dated = rule.retry_after_form == "date"
        headers["Retry-After"] = (
            formatdate(time() + rule.retry_after, usegmt=True) if dated else f"{rule.retry_after:g}"
        )
    return headers


def _reset(exchange: Exchange, response: Response, rule: Rule) -> None:
    exchange.reset()


def _close(exchange: Exchange, response: Response, rule: Rule) -> None:
    exchange.close()


def _half_body(exchange: Exchange, response: Response, rule: Rule) -> None:
    exchange.raw(head(response.status, len(response.body)) + response.body[: len(response.body) // 2])
    exchange.close()


def _blackhole(exchange: Exchange, response: Response, rule: Rule) -> None:
    """Nothing, until the other side gives up."""


def _drip(exchange: Exchange, response: Response, rule: Rule) -> None:
    _drop_by_drop(exchange, head(response.status, len(response.body)) + response.body, rule.interval)


def _drip_headers(exchange: Exchange, response: Response, rule: Rule) -> None:
    _drop_by_drop(
        exchange,
        head(response.status, len(response.body), headers={"X-Padding": "x" * 600}) + response.body,
        rule.interval,
    )


def _drip_body(exchange: Exchange, response: Response, rule: Rule) -> None:
    exchange.raw(head(response.status, len(response.body)))
    _drop_by_drop(exchange, response.body, rule.interval)


def _drop_by_drop(exchange: Exchange, data: bytes, interval: float, place: int = 0) -> None:
    if exchange.over:
        return
    if place == len(data):
        exchange.end()
        return
    exchange.raw(data[place : place + 1])
    asyncio.get_running_loop().call_later(interval, _drop_by_drop, exchange, data, interval, place + 1)


_PLAYS: dict[str, Callable[[Exchange, Response, Rule], None]] = {
    "reset": _reset,
    "close": _close,
    "half_body": _half_body,
    "blackhole": _blackhole,
    "drip": _drip,
    "drip_headers": _drip_headers,
    "drip_body": _drip_body,
}
