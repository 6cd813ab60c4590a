"""Calls that ask no model: limits, cooldown, breaker, closing, deadline, log and idempotency key of any
endpoint.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.errors import NotNow
from ai_worker.outbound import call_faults
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint, Limits
from ai_worker.outbound.errors import (
    CallError,
    DeadlineExceeded,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    UnknownModel,
    Unreachable,
)
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.requesting import Outgoing, request
from tests.integration.conftest import use_limiter
from tests.offline_model import OfflineModel

CALLER = CallContext("worlds", "w1", "job-7", "00000000-0000-0000-0000-000000000001", redact=False)
BODY = {"model": "m", "messages": [{"role": "user", "content": "q"}]}
CHAT = Outgoing("POST", "/v1/chat/completions", json=BODY)


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalLimiter]:
    made = LocalLimiter(rules=Rules(calls=4))
    use_limiter(monkeypatch, made)
    monkeypatch.setattr(call_faults, "_answered", {})
    yield made
    made.close()


@pytest.fixture
def gateway(offline: OfflineModel) -> Endpoint:
    return Endpoint("media", "gateway", offline.url, SecretStr("k-secret-1"), deadline_seconds=3)


def test_a_request_is_answered_and_carries_key_and_idempotency_key(
    limiter: LocalLimiter, gateway: Endpoint, offline: OfflineModel
) -> None:
    reply = request(gateway, replace(CHAT, idempotency_key="row-7-step-1"), CALLER)
    assert reply.status == 200 and reply.json()["choices"]
    (received,) = offline.requests()
    assert received["headers"]["idempotency-key"] == "row-7-step-1"
    assert received["headers"]["authorization"] == "Bearer k-secret-1"
    assert json.loads(received["body"]) == BODY


@pytest.mark.parametrize(
    ("rule", "kind", "counts"),
    [
        ({"fault": "400"}, RequestRejected, True),
        ({"fault": "401"}, Unauthorized, False),
        ({"fault": "404"}, UnknownModel, False),
        ({"fault": "429", "retry_after": 30}, RateLimited, False),
        ({"fault": "500"}, ServerFault, True),
        ({"fault": "close"}, Unreachable, True),
        ({"fault": "blackhole"}, DeadlineExceeded, True),
        ({"fault": "drip_body", "interval": 0.2}, DeadlineExceeded, True),
    ],
)
def test_every_fault_has_its_class_and_no_message_holds_the_key(
    limiter: LocalLimiter,
    gateway: Endpoint,
    offline: OfflineModel,
    rule: dict[str, Any],
    kind: type[CallError],
    counts: bool,
) -> None:
    offline.tell(rule)
    with pytest.raises(CallError) as caught:
        request(replace(gateway, deadline_seconds=0.7), CHAT, CALLER)
    assert type(caught.value) is kind and caught.value.uses_attempt is counts
    assert "k-secret" not in str(caught.value)
    assert offline.counts()["total"] == 1


def test_nobody_there_was_sent_nothing(limiter: LocalLimiter, gateway: Endpoint) -> None:
    with pytest.raises(Unreachable) as caught:
        request(replace(gateway, base_url="http://127.0.0.1:9"), CHAT, CALLER)
    assert not caught.value.sent and not caught.value.uses_attempt


def test_limits_cooldown_and_breaker_are_those_of_every_endpoint(
    limiter: LocalLimiter, gateway: Endpoint, offline: OfflineModel
) -> None:
    request(replace(gateway, name="few", limits=Limits(requests_per_minute=1)), CHAT, CALLER)
    with pytest.raises(NotNow, match="requests per minute"):
        request(replace(gateway, name="few", limits=Limits(requests_per_minute=1)), CHAT, CALLER)
    offline.tell({"fault": "500"})
    for _ in range(4):
        with pytest.raises(ServerFault):
            request(gateway, CHAT, CALLER)
    with pytest.raises(NotNow, match="circuit open"):
        request(gateway, CHAT, CALLER)


def test_a_look_up_that_finds_nothing_is_an_answer(
    limiter: LocalLimiter, gateway: Endpoint, offline: OfflineModel
) -> None:
    offline.tell({"fault": "404"})
    reply = request(gateway, replace(CHAT, accepts=frozenset({404})), CALLER)
    assert reply.status == 404
