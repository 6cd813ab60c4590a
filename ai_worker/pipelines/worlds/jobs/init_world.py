"""init_world_creation: opens a world and has it described."""

from ai_worker.engine.contract.row import Result
from ai_worker.errors import BadRequest
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.documents.status import Order
from ai_worker.pipelines.worlds.jobs.children import Child, result_with
from ai_worker.pipelines.worlds.limits import Limits, default_limits
from ai_worker.pipelines.worlds.ports import Ports

USERS, POSTS = 10, 50
"""Of an order that does not say."""
MOST_USERS, MOST_POSTS = 400, 10_000


def open_world(job: Job, ports: Ports) -> Result:
    """Create the status of the world. A second first job of the same world finds it taken and has no
    children.
    """
    order = order_of(job)
    answer = {"world_id": job.world_id}
    if not ports.store.open_world(job.world_id, job.id, order):
        message = "the world is made by another job already"
        return result_with(job, {"message": message, **answer, "next_tasks": []}, [])
    counts = {"user_prompt": order.user_prompt, "users_count": order.users, "posts_count": order.posts}
    next_job = Child(dag.DESCRIPTION, counts)
    return result_with(job, {"message": "started", **answer, "next_tasks": [dag.DESCRIPTION]}, [next_job])


def order_of(job: Job) -> Order:
    """The world as it is ordered.

    Raises:
        BadRequest: the prompt is empty, or a number makes no sense.
    """
    prompt = job.text("user_prompt")
    if not prompt:
        raise BadRequest("parameters.user_prompt is empty: say what world it should be")
    users = _within("users_count", job.number("users_count", USERS), 1, MOST_USERS)
    posts = _within("posts_count", job.number("posts_count", POSTS), 0, MOST_POSTS)
    usual = default_limits(users, posts)
    llm = _limit(job, "api_call_limits_llm", "api_call_limits_LLM", usual.llm)
    return Order(prompt, users, posts, Limits(llm, _limit(job, "api_call_limits_images", "", usual.images)))


def _limit(job: Job, name: str, other_name: str, usual: int) -> int:
    given = job.number(name, job.number(other_name, usual))
    return _within(name, given, 0, 2**31 - 1)


def _within(name: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise BadRequest(f"parameters.{name} is {value}; it must be from {least} to {most}")
    return value
