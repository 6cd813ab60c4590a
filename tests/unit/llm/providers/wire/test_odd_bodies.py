"""Whatever JSON a server sends is an answer or a fault of the tree, never another exception."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.providers import anthropic, chat, gemini, prompt_api
from ai_worker.llm.providers.wire.exchange import Exchange
from ai_worker.llm.providers.wire.failures import failure, words_of
from ai_worker.llm.providers.wire.refused_fields import refused_field
from ai_worker.llm.response_text import text_of
from ai_worker.outbound.errors import CallError

NAMES = [
    "error",
    "message",
    "code",
    "type",
    "status",
    "details",
    "retryDelay",
    "metadata",
    "headers",
    "violations",
    "quotaId",
    "reason",
    "innererror",
    "detail",
    "choices",
    "content",
    "finish_reason",
    "refusal",
    "text",
    "thinking",
    "candidates",
    "parts",
    "finishReason",
    "promptFeedback",
    "blockReason",
    "usage",
    "usageMetadata",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "prompt_tokens_details",
    "promptTokenCount",
    "candidatesTokenCount",
    "promptTokensDetails",
    "stop_reason",
    "input_tokens",
    "output_tokens",
    "cache_creation",
    "service_tier",
    "retry_after",
    "reasoning_content",
    "tokenCount",
    "modality",
    "incomplete_details",
    "x-ratelimit-reset",
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(allow_nan=False),
    st.sampled_from(["stop", "STOP", "", "429", "5s", "reasoning", "refusal", "2026-01-01T00:00:00Z"]),
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=25,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["retry-after", "retry-after-ms", "x-ratelimit-reset", "x-ratelimit-remaining", "date", "location"]
    ),
    st.one_of(st.text(max_size=12), st.sampled_from(["nan", "1e400", "0", "5s", "http://["])),
)
READERS: list[Callable[[Exchange], Any]] = [chat.chat_reply, gemini._reply, anthropic._reply]


@pytest.mark.parametrize("read", READERS)
@given(body=BODIES, wrapped=st.sampled_from(["choices", "candidates", "content", "usage", "stop_reason"]))
def test_odd_answers(read: Callable[[Exchange], Any], body: Any, wrapped: str) -> None:
    for whole in (body, {wrapped: body}, {wrapped: [body]}):
        with suppress(CallError):
            read(Exchange(whole, None))
        assert isinstance(text_of(whole), str)
        prompt_api._usage(whole)
        prompt_api._end_fault(whole)


@given(body=BODIES, status=st.integers(200, 599), headers=HEADERS)
def test_odd_errors(body: Any, status: int, headers: dict[str, str]) -> None:
    fault = failure(status, headers, body)
    assert fault.retry_after is None or 0 <= fault.retry_after <= 86_400
    assert isinstance(refused_field(fault, words_of(body), {"seed": 1}, "json_schema"), CallError)
