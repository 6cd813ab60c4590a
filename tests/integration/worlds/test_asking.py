"""Models and image models on behalf of a job: counted, priced, noted, over real HTTP."""

import secrets
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pymongo
import pytest
from pydantic import SecretStr

from ai_worker.llm.errors import Refused, Truncated
from ai_worker.llm.images import painting
from ai_worker.llm.images.painting import PictureTimeout
from ai_worker.llm.model import Model
from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.errors import BadAnswer, CallError, Unreachable
from ai_worker.pipelines.worlds.answers.world import PicturePrompt
from ai_worker.pipelines.worlds.asking import JobAsker, JobPainter, context_of
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.documents.status import Order
from ai_worker.pipelines.worlds.limits import Limits, LimitUsedUp
from ai_worker.pipelines.worlds.repository import WorldRepository
from ai_worker.pipelines.worlds.repository.indexes import REQUESTS
from ai_worker.stores.mongo import Document
from devtools.ports import free_port
from tests.offline_model import OfflineModel
from tests.worlds.image_service import ImageService, encoded, picture, running

JOB = Job("j", "generate_character_avatar", "w", {})
PROMPT = "character_avatar"
VARIABLES = {"world": "a world", "character": "a {character}"}
PRICE = Price(Decimal(1), Decimal(2))


AMBIGUOUS = [
    PictureTimeout("too slow"),
    Unreachable("the connection broke before the answer was whole"),
]


@pytest.fixture
def service() -> Iterator[ImageService]:
    with running() as one:
        yield one


class Desk:
    """One world, its calls, and what they leave behind."""

    def __init__(self, client: "pymongo.MongoClient[Document]", database: str) -> None:
        self.worlds = WorldRepository(client, database)
        self.worlds.open_world("w", "j", Order("islands", 3, 6, Limits(3, 3)))
        self._requests = client[database][REQUESTS]

    def status(self) -> Document:
        self.worlds.flush()
        return self.worlds.statuses.get("w") or {}

    def requests(self) -> list[Document]:
        self.worlds.flush()
        return list(self._requests.find({}).sort("created_at", 1))

    def ask(self, offline: OfflineModel) -> PicturePrompt:
        return self.ask_at(offline.url)

    def ask_at(self, url: str) -> PicturePrompt:
        name = f"m-{secrets.token_hex(4)}"
        model = Model(name, "openai", f"{url}/v1", SecretStr("k"), price=PRICE, deadline_seconds=10)
        asker = JobAsker(JOB, model, self.worlds, lambda: context_of(JOB))
        return asker.ask(PROMPT, VARIABLES, PicturePrompt, temperature=0.7, max_output_tokens=100)

    def painter(self, service: ImageService) -> JobPainter:
        model = Model(
            f"m-{secrets.token_hex(4)}", "openai", f"{service.url}/v1", price=PRICE, deadline_seconds=10
        )
        return JobPainter(JOB, model, self.worlds, self.worlds.drafts, lambda: context_of(JOB))


@pytest.fixture
def desk(mongodb_uri: str, mongo_database: str) -> Iterator[Desk]:
    with pymongo.MongoClient[Document](mongodb_uri, tz_aware=True) as client:
        one = Desk(client, mongo_database)
        yield one
        one.worlds.flush()


def test_an_answer_is_counted_priced_and_noted(desk: Desk, offline: OfflineModel) -> None:
    offline.tell({"answer": '{"prompt": "a portrait"}', "usage": {"input": 1_000_000, "output": 500_000}})
    assert desk.ask(offline).prompt == "a portrait"
    status = desk.status()
    assert (status["api_calls_made_LLM"], status["llm_cost_total"]) == (1, 2.0)
    (noted,) = desk.requests()
    assert (noted["api_type"], noted["request_type"]) == ("llm", "generate_structured_content")
    assert noted["response_data"]["structured_data"] == '{"prompt": "a portrait"}'
    assert (noted["task_id"], noted["world_id"], "error" in noted) == ("j", "w", False)
    assert "a {character}" in str(offline.requests()[-1]), "braces of a value stay as they are"


def test_a_repair_is_a_call_as_well(desk: Desk, offline: OfflineModel) -> None:
    """Defect 12: counters counted steps of a job, not its calls."""
    offline.tell({"fault": "wrong_schema", "times": 1}, {"answer": '{"prompt": "x"}'})
    desk.ask(offline)
    assert desk.status()["api_calls_made_LLM"] == 2


def test_a_truncated_answer_is_asked_for_anew_with_more_room(desk: Desk, offline: OfflineModel) -> None:
    """Row 13: the broken text is never appended."""
    offline.tell({"fault": "length", "times": 1}, {"answer": '{"prompt": "x"}'})
    desk.ask(offline)
    first, second = offline.requests()[-2:]
    assert "previous answer" not in str(second)
    assert '"max_tokens":100' in first["body"].replace(" ", "")
    assert '"max_tokens":200' in second["body"].replace(" ", "")
    assert desk.status()["api_calls_made_LLM"] == 2


def test_truncated_twice_is_given_up(desk: Desk, offline: OfflineModel) -> None:
    offline.tell({"fault": "length"})
    with pytest.raises(Truncated):
        desk.ask(offline)
    assert [entry["error"].split(":")[0] for entry in desk.requests()] == ["truncated"]
    assert desk.status()["api_calls_made_LLM"] == 2


