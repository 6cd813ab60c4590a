"""The one place that turns a provider's error response into our error tree, by status and body.

OpenAI says `{"error": {"message", "type", "code"}}`, Gemini `{"error": {"code", "status", "message",
"details"}}`, others a string or `{"detail": …}`. The words that tell a spent quota from a short limit are
those that both document.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ai_worker.llm.errors import Refused
from ai_worker.llm.providers.wire.own_words import own_words
from ai_worker.llm.providers.wire.quoting import quoted
from ai_worker.llm.providers.wire.waiting import wait_of
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    QuotaExhausted,
    RequestRejected,
    Unauthorized,
    UnknownModel,
)
from ai_worker.outbound.http.statuses import WAITING, by_status

_STATUS_OF_WORD = {
    "resource_exhausted": 429,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "too_many_requests": 429,
    "unavailable": 503,
    "overloaded_error": 529,
    "overloaded": 529,
    "internal": 500,
    "server_error": 500,
    "internal_server_error": 500,
    "api_error": 500,
    "deadline_exceeded": 504,
    "unauthenticated": 401,
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_denied": 403,
    "permission_error": 403,
    "invalid_argument": 400,
    "failed_precondition": 400,
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "not_found": 404,
    "model_not_found": 404,
    "not_found_error": 404,
}
_QUOTA = re.compile(
    r"insufficient_quota|insufficient_?\s?balance|balance is insufficient|credit balance|余额不足"
    r"|billing_hard_limit|billing_not_active|arrearage|exceeded_current_quota"
    # Of a gateway's key (LiteLLM), and of an account's monthly limit (Anthropic).
    r"|budget_exceeded|budget has been exceeded|exceeded\w*budget|specified API usage limits",
    re.I,
)
_SPENT = re.compile(r"exceeded your current quota|per.?day\b|\bdaily\b", re.I)
_DAILY = re.compile(r"per.?day|daily", re.I)
_ACCOUNT = re.compile(r"billing|payment|current quota", re.I)
"""Words of an answer that means the account with all of its models, unless it names a limit of a day: there
they tell where to buy more.
"""
_OF_MODEL = re.compile(r"budget for (?:this )?model", re.I)
"""Words of a gateway (LiteLLM) that bounds what a key spends on one model."""
_BLOCKED = re.compile(
    r"content_filter|content_policy_violation|safety|responsible_?ai|moderation|flagged|invalid_prompt"
    r"|data_inspection_failed|datainspectionfailed|content_blocked|sensitive",
    re.I,
)
_BLOCKED_IN_WORDS = re.compile(r"requires moderation|was flagged|flagged for|content management policy", re.I)
_NO_MODEL = re.compile(
    r"model_not_found|model_not_available|unknown_model|model_decommissioned|deploymentnotfound"
    r"|operationnotsupported",
    re.I,
)
_NO_MODEL_IN_WORDS = re.compile(
    r"not a valid model|invalid model|unknown model"
    r"|model\b.{0,80}\b(?:not found|does(?: not|n.t) exist|decommissioned)"
    r"|api.?versions?\b.{0,40}\bnot supported|unsupported.?api.?version|enabled only for api versions",
    re.I,
)
_UNFIT = re.compile(r"json_validate_failed|tool_use_failed", re.I)
_OF_ITS_SIZE = re.compile(
    r"context.?(?:length|window|size)|string_above_max_length|too (?:long|large|big|many)|exceed|longer than"
    r"|reduce (?:the|your)|max\w*.{0,20}\btokens",
    re.I,
)
"""Words of a rejection that means this one request: it is too large."""
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,60}")
_SENTENCE = 2000
_RETRY_AFTER = re.compile(r"retry-after(?:-ms)?$", re.I)
_KEY = re.compile(
    r"api_key_invalid|\b(?:invalid|incorrect|missing|expired) api.?key"
    r"|api.?key (?:is )?(?:not valid|invalid|missing|required|expired)"
    r"|location is not supported|failed_precondition|no_db_connection",
    re.I,
)
"""Words of a 400 that means the key or the account; Gemini's FAILED_PRECONDITION is a plan that lacks the
model's country or its billing.
"""


def failure(
    status: int, headers: Mapping[str, str], body: Any, *, keys: Sequence[str] = (), texts: Sequence[str] = ()
) -> CallError:
    """The failure that a provider's error response means.

    Args:
        status: of the response, or 200 where the error came in the body alone.
        headers: by lower-case name.
        body: the parsed JSON, or None where it was none.
        keys, texts: what the message must not repeat after the provider: the key, the prompt.
    """
    error = error_in(body)
    codes, sentence = _codes(error), _sentence(error)
    if status < 300:
        status = _status_in(error)
    told = [quoted(word, keys, texts) for word in codes]
    message = _message(status, told, quoted(sentence, keys, texts)) + _hint(status, headers, codes)
    if any(map(_BLOCKED.search, codes)) or (status in (400, 403) and _is_blocked(error, sentence)):
        refused = Refused(message)
        # Before an answer was begun.
        refused.may_be_billed = False
        return refused
    if status == 400 and (_KEY.search(sentence) or any(map(_KEY.search, codes))):
        return Unauthorized(message)
    if any(map(_UNFIT.search, codes)):
        return BadAnswer(message)
    if any(map(_NO_MODEL.search, codes)) or (status in (400, 422) and _NO_MODEL_IN_WORDS.search(sentence)):
        return UnknownModel(message)
    if status == 402 or (status in (400, 403, 429) and _quota_spent(error, codes, sentence, status)):
        of_account = status == 402 or _is_of_account(error, codes, sentence)
        spent = QuotaExhausted(message, retry_after=_wait_for_quota(headers, body, of_account=of_account))
        spent.of_account = of_account
        return spent
    if status in (408, 504):
        return DeadlineExceeded(message)
    if status < 300:
        return BadAnswer(message)
    fault = by_status(status)(message, retry_after=wait_of(headers, body) if status in WAITING else None)
    if isinstance(fault, RequestRejected):
        fault.unexplained = status != 413 and not any(map(_OF_ITS_SIZE.search, [*codes, sentence]))
    return fault


def words_of(body: Any, content: bytes = b"") -> str:
    """Everything that an error says of itself, for recognising a field that it refuses. Never shown."""
    error = error_in(body)
    if error is None:
        error = content[: 4 * _SENTENCE].decode("utf-8", "replace")
    said = own_words(error)
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)


def error_in(body: Any) -> Any:
    """The error in a body: its `error`, else its `detail` or `message`, else nothing."""
    if isinstance(body, list):
        # Gemini wraps errors in a list where the request went through its streaming front.
        body = body[0] if body else None
    if not isinstance(body, Mapping):
        return None
    return (
        body.get("error")
        or body.get("detail")
        or body.get("errors")
        or (body if "code" in body else body.get("message"))
    )


def _is_blocked(error: Any, sentence: str) -> bool:
    metadata = error.get("metadata") if isinstance(error, Mapping) else None
    flagged = isinstance(metadata, Mapping) and ("reasons" in metadata or "flagged_input" in metadata)
    return flagged or _BLOCKED_IN_WORDS.search(sentence) is not None


def _is_of_account(error: Any, codes: list[str], sentence: str) -> bool:
    """Return whether a spent quota is the account's; one that is named belongs to its model."""
    if _OF_MODEL.search(sentence):
        return False
    if any(map(_QUOTA.search, [*codes, sentence])):
        return True
    named = any(_violated(detail) for detail in _details(error)) or _DAILY.search(sentence)
    return not named and any(map(_ACCOUNT.search, [*codes, sentence]))


