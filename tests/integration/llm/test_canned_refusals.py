"""Refusals in the shapes that each family's servers send; the texts are invented, or shortened."""

import time
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.llm.errors import Refused
from ai_worker.llm.model import Dialect, Model
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.request import Request
from ai_worker.outbound.errors import (
    CallError,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    UnknownModel,
)
from tests.offline_model import OfflineModel


def model(offline: OfflineModel, family: str) -> Model:
    url = f"{offline.url}/v1"
    return Model("m", "openai", url, SecretStr("k"), dialect=Dialect(family=family), deadline_seconds=10)


def error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


GROQ_DAY = (
    "Rate limit reached for model `m` in organization `org_1` service tier `on_demand` on tokens per day "
    "(TPD): Limit 100000, Used 99000, Requested 3000. Please try again in 28m48s. Need more tokens? Upgrade "
    "to Dev Tier today at https://console.groq.com/settings/billing"
)
AZURE_BUSY = (
    "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have "
    "exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 18 seconds. "
    "Please go here: https://aka.ms/oai/quotaincrease if you would like to increase the default rate limit."
)
AZURE_FILTER = (
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
)
REFUSALS: list[tuple[str, int, Any, type[CallError], float | None, bool]] = [
    # Family, status, body; class, wait, whether all of the account is meant.
    (
        "openai",
        429,
        error(
            "Rate limit reached for gpt-5 in organization org-1 on tokens per min (TPM): Limit 30000, "
            "Requested 900. Please try again in 1.4s. Visit https://platform.openai.com/account/rate-limits",
            type="tokens",
            param=None,
            code="rate_limit_exceeded",
        ),
        RateLimited,
        1.4,
        False,
    ),
    (
        "openai",
        429,
        error(
            "You exceeded your current quota, please check your plan and billing details.",
            type="insufficient_quota",
            param=None,
            code="insufficient_quota",
        ),
        QuotaExhausted,
        None,
        True,
    ),
    ("azure", 429, error(AZURE_BUSY, code="429"), RateLimited, 18, False),
    (
        "azure",
        400,
        error(
            AZURE_FILTER,
            code="content_filter",
            param="prompt",
            status=400,
            innererror={"code": "ResponsibleAIPolicyViolation"},
        ),
        Refused,
        None,
        False,
    ),
    (
        "azure",
        404,
        error("The API deployment for this resource does not exist.", code="DeploymentNotFound"),
        UnknownModel,
        None,
        False,
    ),
    (
        "azure",
        401,
        error("Access denied due to invalid subscription key or wrong API endpoint.", code="401"),
        Unauthorized,
        None,
        False,
    ),
    (
        "openrouter",
        402,
        error("This request requires more credits, or fewer max_tokens.", code=402),
        QuotaExhausted,
        None,
        True,
    ),
    (
        "openrouter",
        403,
        error(
            "m requires moderation on OpenAI. Your input was flagged",
            code=403,
            metadata={"reasons": ["violence"], "flagged_input": "…"},
        ),
        Refused,
        None,
        False,
    ),
    (
        "openrouter",
        200,
        {**error("Provider returned error", code=502, metadata={"provider_name": "X"}), "user_id": "user_1"},
        ServerFault,
        None,
        False,
    ),
    (
        "deepseek",
        402,
        error("Insufficient Balance", type="unknown_error", param=None, code="invalid_request_error"),
        QuotaExhausted,
        None,
        True,
    ),
    (
        "mistral",
        429,
        {
            "object": "error",
            "message": "Service tier capacity exceeded for this model.",
            "type": "service_tier_capacity_exceeded",
            "param": None,
            "code": "3505",
        },
        RateLimited,
        None,
        False,
    ),
    ("mistral", 401, {"message": "Unauthorized", "request_id": "1"}, Unauthorized, None, False),
    ("groq", 429, error(GROQ_DAY, type="tokens", code="rate_limit_exceeded"), QuotaExhausted, 1728, False),
    (
        "groq",
        413,
        error(
            "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 7000",
            type="tokens",
            code="rate_limit_exceeded",
        ),
        RequestRejected,
        None,
        False,
    ),
    (
        "xai",
        400,
        {
            "code": "Client specified an invalid argument",
            "error": "Incorrect API key provided: xa***ey. You can obtain one from https://console.x.ai.",
        },
        Unauthorized,
        None,
        False,
    ),
    (
        "xai",
        404,
        {"code": "Some requested entity was not found", "error": "The model m does not exist"},
        UnknownModel,
        None,
        False,
    ),
    (
        "ollama",
        404,
        error("model 'm' not found", type="api_error", param=None, code=None),
        UnknownModel,
        None,
        False,
    ),
    (
        "ollama",
        503,
        {"error": "server busy, please try again. maximum pending requests exceeded"},
        Overloaded,
        None,
        False,
    ),
    (
        "vllm",
        404,
        {
            "object": "error",
            "message": "The model `m` does not exist.",
            "type": "NotFoundError",
            "param": None,
            "code": 404,
        },
        UnknownModel,
        None,
        False,
    ),
    (
        "vllm",
        400,
        error(
            "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
            type="BadRequestError",
            param=None,
            code=400,
        ),
        RequestRejected,
        None,
        False,
    ),
    ("llamacpp", 503, error("Loading model", code=503, type="unavailable_error"), Overloaded, None, False),
    (
        "llamacpp",
        400,
        error(
            "the request exceeds the available context size, try increasing it",
            code=400,
            type="exceed_context_size_error",
            n_prompt_tokens=9000,
            n_ctx=4096,
        ),
        RequestRejected,
        None,
        False,
    ),
    # The key of a gateway has spent its budget: no row's fault, though it comes as a 400.
    (
        "litellm",
        400,
        error(
            "Budget has been exceeded! Current cost: 11.2, Max budget: 10.0",
            type="budget_exceeded",
            param=None,
            code="400",
        ),
        QuotaExhausted,
        None,
        True,
    ),
    # One model's share of it: the key's other models are asked on.
    (
        "litellm",
        400,
        error(
            "LiteLLM Virtual Key: 9769…, key_alias: None, exceeded budget for model=gpt-4o",
            type="budget_exceeded",
            param=None,
            code="400",
        ),
        QuotaExhausted,
        None,
        False,
    ),
    (
        "compatible",
        429,
        error(
            "Your account is suspended, please check your plan and billing details",
            type="exceeded_current_quota_error",
        ),
        QuotaExhausted,
        None,
        True,
    ),
    (
        "compatible",
        403,
        {"code": 30001, "message": "Sorry, your account balance is insufficient"},
        QuotaExhausted,
        None,
        True,
    ),
    (
        "compatible",
        400,
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "You have reached your specified API usage limits. You regain access soon.",
            },
        },
        QuotaExhausted,
        None,
        True,
    ),
]


@pytest.mark.parametrize(("family", "status", "body", "kind", "wait", "of_account"), REFUSALS)
def test_a_refusal_has_its_class_its_wait_and_its_scope(
    offline: OfflineModel,
    family: str,
    status: int,
    body: Any,
    kind: type[CallError],
    wait: float | None,
    of_account: bool,
) -> None:
    offline.tell({"fault": str(status), "body": body} if status != 200 else {"body": body})
    with pytest.raises(CallError) as caught:
        PROVIDERS["openai"].call(model(offline, family), Request("q"))
    assert type(caught.value) is kind and caught.value.retry_after == wait
    assert getattr(caught.value, "of_account", False) is of_account


def test_openrouters_day_ends_when_it_says(offline: OfflineModel) -> None:
    reset = str(int((time.time() + 600) * 1000))
    headers = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    said = error(
        "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests",
        code=429,
        metadata={"headers": headers, "provider_name": None},
    )
    offline.tell({"fault": "429", "body": {**said, "user_id": "user_1"}})
    with pytest.raises(QuotaExhausted) as caught:
        PROVIDERS["openai"].call(model(offline, "openrouter"), Request("q"))
    assert 590 < (caught.value.retry_after or 0) < 610 and not caught.value.of_account
