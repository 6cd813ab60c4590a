"""One contract for every image provider, over real HTTP."""

import secrets
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError, NotNow
from ai_worker.llm.errors import Refused
from ai_worker.llm.images import gemini as gemini_images
from ai_worker.llm.images import openai as openai_images
from ai_worker.llm.images import painting
from ai_worker.llm.images.painting import PROVIDERS, PictureTimeout, paint
from ai_worker.llm.images.picture import Picture, PictureRequest
from ai_worker.llm.images.provider import Painted
from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.llm.providers.wire.exchange import Exchange
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    UnknownModel,
)
from ai_worker.outbound.limits.current import limiter
from tests.worlds.image_service import ImageService, encoded, picture, running

WANTED = PictureRequest("a pier at dusk", 32, 16)


@pytest.fixture
def service() -> Iterator[ImageService]:
    with running() as one:
        yield one


@pytest.fixture(params=["gemini", "openai"])
def provider(request: pytest.FixtureRequest) -> Provider:
    found: Provider = request.param
    return found


def model(service: ImageService, provider: Provider, **fields: Any) -> Model:
    base = service.url + ("/v1" if provider == "openai" else "")
    told = {"deadline_seconds": 5.0, **fields}
    return Model(f"painter-{secrets.token_hex(4)}", provider, base, SecretStr("the-key"), **told)


def body(provider: str, content: bytes, kind: str = "image/png") -> dict[str, Any]:
    if provider == "gemini":
        parts = [{"text": "Here it is"}, {"inlineData": {"mimeType": kind, "data": encoded(content)}}]
        usage = {"promptTokenCount": 9, "candidatesTokenCount": 1290, "thoughtsTokenCount": 10}
        return {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}], "usageMetadata": usage}
    return {"data": [{"b64_json": encoded(content)}], "usage": {"input_tokens": 9, "output_tokens": 1300}}


def gemini(reason: str | None, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(parts)}, "finishReason": reason}], **more}


def context(before_call: Callable[[], None] | None = None) -> CallContext:
    return CallContext("worlds", "w", "j", "u", redact=False, before_call=before_call)


def painted(service: ImageService, provider: Provider, request: PictureRequest = WANTED) -> Picture:
    return paint(model(service, provider), request, context())


def call(service: ImageService, provider: Provider) -> bytes:
    made = PROVIDERS[provider](32, 16)
    reply = made.call(model(service, provider), Request(prompt="x"))
    assert isinstance(reply.body, Painted)
    return reply.body.content


