"""generate_character_batch: at most ten characters in outline, then the next batch while characters are
missing.
"""

from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.outbound.errors import BadAnswer
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.answers.counts import cut, distributed, may_continue, next_batch, share_of
from ai_worker.pipelines.worlds.answers.people import CharacterBatch
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import Child, result_with
from ai_worker.pipelines.worlds.jobs.outlines import world_outline
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.prompts import fenced

DEPTH = 50
"""Batches of one world."""


def outline_characters(job: Job, ports: Ports) -> Result:
    """Ask for characters; too many are cut, too few are asked for again in the next batch, none is a bad
    answer.

    `users_count` and `posts_count` of a batch are what is still to be made, this batch included.
    """
    remaining, posts = job.number("users_count"), job.number("posts_count")
    generated = job.number("generated_count")
    known = job.texts("generated_characters_description")
    wanted = next_batch(remaining)

    def do() -> list[dict[str, Any]]:
        variables = {
            "count": wanted,
            "posts_count": share_of(posts, wanted, remaining),
            "world": world_outline(ports.store.parameters(job.world_id)),
            "known": fenced("\n".join(known) or "none"),
        }
        answer = ports.asker.ask(
            "character_batch", variables, CharacterBatch, temperature=0.8, max_output_tokens=8192
        )
        if not answer.characters:
            raise BadAnswer(f"the model named no character; {wanted} were asked for")
        return [concept.model_dump() for concept in cut(answer.characters, wanted)]

    concepts = ports.steps.once("answer", do)
    given = _posts_of_batch(posts, len(concepts), remaining, job)
    shares = distributed(given, [concept["posts_count"] for concept in concepts])
    children = [
        _character(concept, share, generated + place)
        for place, (concept, share) in enumerate(zip(concepts, shares, strict=True))
    ]
    missing = remaining - len(concepts)
    continued = missing > 0 and _may_continue(job)
    if continued:
        names = [*known, *(concept["concept_short"] or concept["concept"][:120] for concept in concepts)]
        children.append(_next(job, missing, posts - given, generated + len(concepts), names))
    result = {
        "characters": len(concepts),
        "posts": given,
        "users_missing": 0 if continued else max(0, missing),
    }
    return result_with(job, result, children)


def _may_continue(job: Job) -> bool:
    total = job.number("total_users_count", job.number("users_count"))
    return may_continue(total, job.number("recursion_depth") + 1, DEPTH)


def _posts_of_batch(posts: int, made: int, remaining: int, job: Job) -> int:
    """All of the posts where no batch follows: their sum is right also where characters stay missing."""
    follows = made < remaining and _may_continue(job)
    return share_of(posts, made, remaining) if follows else posts


def _character(concept: dict[str, Any], posts: int, index: int) -> Child:
    parameters = {
        "character_concept": concept["concept"],
        "role_in_world": concept["role_in_world"],
        "posts_count": posts,
        "personality_traits": concept["personality_traits"],
        "interests": concept["interests"],
        "character_index": index,
    }
    return Child(dag.CHARACTER, parameters, index)


def _next(job: Job, missing: int, posts: int, generated: int, known: list[str]) -> Child:
    parameters = {
        "users_count": missing,
        "posts_count": posts,
        "remaining_posts_count": posts,
        "total_users_count": job.number("total_users_count", job.number("users_count")),
        "generated_count": generated,
        "generated_characters_description": known,
        "count_run": job.number("count_run") + 1,
        "recursion_depth": job.number("recursion_depth") + 1,
    }
    return Child(dag.CHARACTER_BATCH, parameters)
