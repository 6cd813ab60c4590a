"""What a loop's servers say of a failed call is shown: without the keys and the texts that they repeat."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.errors import CallError
from ai_worker.outbound.requesting import Outgoing, Reply
from ai_worker.pipelines.loops.outgoing import embedding, servers
from ai_worker.pipelines.loops.outgoing.servers import Exchanges
from ai_worker.pipelines.loops.recall.envelope import data_of, decoded

KEY, QUESTION = "sk-of-the-loop-77", "When was the bridge over the Wisla at Torun opened?"
CALLER = CallContext("loops", "l", "1", "u", redact=False)


@pytest.fixture(autouse=True)
def repeating(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that repeats key and question in its error."""

    def request_as(
        endpoint: Endpoint, outgoing: Outgoing, context: Any, received: Callable[[Reply], Any], expected: Any
    ) -> Any:
        said = f"Invalid API key {KEY} for: {QUESTION}"
        return received(Reply(401, {}, orjson.dumps({"error": {"message": said}})))

    monkeypatch.setattr(servers, "request_as", request_as)


def said_by(ask: Callable[[], Any]) -> str:
    with pytest.raises(CallError, match="Invalid API key") as caught:
        ask()
    return str(caught.value)


def test_a_knowledge_base() -> None:
    exchanges = Exchanges(Endpoint("kb", "dify", "http://kb"), CALLER)
    headers = {"Authorization": f"Bearer {KEY}"}
    for said in (
        said_by(lambda: exchanges.post("/search", {"query": QUESTION}, headers, 5, lambda found: found)),
        said_by(lambda: exchanges.get("/search", {"query": QUESTION}, headers, 5, lambda found: found)),
    ):
        assert KEY not in said and "bridge" not in said and said.startswith("kb: ")


def test_a_server_of_embeddings() -> None:
    endpoint = Endpoint("e", "embeddings", "http://e", SecretStr(KEY))
    said = said_by(lambda: embedding._posted(Exchanges(endpoint, CALLER), {"input": [QUESTION]}))
    assert KEY not in said and "bridge" not in said


def test_an_error_in_a_body_of_status_200(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"code": 109, "message": f"Invalid API key {KEY} for: {QUESTION}"}

    def request_as(*given: Any) -> Any:
        return given[3](Reply(200, {}, orjson.dumps(body)))

    monkeypatch.setattr(servers, "request_as", request_as)
    exchanges, headers = Exchanges(Endpoint("kb", "ragflow", "http://kb"), CALLER), {"Authorization": KEY}
    query = {"page": 1, "question": QUESTION}
    said = said_by(lambda: exchanges.get("/search", query, headers, 5, lambda found: data_of(decoded(found))))
    assert KEY not in said and "bridge" not in said
    assert said.startswith("the knowledge base answered code 109: Invalid API key …")