@pytest.mark.parametrize(
    ("form", "kind"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_the_file_type_is_what_came_and_the_size_what_was_asked(
    service: ImageService, provider: Provider, form: str, kind: str
) -> None:
    service.answers = [(200, body(provider, picture(form, (640, 480)), "image/png"))]
    found = painted(service, provider)
    assert (found.content_type, found.width, found.height, found.placeholder) == (kind, 32, 16, "")


def test_a_picture_of_the_right_size_is_left_as_it_is(service: ImageService, provider: Provider) -> None:
    service.answers = [(200, body(provider, picture(size=(32, 16))))]
    assert painted(service, provider).content == picture(size=(32, 16))


def test_the_price_is_that_of_the_tokens(service: ImageService, provider: Provider) -> None:
    service.answers = [(200, body(provider, picture()))]
    price = Price(Decimal(1), Decimal(30))
    found = paint(model(service, provider, price=price), WANTED, context())
    assert found.cost == Decimal("0.039009")


def test_a_picture_that_is_not_counted_costs_as_one_of_the_usual_size(
    service: ImageService, provider: Provider
) -> None:
    uncounted = {name: value for name, value in body(provider, picture()).items() if "usage" not in name}
    service.answers = [(200, uncounted)]
    found = paint(model(service, provider, price=Price(Decimal(1), Decimal(30))), WANTED, context())
    assert found.cost is not None and Decimal("0.0387") <= found.cost < Decimal("0.039")


def test_the_settings_of_the_model_are_obeyed(service: ImageService, provider: Provider) -> None:
    service.answers = [(200, body(provider, picture()))]
    dialect = Dialect(
        headers={"X-Tenant": "acme"},
        body={"quality": "low"},
        omit=frozenset({"n", "imageConfig"}),
        stream=True,
        idle_seconds=0.05,
    )
    service.wait = 0.3
    assert paint(model(service, provider, dialect=dialect), WANTED, context()).content
    (asked,) = service.requests
    assert asked["headers"]["X-Tenant"] == "acme" and asked["body"]["quality"] == "low"
    assert "n" not in asked["body"] and "imageConfig" not in asked["body"].get("generationConfig", {})


def test_thresholds_that_an_image_model_refuses_are_left_off(service: ImageService) -> None:
    said = "safetySettings is not supported for this model."
    refusal = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": said}}
    service.answers = [(400, refusal), (200, body("gemini", picture()))]
    painter = model(service, "gemini", dialect=Dialect(safety={"HARM_CATEGORY_HARASSMENT": "OFF"}))
    assert not paint(painter, WANTED, context()).placeholder
    before, after = (asked["body"] for asked in service.requests)
    assert "safetySettings" in before and "safetySettings" not in after


@pytest.mark.parametrize(
    ("provider", "url", "dialect", "address", "key"),
    [
        (
            "openai",
            "https://r.openai.azure.com",
            Dialect(),
            "https://r.openai.azure.com/openai/deployments/m/images/generations?api-version=2024-10-21",
            "api-key",
        ),
        ("openai", "http://h/v1?a=b", Dialect(), "http://h/v1/images/generations?a=b", "Authorization"),
        (
            "gemini",
            "http://h?a=b",
            Dialect(),
            "http://h/v1beta/models/m:generateContent?a=b",
            "x-goog-api-key",
        ),
    ],
)
def test_a_picture_is_asked_for_where_its_family_answers(
    monkeypatch: pytest.MonkeyPatch, provider: Provider, url: str, dialect: Dialect, address: str, key: str
) -> None:
    asked: list[tuple[str, list[str]]] = []

    def exchange(url: str, headers: dict[str, str], *_: Any) -> Exchange:
        asked.append((url, list(headers)))
        return Exchange(body(provider, picture()), None)

    for module in (gemini_images, openai_images):
        monkeypatch.setattr(module, "exchange", exchange)
    PROVIDERS[provider](32, 16).call(
        Model("m", provider, url, SecretStr("k"), dialect=dialect), Request(prompt="x")
    )
    assert asked == [(address, [key])]


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (401, {"error": {"message": "no", "code": "invalid_api_key"}}, Unauthorized),
        (429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, RateLimited),
        (429, {"error": {"message": "no credit", "code": "insufficient_quota"}}, QuotaExhausted),
        (400, {"error": {"message": "size?", "code": "invalid_argument"}}, RequestRejected),
        (404, {"error": {"message": "retired", "status": "NOT_FOUND"}}, UnknownModel),
        (500, {"error": {"message": "oops"}}, ServerFault),
        (200, {"data": [{"b64_json": "%%%"}], **gemini("STOP", {"inlineData": {"data": "%%%"}})}, BadAnswer),
        (200, {"data": [], **gemini("STOP")}, BadAnswer),
        (200, {"data": [{"url": "http://x"}], "candidates": []}, BadAnswer),
    ],
)
def test_faults_are_told_apart(
    service: ImageService, provider: Provider, status: int, answer: Any, kind: type[CallError]
) -> None:
    service.answers = [(status, answer)]
    with pytest.raises(kind):
        call(service, provider)


def test_bytes_that_are_no_picture_are_a_bad_answer(service: ImageService, provider: Provider) -> None:
    service.answers = [(200, body(provider, b"GIF89a and more"))]
    with pytest.raises(BadAnswer):
        painted(service, provider)


REFUSALS = [
    {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},
    {"promptFeedback": {"blockReason": "IMAGE_SAFETY"}, "candidates": []},
    gemini("IMAGE_SAFETY"),
    gemini("SAFETY"),
    gemini("NO_IMAGE"),
    gemini("IMAGE_OTHER", {"text": "I can't"}),
    gemini("STOP", {"text": "I cannot draw that."}),
]


@pytest.mark.parametrize("answer", REFUSALS)
def test_every_form_of_geminis_refusal(service: ImageService, answer: dict[str, Any]) -> None:
    """Row 16: all of them come with HTTP 200."""
    service.answers = [(200, answer)]
    with pytest.raises(Refused):
        call(service, "gemini")


@pytest.mark.parametrize("code", ["moderation_blocked", "content_policy_violation"])
def test_openais_refusal(service: ImageService, code: str) -> None:
    message = "Your request was rejected by the safety system safety_violations=[violence]. (request id 1)"
    error = {"message": message, "type": "image_generation_user_error", "param": None, "code": code}
    service.answers = [(400, {"error": error})]
    with pytest.raises(Refused):
        call(service, "openai")