def _wait_for_quota(headers: Mapping[str, str], body: Any, *, of_account: bool) -> float | None:
    """A quota's wait. Gemini's `retryDelay` is seconds even when the day is spent, and the headers of limits
    say nothing of an account's credit: there only `Retry-After` counts.
    """
    if of_account or any(_violated(detail) for detail in _details(error_in(body))):
        headers, body = {name: value for name, value in headers.items() if _RETRY_AFTER.search(name)}, None
    return wait_of(headers, body)


def _quota_spent(error: Any, codes: list[str], sentence: str, status: int) -> bool:
    """Return whether no short wait helps. Gemini uses the same sentence for a minute's quota; the violated
    quota's name tells which. Anthropic says 400 where the account's credit is used up.
    """
    violated = [name for detail in _details(error) for name in _violated(detail)]
    if violated:
        return any(map(_DAILY.search, violated))
    if any(map(_QUOTA.search, [*codes, sentence])):
        return True
    return status != 400 and _SPENT.search(sentence) is not None


def _violated(detail: Mapping[str, Any]) -> list[str]:
    violations = detail.get("violations")
    named = violations if isinstance(violations, list) else [detail.get("metadata")]
    names = [
        entry.get("quotaId") or entry.get("quota_limit") for entry in named if isinstance(entry, Mapping)
    ]
    return [str(name) for name in names if name]


def _status_in(error: Any) -> int:
    """The status that an error in a body of status 200 stands for; 200 where it does not tell."""
    for word in _codes(error):
        status = int(word) if word.isdecimal() and len(word) == 3 else _STATUS_OF_WORD.get(word.lower(), 0)
        if 400 <= status < 600:
            return status
    return 200


def _codes(error: Any) -> list[str]:
    """The error's code words: its own and those of its details (Gemini's `reason`, Azure's `innererror`)."""
    if not isinstance(error, Mapping):
        return []
    inner = error.get("innererror")
    found = [
        error.get("code"),
        error.get("type"),
        error.get("status"),
        inner.get("code") if isinstance(inner, Mapping) else None,
    ]
    found += [detail.get("reason") for detail in _details(error)]
    return list(
        dict.fromkeys(
            str(word) for word in found if isinstance(word, str | int) and _WORD.fullmatch(str(word))
        )
    )


def _details(error: Any) -> list[Mapping[str, Any]]:
    details = error.get("details") if isinstance(error, Mapping) else None
    return [detail for detail in details if isinstance(detail, Mapping)] if isinstance(details, list) else []


def _sentence(error: Any) -> str:
    said = error.get("message") if isinstance(error, Mapping) else error
    return said[:_SENTENCE] if isinstance(said, str) else ""


def _hint(status: int, headers: Mapping[str, str], codes: list[str]) -> str:
    """A hint for the operator, where the status alone says little."""
    if 300 <= status < 400:
        to = _host(headers.get("location", ""))
        return f", a redirect{f' to {to}' if to else ''}; correct the base URL"
    if status == 404 and not any(map(_NO_MODEL.search, codes)):
        return "; check the base URL and the model's name"
    return ""


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _message(status: int, codes: list[str], sentence: str) -> str:
    answered = f"the provider answered {status}" if status >= 300 else "the provider answered with an error"
    words = ", ".join(code for code in codes if code != str(status))
    return answered + (f" ({words})" if words else "") + (f": {sentence}" if sentence else "")
