"""Every error response of a provider becomes one class of the tree."""

from typing import Any

import pytest

from ai_worker.llm.errors import Refused
from ai_worker.llm.providers.wire.failures import error_in, failure
from ai_worker.outbound.errors import (
    BadAnswer,
    Busy,
    CallError,
    DeadlineExceeded,
    Misdirected,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    UnknownModel,
)


def openai(code: str, message: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "type": "requests", "param": None, "code": code}}


def gemini(code: int, status: str, message: str = "", *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "status": status, "message": message, "details": list(details)}}


def violated(quota: str, delay: str = "37s") -> tuple[dict[str, Any], dict[str, Any]]:
    return {"@type": "…QuotaFailure", "violations": [{"quotaId": quota}]}, {
        "@type": "…RetryInfo",
        "retryDelay": delay,
    }


PLEASE = "You exceeded your current quota, please check your plan and billing details."
UPGRADE = "Rate limit reached for gpt-4o on requests per min (RPM). Add a payment method at https://platform.openai.com/account/billing."


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, openai("rate_limit_exceeded", UPGRADE), RateLimited),
        (429, openai("insufficient_quota", PLEASE), QuotaExhausted),
        (
            429,
            openai("rate_limit_exceeded", "Rate limit reached on requests per day (RPD): Limit 200."),
            QuotaExhausted,
        ),
        (
            429,
            gemini(
                429,
                "RESOURCE_EXHAUSTED",
                PLEASE,
                *violated("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),
            ),
            RateLimited,
        ),
        (
            429,
            gemini(
                429,
                "RESOURCE_EXHAUSTED",
                PLEASE,
                *violated("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
            ),
            QuotaExhausted,
        ),
        (429, gemini(429, "RESOURCE_EXHAUSTED", PLEASE), QuotaExhausted),
        (
            429,
            gemini(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
            RateLimited,
        ),
        (
            429,
            gemini(
                429,
                "RESOURCE_EXHAUSTED",
                "Quota exceeded",
                {"reason": "X", "metadata": {"quota_limit": "ProRequestsPerDay"}},
            ),
            QuotaExhausted,
        ),
        (429, None, RateLimited),
        (402, {"error": "Payment required"}, QuotaExhausted),
        (403, openai("insufficient_quota"), QuotaExhausted),
        (401, openai("invalid_api_key"), Unauthorized),
        (403, gemini(403, "PERMISSION_DENIED"), Unauthorized),
        (
            400,
            gemini(
                400,
                "INVALID_ARGUMENT",
                "API key not valid. Please pass a valid API key.",
                {"reason": "API_KEY_INVALID"},
            ),
            Unauthorized,
        ),
        (400, openai("context_length_exceeded"), RequestRejected),
        (400, openai("content_filter", "The response was filtered"), Refused),
        (404, openai("model_not_found"), UnknownModel),
        (413, None, RequestRejected),
        (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, RequestRejected),
        (302, None, Misdirected),
        (404, None, UnknownModel),
        (404, {"detail": "Not Found"}, UnknownModel),
        (
            400,
            {"error": {"message": "The model `gpt-9` does not exist or you do not have access to it."}},
            UnknownModel,
        ),
        (400, {"error": {"message": "xyz is not a valid model ID", "code": 400}}, UnknownModel),
        (405, None, Misdirected),
        (407, None, Misdirected),
        (421, None, Misdirected),
        (409, None, Busy),
        (423, None, Busy),
        (424, None, Busy),
        (425, None, Busy),
        (499, None, Busy),
        (400, openai("json_validate_failed"), BadAnswer),
        (
            403,
            {
                "error": {
                    "code": 403,
                    "message": "x requires moderation. Your input was flagged",
                    "metadata": {"reasons": ["violence"]},
                }
            },
            Refused,
        ),
        (400, openai("invalid_prompt"), Refused),
        # Faults of the account and of the address that come as a 400: no row may end by them.
        (
            400,
            {
                "type": "error",
                "error": {
                    "type": "invalid_request_error",
                    "message": "Your credit balance is too low to access the Anthropic API.",
                },
            },
            QuotaExhausted,
        ),
        (400, openai("billing_hard_limit_reached", "Billing hard limit has been reached"), QuotaExhausted),
        (400, openai("Arrearage", "Access denied, please make sure your account is fine."), QuotaExhausted),
        (400, openai("x", "The limit of 200 characters per day name is exceeded"), RequestRejected),
        (
            400,
            gemini(
                400,
                "FAILED_PRECONDITION",
                "Gemini API free tier is not available in your country. Please enable billing.",
            ),
            Unauthorized,
        ),
        (400, {"error": {"message": "Invalid API key provided"}}, Unauthorized),
        (400, {"error": {"message": "API key is missing"}}, Unauthorized),
        (400, openai("OperationNotSupported", "The chatCompletion operation does not work"), UnknownModel),
        (400, {"error": {"message": "API version not supported"}}, UnknownModel),
        (
            400,
            {"error": {"message": "Model o9 is enabled only for api versions 2024-12-01-preview"}},
            UnknownModel,
        ),
        (
            400,
            {"error": {"code": "1500", "type": "invalid_model", "message": "Invalid model: m"}},
            UnknownModel,
        ),
        (498, openai("capacity_exceeded"), Overloaded),
        (511, None, Misdirected),
        (400, {"error": {"code": "data_inspection_failed"}}, Refused),
        (
            400,
            {"code": "DataInspectionFailed", "message": "Input data may contain inappropriate content."},
            Refused,
        ),
        (
            400,
            gemini(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
            Unauthorized,
        ),
        (402, {"error": {"message": "Insufficient Balance", "type": "unknown_error"}}, QuotaExhausted),
        (408, None, DeadlineExceeded),
        (504, gemini(504, "DEADLINE_EXCEEDED"), DeadlineExceeded),
        (500, gemini(500, "INTERNAL"), ServerFault),
        (502, "<html>Bad gateway</html>", ServerFault),
        (503, gemini(503, "UNAVAILABLE", "The model is overloaded."), Overloaded),
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, Overloaded),
        (200, openai("rate_limit_exceeded"), RateLimited),
        (200, {"error": {"code": 502, "message": "upstream"}}, ServerFault),
        (200, {"error": {"code": "503"}}, Overloaded),
        (200, gemini(503, "UNAVAILABLE"), Overloaded),
        (200, [gemini(429, "RESOURCE_EXHAUSTED")], RateLimited),
        (200, {"error": {"type": "overloaded_error"}}, Overloaded),
        (200, {"error": {"code": "content_filter"}}, Refused),
        (200, {"error": "something odd"}, BadAnswer),
    ],
)
def test_status_and_body_decide(status: int, body: Any, kind: type[CallError]) -> None:
    assert type(failure(status, {}, body)) is kind


@pytest.mark.parametrize(
    "body", [None, {}, [], "text", {"error": None}, {"error": {"message": None, "details": "x"}}]
)
def test_no_response_is_without_a_class(body: Any) -> None:
    for status in range(300, 600):
        fault = failure(status, {}, body)
        assert type(fault) is not CallError
        assert str(status) in str(fault)


def test_an_outage_is_told_from_a_bad_request() -> None:
    assert failure(503, {}, None).outage and failure(500, {}, None).outage
    assert not failure(400, {}, None).retry
    assert not failure(429, {}, None).uses_attempt


def test_a_daily_quota_ignores_the_seconds_that_gemini_names() -> None:
    day = gemini(429, "RESOURCE_EXHAUSTED", PLEASE, *violated("RequestsPerDay"))
    minute = gemini(429, "RESOURCE_EXHAUSTED", PLEASE, *violated("RequestsPerMinute"))
    assert failure(429, {}, day).retry_after is None
    assert failure(429, {"retry-after": "3600"}, day).retry_after == 3600
    assert failure(429, {}, minute).retry_after == 37


DAILY = "Rate limit reached for m on tokens per day (TPD): Limit 100000. Please try again in 7m12.5s."


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({}, openai("rate_limit_exceeded", DAILY), 432.5),
        ({"retry-after": "433"}, openai("rate_limit_exceeded", DAILY), 433),
        ({"llm_provider-retry-after": "433"}, openai("rate_limit_exceeded", DAILY), 433),
        ({"retry-after-ms": "2500"}, openai("insufficient_quota", PLEASE), 2.5),
        ({"x-ratelimit-reset-requests": "6ms"}, openai("insufficient_quota", PLEASE), None),
        ({}, openai("insufficient_quota", "No credit. Try again in 1s."), None),
    ],
)
def test_the_wait_of_a_spent_quota_is_heard(
    headers: dict[str, str], body: Any, seconds: float | None
) -> None:
    fault = failure(429, headers, body)
    assert type(fault) is QuotaExhausted and fault.retry_after == seconds


