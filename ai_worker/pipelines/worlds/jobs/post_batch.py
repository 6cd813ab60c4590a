"""generate_post_batch: at most ten posts of a character in outline, then the next batch while posts are
missing.
"""

from collections.abc import Mapping
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.outbound.errors import BadAnswer
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.answers.counts import cut, may_continue, next_batch
from ai_worker.pipelines.worlds.answers.posts import PostBatch
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import Child, result_with
from ai_worker.pipelines.worlds.jobs.outlines import character_outline, world_outline
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.prompts import fenced

DEPTH = 30
"""Batches of one character."""


def outline_posts(job: Job, ports: Ports) -> Result:
    """Ask for posts; too many are cut, too few are asked for again in the next batch, none is a bad answer.

    `posts_count` of a batch is what is still to be written, this batch included.
    """
    remaining, generated = job.number("posts_count"), job.number("generated_posts_count")
    known = job.texts("generated_posts_description")
    wanted = next_batch(remaining)

    def do() -> list[dict[str, Any]]:
        variables = {
            "count": wanted,
            "world": world_outline(ports.store.parameters(job.world_id)),
            "character": character_outline(job.text("character_name"), described(job)),
            "known": fenced("\n".join(known) or "nothing yet"),
        }
        answer = ports.asker.ask("post_batch", variables, PostBatch, temperature=0.8, max_output_tokens=6144)
        if not answer.posts:
            raise BadAnswer(f"the model named no post; {wanted} were asked for")
        return [idea.model_dump() for idea in cut(answer.posts, wanted)]

    ideas = ports.steps.once("answer", do)
    children = [_post(job, idea, generated + place) for place, idea in enumerate(ideas)]
    missing = remaining - len(ideas)
    total = job.number("total_posts_count", remaining)
    continued = missing > 0 and may_continue(total, job.number("recursion_depth") + 1, DEPTH)
    if continued:
        topics = [*known, *(idea["topic"] for idea in ideas)]
        children.append(_next(job, missing, total, generated + len(ideas), topics))
    result = {"posts": len(ideas), "posts_missing": 0 if continued else max(0, missing)}
    return result_with(job, result, children)


def described(job: Job) -> Mapping[str, Any]:
    """The description of a job's character."""
    description = job.parameters.get("character_description")
    return description if isinstance(description, Mapping) else {}


def _post(job: Job, idea: Mapping[str, Any], index: int) -> Child:
    description = described(job)
    parameters = {
        "post_topic": idea["topic"],
        "post_brief": idea["content_brief"],
        "emotional_tone": idea["emotional_tone"],
        "post_type": idea["post_type"],
        "relevance_to_character": idea["relevance_to_character"],
        "character_name": job.text("character_name"),
        "character_description": description,
        "character_id": job.text("character_id"),
        "username": description.get("username", ""),
        "character_index": description.get("character_index", 0),
        "post_index": index,
    }
    return Child(dag.POST, parameters, index)


def _next(job: Job, missing: int, total: int, generated: int, known: list[str]) -> Child:
    parameters = {
        "character_id": job.text("character_id"),
        "character_name": job.text("character_name"),
        "character_description": described(job),
        "posts_count": missing,
        "total_posts_count": total,
        "generated_posts_count": generated,
        "generated_posts_description": known,
        "count_run": job.number("count_run") + 1,
        "recursion_depth": job.number("recursion_depth") + 1,
    }
    return Child(dag.POST_BATCH, parameters)