def test_a_refusal_is_asked_once_more_in_softer_words_and_noted(desk: Desk, offline: OfflineModel) -> None:
    offline.tell({"fault": "safety_block"})
    with pytest.raises(Refused):
        desk.ask(offline)
    first, second = offline.requests()[-2:]
    assert "friendly and harmless" not in first["body"] and "friendly and harmless" in second["body"]
    assert [entry["error"].split(":")[0] for entry in desk.requests()] == ["refused"] * 2
    assert desk.status()["api_calls_made_LLM"] == 2


def test_a_refusal_by_chance_is_no_end(desk: Desk, offline: OfflineModel) -> None:
    offline.tell({"fault": "safety_block", "times": 1}, {"answer": '{"prompt": "a calm portrait"}'})
    assert desk.ask(offline).prompt == "a calm portrait"


def test_no_call_leaves_beyond_the_limit(desk: Desk, offline: OfflineModel) -> None:
    offline.reset()
    offline.tell({"answer": '{"prompt": "x"}'})
    for _ in range(3):
        desk.ask(offline)
    with pytest.raises(LimitUsedUp):
        desk.ask(offline)
    assert desk.status()["api_calls_made_LLM"] == len(offline.requests()) == 3


def test_a_call_of_which_nothing_left_takes_nothing_from_the_limit(desk: Desk, offline: OfflineModel) -> None:
    """A long outage would end a world by its limit: each try in vain would count."""
    nobody = f"http://127.0.0.1:{free_port()}"
    for _ in range(2):
        with pytest.raises(Unreachable):
            desk.ask_at(nobody)
    assert desk.status()["api_calls_made_LLM"] == 0, "six tries, none of which reached the model"
    offline.tell({"answer": '{"prompt": "a portrait"}'})
    assert desk.ask(offline).prompt == "a portrait"
    assert desk.status()["api_calls_made_LLM"] == 1


def painted(content: bytes) -> tuple[int, Any]:
    return 200, {
        "data": [{"b64_json": encoded(content)}],
        "usage": {"input_tokens": 0, "output_tokens": 500_000},
    }


@pytest.mark.parametrize("fault", ["503", "close", "half_body"])
def test_every_call_that_leaves_is_counted(desk: Desk, offline: OfflineModel, fault: str) -> None:
    offline.reset()
    offline.tell({"fault": fault, "times": 1}, {"answer": '{"prompt": "x"}'})
    desk.ask(offline)
    assert desk.status()["api_calls_made_LLM"] == len(offline.requests()) == 2


def test_a_picture_is_counted_priced_noted_and_kept(desk: Desk, service: ImageService) -> None:
    service.answers = [painted(picture())]
    first = desk.painter(service).paint("avatar", "a face", 32, 32)
    again = desk.painter(service).paint("avatar", "another face", 32, 32)
    assert first.content == again.content
    assert len(service.requests) == 1, "a picture that is paid for is not painted again"
    status = desk.status()
    assert status["api_calls_made_images"] == 1
    assert status["image_cost_total"] == pytest.approx(1.0, abs=1e-4), (
        "the picture, and its prompt as estimated"
    )
    (noted,) = desk.requests()
    assert (noted["api_type"], noted["request_type"]) == ("image", "generate_image")
    assert noted["response_data"]["width"] == 32


def test_refused_pictures_count_each_try(desk: Desk, service: ImageService) -> None:
    service.answers = [(400, {"error": {"message": "no", "code": "moderation_blocked"}})]
    assert desk.painter(service).paint("avatar", "a face", 32, 32).placeholder == "refused"
    assert desk.status()["api_calls_made_images"] == 2


@pytest.mark.parametrize("fault", AMBIGUOUS, ids=lambda fault: fault.error_class)
def test_a_picture_that_may_be_paid_for_and_never_comes_is_tried_twice_and_then_drawn(
    desk: Desk, service: ImageService, monkeypatch: pytest.MonkeyPatch, fault: CallError
) -> None:
    """Row 17."""
    calls: list[int] = []

    def lost(*_: Any) -> Any:
        calls.append(1)
        raise fault

    monkeypatch.setattr(painting, "_painted", lost)
    painter = desk.painter(service)
    with pytest.raises(type(fault)):
        painter.paint("avatar", "a face", 32, 32)
    assert painter.paint("avatar", "a face", 32, 32).placeholder.endswith(fault.error_class)
    assert painter.paint("avatar", "a face", 32, 32).placeholder, "what was drawn is kept"
    assert len(calls) == 2


def test_a_connection_that_was_refused_is_no_picture_paid_for(
    desk: Desk, service: ImageService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> Any:
        raise Unreachable("refused", sent=False)

    monkeypatch.setattr(painting, "_painted", refused)
    for _ in range(3):
        with pytest.raises(Unreachable):
            desk.painter(service).paint("avatar", "a face", 32, 32)


def test_a_bad_picture_keeps_nothing(desk: Desk, service: ImageService) -> None:
    service.answers = [painted(b"no picture"), painted(picture())]
    with pytest.raises(BadAnswer):
        desk.painter(service).paint("avatar", "a face", 32, 32)
    assert desk.painter(service).paint("avatar", "a face", 32, 32).placeholder == ""