def test_the_last_picture_counts_also_one_flagged_as_a_thought(service: ImageService) -> None:
    """Row 18."""
    draft, final = picture(colour="red"), picture(colour="blue")
    parts = [{"inlineData": {"data": encoded(one)}, "thought": True} for one in (draft, final)]
    service.answers = [(200, gemini("STOP", *parts, {"text": "done"}))]
    assert call(service, "gemini") == final


def refusal(provider: str) -> tuple[int, Any]:
    if provider == "gemini":
        return 200, REFUSALS[0]
    return 400, {"error": {"message": "no", "code": "moderation_blocked"}}


def prompts(service: ImageService) -> list[str]:
    bodies = [request["body"] for request in service.requests]
    return [one["contents"][0]["parts"][0]["text"] if "contents" in one else one["prompt"] for one in bodies]


def test_a_refusal_is_tried_once_in_softer_words(service: ImageService, provider: Provider) -> None:
    service.answers = [refusal(provider), (200, body(provider, picture()))]
    assert painted(service, provider).placeholder == ""
    first, second = prompts(service)
    assert first == WANTED.prompt
    assert second.startswith(painting.SOFTENED) and second.endswith(WANTED.prompt)


def test_a_second_refusal_ends_in_a_placeholder(service: ImageService, provider: Provider) -> None:
    service.answers = [refusal(provider)]
    found = painted(service, provider)
    assert (found.placeholder, found.content_type, len(service.requests)) == ("refused", "image/png", 2)


def test_each_call_is_counted_before_it_leaves(service: ImageService, provider: Provider) -> None:
    service.answers = [refusal(provider)]
    counted: list[int] = []
    paint(model(service, provider), WANTED, context(lambda: counted.append(len(service.requests))))
    assert counted == [0, 1]


def test_a_count_that_refuses_keeps_the_call_back(service: ImageService, provider: Provider) -> None:
    service.answers = [(200, body(provider, picture()))]

    def refuse() -> None:
        raise ConfigurationError("no more")

    with pytest.raises(ConfigurationError):
        paint(model(service, provider), WANTED, context(refuse))
    assert service.requests == []


def test_a_call_that_is_not_let_out_is_not_counted(
    service: ImageService, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 11: a row that waits for a limit uses nothing of its world's calls up."""
    asked = model(service, provider)
    counted: list[int] = []

    def full(*_: Any, **__: Any) -> Any:
        raise NotNow("no place", retry_after=1)

    monkeypatch.setattr(limiter(), "acquire", full)
    with pytest.raises(NotNow):
        paint(asked, WANTED, context(lambda: counted.append(1)))
    assert counted == service.requests == []


def test_a_picture_that_comes_late_uses_an_attempt(
    service: ImageService, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 17: a slow picture may have been paid for, so it is not repeated for a day as in an outage."""
    monkeypatch.setattr(painting, "SHORTEST_DEADLINE", 0.2)
    service.answers, service.wait = [(200, body(provider, picture()))], 1.0
    with pytest.raises(PictureTimeout) as caught:
        paint(model(service, provider, deadline_seconds=0.2), WANTED, context())
    assert (caught.value.retry, caught.value.uses_attempt, caught.value.outage) == (True, True, False)
    assert not isinstance(caught.value, DeadlineExceeded)


def test_pictures_have_five_minutes_at_least(
    service: ImageService, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    def noted(model: Model, *_: Any) -> Any:
        seen.append(model.deadline_seconds)
        raise BadAnswer("enough")

    monkeypatch.setattr(painting, "call_adapted", noted)
    make: Callable[[], Picture] = lambda: paint(model(service, provider), WANTED, context())  # noqa: E731
    with pytest.raises(BadAnswer):
        make()
    assert seen == [300.0]


def test_the_key_goes_in_a_header_alone(service: ImageService, provider: Provider) -> None:
    service.answers = [(200, body(provider, picture()))]
    painted(service, provider)
    request = service.requests[0]
    assert "the-key" not in request["path"] + str(request["body"])
    assert "the-key" in str(request["headers"])


def test_no_response_format_is_sent_to_openai(service: ImageService) -> None:
    service.answers = [(200, body("openai", picture()))]
    painted(service, "openai", PictureRequest("x", 1024, 512))
    sent = service.requests[0]["body"]
    assert set(sent) == {"model", "prompt", "n", "size"}
    assert sent["size"] == "1536x1024"


def test_a_model_of_another_kind_is_named(service: ImageService) -> None:
    with pytest.raises(ConfigurationError, match="paints no pictures"):
        painted(service, "prompt_api")


def test_without_a_model_a_placeholder_is_drawn() -> None:
    found = paint(None, WANTED, context(lambda: pytest.fail("no call is made")))
    assert found.placeholder and (found.width, found.height) == (32, 16)
