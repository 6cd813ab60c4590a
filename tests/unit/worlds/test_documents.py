"""The documents and messages, key by key as their readers decode them."""

import json
from datetime import UTC, datetime

import pytest

from ai_worker.engine.contract.row import Claim
from ai_worker.errors import BadRequest
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import Job, job_of, new_job
from ai_worker.pipelines.worlds.documents.parameters import new_parameters
from ai_worker.pipelines.worlds.documents.request import ApiRequest
from ai_worker.pipelines.worlds.documents.status import Order, new_status
from ai_worker.pipelines.worlds.events.announcing import progress_updated, task_created
from ai_worker.pipelines.worlds.jobs.children import Child, result_with
from ai_worker.pipelines.worlds.jobs.init_world import order_of
from ai_worker.pipelines.worlds.limits import Limits

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ORDER = Order("islands", 3, 6, Limits(42, 14))


def test_a_job_has_the_eleven_keys_of_the_world_service() -> None:
    job = new_job("j", dag.INIT, "w", {"user_prompt": "x"}, NOW)
    assert list(job) == (
        [
            "_id",
            "type",
            "world_id",
            "status",
            "worker_id",
            "parameters",
            "result",
            "created_at",
            "updated_at",
            "attempt_count",
            "error",
        ]
    )
    assert (job["status"], job["worker_id"], job["attempt_count"]) == ("pending", None, 0)


def test_the_status_has_the_names_and_types_that_the_gateway_decodes() -> None:
    status = new_status("w", "j", ORDER, NOW)
    numbers = [
        "tasks_total",
        "tasks_completed",
        "tasks_failed",
        "task_predicted",
        "users_created",
        "posts_created",
        "users_predicted",
        "posts_predicted",
        "api_call_limits_LLM",
        "api_call_limits_images",
        "api_calls_made_LLM",
        "api_calls_made_images",
    ]
    assert all(type(status[name]) is int for name in numbers)
    assert all(type(status[name]) is float for name in ("llm_cost_total", "image_cost_total"))
    assert all(status[name] is NOW for name in ("created_at", "updated_at"))
    assert status["parameters"] == {"users_count": 3, "posts_count": 6, "user_prompt": "islands"}
    assert status["stages"][0] == {"name": "initializing", "status": "in_progress"}
    assert [stage["status"] for stage in status["stages"][1:]] == ["pending"] * 5
    assert "error" not in status
    assert status["task_predicted"] == 3 + 1 + 2 * 3 + 3 + 2 * 6


def test_progress_is_the_whole_document_with_dates_as_text() -> None:
    message = progress_updated({**new_status("w", "j", ORDER, NOW), "event_due": True})
    assert message["event_type"] == "progress_updated"
    assert message["world_id"] == message["progress"]["_id"] == "w"
    assert message["progress"]["created_at"] == "2026-01-02T03:04:05+00:00"
    assert not {"init_job", "revision", "event_due"} & set(message["progress"])
    json.dumps(message)


def test_the_message_of_a_job() -> None:
    row = {"_id": "j", "type": dag.POST, "world_id": "w", "parameters": {"a": 1}}
    plain = {"event_type": "task_created", "task_id": "j", "task_type": dag.POST, "world_id": "w"}
    assert task_created(row) == plain
    assert task_created(row, whole=True) == {**plain, "parameters": {"a": 1}}


def test_a_description_serves_readers_of_both_forms() -> None:
    answer = {"name": "N", "description": "d", "history": "h", "common_activities": ["tea"]}
    document = new_parameters("w", answer, "islands", NOW)
    assert (document["_id"], document["id"], document["history"]) == ("w", "w", "h")
    assert document["typical_stories"] == ["tea"]
    assert document["user_preferences"]["other_preferences"] == ["islands"]


def test_a_call_that_succeeded_has_no_error_at_all() -> None:
    told = ("llm", "j", "w", "generate_structured_content", {}, {"structured_data": "{}"}, 12)
    assert "error" not in ApiRequest(*told).document(NOW)  # type: ignore[arg-type]
    assert ApiRequest(*told, error="timeout").document(NOW)["error"] == "timeout"  # type: ignore[arg-type]


def test_children_have_the_same_ids_at_every_try_whatever_they_hold() -> None:
    """Defect 5: random ids doubled the children of a parent that was tried again."""
    job = Job("parent", dag.CHARACTER_BATCH, "w", {})
    first = result_with(job, {}, [Child(dag.CHARACTER, {"a": n}, n) for n in range(10)])
    second = result_with(job, {}, [Child(dag.CHARACTER, {"b": n}, n) for n in range(14)])
    ids = [[row["_id"] for row in result.effects[0].payload["jobs"]] for result in (first, second)]
    assert ids[0] == ids[1][:10]
    assert len(set(ids[1])) == 14
    assert all(len(one) == 36 for one in ids[1])


def test_a_row_of_the_world_service_is_a_job() -> None:
    document = new_job("j", dag.INIT, "w", {"user_prompt": "x", "users_count": 3.0}, NOW)
    job = job_of(Claim(("d", "tasks"), "j", "t", 0, 0.0, document))
    assert (job.id, job.world_id, job.number("users_count")) == ("j", "w", 3)
    with pytest.raises(BadRequest, match="world_id"):
        job_of(Claim(("d", "tasks"), "j", "t", 0, 0.0, {**document, "world_id": None}))


def test_an_order_is_read_with_its_defaults() -> None:
    order = order_of(Job("j", dag.INIT, "w", {"user_prompt": " islands "}))
    assert (order.user_prompt, order.users, order.posts) == ("islands", 10, 50)
    assert order.limits == Limits(167, 78)


def test_a_limit_that_is_given_is_obeyed() -> None:
    limits = {"api_call_limits_llm": 100, "api_call_limits_images": 50}
    assert order_of(Job("j", dag.INIT, "w", {"user_prompt": "x", **limits})).limits == Limits(100, 50)


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_prompt": "  "},
        {"users_count": 0},
        {"users_count": "many"},
        {"posts_count": -1},
        {"users_count": True},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        order_of(Job("j", dag.INIT, "w", {"user_prompt": "x", **wrong}))
