"""The server: requests in, journal kept, answers or faults out, and the control of both."""

import asyncio
import ipaddress
import json
from collections.abc import Callable
from urllib.parse import parse_qs

from devtools.offline_model.answers import Answer
from devtools.offline_model.behaviour import Behaviour, Rule
from devtools.offline_model.correcting import lose_placeholder
from devtools.offline_model.faults import respond
from devtools.offline_model.forms import Form, form_of
from devtools.offline_model.journal import Entry, Journal
from devtools.offline_model.protocol import Connection, Exchange
from devtools.offline_model.question import Question, Said, tokens
from devtools.offline_model.talk.decide import decide


class Server:
    """The offline model.

    Args:
        answer: what it says.
        behaviour: how it misbehaves.
        journal: what it remembers.
    """

    def __init__(self, answer: Answer, behaviour: Behaviour, journal: Journal) -> None:
        self._answer = answer
        self._behaviour = behaviour
        self._journal = journal
        self._control: dict[tuple[str, str], Callable[[Exchange], object]] = {
            ("GET", "/control"): lambda exchange: self._behaviour.told,
            ("PUT", "/control"): self._told,
            ("GET", "/control/requests"): lambda exchange: self._journal.entries(),
            ("DELETE", "/control/requests"): lambda exchange: self._journal.clear(),
            ("GET", "/control/counts"): self._counts,
        }

    async def serve(self, host: str, port: int, ready: Callable[[int], None]) -> None:
        """Serves until cancelled.

        Args:
            port: 0 takes a free one.
            ready: called with the port as soon as it listens.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self.handle), host, port, backlog=4096)
        ready(server.sockets[0].getsockname()[1])
        async with server:
            await server.serve_forever()

    def handle(self, exchange: Exchange) -> None:
        """Answers one request, at once or later."""
        asked = exchange.asked
        if asked.path == "/health" and asked.method == "GET":
            exchange.send(200, b'{"status": "ok"}')
        elif asked.path.startswith("/control"):
            self._controlled(exchange)
        elif asked.method == "POST" and (form := form_of(asked.path)) is not None:
            self._asked(exchange, form)
        else:
            _refuse(exchange, 404, f"nothing answers {asked.method} {asked.path}")

    def _asked(self, exchange: Exchange, form: Form) -> None:
        asked = exchange.asked
        entry = self._journal.begin(asked.path, asked.headers, asked.body.decode("utf-8", "replace"))
        exchange.ended = lambda: self._journal.end(entry)
        try:
            question = form.question(asked.path, json.loads(asked.body))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            _unreadable(exchange, form, entry, fault)
            return
        self._journal.identify(entry, question.model, f"{question.system}\n{question.prompt}")
        rule = self._behaviour.choose(question, asked.path)
        if rule.latency:
            asyncio.get_running_loop().call_later(
                rule.latency, self._respond, exchange, form, question, rule, entry
            )
        else:
            self._respond(exchange, form, question, rule, entry)

    def _respond(self, exchange: Exchange, form: Form, question: Question, rule: Rule, entry: Entry) -> None:
        if exchange.over:
            entry.answered = "gone"
            return
        try:
            said = self._said(question, rule)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            _unreadable(exchange, form, entry, fault)
            return
        entry.answered = rule.fault or "answered"
        entry.status = respond(exchange, form, question, said, rule)

    def _said(self, question: Question, rule: Rule) -> Said:
        calls: tuple[tuple[str, str], ...] = ()
        if rule.answer is not None:
            text = rule.answer
        elif question.turn is not None:
            said = decide(question.turn)
            text, calls = said.text, said.calls
        else:
            text = self._answer(question.model, question.system, question.prompt, question.schema)
        if rule.fault == "wrong_schema":
            text = '{"unexpected": true}'
        elif rule.fault == "lost_placeholder":
            text = lose_placeholder(text)
        elif rule.fault == "empty":
            text = ""
        counted = {
            "input": tokens(question.system + question.prompt),
            "output": tokens(text or str(calls)),
            "cached": 0,
            "thoughts": 0,
            **rule.usage,
        }
        return Said(text, counted["input"], counted["output"], counted["cached"], counted["thoughts"], calls)

    def _controlled(self, exchange: Exchange) -> None:
        if not ipaddress.ip_address(exchange.connection.peer).is_loopback:
            _refuse(exchange, 403, "control is for this machine only")
            return
        asked = exchange.asked
        action = self._control.get((asked.method, asked.path))
        if action is None:
            _refuse(exchange, 404, f"nothing answers {asked.method} {asked.path}")
            return
        try:
            told = action(exchange)
        except (ValueError, TypeError) as fault:
            _refuse(exchange, 400, str(fault))
            return
        exchange.send(200, json.dumps(told).encode())

    def _told(self, exchange: Exchange) -> object:
        self._behaviour.tell(json.loads(exchange.asked.body))
        return self._behaviour.told

    def _counts(self, exchange: Exchange) -> object:
        window = parse_qs(exchange.asked.query).get("window")
        return self._journal.counts(float(window[0]) if window else None)


def _unreadable(exchange: Exchange, form: Form, entry: Entry, fault: Exception) -> None:
    entry.answered, entry.status = "unreadable", 400
    exchange.send(
        400,
        json.dumps(form.error(400, f"not a request of this form: {type(fault).__name__} {fault}")).encode(),
    )


def _refuse(exchange: Exchange, status: int, message: str) -> None:
    exchange.send(status, json.dumps({"error": message}).encode())