def test_the_message_says_what_the_provider_said_without_key_and_prompt() -> None:
    key, prompt = "sk-canary-0123456789", "Jan Kowalski, PESEL 44051401359, pyta o kredyt"
    said = f"Incorrect key {key}: cannot read 'Jan Kowalski, PESEL 44051401359' in messages[0]"
    fault = failure(401, {}, openai(key, said), keys=[key], texts=[prompt, "short"])
    assert key not in str(fault)
    assert "Kowalski" not in str(fault) and "44051401359" not in str(fault)
    assert "Incorrect key …" in str(fault) and "in messages[0]" in str(fault)


def test_a_long_message_is_shortened() -> None:
    assert len(str(failure(400, {}, {"error": {"message": "x" * 1_000_000}}))) < 300


def test_errors_are_found_in_bodies() -> None:
    assert error_in({"error": {"code": 1}}) == {"code": 1}
    assert error_in({"detail": "no"}) == "no"
    assert error_in([]) is None and error_in("text") is None
    assert error_in([[{"error": "x"}]]) is None


def test_our_own_words_are_not_cut_out() -> None:
    prompt = "Correct: the provider answered 429 and nothing else"
    fault = failure(
        429,
        {},
        {"error": {"message": "you wrote the provider answered 429 and nothing else"}},
        texts=[prompt],
    )
    assert str(fault).startswith("the provider answered 429: you wrote…")
